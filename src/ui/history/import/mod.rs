//! The dialog that brings in history of other programs: choose, look what would come, import.

mod pages;

use std::path::PathBuf;

use adw::prelude::*;
use gtk::glib;
use relm4::prelude::*;

use super::present;
use crate::{
    i18n::gettext,
    transfer::{
        Progress, TransferError, Watch,
        import::{Report, Source},
    },
    ui::{
        dialog::{ProblemBox, Sheet, close_on_escape},
        failure_text::{Explanation, describe_transfer_error},
    },
    worker::Handle,
};

/// The dialog.
pub struct ImportWindow {
    handle: Handle,
    stage: Stage,
    /// Where other programs keep their history on this computer.
    places: Vec<Source>,
    /// What is under way.
    watch: Option<Watch>,
    problem: Option<Explanation>,
    problem_box: ProblemBox,
    page: gtk::Box,
    bar: gtk::ProgressBar,
    chooser: Option<gtk::FileChooserNative>,
}

/// How far an import is.
#[derive(Clone, Debug)]
pub enum Stage {
    /// One of these, or another one, is to be chosen.
    Choosing(Vec<Source>),
    /// It is looked what would come.
    Looking(PathBuf),
    /// This would come.
    Looked(Source, Report),
    /// It comes.
    Importing(Source),
    /// It has come.
    Done(Report),
}

/// What happens to the dialog.
#[derive(Debug)]
pub enum Input {
    /// A file is to be looked for.
    ChooseFile,
    /// A folder is to be looked for.
    ChooseFolder,
    /// This file or folder was chosen.
    Chosen(PathBuf),
    /// The button was pressed.
    Submit,
    /// It goes on.
    Progress(Progress),
}

/// What was read or done.
#[derive(Debug)]
pub enum CommandOutput {
    /// What is on this computer.
    Places(Vec<Source>),
    /// What a file is, and what would come of it.
    Looked(Result<(Source, Report), TransferError>),
    /// What has come.
    Imported(Result<Report, TransferError>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for ImportWindow {
    type Init = (Handle, Stage);
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Import")),
            set_default_size: (480, 560),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                cancel {
                    #[watch]
                    set_label: &model.cancel_words(),
                    #[watch]
                    set_visible: !matches!(model.stage, Stage::Done(_)),
                },

                #[template_child]
                accept {
                    #[watch]
                    set_label: &model.action(),
                    #[watch]
                    set_visible: matches!(model.stage, Stage::Looked(..) | Stage::Done(_)),
                    #[watch]
                    set_sensitive: model.can_submit(),
                    connect_clicked => Input::Submit,
                },

                #[template_child]
                content {
                    #[local_ref]
                    problem_box -> gtk::Box {},

                    #[local_ref]
                    page -> gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 18,
                    },
                },
            },
        }
    }

    fn init(
        (handle, stage): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let bar = gtk::ProgressBar::new();
        bar.set_widget_name("progress");
        let places = match &stage {
            Stage::Choosing(places) => places.clone(),
            _ => Vec::new(),
        };
        let model = Self {
            handle,
            stage,
            watch: None,
            problem: None,
            problem_box: ProblemBox::default(),
            page: gtk::Box::default(),
            bar,
            chooser: None,
            places,
        };
        if model.places.is_empty() && matches!(model.stage, Stage::Choosing(_)) {
            let (home, data) = (glib::home_dir(), glib::user_data_dir());
            sender.spawn_oneshot_command(move || {
                CommandOutput::Places(Source::known_places(&home, &data))
            });
        }
        let (problem_box, page) = (&model.problem_box.root, &model.page);
        let widgets = view_output!();
        close_on_escape(&root);
        model.show_page(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::ChooseFile => self.choose(gtk::FileChooserAction::Open, &sender, root),
            Input::ChooseFolder => {
                self.choose(gtk::FileChooserAction::SelectFolder, &sender, root);
            }
            Input::Chosen(path) => self.look(path, &sender),
            Input::Submit => self.submit(&sender, root),
            Input::Progress(progress) => self.bar.set_fraction(present::fraction(progress)),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Places(places) => self.found(places, &sender),
            CommandOutput::Looked(Ok((source, report))) => {
                self.enter(Stage::Looked(source, report), &sender);
            }
            CommandOutput::Imported(Ok(report)) => self.enter(Stage::Done(report), &sender),
            CommandOutput::Looked(Err(error)) | CommandOutput::Imported(Err(error)) => {
                self.enter(Stage::Choosing(self.places.clone()), &sender);
                self.problem = Some(describe_transfer_error(&error));
            }
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }

    fn shutdown(&mut self, _widgets: &mut Self::Widgets, _output: relm4::Sender<()>) {
        if let Some(watch) = &self.watch {
            watch.cancel();
        }
    }
}

