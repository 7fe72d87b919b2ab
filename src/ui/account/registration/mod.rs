//! Creates an account on a server that lets people do so: choose the server, fill its form, log in.

mod handlers;
mod messages;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{CommandOutput, Input};

use super::{
    endpoint::{self, EndpointRows, Typed},
    form_view::FormView,
    storage_choice::{self, Choice, StorageChoice},
};
use crate::{
    i18n::gettext,
    model::{BareJid, Fingerprint, PasswordStorage, Secret},
    ui::{
        dialog::{ProblemBox, close_on_escape, mark_invalid},
        failure_text::Explanation,
    },
    worker::Handle,
};

/// The window.
pub struct RegistrationWindow {
    handle: Handle,
    server: String,
    typed: Typed,
    choice: Choice,
    /// The certificate that was pinned, and for which server.
    pin: Option<(String, Fingerprint)>,
    stage: Stage,
    server_error: Option<String>,
    problem: Option<Explanation>,
    form: Option<FormView>,
    /// The account that the server has made, until it is added here.
    made: Option<(BareJid, Secret)>,
    endpoint: Controller<EndpointRows>,
    storage: Controller<StorageChoice>,
    problem_box: ProblemBox,
    form_place: adw::Bin,
    server_row: adw::EntryRow,
}

/// Where it stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// A server is being chosen.
    Choosing,
    /// Its form is on the way.
    Fetching,
    /// The form is being filled.
    Filling,
    /// The form was sent.
    Sending,
    /// The account exists and is being added here.
    Adding,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for RegistrationWindow {
    type Init = Handle;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext("Create an account")),
            set_default_size: (480, 640),
            set_size_request: (340, 360),

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    pack_start = &gtk::Button {
                        set_label: &gettext("Back"),
                        set_widget_name: "back",
                        #[watch]
                        set_visible: model.stage == Stage::Filling && model.made.is_none(),
                        connect_clicked => Input::Back,
                    },

                    pack_end = &gtk::Spinner {
                        #[watch]
                        set_spinning: model.is_busy(),
                    },
                },

                gtk::ScrolledWindow {
                    set_hscrollbar_policy: gtk::PolicyType::Never,
                    set_vexpand: true,

                    adw::Clamp {
                        set_maximum_size: 480,

                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            set_spacing: 18,
                            set_margin_all: 18,

                            gtk::Box {
                                set_orientation: gtk::Orientation::Vertical,
                                set_spacing: 18,
                                #[watch]
                                set_visible: !model.shows_form(),
                                #[watch]
                                set_sensitive: !model.is_busy(),

                                gtk::Label {
                                    set_label: &gettext("Which server shall keep your account? Those who run it can see whom you talk to and when; choose people you trust."),
                                    set_wrap: true,
                                    set_xalign: 0.0,
                                },

                                adw::PreferencesGroup {
                                    #[local_ref]
                                    server_row -> adw::EntryRow {
                                        set_title: &gettext("Server, such as example.org"),
                                        set_widget_name: "server",
                                        set_input_purpose: gtk::InputPurpose::Url,
                                        connect_changed[sender] => move |row| {
                                            sender.input(Input::Server(row.text().into()));
                                        },
                                        connect_entry_activated => Input::Fetch,
                                    },

                                    gtk::Label {
                                        set_widget_name: "field-error",
                                        set_css_classes: &["error", "field-note"],
                                        set_xalign: 0.0,
                                        set_wrap: true,
                                        #[watch]
                                        set_visible: model.server_error.is_some(),
                                        #[watch]
                                        set_label: model.server_error.as_deref().unwrap_or_default(),
                                    },
                                },

                                #[local_ref]
                                endpoint -> adw::PreferencesGroup {},
                            },

                            gtk::Box {
                                set_orientation: gtk::Orientation::Vertical,
                                set_spacing: 18,
                                #[watch]
                                set_visible: model.shows_form(),
                                #[watch]
                                set_sensitive: !model.is_busy(),

                                gtk::Label {
                                    set_widget_name: "whose-form",
                                    set_wrap: true,
                                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                    set_xalign: 0.0,
                                    add_css_class: "dim-label",
                                    #[watch]
                                    set_label: &model.whose_form(),
                                },

                                #[local_ref]
                                form_place -> adw::Bin {
                                    #[watch]
                                    set_visible: model.made.is_none(),
                                },

                                #[local_ref]
                                storage -> adw::PreferencesGroup {},
                            },

                            #[local_ref]
                            problem_box -> gtk::Box {},

                            gtk::Box {
                                // Side by side they would be wider than the smallest window.
                                set_orientation: gtk::Orientation::Vertical,
                                set_spacing: 12,
                                set_halign: gtk::Align::Center,
                                #[watch]
                                set_sensitive: !model.is_busy(),

                                gtk::Button {
                                    set_widget_name: "go-on",
                                    set_css_classes: &["suggested-action", "pill"],
                                    #[watch]
                                    set_label: &model.action(),
                                    connect_clicked[sender] => move |_| {
                                        sender.input(Input::Submit);
                                    },
                                },

                                gtk::Button {
                                    set_label: &gettext("New form"),
                                    set_widget_name: "new-form",
                                    set_tooltip_text: Some(&gettext("Fetch the form again; what you typed stays")),
                                    add_css_class: "pill",
                                    #[watch]
                                    set_visible: model.can_renew(),
                                    connect_clicked => Input::Fetch,
                                },
                            },
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
            server: String::new(),
            typed: Typed::default(),
            choice: Choice {
                storage: PasswordStorage::Ask,
                passphrase: None,
                missing: None,
            },
            pin: None,
            stage: Stage::Choosing,
            server_error: None,
            problem: None,
            form: None,
            made: None,
            endpoint: EndpointRows::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    endpoint::Output::Typed(typed) => Input::Endpoint(typed),
                    endpoint::Output::Entered => Input::Submit,
                }),
            storage: StorageChoice::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    storage_choice::Output::Chosen(choice) => Input::Storage(choice),
                    storage_choice::Output::Entered => Input::Submit,
                }),
            problem_box: ProblemBox::default(),
            form_place: adw::Bin::new(),
            server_row: adw::EntryRow::new(),
        };
        let handle = model.handle.clone();
        sender
            .oneshot_command(async move { CommandOutput::Places(handle.password_places().await) });
        let endpoint = model.endpoint.widget();
        let storage = model.storage.widget();
        let problem_box = &model.problem_box.root;
        let form_place = &model.form_place;
        let server_row = &model.server_row;
        let widgets = view_output!();
        close_on_escape(&root);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Fill(server) => self.fill(server),
            Input::Server(text) => self.server_edited(text),
            Input::Endpoint(typed) => self.typed = typed,
            Input::Storage(choice) => self.choice = choice,
            Input::Fetch => self.fetch(&sender),
            Input::Back => self.back(),
            Input::Submit => self.submit(&sender),
            Input::Certificate(fingerprint, pin) => {
                self.certificate_answered(fingerprint, pin, &sender);
            }
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
            CommandOutput::Fetched(Ok(form)) => self.fetched(form),
            CommandOutput::Fetched(Err(failure)) => self.not_fetched(&failure, &sender, root),
            CommandOutput::Registered(jid) => self.registered(jid, &sender),
            CommandOutput::Refused(failure) => self.refused(&failure),
            CommandOutput::Added(Ok(())) => root.close(),
            CommandOutput::Added(Err(failure)) => self.not_added(&failure),
        }
    }

    fn post_view() {
        mark_invalid(server_row, model.server_error.is_some());
        model.problem_box.show(model.problem.as_ref());
    }
}
