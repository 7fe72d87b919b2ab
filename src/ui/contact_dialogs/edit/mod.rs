//! The dialog that gives a contact another name and other groups.

use adw::prelude::*;
use relm4::prelude::*;

use super::group_choice::{self, GroupChoice};
use crate::{
    command::{Command, ContactCommand},
    i18n::{gettext, gettext_f},
    model::{AccountId, BareJid, Contact, Failure},
    ui::{
        dialog::{ProblemBox, Sheet, close_on_escape},
        failure_text::{Explanation, describe},
        untrusted_text::isolated,
    },
    worker::Handle,
};

/// Longest address or name that is shown, in characters.
const MAX_SHOWN: usize = 200;

/// The dialog.
pub struct EditContact {
    init: Init,
    name: String,
    groups: Vec<String>,
    given: Option<String>,
    is_loaded: bool,
    is_waiting: bool,
    problem: Option<Explanation>,
    group_choice: Controller<GroupChoice>,
    problem_box: ProblemBox,
    name_row: adw::EntryRow,
}

/// What it needs to begin.
pub struct Init {
    /// The way to the worker.
    pub handle: Handle,
    /// Whose contact.
    pub account: AccountId,
    /// Which contact.
    pub jid: BareJid,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// The name was edited.
    Name(String),
    /// The groups were changed.
    Groups(Vec<String>),
    /// Keep it.
    Submit,
}

/// What store and worker answer.
#[derive(Debug)]
pub enum CommandOutput {
    /// The contact and all groups; nothing when it is none (any more).
    Loaded(Option<(Box<Contact>, Vec<String>)>),
    /// What came of it.
    Ended(Result<(), Failure>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for EditContact {
    type Init = Init;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Name and groups")),
            set_default_size: (440, 460),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_label: &gettext("Save"),
                    #[watch]
                    set_sensitive: model.is_loaded && !model.is_waiting,
                    connect_clicked => Input::Submit,
                },

                #[template_child]
                spinner {
                    #[watch]
                    set_spinning: model.is_waiting,
                },

                #[template_child]
                content {
                    gtk::Label {
                        set_label: &isolated(model.init.jid.as_str(), MAX_SHOWN),
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        add_css_class: "dim-label",
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.is_loaded && !model.is_waiting,

                        #[local_ref]
                        name_row -> adw::EntryRow {
                            set_title: &gettext("Name that only you see"),
                            set_widget_name: "name",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Name(row.text().into()));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        gtk::Label {
                            set_widget_name: "given-name",
                            set_css_classes: &["dim-label", "caption", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_label: &model.note(),
                        },
                    },

                    #[local_ref]
                    groups -> adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.is_loaded && !model.is_waiting,
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},
                },
            },
        }
    }

    fn init(
        init: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            init,
            name: String::new(),
            groups: vec![],
            given: None,
            is_loaded: false,
            is_waiting: false,
            problem: None,
            group_choice: GroupChoice::builder()
                .launch(())
                .forward(sender.input_sender(), Input::Groups),
            problem_box: ProblemBox::default(),
            name_row: adw::EntryRow::new(),
        };
        model.load(&sender);
        let groups = model.group_choice.widget();
        let problem_box = &model.problem_box.root;
        let name_row = &model.name_row;
        let widgets = view_output!();
        close_on_escape(&root);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Name(text) => self.name = text,
            Input::Groups(groups) => self.groups = groups,
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
            CommandOutput::Loaded(Some((contact, groups))) => self.loaded(*contact, groups),
            CommandOutput::Loaded(None) => self.gone(),
            CommandOutput::Ended(Ok(())) => root.close(),
            CommandOutput::Ended(Err(failure)) => self.failed(&failure),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

impl EditContact {
    fn load(&self, sender: &ComponentSender<Self>) {
        let reader = self.init.handle.reader();
        let (account, jid) = (self.init.account, self.init.jid.clone());
        sender.oneshot_command(async move {
            let contact = reader.contact(account, &jid).ok().flatten();
            let groups = reader.groups(account).unwrap_or_default();
            CommandOutput::Loaded(contact.map(|contact| (Box::new(contact), groups)))
        });
    }

    fn loaded(&mut self, contact: Contact, groups: Vec<String>) {
        self.is_loaded = true;
        self.given = Some(contact.nickname).filter(|name| !name.trim().is_empty());
        self.name.clone_from(&contact.item.name);
        self.name_row.set_text(&contact.item.name);
        self.groups.clone_from(&contact.item.groups);
        self.group_choice.emit(group_choice::Input::Known(groups));
        self.group_choice
            .emit(group_choice::Input::Choose(contact.item.groups));
        // The row can take the focus only after this update has made it sensitive.
        let row = self.name_row.clone();
        gtk::glib::idle_add_local_once(move || {
            row.grab_focus();
        });
    }

    /// What is shown when the field is left empty.
    fn note(&self) -> String {
        match &self.given {
            Some(name) => gettext_f(
                "They call themselves {name}. Leave the field empty to show that.",
                &[("name", &isolated(name, MAX_SHOWN))],
            ),
            None => gettext("Leave the field empty to show the address."),
        }
    }

    fn gone(&mut self) {
        self.problem = Some(Explanation::incomplete(gettext(
            "This address is not one of your contacts.",
        )));
    }

    fn submit(&mut self, sender: &ComponentSender<Self>) {
        if !self.is_loaded || self.is_waiting {
            return;
        }
        self.problem = None;
        self.is_waiting = true;
        let edit = ContactCommand::Edit {
            account: self.init.account,
            jid: self.init.jid.clone(),
            name: self.name.trim().to_owned(),
            groups: self.groups.clone(),
        };
        let handle = self.init.handle.clone();
        sender.oneshot_command(async move {
            CommandOutput::Ended(handle.request(Command::Contact(edit)).await)
        });
    }

    fn failed(&mut self, failure: &Failure) {
        self.is_waiting = false;
        self.problem = Some(describe(failure));
    }
}
