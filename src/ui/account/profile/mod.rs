//! The dialog with the own profile, which everybody who knows the address can read.

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    command::{AccountCommand, Command, ContactCommand},
    i18n::gettext,
    model::{Account, Failure, FailureKind, Profile},
    ui::{
        accessible,
        dialog::{ProblemBox, Sheet, close_on_escape},
        failure_text::{Explanation, describe},
    },
    worker::Handle,
};

/// Longest value of one line, in characters: servers refuse longer ones.
const MAX_LINE: usize = 200;

/// Longest free text, in characters.
const MAX_NOTE: usize = 2_000;

/// The dialog.
pub struct ProfileDialog {
    handle: Handle,
    account: Account,
    stage: Stage,
    problem: Option<Explanation>,
    problem_box: ProblemBox,
    fields: Fields,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// The profile is on the way. Until it is here nothing can be written over it.
    Loading,
    /// It could not be loaded.
    Failed,
    /// It is being edited.
    Editing,
    /// It is being published.
    Saving,
}

/// The widgets to type into.
struct Fields {
    full_name: adw::EntryRow,
    nickname: adw::EntryRow,
    organisation: adw::EntryRow,
    email: adw::EntryRow,
    url: adw::EntryRow,
    phone: adw::EntryRow,
    note: gtk::TextBuffer,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Publish it, or load it again when that failed.
    Submit,
}

