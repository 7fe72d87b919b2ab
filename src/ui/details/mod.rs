//! What is known of a contact, and what can be done about it. Nothing is fetched until a person asks for it.

mod handlers;
mod loading;
mod messages;
mod present;

use adw::prelude::*;
use relm4::prelude::*;

pub use loading::Known;
pub use messages::{CommandOutput, Input, Output};

use super::{
    accessible,
    widgets::avatar::{self, Avatar},
};
use crate::{
    i18n::gettext,
    model::{AccountId, BareJid, ConversationId, Failure},
    worker::Handle,
};

/// The details pane.
pub struct Details {
    handle: Handle,
    shown: Option<Shown>,
    number: u64,
    is_awake: bool,
    is_fetching: bool,
    failure: Option<Failure>,
    known: Option<Known>,
    avatar: Avatar,
    devices: gtk::ListBox,
    profile: gtk::ListBox,
}

/// Whom it shows.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Shown {
    account: AccountId,
    jid: BareJid,
    chat: ConversationId,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Details {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_css_classes: &["details", "background"],
            set_widget_name: "details-pane",

            adw::HeaderBar {
                set_show_start_title_buttons: false,

                pack_start: close = &gtk::Button {
                    set_icon_name: "go-next-symbolic",
                    set_widget_name: "close-details",
                    connect_clicked => Input::ClosePressed,
                },

                #[wrap(Some)]
                set_title_widget = &adw::WindowTitle {
                    set_title: &gettext("Details"),
                },
            },

            gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                set_vexpand: true,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 18,
                    set_margin_all: 12,
                    #[watch]
                    set_visible: model.known.is_some(),

                    #[local_ref]
                    avatar -> Avatar {},

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 3,

                        gtk::Label {
                            set_css_classes: &["title-2"],
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            set_justify: gtk::Justification::Center,
                            set_width_chars: 12,
                            set_max_width_chars: 24,
                            set_widget_name: "details-name",
                            #[watch]
                            set_label: &model.name(),
                        },

                        gtk::Box {
                            set_halign: gtk::Align::Center,

                            gtk::Label {
                                set_css_classes: &["dim-label"],
                                set_selectable: true,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::Char,
                                set_width_chars: 12,
                                set_max_width_chars: 30,
                                set_widget_name: "details-address",
                                #[watch]
                                set_label: &model.address(),
                            },

                            append: copy = &gtk::Button {
                                set_icon_name: "edit-copy-symbolic",
                                set_css_classes: &["flat", "circular"],
                                set_valign: gtk::Align::Center,
                                connect_clicked => Input::CopyPressed,
                            },
                        },

                        gtk::Label {
                            set_wrap: true,
                            set_justify: gtk::Justification::Center,
                            set_width_chars: 12,
                            set_max_width_chars: 30,
                            set_css_classes: &["caption"],
                            set_widget_name: "details-subscription",
                            #[watch]
                            set_label: &model.subscription(),
                        },
                    },

                    gtk::Label {
                        set_wrap: true,
                        set_xalign: 0.0,
                        set_css_classes: &["error"],
                        #[watch]
                        set_visible: model.failure.is_some(),
                        #[watch]
                        set_label: &model.failure_words(),
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 6,
                        #[watch]
                        set_visible: model.has_devices(),

                        gtk::Label {
                            set_label: &gettext("Connected with"),
                            set_xalign: 0.0,
                            set_css_classes: &["heading"],
                        },

                        #[local_ref]
                        devices -> gtk::ListBox {
                            set_selection_mode: gtk::SelectionMode::None,
                            set_css_classes: &["boxed-list"],
                        },
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 6,

                        gtk::Box {
                            gtk::Label {
                                set_label: &gettext("Profile"),
                                set_xalign: 0.0,
                                set_hexpand: true,
                                set_css_classes: &["heading"],
                            },

                            gtk::Spinner {
                                #[watch]
                                set_spinning: model.is_fetching,
                            },

                            gtk::Button {
                                set_label: &gettext("Fetch"),
                                set_tooltip_text: Some(&gettext("Asks their server what they say of themselves; they may notice")),
                                set_css_classes: &["flat"],
                                set_widget_name: "fetch-profile",
                                #[watch]
                                set_sensitive: !model.is_fetching && model.is_online(),
                                connect_clicked => Input::ProfilePressed,
                            },
                        },

                        #[local_ref]
                        profile -> gtk::ListBox {
                            set_selection_mode: gtk::SelectionMode::None,
                            set_css_classes: &["boxed-list"],
                            #[watch]
                            set_visible: model.has_profile(),
                        },
                    },

                    gtk::ListBox {
                        set_selection_mode: gtk::SelectionMode::None,
                        set_css_classes: &["boxed-list"],

                        adw::ActionRow {
                            set_title: &gettext("Groups"),
                            set_use_markup: false,
                            #[watch]
                            set_visible: model.is_contact(),
                            #[watch]
                            set_subtitle: &model.groups(),
                            add_suffix: edit = &gtk::Button {
                                set_icon_name: "document-edit-symbolic",
                                set_valign: gtk::Align::Center,
                                set_css_classes: &["flat"],
                                set_widget_name: "rename-contact",
                                connect_clicked => Input::RenamePressed,
                            },
                        },

                        adw::ActionRow {
                            set_title: &gettext("They see your presence"),
                            #[watch]
                            set_visible: model.is_contact(),
                            add_suffix: permission = &gtk::Switch {
                                set_valign: gtk::Align::Center,
                                set_widget_name: "permission",
                                #[watch]
                                #[block_signal(permission_changed)]
                                set_active: model.they_see_us(),
                                connect_active_notify[sender] => move |switch| {
                                    sender.input(Input::PermissionChanged(switch.is_active()));
                                } @permission_changed,
                            },
                            set_activatable_widget: Some(&permission),
                        },

                        adw::ActionRow {
                            set_title: &gettext("Mute"),
                            set_subtitle: &gettext("Nothing of this chat shows on the desktop"),
                            add_suffix: mute = &gtk::Switch {
                                set_valign: gtk::Align::Center,
                                set_widget_name: "mute",
                                #[watch]
                                #[block_signal(mute_changed)]
                                set_active: model.is_muted(),
                                connect_active_notify[sender] => move |switch| {
                                    sender.input(Input::MuteChanged(switch.is_active()));
                                } @mute_changed,
                            },
                            set_activatable_widget: Some(&mute),
                        },

                        adw::ActionRow {
                            set_title: &gettext("Keep on top of the chats"),
                            add_suffix: pin = &gtk::Switch {
                                set_valign: gtk::Align::Center,
                                set_widget_name: "pin",
                                #[watch]
                                #[block_signal(pin_changed)]
                                set_active: model.is_pinned(),
                                connect_active_notify[sender] => move |switch| {
                                    sender.input(Input::PinChanged(switch.is_active()));
                                } @pin_changed,
                            },
                            set_activatable_widget: Some(&pin),
                        },
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 6,

                        gtk::Button {
                            set_label: &gettext("Add to Contacts…"),
                            #[watch]
                            set_visible: !model.is_contact(),
                            connect_clicked => Input::AddPressed,
                        },

                        gtk::Button {
                            set_label: &gettext("Ask Again to See Their Presence"),
                            #[watch]
                            set_visible: model.can_ask_again(),
                            connect_clicked => Input::AskAgainPressed,
                        },

                        gtk::Button {
                            set_label: &gettext("Export the Chat…"),
                            set_widget_name: "export-chat",
                            connect_clicked => Input::ExportPressed,
                        },

                        gtk::Button {
                            set_widget_name: "block",
                            #[watch]
                            set_label: &model.block_words(),
                            connect_clicked => Input::BlockPressed,
                        },

                        gtk::Button {
                            set_label: &gettext("Remove from Contacts…"),
                            set_css_classes: &["destructive-action"],
                            #[watch]
                            set_visible: model.is_contact(),
                            connect_clicked => Input::RemovePressed,
                        },
                    },
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            handle,
            shown: None,
            number: 0,
            is_awake: false,
            is_fetching: false,
            failure: None,
            known: None,
            avatar: Avatar::new(avatar::LARGE_SIZE),
            devices: gtk::ListBox::new(),
            profile: gtk::ListBox::new(),
        };
        let avatar = &model.avatar;
        let devices = &model.devices;
        let profile = &model.profile;
        let widgets = view_output!();
        accessible::name_button(&widgets.close, &gettext("Close the details"));
        accessible::name_button(&widgets.copy, &gettext("Copy the address"));
        accessible::name_button(&widgets.edit, &gettext("Change name and groups"));
        accessible::set_label(&widgets.mute, &gettext("Mute"));
        accessible::set_label(&widgets.pin, &gettext("Keep on top of the chats"));
        accessible::set_label(&widgets.permission, &gettext("They see your presence"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(account, jid, chat) => self.show(account, jid, chat, &sender),
            Input::Hide => self.hide(),
            Input::Wake => self.wake(&sender),
            Input::Sleep => self.is_awake = false,
            Input::News(news) => self.take_news(&news, &sender),
            Input::ProfilePressed => self.fetch_profile(&sender),
            Input::RenamePressed => self.rename(root),
            Input::AddPressed => self.add(root),
            Input::RemovePressed => self.remove(root),
            Input::AskAgainPressed => self.ask_again(&sender),
            Input::PermissionChanged(allowed) => self.change_permission(allowed, &sender),
            Input::MuteChanged(muted) => self.mute(muted),
            Input::PinChanged(pinned) => self.pin(pinned),
            Input::BlockPressed => self.block_pressed(&sender, root),
            Input::BlockConfirmed => self.block(&sender),
            Input::ExportPressed => self.export(root),
            Input::CopyPressed => self.copy(root),
            Input::ClosePressed => close(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        _sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Read(number, known) => self.take_known(number, *known),
            CommandOutput::Profile(number, answer) => self.profile_answered(number, answer),
            CommandOutput::Failed(failure) => self.failure = Some(failure),
        }
    }
}

fn close(sender: &ComponentSender<Details>) {
    // The chat may have gone before.
    let _ = sender.output(Output::Close);
}
