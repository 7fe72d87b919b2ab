//! The dialog that adds somebody to the contacts and asks to see when they are there.

mod handlers;
mod present;

use adw::prelude::*;
use relm4::prelude::*;

pub use present::Prefill;

use super::group_choice::{self, GroupChoice};
use crate::{
    i18n::gettext,
    model::{AccountId, BareJid, Failure},
    ui::{
        dialog::{ProblemBox, Sheet, close_on_escape, mark_invalid},
        failure_text::Explanation,
    },
    worker::Handle,
};

/// The dialog.
pub struct AddContact {
    handle: Handle,
    wanted_account: Option<AccountId>,
    accounts: Vec<(AccountId, BareJid)>,
    account: usize,
    address: String,
    name: String,
    groups: Vec<String>,
    message: String,
    address_error: Option<String>,
    problem: Option<Explanation>,
    is_waiting: bool,
    group_choice: Controller<GroupChoice>,
    problem_box: ProblemBox,
    account_row: adw::ComboRow,
    address_row: adw::EntryRow,
    name_row: adw::EntryRow,
}

/// What it needs to begin.
pub struct Init {
    /// The way to the worker.
    pub handle: Handle,
    /// The account to add to, if that is known.
    pub account: Option<AccountId>,
    /// What is known of the contact.
    pub prefill: Prefill,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Put this into the fields.
    Fill(Prefill),
    /// Another account was chosen, by its place in the list.
    Account(u32),
    /// The address was edited.
    Address(String),
    /// The address field was left.
    AddressLeft,
    /// The name was edited.
    Name(String),
    /// The groups were changed.
    Groups(Vec<String>),
    /// The words of the request were edited.
    Message(String),
    /// Add the contact.
    Submit,
}

/// What store and worker answer.
#[derive(Debug)]
pub enum CommandOutput {
    /// The accounts.
    Accounts(Vec<(AccountId, BareJid)>),
    /// The groups of the chosen account.
    Groups(Vec<String>),
    /// The address is already a contact.
    AlreadyThere,
    /// What came of adding.
    Ended(Result<(), Failure>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for AddContact {
    type Init = Init;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Add a contact")),
            set_default_size: (460, 560),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_label: &gettext("Add"),
                    #[watch]
                    set_sensitive: model.can_submit(),
                    connect_clicked => Input::Submit,
                },

                #[template_child]
                spinner {
                    #[watch]
                    set_spinning: model.is_waiting,
                },

                #[template_child]
                content {
                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        #[local_ref]
                        account_row -> adw::ComboRow {
                            set_title: &gettext("Account"),
                            set_widget_name: "account",
                            #[watch]
                            set_visible: model.accounts.len() > 1,
                            connect_selected_notify[sender] => move |row| {
                                sender.input(Input::Account(row.selected()));
                            },
                        },

                        #[local_ref]
                        address_row -> adw::EntryRow {
                            set_title: &gettext("Address, or a link that begins with xmpp:"),
                            set_widget_name: "address",
                            set_input_purpose: gtk::InputPurpose::Email,
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Address(row.text().into()));
                            },
                            connect_entry_activated => Input::Submit,
                            add_controller = gtk::EventControllerFocus {
                                connect_leave => Input::AddressLeft,
                            },
                        },

                        #[local_ref]
                        name_row -> adw::EntryRow {
                            set_title: &gettext("Name that only you see (optional)"),
                            set_widget_name: "name",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Name(row.text().into()));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        adw::EntryRow {
                            set_title: &gettext("Words with the request (optional)"),
                            set_widget_name: "message",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Message(row.text().into()));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        gtk::Label {
                            set_widget_name: "field-error",
                            set_css_classes: &["error", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_visible: model.address_error.is_some(),
                            #[watch]
                            set_label: model.address_error.as_deref().unwrap_or_default(),
                        },
                    },

                    #[local_ref]
                    groups -> adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,
                    },

                    gtk::Label {
                        set_label: &gettext("They are asked whether you may see when they are there. If they agree, they may see the same of you."),
                        set_css_classes: &["dim-label", "caption"],
                        set_wrap: true,
                        set_xalign: 0.0,
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
            handle: init.handle,
            wanted_account: init.account,
            accounts: vec![],
            account: 0,
            address: String::new(),
            name: String::new(),
            groups: vec![],
            message: String::new(),
            address_error: None,
            problem: None,
            is_waiting: false,
            group_choice: GroupChoice::builder()
                .launch(())
                .forward(sender.input_sender(), Input::Groups),
            problem_box: ProblemBox::default(),
            account_row: adw::ComboRow::new(),
            address_row: adw::EntryRow::new(),
            name_row: adw::EntryRow::new(),
        };
        model.load(&sender);
        let groups = model.group_choice.widget();
        let problem_box = &model.problem_box.root;
        let account_row = &model.account_row;
        let address_row = &model.address_row;
        let name_row = &model.name_row;
        let widgets = view_output!();
        close_on_escape(&root);
        address_row.grab_focus();
        sender.input(Input::Fill(init.prefill));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Fill(prefill) => self.fill(prefill),
            Input::Account(place) => self.account_chosen(place, &sender),
            Input::Address(text) => self.address_edited(text, &sender),
            Input::AddressLeft => self.address_left(),
            Input::Name(text) => self.name = text,
            Input::Groups(groups) => self.groups = groups,
            Input::Message(text) => self.message = text,
            Input::Submit => self.submit(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Accounts(accounts) => self.accounts_known(accounts, &sender),
            CommandOutput::Groups(groups) => {
                self.group_choice.emit(group_choice::Input::Known(groups));
            }
            CommandOutput::AlreadyThere => self.already_there(),
            CommandOutput::Ended(Ok(())) => root.close(),
            CommandOutput::Ended(Err(failure)) => self.failed(&failure),
        }
    }

    fn post_view() {
        mark_invalid(address_row, model.address_error.is_some());
        model.problem_box.show(model.problem.as_ref());
    }
}
