//! The page of one account: who you are there, how it connects and logs in, whom it blocks.

mod handlers;
mod messages;
mod present;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{CommandOutput, Input, Output, Snapshot};

use super::{
    accounts,
    endpoint::{self, EndpointRows, Typed},
    history::HistoryGroup,
};
use crate::{
    event::Event,
    i18n::{gettext, ngettext_f},
    model::AccountId,
    ui::{
        accessible,
        dialog::{ProblemBox, listen},
        failure_text::Explanation,
        widgets::avatar::{Avatar, LARGE_SIZE},
    },
    worker::Handle,
};

/// The page.
pub struct AccountPage {
    handle: Handle,
    id: AccountId,
    seen: Option<Snapshot>,
    /// Server and proxy as they are typed.
    typed: Typed,
    problem: Option<Explanation>,
    is_waiting: bool,
    chooser: Option<gtk::FileChooserNative>,
    endpoint: Controller<EndpointRows>,
    history: Controller<HistoryGroup>,
    problem_box: ProblemBox,
    avatar: Avatar,
    nickname: adw::EntryRow,
    plain: gtk::Switch,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for AccountPage {
    type Init = (Handle, AccountId);
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::ScrolledWindow {
            set_hscrollbar_policy: gtk::PolicyType::Never,

            adw::Clamp {
                set_maximum_size: 480,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 18,
                    set_margin_all: 18,
                    #[watch]
                    set_sensitive: model.seen.is_some(),

                    #[local_ref]
                    avatar -> Avatar {},

                    gtk::Box {
                        set_spacing: 6,
                        set_halign: gtk::Align::Center,

                        gtk::Button {
                            set_label: &gettext("Choose a picture…"),
                            set_widget_name: "choose-picture",
                            connect_clicked => Input::ChoosePicture,
                        },

                        gtk::Button {
                            set_label: &gettext("Remove the picture"),
                            set_widget_name: "remove-picture",
                            #[watch]
                            set_visible: model.has_picture(),
                            connect_clicked => Input::RemovePicture,
                        },

                        gtk::Spinner {
                            #[watch]
                            set_spinning: model.is_waiting,
                            #[watch]
                            set_visible: model.is_waiting,
                        },
                    },

                    #[local_ref]
                    problem_box -> gtk::Box {},

                    adw::PreferencesGroup {
                        adw::ActionRow {
                            set_widget_name: "state",
                            set_use_markup: false,
                            set_subtitle_lines: 0,
                            #[watch]
                            set_title: &model.state_title(),
                            #[watch]
                            set_subtitle: &model.state_text(),

                            add_suffix = &gtk::Button {
                                set_label: &gettext("Help…"),
                                set_widget_name: "fix",
                                set_valign: gtk::Align::Center,
                                #[watch]
                                set_visible: model.has_problem(),
                                connect_clicked => Input::Fix,
                            },
                        },
                    },

                    adw::PreferencesGroup {
                        set_title: &gettext("You"),
                        set_description: Some(&gettext("Contacts see picture and nickname, and so does the server.")),

                        #[local_ref]
                        nickname -> adw::EntryRow {
                            set_title: &gettext("Nickname"),
                            set_widget_name: "nickname",
                            set_show_apply_button: true,
                            connect_apply[sender] => move |row| {
                                sender.input(Input::Nickname(row.text().into()));
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Profile…"),
                            set_subtitle: &gettext("Name, addresses, and a few words about you"),
                            set_widget_name: "profile",
                            set_activatable: true,
                            connect_activated => Input::EditProfile,
                            add_suffix = &gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                            },
                        },
                    },

                    adw::PreferencesGroup {
                        set_title: &gettext("Login"),

                        adw::ActionRow {
                            set_title: &gettext("Change the password…"),
                            set_widget_name: "change-password",
                            set_activatable: true,
                            #[watch]
                            set_subtitle: &model.storage(),
                            connect_activated => Input::ChangePassword,
                            add_suffix = &gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Strongest login seen"),
                            set_widget_name: "strength",
                            set_use_markup: false,
                            set_subtitle_lines: 0,
                            #[watch]
                            set_subtitle: &model.strength(),
                        },

                        adw::ActionRow {
                            set_title: &gettext("Allow sending the password itself"),
                            set_subtitle: &gettext("Only inside encryption, and only to servers that offer nothing better. They can read it."),
                            set_subtitle_lines: 0,
                            set_activatable_widget: Some(plain),

                            #[local_ref]
                            add_suffix = plain -> gtk::Switch {
                                set_widget_name: "allow-plain",
                                set_valign: gtk::Align::Center,
                                connect_active_notify[sender] => move |switch| {
                                    sender.input(Input::AllowPlain(switch.is_active()));
                                },
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Pinned certificate"),
                            set_widget_name: "pin",
                            set_use_markup: false,
                            set_subtitle_lines: 0,
                            #[watch]
                            set_subtitle: &model.pin(),

                            add_suffix = &gtk::Button {
                                set_label: &gettext("Forget"),
                                set_widget_name: "forget-pin",
                                set_tooltip_text: Some(&gettext("From the next connection on only a valid certificate is accepted")),
                                set_valign: gtk::Align::Center,
                                #[watch]
                                set_visible: model.is_pinned(),
                                connect_clicked => Input::ForgetPin,
                            },
                        },
                    },

                    #[local_ref]
                    endpoint -> adw::PreferencesGroup {
                        set_title: &gettext("Connection"),
                    },

                    gtk::Button {
                        set_label: &gettext("Use this server and proxy"),
                        set_widget_name: "apply-endpoint",
                        set_halign: gtk::Align::Center,
                        set_css_classes: &["suggested-action", "pill"],
                        #[watch]
                        set_visible: model.is_endpoint_edited(),
                        connect_clicked => Input::ApplyEndpoint,
                    },

                    #[local_ref]
                    history -> adw::PreferencesGroup {},

                    adw::PreferencesGroup {
                        adw::ActionRow {
                            set_title: &gettext("Blocked addresses…"),
                            set_widget_name: "show-blocked",
                            set_activatable: true,
                            #[watch]
                            set_subtitle: &model.blocked(),
                            connect_activated => Input::ShowBlocked,
                            add_suffix = &gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Console…"),
                            set_subtitle: &gettext("What goes between this program and the server, for people who run servers"),
                            set_subtitle_lines: 0,
                            set_widget_name: "console",
                            set_activatable: true,
                            connect_activated => Input::ShowConsole,
                            add_suffix = &gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("Remove the account…"),
                            set_widget_name: "remove",
                            set_activatable: true,
                            connect_activated => Input::Remove,
                            add_suffix = &gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(
        (handle, id): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        listen(
            &sender,
            &handle,
            move |event| concerns(event, id),
            || CommandOutput::Changed,
        );
        let model = Self {
            history: HistoryGroup::builder()
                .launch((handle.clone(), id))
                .detach(),
            handle,
            id,
            seen: None,
            typed: Typed::default(),
            problem: None,
            is_waiting: false,
            chooser: None,
            endpoint: EndpointRows::builder()
                .launch(())
                .forward(sender.input_sender(), |output| match output {
                    endpoint::Output::Typed(typed) => Input::Endpoint(typed),
                    endpoint::Output::Entered => Input::ApplyEndpoint,
                }),
            problem_box: ProblemBox::default(),
            avatar: Avatar::new(LARGE_SIZE),
            nickname: adw::EntryRow::new(),
            plain: gtk::Switch::new(),
        };
        model.load(&sender);
        let endpoint = model.endpoint.widget();
        let history = model.history.widget();
        let problem_box = &model.problem_box.root;
        let avatar = &model.avatar;
        let nickname = &model.nickname;
        let plain = &model.plain;
        let widgets = view_output!();
        accessible::set_label(avatar, &gettext("Your picture"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Fix => self.fix(root),
            Input::Nickname(name) => self.set_nickname(name, &sender),
            Input::ChoosePicture => self.choose_picture(&sender, root),
            Input::PictureFile(path) => self.read_picture(path, &sender),
            Input::UsePicture(picture) => self.set_picture(Some(picture.bytes), &sender),
            Input::RemovePicture => self.set_picture(None, &sender),
            Input::EditProfile => self.edit_profile(root),
            Input::Endpoint(typed) => self.typed = typed,
            Input::ApplyEndpoint => self.apply_endpoint(&sender),
            Input::ChangePassword => self.change_password(root),
            Input::ForgetPin => self.forget_pin(&sender),
            Input::AllowPlain(allow) => self.plain_switched(allow, &sender, root),
            Input::PlainAnswered(allow) => self.plain_answered(allow, &sender),
            Input::ShowBlocked => self.show_blocked(root),
            Input::ShowConsole => self.show_console(root),
            Input::Remove => self.remove(root),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Changed => self.load(&sender),
            CommandOutput::Loaded(Some(seen)) => self.loaded(*seen),
            CommandOutput::Loaded(None) => self.gone(&sender),
            CommandOutput::PictureRead(picture) => self.picture_read(picture, &sender, root),
            CommandOutput::Ended(outcome) => self.ended(outcome),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

/// Whether an event is about this account.
fn concerns(event: &Event, id: AccountId) -> bool {
    match event {
        Event::Accounts => true,
        Event::Connection(account) | Event::Blocked(account) | Event::Profile { account, .. } => {
            *account == id
        }
        Event::Sync(_)
        | Event::Roster { .. }
        | Event::Presence { .. }
        | Event::Typing(_)
        | Event::Conversations(_)
        | Event::Messages { .. }
        | Event::Announce { .. }
        | Event::Attention(_)
        | Event::Requests
        | Event::Settings
        | Event::Finished { .. }
        | Event::Resync => false,
    }
}

impl AccountPage {
    fn has_picture(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.avatar.is_some())
    }

    fn state_title(&self) -> String {
        let seen = self.seen.as_ref();
        seen.map(|seen| accounts::present::state(&seen.state))
            .unwrap_or_default()
    }

    fn state_text(&self) -> String {
        let problem = self
            .seen
            .as_ref()
            .and_then(|seen| accounts::present::problem(&seen.state));
        problem.map(|text| text.paragraph()).unwrap_or_default()
    }

    fn has_problem(&self) -> bool {
        !self.state_text().is_empty()
    }

    fn storage(&self) -> String {
        let seen = self.seen.as_ref();
        seen.map(|seen| present::storage(seen.account.password_storage))
            .unwrap_or_default()
    }

    fn strength(&self) -> String {
        present::strength(
            self.seen
                .as_ref()
                .and_then(|seen| seen.strongest.as_deref()),
        )
    }

    fn pin(&self) -> String {
        present::pin(self.seen.as_ref().and_then(|seen| seen.pin))
    }

    fn is_pinned(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.pin.is_some())
    }

    fn blocked(&self) -> String {
        let number = self.seen.as_ref().map_or(0, |seen| seen.blocked);
        match u32::try_from(number).unwrap_or(u32::MAX) {
            0 => gettext("None"),
            n => ngettext_f("{n} address", "{n} addresses", n, &[]),
        }
    }

    /// Whether server or proxy are typed differently from what is set.
    fn is_endpoint_edited(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| {
            let (endpoint, proxy) = (&seen.account.endpoint, &seen.account.proxy);
            self.typed != Typed::from_parts(endpoint.as_ref(), proxy.as_ref())
        })
    }
}
