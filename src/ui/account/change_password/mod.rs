//! The dialog that changes the password of an account on its server.

use adw::prelude::*;
use relm4::prelude::*;

use super::strength::{SHORTEST, Strength};
use crate::{
    command::{AccountCommand, Command},
    i18n::{gettext, gettext_f},
    model::{Account, Failure, Secret},
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
pub struct ChangePassword {
    handle: Handle,
    account: Account,
    password: Secret,
    repeated: Secret,
    problem: Option<Explanation>,
    is_waiting: bool,
    problem_box: ProblemBox,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// The new password was edited.
    Password(Secret),
    /// Its repetition was edited.
    Repeated(Secret),
    /// Change it.
    Submit,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for ChangePassword {
    type Init = (Handle, Account);
    type Input = Input;
    type Output = ();
    type CommandOutput = Result<(), Failure>;

    view! {
        adw::Window {
            set_title: Some(&gettext("Change the password")),
            set_default_size: (440, 460),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_label: &gettext("Change"),
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
                            "The password of {address} is changed on the server. Other programs and devices must then log in with the new one.",
                            &[("address", &isolated(model.account.jid.as_str(), MAX_ADDRESS))],
                        ),
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_xalign: 0.0,
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        adw::PasswordEntryRow {
                            set_title: &gettext("New password"),
                            set_widget_name: "password",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Password(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        adw::PasswordEntryRow {
                            set_title: &gettext("The same password again"),
                            set_widget_name: "repeated",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Repeated(Secret::new(row.text())));
                            },
                            connect_entry_activated => Input::Submit,
                        },

                        gtk::Label {
                            set_widget_name: "hint",
                            set_css_classes: &["dim-label", "caption", "field-note"],
                            set_xalign: 0.0,
                            set_wrap: true,
                            #[watch]
                            set_visible: !model.password.is_empty(),
                            #[watch]
                            set_label: &Strength::of(model.password.reveal()).hint(),
                        },
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},
                },
            },
        }
    }

    fn init(
        (handle, account): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            handle,
            account,
            password: Secret::new(""),
            repeated: Secret::new(""),
            problem: None,
            is_waiting: false,
            problem_box: ProblemBox::default(),
        };
        let problem_box = &model.problem_box.root;
        let widgets = view_output!();
        close_on_escape(&root);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Password(text) => self.password = text,
            Input::Repeated(text) => self.repeated = text,
            Input::Submit => self.submit(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        outcome: Self::CommandOutput,
        _sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match outcome {
            Ok(()) => root.close(),
            Err(failure) => self.failed(&failure),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

impl ChangePassword {
    fn submit(&mut self, sender: &ComponentSender<Self>) {
        if self.is_waiting {
            return;
        }
        self.problem = gap(&self.password, &self.repeated).map(Explanation::incomplete);
        if self.problem.is_some() {
            return;
        }
        self.is_waiting = true;
        let handle = self.handle.clone();
        let change = AccountCommand::ChangePassword {
            account: self.account.id,
            password: self.password.clone(),
        };
        sender.oneshot_command(async move { handle.request(Command::Account(change)).await });
    }

    fn failed(&mut self, failure: &Failure) {
        self.is_waiting = false;
        self.problem = Some(describe(failure));
    }
}

/// Why the new password cannot be taken.
fn gap(password: &Secret, repeated: &Secret) -> Option<String> {
    if password.reveal().chars().count() < SHORTEST {
        Some(gettext("A password has at least 8 characters."))
    } else if password != repeated {
        Some(gettext("The two passwords are not the same."))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_is_long_and_the_same_twice() {
        let gap = |a: &str, b: &str| gap(&Secret::new(a), &Secret::new(b));
        assert!(gap("short", "short").is_some());
        assert!(gap("long enough", "long enougH").is_some());
        assert_eq!(gap("long enough", "long enough"), None);
    }
}
