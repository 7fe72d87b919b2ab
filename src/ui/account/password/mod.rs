//! The dialog that asks for the password of an account: one that is not kept, or that the server refused.

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    attempt,
    storage_choice::{self, Choice, StorageChoice},
};
use crate::{
    command::{AccountCommand, Command},
    i18n::{gettext, gettext_f},
    model::{Account, AccountId, Failure, FailureKind, PasswordPlaces, PasswordStorage, Secret},
    ui::{
        dialog::{ProblemBox, Sheet, close_on_escape},
        failure_text::{Explanation, describe},
        untrusted_text::isolated,
    },
    worker::Handle,
};

/// Longest address that is shown, in characters.
const MAX_ADDRESS: usize = 200;

/// The dialog.
pub struct PasswordDialog {
    handle: Handle,
    account: Account,
    password: Secret,
    choice: Choice,
    problem: Option<Explanation>,
    is_waiting: bool,
    storage: Controller<StorageChoice>,
    problem_box: ProblemBox,
    row: adw::PasswordEntryRow,
}

/// What it needs to begin.
pub struct Init {
    /// The way to the worker.
    pub handle: Handle,
    /// Whose password.
    pub account: Account,
    /// Why it is asked for.
    pub failure: Failure,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// The password was edited.
    Password(Secret),
    /// Where to keep it was chosen.
    Storage(Choice),
    /// Connect.
    Submit,
}

/// What the worker answers.
#[derive(Debug)]
pub enum CommandOutput {
    /// Where passwords can be kept.
    Places(PasswordPlaces),
    /// What came of connecting.
    Ended(Result<(), Failure>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for PasswordDialog {
    type Init = Init;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Password")),
            set_default_size: (440, 400),
            set_width_request: 340,

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_label: &gettext("Connect"),
                    #[watch]
                    set_sensitive: !model.is_waiting,
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
                        set_label: &gettext_f(
                            "Enter the password of {address}.",
                            &[("address", &isolated(model.account.jid.as_str(), MAX_ADDRESS))],
                        ),
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_xalign: 0.0,
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        #[local_ref]
                        row -> adw::PasswordEntryRow {
                            set_title: &gettext("Password"),
                            set_widget_name: "password",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Password(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },
                    },

                    #[local_ref]
                    storage -> adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,
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
        let problem =
            (init.failure.kind != FailureKind::PasswordNeeded).then(|| describe(&init.failure));
        let model = Self {
            handle: init.handle,
            account: init.account,
            password: Secret::new(""),
            choice: Choice {
                storage: PasswordStorage::Ask,
                passphrase: None,
                missing: None,
            },
            problem,
            is_waiting: false,
            storage: StorageChoice::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    storage_choice::Output::Chosen(choice) => Input::Storage(choice),
                    storage_choice::Output::Entered => Input::Submit,
                }),
            problem_box: ProblemBox::default(),
            row: adw::PasswordEntryRow::new(),
        };
        let handle = model.handle.clone();
        sender
            .oneshot_command(async move { CommandOutput::Places(handle.password_places().await) });
        let storage = model.storage.widget();
        let problem_box = &model.problem_box.root;
        let row = &model.row;
        let widgets = view_output!();
        close_on_escape(&root);
        row.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Password(text) => self.password = text,
            Input::Storage(choice) => self.choice = choice,
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
            CommandOutput::Places(places) => self.places_known(places),
            CommandOutput::Ended(Ok(())) => root.close(),
            CommandOutput::Ended(Err(failure)) => self.failed(&failure),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

impl PasswordDialog {
    fn places_known(&self, places: PasswordPlaces) {
        self.storage.emit(storage_choice::Input::Places(places));
        self.storage
            .emit(storage_choice::Input::Choose(self.account.password_storage));
    }

    fn submit(&mut self, sender: &ComponentSender<Self>) {
        if self.is_waiting {
            return;
        }
        let gap = if self.password.is_empty() {
            Some(gettext("Enter the password."))
        } else {
            self.choice.missing.clone()
        };
        self.problem = gap.map(Explanation::incomplete);
        if self.problem.is_some() {
            return;
        }
        self.is_waiting = true;
        let handle = self.handle.clone();
        let account = self.account.id;
        let (password, choice) = (self.password.clone(), self.choice.clone());
        sender.oneshot_command(async move {
            CommandOutput::Ended(supply(&handle, account, password, choice).await)
        });
    }

    fn failed(&mut self, failure: &Failure) {
        self.is_waiting = false;
        self.problem = Some(describe(failure));
        self.row.grab_focus();
    }
}

/// Opens the sealed file where that is needed, hands over the password, and waits for what comes of it.
async fn supply(
    handle: &Handle,
    account: AccountId,
    password: Secret,
    choice: Choice,
) -> Result<(), Failure> {
    if let Some(passphrase) = choice.passphrase {
        let unlock = AccountCommand::UnlockPasswords(passphrase);
        handle.request(Command::Account(unlock)).await?;
    }
    let supply = AccountCommand::SupplyPassword {
        account,
        password,
        storage: choice.storage,
    };
    handle.request(Command::Account(supply)).await?;
    attempt::outcome(handle, account).await
}
