//! The log in form: address, password, and everything else found by itself.
//! Used by the first run and by “Add account”; tries the login before it adds the account.

mod handlers;
mod messages;
mod present;

use adw::prelude::*;
use relm4::prelude::*;
use tokio::sync::oneshot;

pub use messages::{CommandOutput, Input, Output};

use super::{
    endpoint::{self, EndpointRows, Typed},
    storage_choice::{self, Choice, StorageChoice},
};
use crate::{
    i18n::gettext,
    model::{PasswordStorage, Secret},
    ui::{
        dialog::{ProblemBox, mark_invalid},
        failure_text::Explanation,
    },
    worker::Handle,
};
use present::{Consent, Filled};

/// The log in form.
pub struct LoginForm {
    handle: Handle,
    filled: Filled,
    stage: Stage,
    address_error: Option<String>,
    password_error: Option<String>,
    problem: Option<Explanation>,
    /// Whether the problem is the password.
    is_password_wrong: bool,
    storage: Controller<StorageChoice>,
    endpoint: Controller<EndpointRows>,
    problem_box: ProblemBox,
    address_row: adw::EntryRow,
    password_row: adw::PasswordEntryRow,
}

/// Where the form stands.
enum Stage {
    /// It is being filled in.
    Filling,
    /// The login is being tried; dropping this stops it.
    Trying { _stop: oneshot::Sender<()> },
    /// The account is being added, which is quick and cannot be stopped.
    Adding,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for LoginForm {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::ScrolledWindow {
            set_hscrollbar_policy: gtk::PolicyType::Never,
            set_vexpand: true,

            adw::Clamp {
                set_maximum_size: 440,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 18,
                    set_margin_all: 18,

                    gtk::Label {
                        set_label: &gettext("Enter the address and the password of your account. The server is found by itself."),
                        set_wrap: true,
                        set_xalign: 0.0,
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.can_edit(),

                        #[local_ref]
                        address_row -> adw::EntryRow {
                            set_title: &gettext("Address, such as name@example.org"),
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
                        password_row -> adw::PasswordEntryRow {
                            set_title: &gettext("Password"),
                            set_widget_name: "password",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Password(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        #[name = "field_error"]
                        gtk::Label {
                            set_widget_name: "field-error",
                            set_css_classes: &["error", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_visible: model.field_error().is_some(),
                            #[watch]
                            set_label: model.field_error().unwrap_or_default(),
                        },
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},

                    #[local_ref]
                    storage -> adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.can_edit(),
                    },

                    #[local_ref]
                    endpoint -> adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: model.can_edit(),
                    },

                    gtk::Box {
                        set_spacing: 12,
                        set_halign: gtk::Align::Center,

                        gtk::Button {
                            set_label: &gettext("Log in"),
                            set_widget_name: "log-in",
                            set_css_classes: &["suggested-action", "pill"],
                            #[watch]
                            set_visible: model.can_edit(),
                            connect_clicked => Input::Submit,
                        },

                        gtk::Spinner {
                            #[watch]
                            set_visible: !model.can_edit(),
                            #[watch]
                            set_spinning: !model.can_edit(),
                        },

                        gtk::Label {
                            set_widget_name: "progress",
                            set_wrap: true,
                            set_xalign: 0.0,
                            #[watch]
                            set_visible: !model.can_edit(),
                            #[watch]
                            set_label: &model.progress(),
                        },

                        gtk::Button {
                            set_label: &gettext("Stop"),
                            set_widget_name: "stop",
                            add_css_class: "pill",
                            #[watch]
                            set_visible: model.can_stop(),
                            connect_clicked => Input::Stop,
                        },
                    },
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            handle,
            filled: Filled {
                address: String::new(),
                password: Secret::new(""),
                storage: Choice {
                    storage: PasswordStorage::Ask,
                    passphrase: None,
                    missing: None,
                },
                endpoint: Typed::default(),
                consent: Consent::default(),
            },
            stage: Stage::Filling,
            address_error: None,
            password_error: None,
            problem: None,
            is_password_wrong: false,
            storage: StorageChoice::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    storage_choice::Output::Chosen(choice) => Input::Storage(choice),
                    storage_choice::Output::Entered => Input::Submit,
                }),
            endpoint: EndpointRows::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    endpoint::Output::Typed(typed) => Input::Endpoint(typed),
                    endpoint::Output::Entered => Input::Submit,
                }),
            problem_box: ProblemBox::default(),
            address_row: adw::EntryRow::new(),
            password_row: adw::PasswordEntryRow::new(),
        };
        model.ask_for_places(&sender);
        let storage = model.storage.widget();
        let endpoint = model.endpoint.widget();
        let problem_box = &model.problem_box.root;
        let address_row = &model.address_row;
        let password_row = &model.password_row;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Fill(address, password) => self.fill(&address, &password),
            Input::Address(text) => self.address_edited(text),
            Input::AddressLeft => self.address_left(),
            Input::Password(text) => self.password_edited(text),
            Input::Storage(choice) => self.filled.storage = choice,
            Input::Endpoint(typed) => self.filled.endpoint = typed,
            Input::Submit => self.submit(&sender),
            Input::Stop => self.stop(),
            Input::Certificate(fingerprint, pin) => {
                self.certificate_answered(fingerprint, pin, &sender)
            }
            Input::Plain(allow) => self.plain_answered(allow, &sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Places(places) => {
                self.storage.emit(storage_choice::Input::Places(places));
            }
            CommandOutput::AlreadyThere => self.already_there(),
            CommandOutput::LoggedIn => self.stage = Stage::Adding,
            CommandOutput::Ended(Ok(())) => self.added(&sender),
            CommandOutput::Ended(Err(failure)) => self.failed(failure, &sender, root),
        }
    }

    fn post_view() {
        mark_invalid(address_row, model.address_error.is_some());
        mark_invalid(password_row, model.password_error.is_some());
        let field = model.is_password_wrong.then_some(&*password_row);
        model.problem_box.show_beside(model.problem.as_ref(), field);
    }
}
