//! What follows from what happens before the main window is there.

use std::{cell::Cell, rc::Rc};

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    CommandOutput, Input, Opening, Output, Stage, Step,
    problem::{Problem, Way},
    steps::{self, Progress},
};
use crate::{
    i18n::gettext,
    model::Secret,
    ui::{
        account::passphrase::{self, PassphraseDialog},
        dialog::stand_over,
        failure_text::Explanation,
        farewell::retire,
    },
};

type Sender = ComponentSender<Opening>;

impl Opening {
    /// Begins, or begins again with the profile that is locked already.
    pub(super) fn begin(&self, sender: &Sender) {
        let (named, locked) = (self.named.clone(), self.profile.clone());
        sender.spawn_oneshot_command(move || {
            CommandOutput::Step(Step(steps::begin(named.as_deref(), locked)))
        });
    }

    /// Goes on from where a step led.
    pub(super) fn proceed(
        &mut self,
        progress: Progress,
        root: &adw::ApplicationWindow,
        sender: &Sender,
    ) {
        match progress {
            Progress::Opened(opened) => {
                self.close_dialog();
                let _ = sender.output(Output(Rc::new(Cell::new(Some(*opened)))));
            }
            Progress::Passphrase(profile, purpose) => {
                self.profile = Some(profile);
                self.stage = Stage::Locked(purpose);
                root.present();
                self.ask(root, sender);
            }
            Progress::WrongPassphrase(profile) => {
                self.profile = Some(profile);
                if let Some((_, dialog)) = &self.passphrase {
                    let refusal = gettext("This passphrase does not open your chats. Try again.");
                    dialog.emit(passphrase::Input::Refused(refusal));
                }
            }
            Progress::Stuck(profile, problem) => {
                self.profile = profile;
                self.close_dialog();
                self.show_problem(problem, sender);
                root.present();
            }
        }
    }

    /// Opens the dialog that asks for the passphrase.
    pub(super) fn ask(&mut self, root: &adw::ApplicationWindow, sender: &Sender) {
        let Stage::Locked(purpose) = self.stage else {
            return;
        };
        let dialog = PassphraseDialog::builder()
            .launch(purpose)
            .forward(sender.input_sender(), Input::Passphrase);
        stand_over(dialog.widget(), Some(root.upcast_ref()));
        dialog.widget().set_modal(true);
        dialog.widget().present();
        self.passphrase = Some((purpose, dialog));
    }

    pub(super) fn passphrase_tells(&mut self, output: passphrase::Output, sender: &Sender) {
        match output {
            passphrase::Output::Entered(secret) => self.unlock(secret, sender),
            passphrase::Output::Cancelled => self.passphrase = None,
        }
    }

    fn unlock(&self, secret: Secret, sender: &Sender) {
        let (Some(profile), Some((purpose, _))) = (self.profile.clone(), &self.passphrase) else {
            return;
        };
        let purpose = *purpose;
        sender.spawn_oneshot_command(move || {
            CommandOutput::Step(Step(steps::unlock(profile, purpose, &secret)))
        });
    }

    fn close_dialog(&mut self) {
        if let Some((_, dialog)) = self.passphrase.take() {
            GtkWindowExt::set_focus(dialog.widget(), gtk::Widget::NONE);
            dialog.widget().destroy();
            retire(dialog);
        }
    }

    /// Shows what happened, with a button for each way on.
    pub(super) fn show_problem(&mut self, problem: Problem, sender: &Sender) {
        while let Some(button) = self.ways.first_child() {
            self.ways.remove(&button);
        }
        for (place, way) in problem.ways.iter().enumerate() {
            let button = gtk::Button::with_label(&way.label());
            button.add_css_class("pill");
            if place == 0 {
                button.add_css_class("suggested-action");
            }
            let (input, way) = (sender.input_sender().clone(), *way);
            button.connect_clicked(move |_| {
                let _ = input.send(input_of(way));
            });
            self.ways.append(&button);
        }
        let quit = gtk::Button::with_label(&gettext("Quit"));
        quit.add_css_class("pill");
        let input = sender.input_sender().clone();
        quit.connect_clicked(move |_| {
            let _ = input.send(Input::Quit);
        });
        self.ways.append(&quit);
        self.stage = Stage::Stuck(problem);
        // The page with the buttons is shown only after this.
        if let Some(first) = self.ways.first_child() {
            gtk::glib::idle_add_local_once(move || {
                first.grab_focus();
            });
        }
    }

    /// Opens the folder in the desktop's own program for folders.
    pub(super) fn open_folder(&self, root: &adw::ApplicationWindow) {
        if let Some(profile) = &self.profile {
            let uri = gtk::gio::File::for_path(profile.folder()).uri();
            gtk::show_uri(Some(root), &uri, gtk::gdk::CURRENT_TIME);
        }
    }

    /// A part of the explanation of what is wrong.
    pub(super) fn text<'a>(&'a self, part: impl Fn(&'a Explanation) -> &'a str) -> &'a str {
        match &self.stage {
            Stage::Stuck(problem) => part(&problem.text),
            Stage::Working | Stage::Locked(_) => "",
        }
    }
}

fn input_of(way: Way) -> Input {
    match way {
        Way::TryAgain => Input::TryAgain,
        Way::ChoosePassphrase => Input::ChoosePassphrase,
        Way::OpenFolder => Input::OpenFolder,
    }
}