impl ImportWindow {
    fn cancel_words(&self) -> String {
        match self.stage {
            Stage::Importing(_) => gettext("Stop"),
            _ => gettext("Cancel"),
        }
    }

    fn action(&self) -> String {
        match self.stage {
            Stage::Done(_) => gettext("Close"),
            _ => gettext("Import"),
        }
    }

    fn can_submit(&self) -> bool {
        match &self.stage {
            Stage::Looked(_, report) => report.new_messages() + report.new_chats() > 0,
            Stage::Done(_) => true,
            Stage::Choosing(_) | Stage::Looking(_) | Stage::Importing(_) => false,
        }
    }

    fn found(&mut self, places: Vec<Source>, sender: &ComponentSender<Self>) {
        self.places.clone_from(&places);
        if matches!(self.stage, Stage::Choosing(_)) {
            self.enter(Stage::Choosing(places), sender);
        }
    }

    /// Goes on to a stage and shows it.
    fn enter(&mut self, stage: Stage, sender: &ComponentSender<Self>) {
        self.watch = None;
        self.problem = None;
        self.stage = stage;
        self.show_page(sender);
    }

    fn show_page(&self, sender: &ComponentSender<Self>) {
        while let Some(child) = self.page.first_child() {
            self.page.remove(&child);
        }
        let input = sender.input_sender();
        let focus = match &self.stage {
            Stage::Choosing(places) => pages::choosing(&self.page, places, input),
            Stage::Looking(path) => pages::working(
                &self.page,
                &self.bar,
                path,
                &gettext("Looking what is in it; nothing is changed yet."),
            ),
            Stage::Looked(source, report) => pages::looked(&self.page, source, report),
            Stage::Importing(source) => pages::working(
                &self.page,
                &self.bar,
                source.path(),
                &gettext(
                    "Importing. If you stop, what came until then stays, and the next import goes on from there.",
                ),
            ),
            Stage::Done(report) => pages::done(&self.page, report),
        };
        focus.grab_focus();
    }

    fn choose(
        &mut self,
        action: gtk::FileChooserAction,
        sender: &ComponentSender<Self>,
        root: &adw::Window,
    ) {
        let chooser = gtk::FileChooserNative::new(
            Some(&gettext("Import")),
            Some(root),
            action,
            Some(&gettext("Look at it")),
            Some(&gettext("Cancel")),
        );
        chooser.set_modal(true);
        let input = sender.input_sender().clone();
        chooser.connect_response(move |chooser, response| {
            let file = chooser
                .file()
                .filter(|_| response == gtk::ResponseType::Accept);
            if let Some(path) = file.as_ref().and_then(FileExt::path) {
                // The dialog may be gone already.
                let _ = input.send(Input::Chosen(path));
            }
        });
        chooser.show();
        // It lives only as long as somebody holds it.
        self.chooser = Some(chooser);
    }

    /// Something to follow what goes on from now on.
    fn watch(&mut self, sender: &ComponentSender<Self>) -> Watch {
        let input = sender.input_sender().clone();
        let watch = Watch::new(move |progress| {
            // The dialog may be gone already.
            let _ = input.send(Input::Progress(progress));
        });
        self.bar.set_fraction(0.0);
        self.watch = Some(watch.clone());
        watch
    }

    fn look(&mut self, path: PathBuf, sender: &ComponentSender<Self>) {
        self.enter(Stage::Looking(path.clone()), sender);
        let watch = self.watch(sender);
        let handle = self.handle.clone();
        sender.spawn_oneshot_command(move || {
            CommandOutput::Looked(Source::recognise(&path).and_then(|source| {
                let report = handle.look_at_import(&source, &watch)?;
                Ok((source, report))
            }))
        });
    }

    fn submit(&mut self, sender: &ComponentSender<Self>, root: &adw::Window) {
        let Stage::Looked(source, _) = &self.stage else {
            root.close();
            return;
        };
        let source = source.clone();
        self.enter(Stage::Importing(source.clone()), sender);
        let watch = self.watch(sender);
        let handle = self.handle.clone();
        sender
            .spawn_oneshot_command(move || CommandOutput::Imported(handle.import(&source, &watch)));
    }
}
