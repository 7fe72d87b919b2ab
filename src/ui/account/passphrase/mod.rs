//! The dialog that asks for a passphrase: a new one twice, an old one once.
//! Knows nothing of what is done with it.

mod messages;
mod present;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{Input, Output, Purpose};

use super::strength::Strength;
use crate::{
    i18n::gettext,
    model::Secret,
    ui::dialog::{Sheet, close_on_escape},
};

/// The dialog.
pub struct PassphraseDialog {
    purpose: Purpose,
    passphrase: Secret,
    repeated: Secret,
    error: Option<String>,
    is_waiting: bool,
    row: adw::PasswordEntryRow,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for PassphraseDialog {
    type Init = Purpose;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::Window {
            set_title: Some(&gettext("Passphrase")),
            set_default_size: (440, if model.purpose.is_new() { 420 } else { 300 }),
            set_width_request: 340,
            connect_close_request[sender] => move |_| {
                sender.input(Input::Closed);
                gtk::glib::Propagation::Proceed
            },

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_label: &model.purpose.action(),
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
                        set_label: &model.purpose.title(),
                        add_css_class: "title-3",
                        set_wrap: true,
                        set_justify: gtk::Justification::Center,
                    },

                    gtk::Label {
                        set_label: &model.purpose.meaning(),
                        set_wrap: true,
                        set_xalign: 0.0,
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        #[local_ref]
                        row -> adw::PasswordEntryRow {
                            set_title: &gettext("Passphrase"),
                            set_widget_name: "passphrase",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Passphrase(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        adw::PasswordEntryRow {
                            set_title: &gettext("The same passphrase again"),
                            set_widget_name: "repeated",
                            set_visible: model.purpose.is_new(),
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Repeated(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        gtk::Label {
                            set_widget_name: "hint",
                            set_css_classes: &["dim-label", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_visible: model.purpose.is_new() && !model.passphrase.is_empty(),
                            #[watch]
                            set_label: &Strength::of(model.passphrase.reveal()).hint(),
                        },

                        gtk::Label {
                            set_widget_name: "field-error",
                            set_css_classes: &["error", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_visible: model.error.is_some(),
                            #[watch]
                            set_label: model.error.as_deref().unwrap_or_default(),
                        },
                    },
                },
            },
        }
    }

    fn init(
        purpose: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            purpose,
            passphrase: Secret::new(""),
            repeated: Secret::new(""),
            error: None,
            is_waiting: false,
            row: adw::PasswordEntryRow::new(),
        };
        let row = &model.row;
        let widgets = view_output!();
        close_on_escape(&root);
        row.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Passphrase(text) => self.edited(text),
            Input::Repeated(text) => self.repeated = text,
            Input::Submit => self.submit(&sender),
            Input::Closed => tell(&sender, Output::Cancelled),
            Input::Refused(why) => self.refused(why),
        }
    }
}

impl PassphraseDialog {
    fn edited(&mut self, text: Secret) {
        self.passphrase = text;
        self.error = None;
    }

    fn submit(&mut self, sender: &ComponentSender<Self>) {
        if self.is_waiting {
            return;
        }
        self.error = present::judge(self.purpose, &self.passphrase, &self.repeated).err();
        if self.error.is_none() {
            self.is_waiting = true;
            tell(sender, Output::Entered(self.passphrase.clone()));
        }
    }

    fn refused(&mut self, why: String) {
        self.is_waiting = false;
        self.error = Some(why);
        self.row.grab_focus();
    }
}

fn tell(sender: &ComponentSender<PassphraseDialog>, output: Output) {
    // The holder may be gone already.
    let _ = sender.output(output);
}
