//! The dialog that removes an account: here, or on its server, too.

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    command::{AccountCommand, Command},
    i18n::{gettext, gettext_f},
    model::{Account, Failure},
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
pub struct RemoveAccount {
    handle: Handle,
    account: Account,
    on_server: bool,
    typed: String,
    problem: Option<Explanation>,
    is_waiting: bool,
    problem_box: ProblemBox,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Whether to delete it on the server, too.
    OnServer(bool),
    /// The address was typed to confirm.
    Typed(String),
    /// Remove it.
    Submit,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for RemoveAccount {
    type Init = (Handle, Account);
    type Input = Input;
    type Output = ();
    type CommandOutput = Result<(), Failure>;

    view! {
        adw::Window {
            set_title: Some(&gettext("Remove the account")),
            set_default_size: (460, 500),
            set_size_request: (340, 300),

            #[template]
            Sheet {
                #[template_child]
                accept {
                    set_css_classes: &["destructive-action"],
                    #[watch]
                    set_label: &model.action(),
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
                    gtk::Label {
                        set_label: &isolated(model.account.jid.as_str(), MAX_ADDRESS),
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_justify: gtk::Justification::Center,
                        add_css_class: "title-3",
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        adw::ActionRow {
                            set_title: &gettext("Only from this computer"),
                            set_subtitle: &gettext("Chats, contacts and the password of this account are deleted here. The account itself stays: you can log in again, here or elsewhere, and what the server keeps comes back."),
                            set_subtitle_lines: 0,
                            set_activatable_widget: Some(&here),

                            #[name = "here"]
                            add_prefix = &gtk::CheckButton {
                                set_widget_name: "here",
                                set_valign: gtk::Align::Center,
                                set_active: true,
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Delete the account on the server, too"),
                            set_subtitle: &gettext("For ever: nobody can log in any more, your contacts lose you, and the server deletes what it keeps. Somebody else may take the name later. If the server refuses, nothing is removed here."),
                            set_subtitle_lines: 0,
                            set_activatable_widget: Some(&on_server),

                            #[name = "on_server"]
                            add_prefix = &gtk::CheckButton {
                                set_widget_name: "on-server",
                                set_valign: gtk::Align::Center,
                                set_group: Some(&here),
                                #[watch]
                                set_active: model.on_server,
                                connect_toggled[sender] => move |check| {
                                    sender.input(Input::OnServer(check.is_active()));
                                },
                            },
                        },
                    },

                    adw::PreferencesGroup {
                        #[watch]
                        set_visible: model.on_server,
                        #[watch]
                        set_sensitive: !model.is_waiting,

                        adw::EntryRow {
                            set_title: &gettext("Type the address to confirm"),
                            set_widget_name: "confirm",
                            connect_changed[sender] => move |row| {
                                sender.input(Input::Typed(row.text().into()));
                            },
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
            on_server: false,
            typed: String::new(),
            problem: None,
            is_waiting: false,
            problem_box: ProblemBox::default(),
        };
        let problem_box = &model.problem_box.root;
        let widgets = view_output!();
        close_on_escape(&root);
        // Enter must not remove anything.
        root.set_default_widget(gtk::Widget::NONE);
        widgets.here.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::OnServer(on) => self.on_server = on,
            Input::Typed(text) => self.typed = text,
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

impl RemoveAccount {
    fn action(&self) -> String {
        if self.on_server {
            gettext("Delete")
        } else {
            gettext("Remove")
        }
    }

    fn can_submit(&self) -> bool {
        !self.is_waiting && (!self.on_server || self.typed.trim() == self.account.jid.as_str())
    }

    fn submit(&mut self, sender: &ComponentSender<Self>) {
        if !self.can_submit() {
            return;
        }
        self.problem = None;
        self.is_waiting = true;
        let handle = self.handle.clone();
        let remove = AccountCommand::Remove {
            account: self.account.id,
            on_server: self.on_server,
        };
        sender.oneshot_command(async move { handle.request(Command::Account(remove)).await });
    }

    fn failed(&mut self, failure: &Failure) {
        self.is_waiting = false;
        let mut text = describe(failure);
        text.advice = gettext_f("{advice} Nothing was removed.", &[("advice", &text.advice)]);
        self.problem = Some(text);
    }
}