/// What the worker answers.
#[derive(Debug)]
pub enum CommandOutput {
    /// The profile as the server has it.
    Loaded(Result<Profile, Failure>),
    /// What came of publishing it.
    Saved(Result<(), Failure>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for ProfileDialog {
    type Init = (Handle, Account);
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Profile")),
            set_default_size: (460, 620),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                accept {
                    #[watch]
                    set_label: &model.action(),
                    #[watch]
                    set_sensitive: !model.is_busy(),
                    connect_clicked => Input::Submit,
                },

                #[template_child]
                spinner {
                    #[watch]
                    set_spinning: model.is_busy(),
                },

                #[template_child]
                content {
                    gtk::Label {
                        set_label: &gettext("Everybody who knows your address can read this, and so can the server. Every field may stay empty."),
                        set_wrap: true,
                        set_xalign: 0.0,
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.stage == Stage::Editing,

                        #[local_ref]
                        full_name -> adw::EntryRow {
                            set_title: &gettext("Full name"),
                            set_widget_name: "full-name",
                        },
                        #[local_ref]
                        nickname -> adw::EntryRow {
                            set_title: &gettext("Nickname"),
                            set_widget_name: "nickname",
                        },
                        #[local_ref]
                        organisation -> adw::EntryRow {
                            set_title: &gettext("Organisation"),
                            set_widget_name: "organisation",
                        },
                        #[local_ref]
                        email -> adw::EntryRow {
                            set_title: &gettext("E-mail address"),
                            set_input_purpose: gtk::InputPurpose::Email,
                            set_widget_name: "email",
                        },
                        #[local_ref]
                        url -> adw::EntryRow {
                            set_title: &gettext("Web page"),
                            set_input_purpose: gtk::InputPurpose::Url,
                            set_widget_name: "url",
                        },
                        #[local_ref]
                        phone -> adw::EntryRow {
                            set_title: &gettext("Telephone"),
                            set_input_purpose: gtk::InputPurpose::Phone,
                            set_widget_name: "phone",
                        },
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 6,
                        #[watch]
                        set_sensitive: model.stage == Stage::Editing,

                        gtk::Label {
                            set_label: &gettext("About me"),
                            set_xalign: 0.0,
                            add_css_class: "heading",
                        },

                        gtk::ScrolledWindow {
                            set_min_content_height: 96,
                            set_overflow: gtk::Overflow::Hidden,
                            add_css_class: "card",

                            #[name = "note_view"]
                            gtk::TextView {
                                set_widget_name: "note",
                                set_buffer: Some(note),
                                set_wrap_mode: gtk::WrapMode::WordChar,
                                set_accepts_tab: false,
                                set_top_margin: 9,
                                set_bottom_margin: 9,
                                set_left_margin: 12,
                                set_right_margin: 12,
                                add_css_class: "plain",
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(
        (handle, account): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let mut model = Self {
            handle,
            account,
            stage: Stage::Loading,
            problem: None,
            problem_box: ProblemBox::default(),
            fields: Fields::new(),
        };
        model.load(&sender);
        let problem_box = &model.problem_box.root;
        let Fields {
            full_name,
            nickname,
            organisation,
            email,
            url,
            phone,
            note,
        } = &model.fields;
        let widgets = view_output!();
        close_on_escape(&root);
        accessible::set_label(&widgets.note_view, &gettext("About me"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Submit => self.submit(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        _sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Loaded(Ok(profile)) => self.loaded(&profile),
            CommandOutput::Loaded(Err(failure)) => self.failed(&failure, Stage::Failed),
            CommandOutput::Saved(Ok(())) => root.close(),
            CommandOutput::Saved(Err(failure)) => self.failed(&failure, Stage::Editing),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

impl ProfileDialog {
    fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Loading | Stage::Saving)
    }

    fn action(&self) -> String {
        match self.stage {
            Stage::Loading | Stage::Editing | Stage::Saving => gettext("Publish"),
            Stage::Failed => gettext("Load again"),
        }
    }

    fn load(&mut self, sender: &ComponentSender<Self>) {
        self.stage = Stage::Loading;
        let handle = self.handle.clone();
        let (account, jid) = (self.account.id, self.account.jid.clone());
        sender.oneshot_command(async move {
            let fetch = ContactCommand::FetchProfile {
                account,
                jid: jid.clone(),
            };
            let fetched = handle.request(Command::Contact(fetch)).await;
            CommandOutput::Loaded(fetched.and_then(|()| {
                let stored = handle.reader().profile(account, &jid);
                stored
                    .map(Option::unwrap_or_default)
                    .map_err(|_| FailureKind::Storage.into())
            }))
        });
    }

    fn loaded(&mut self, profile: &Profile) {
        self.fields.show(profile);
        self.stage = Stage::Editing;
        self.problem = None;
    }

    fn failed(&mut self, failure: &Failure, stage: Stage) {
        self.stage = stage;
        self.problem = Some(describe(failure));
    }

    fn submit(&mut self, sender: &ComponentSender<Self>) {
        match self.stage {
            Stage::Loading | Stage::Saving => {}
            Stage::Failed => self.load(sender),
            Stage::Editing => self.save(sender),
        }
    }

    fn save(&mut self, sender: &ComponentSender<Self>) {
        self.stage = Stage::Saving;
        self.problem = None;
        let handle = self.handle.clone();
        let publish = AccountCommand::SetProfile {
            account: self.account.id,
            profile: self.fields.profile(),
        };
        sender.oneshot_command(async move {
            CommandOutput::Saved(handle.request(Command::Account(publish)).await)
        });
    }
}

impl Fields {
    fn new() -> Self {
        Self {
            full_name: adw::EntryRow::new(),
            nickname: adw::EntryRow::new(),
            organisation: adw::EntryRow::new(),
            email: adw::EntryRow::new(),
            url: adw::EntryRow::new(),
            phone: adw::EntryRow::new(),
            note: gtk::TextBuffer::new(None),
        }
    }

    fn show(&self, profile: &Profile) {
        self.full_name.set_text(&profile.full_name);
        self.nickname.set_text(&profile.nickname);
        self.organisation.set_text(&profile.organisation);
        self.email.set_text(&profile.email);
        self.url.set_text(&profile.url);
        self.phone.set_text(&profile.phone);
        self.note.set_text(&profile.note);
    }

    fn profile(&self) -> Profile {
        let (start, end) = self.note.bounds();
        let note = self.note.text(&start, &end, false);
        Profile {
            full_name: line(&self.full_name),
            nickname: line(&self.nickname),
            organisation: line(&self.organisation),
            email: line(&self.email),
            url: line(&self.url),
            phone: line(&self.phone),
            note: note.trim().chars().take(MAX_NOTE).collect(),
        }
    }
}

fn line(row: &adw::EntryRow) -> String {
    row.text().trim().chars().take(MAX_LINE).collect()
}
