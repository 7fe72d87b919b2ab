//! The dialog that writes chats into a file.

use std::path::PathBuf;

use adw::prelude::*;
use relm4::prelude::*;

use super::present;
use crate::{
    i18n::{gettext, gettext_f},
    model::ConversationId,
    transfer::{
        Progress, TransferError, Watch,
        export::{Exported, Format, Scope, export},
    },
    ui::{
        dialog::{ProblemBox, Sheet, close_on_escape},
        failure_text::{Explanation, describe_transfer_error},
        untrusted_text::isolated,
    },
    worker::Handle,
};

/// Longest name that is shown, in characters.
const MAX_NAME: usize = 100;

/// The one chat that is exported.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chat {
    /// Which.
    pub conversation: ConversationId,
    /// Whom it is with.
    pub address: String,
}

/// The dialog.
pub struct ExportWindow {
    handle: Handle,
    chat: Option<Chat>,
    is_json: bool,
    /// What is under way.
    watch: Option<Watch>,
    progress: Progress,
    done: Option<Exported>,
    problem: Option<Explanation>,
    problem_box: ProblemBox,
    chooser: Option<gtk::FileChooserNative>,
}

/// What happens to the dialog.
#[derive(Debug)]
pub enum Input {
    /// Another form, by its place in the list.
    Form(u32),
    /// The button was pressed.
    Submit,
    /// This file was chosen.
    File(PathBuf),
    /// It goes on.
    Progress(Progress),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for ExportWindow {
    type Init = (Handle, Option<Chat>);
    type Input = Input;
    type Output = ();
    type CommandOutput = Result<Exported, TransferError>;

    view! {
        adw::Window {
            set_title: Some(&gettext("Export")),
            set_default_size: (460, 440),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                cancel {
                    #[watch]
                    set_visible: model.done.is_none(),
                },

                #[template_child]
                accept {
                    #[watch]
                    set_label: &model.action(),
                    #[watch]
                    set_sensitive: model.watch.is_none(),
                    connect_clicked => Input::Submit,
                },

                #[template_child]
                content {
                    gtk::Label {
                        set_widget_name: "what",
                        set_label: &model.what(),
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_justify: gtk::Justification::Center,
                        add_css_class: "title-3",
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.watch.is_none(),
                        #[watch]
                        set_visible: model.done.is_none(),

                        #[name = "form"]
                        adw::ComboRow {
                            set_title: &gettext("Format"),
                            set_widget_name: "form",
                            set_model: Some(&gtk::StringList::new(&[
                                gettext("Text").as_str(),
                                gettext("JSON").as_str(),
                            ])),
                            #[watch]
                            set_subtitle: &model.meaning(),
                            connect_selected_notify[sender] => move |row| {
                                sender.input(Input::Form(row.selected()));
                            },
                        },
                    },

                    gtk::Label {
                        set_label: &gettext("The file is not encrypted: whoever gets it can read it. Other users of this computer may not open it, as long as you leave it so."),
                        set_wrap: true,
                        set_xalign: 0.0,
                        set_css_classes: &["dim-label", "caption"],
                    },

                    gtk::ProgressBar {
                        set_widget_name: "progress",
                        #[watch]
                        set_visible: model.watch.is_some(),
                        #[watch]
                        set_fraction: present::fraction(model.progress),
                    },

                    gtk::Label {
                        set_widget_name: "done",
                        set_wrap: true,
                        #[watch]
                        set_visible: model.done.is_some(),
                        #[watch]
                        set_label: &model.result(),
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},
                },
            },
        }
    }

    fn init(
        (handle, chat): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            handle,
            chat,
            is_json: false,
            watch: None,
            progress: Progress::default(),
            done: None,
            problem: None,
            problem_box: ProblemBox::default(),
            chooser: None,
        };
        let problem_box = &model.problem_box.root;
        let widgets = view_output!();
        close_on_escape(&root);
        widgets.form.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Form(place) => self.is_json = place == 1,
            Input::Submit if self.done.is_some() => root.close(),
            Input::Submit => self.choose_file(&sender, root),
            Input::File(file) => self.write(file, &sender),
            Input::Progress(progress) => self.progress = progress,
        }
    }

    fn update_cmd(
        &mut self,
        outcome: Self::CommandOutput,
        _sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        self.watch = None;
        match outcome {
            Ok(done) => self.done = Some(done),
            Err(error) => self.problem = Some(describe_transfer_error(&error)),
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

impl ExportWindow {
    fn what(&self) -> String {
        match &self.chat {
            Some(chat) => gettext_f(
                "The chat with {name}",
                &[("name", &isolated(&chat.address, MAX_NAME))],
            ),
            None => gettext("All chats of all accounts"),
        }
    }

    fn meaning(&self) -> String {
        if self.is_json {
            gettext(
                "For programs: every text a message had, reactions, ids, how it came and fared. Tessera can import it again.",
            )
        } else {
            gettext("For people and printers: who said what and when. It cannot be imported again.")
        }
    }

    fn action(&self) -> String {
        if self.done.is_some() {
            gettext("Close")
        } else {
            gettext("Choose a File…")
        }
    }

    fn result(&self) -> String {
        self.done.map_or_else(String::new, |done| {
            let count = present::exported(done);
            gettext_f("Written: {count}.", &[("count", &count)])
        })
    }

    fn choose_file(&mut self, sender: &ComponentSender<Self>, root: &adw::Window) {
        let chooser = gtk::FileChooserNative::new(
            Some(&gettext("Export")),
            Some(root),
            gtk::FileChooserAction::Save,
            Some(&gettext("Export")),
            Some(&gettext("Cancel")),
        );
        let extension = if self.is_json { "json" } else { "txt" };
        let about = self.chat.as_ref().map(|chat| chat.address.as_str());
        chooser.set_current_name(&present::file_name(about, extension, chrono::Local::now()));
        chooser.set_modal(true);
        let input = sender.input_sender().clone();
        chooser.connect_response(move |chooser, response| {
            let file = chooser
                .file()
                .filter(|_| response == gtk::ResponseType::Accept);
            if let Some(path) = file.as_ref().and_then(FileExt::path) {
                // The dialog may be gone already.
                let _ = input.send(Input::File(path));
            }
        });
        chooser.show();
        // It lives only as long as somebody holds it.
        self.chooser = Some(chooser);
    }

    fn write(&mut self, file: PathBuf, sender: &ComponentSender<Self>) {
        self.problem = None;
        self.progress = Progress::default();
        let input = sender.input_sender().clone();
        let watch = Watch::new(move |progress| {
            // The dialog may be gone already.
            let _ = input.send(Input::Progress(progress));
        });
        self.watch = Some(watch.clone());
        let reader = self.handle.reader();
        let scope = self
            .chat
            .as_ref()
            .map_or(Scope::Everything, |chat| Scope::Chat(chat.conversation));
        let format = if self.is_json {
            Format::Json
        } else {
            Format::Text(Box::new(present::text_style()))
        };
        sender.spawn_oneshot_command(move || export(&reader, scope, &format, &file, &watch));
    }
}
