//! The settings of the profile: every change holds at once.

mod present;

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    command::Command,
    event::Event,
    i18n::gettext,
    model::{ColorScheme, Settings},
    ui::{
        about,
        dialog::{self, close_on_escape, listen},
        gallery::{Page, handle, keep},
        history, shortcuts,
    },
    worker::Handle,
};
use present::{COLOR_SCHEMES, NOTIFICATION_TEXTS};

/// Opens the settings of the profile.
pub fn open(parent: &gtk::Window, handle: &Handle) {
    let window = SettingsWindow::builder().launch(handle.clone());
    dialog::open(window.detach(), Some(parent));
}

/// Makes the whole program light or dark.
pub fn apply_color_scheme(scheme: ColorScheme) {
    adw::StyleManager::default().set_color_scheme(match scheme {
        ColorScheme::System => adw::ColorScheme::Default,
        ColorScheme::Light => adw::ColorScheme::ForceLight,
        ColorScheme::Dark => adw::ColorScheme::ForceDark,
    });
}

/// Gallery pages.
pub const PAGES: &[Page] = &[
    Page {
        name: "settings",
        open: || keep(SettingsWindow::builder().launch(handle()).detach()),
    },
    Page {
        name: "shortcuts",
        open: || shortcuts::window().upcast(),
    },
    Page {
        name: "about",
        open: || about::window().upcast(),
    },
];

/// The window.
pub struct SettingsWindow {
    handle: Handle,
    settings: Settings,
    is_loaded: bool,
}

/// What the person changes.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    /// Whether contacts learn that a message arrived.
    Receipts(bool),
    /// Whether contacts learn that a message was seen.
    ReadMarkers(bool),
    /// Whether contacts learn that one is typing.
    Typing(bool),
    /// Whether new messages show on the desktop.
    Notify(bool),
    /// What a notification tells, by its place in the list.
    NotificationText(u32),
    /// Whether contacts may call for attention.
    Attention(bool),
    /// Whether a sound is played.
    Sound(bool),
    /// Light or dark, by its place in the list.
    ColorScheme(u32),
    /// Whether Enter sends.
    EnterSends(bool),
    /// Whether the program goes on when its window is closed.
    Background(bool),
    /// History is to be imported.
    Import,
    /// Everything is to be exported.
    Export,
}

/// What the store tells.
#[derive(Debug)]
pub enum CommandOutput {
    /// The settings as they are now.
    Loaded(Option<Settings>),
    /// They have changed.
    Changed,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for SettingsWindow {
    type Init = Handle;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::PreferencesWindow {
            set_title: Some(&gettext("Settings")),
            set_default_size: (600, 620),
            set_size_request: (340, 300),
            #[watch]
            set_sensitive: model.is_loaded,

            add = &adw::PreferencesPage {
                set_title: &gettext("Privacy"),
                set_icon_name: Some("security-high-symbolic"),
                set_name: Some("privacy"),

                adw::PreferencesGroup {
                    set_title: &gettext("What contacts learn"),
                    set_description: Some(&gettext("Only contacts who may see your presence are told anything of this. Strangers never are.")),

                    adw::ActionRow {
                        set_title: &gettext("That messages arrived"),
                        set_subtitle: &gettext("They see a tick when a message reached one of your devices, and so that it is switched on."),
                        set_activatable_widget: Some(&receipts),
                        #[name = "receipts"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "receipts",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(receipts_changed)]
                            set_active: model.settings.send_receipts,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Receipts(switch.is_active()));
                            } @receipts_changed,
                        },
                    },

                    adw::ActionRow {
                        set_title: &gettext("What you have read"),
                        set_subtitle: &gettext("They see how far you have read, and when you sit at the screen."),
                        set_activatable_widget: Some(&read_markers),
                        #[name = "read_markers"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "read-markers",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(read_markers_changed)]
                            set_active: model.settings.send_read_markers,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::ReadMarkers(switch.is_active()));
                            } @read_markers_changed,
                        },
                    },

                    adw::ActionRow {
                        set_title: &gettext("That you are typing"),
                        set_subtitle: &gettext("They see when you begin to write and when you hesitate, even if you send nothing."),
                        set_activatable_widget: Some(&typing),
                        #[name = "typing"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "typing",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(typing_changed)]
                            set_active: model.settings.send_typing,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Typing(switch.is_active()));
                            } @typing_changed,
                        },
                    },
                },
            },

            add = &adw::PreferencesPage {
                set_title: &gettext("Notifications"),
                set_icon_name: Some("preferences-system-notifications-symbolic"),
                set_name: Some("notifications"),

                adw::PreferencesGroup {
                    adw::ActionRow {
                        set_title: &gettext("New messages on the desktop"),
                        set_subtitle: &gettext("Muted chats and strangers are never shown."),
                        set_activatable_widget: Some(&notify),
                        #[name = "notify"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "notify",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(notify_changed)]
                            set_active: model.settings.notify,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Notify(switch.is_active()));
                            } @notify_changed,
                        },
                    },

                    adw::ComboRow {
                        set_title: &gettext("They tell"),
                        set_subtitle: &gettext("Whoever sees your screen, even a locked one, can read them."),
                        set_widget_name: "notification-text",
                        set_model: Some(&names(&NOTIFICATION_TEXTS.map(present::notification_text))),
                        #[watch]
                        set_sensitive: model.settings.notify,
                        #[watch]
                        #[block_signal(text_changed)]
                        set_selected: present::place(&NOTIFICATION_TEXTS, &model.settings.notification_text),
                        connect_selected_notify[sender] => move |row| {
                            sender.input(Input::NotificationText(row.selected()));
                        } @text_changed,
                    },

                    adw::ActionRow {
                        set_title: &gettext("Calls for attention"),
                        set_subtitle: &gettext("Contacts who may see your presence can make a notification appear even while you look at their chat, at most twice a minute. Muted chats cannot."),
                        set_activatable_widget: Some(&attention),
                        #[watch]
                        set_sensitive: model.settings.notify,
                        #[name = "attention"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "attention",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(attention_changed)]
                            set_active: model.settings.receive_attention,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Attention(switch.is_active()));
                            } @attention_changed,
                        },
                    },

                    adw::ActionRow {
                        set_title: &gettext("With a sound"),
                        set_activatable_widget: Some(&sound),
                        #[watch]
                        set_sensitive: model.settings.notify,
                        #[name = "sound"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "sound",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(sound_changed)]
                            set_active: model.settings.notification_sound,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Sound(switch.is_active()));
                            } @sound_changed,
                        },
                    },
                },
            },

            add = &adw::PreferencesPage {
                set_title: &gettext("History"),
                set_icon_name: Some("document-open-recent-symbolic"),
                set_name: Some("history"),

                adw::PreferencesGroup {
                    adw::ActionRow {
                        set_title: &gettext("Import…"),
                        set_subtitle: &gettext("Messages that Gajim, Dino or Pidgin have kept, or that Tessera has exported"),
                        set_subtitle_lines: 0,
                        set_widget_name: "import",
                        set_activatable: true,
                        add_suffix = &gtk::Image::from_icon_name("go-next-symbolic"),
                        connect_activated => Input::Import,
                    },

                    adw::ActionRow {
                        set_title: &gettext("Export…"),
                        set_subtitle: &gettext("All chats into one file, to read or to import again"),
                        set_subtitle_lines: 0,
                        set_widget_name: "export",
                        set_activatable: true,
                        add_suffix = &gtk::Image::from_icon_name("go-next-symbolic"),
                        connect_activated => Input::Export,
                    },
                },
            },

            add = &adw::PreferencesPage {
                set_title: &gettext("Window"),
                set_icon_name: Some("preferences-desktop-appearance-symbolic"),
                set_name: Some("window"),

                adw::PreferencesGroup {
                    set_title: &gettext("Appearance"),

                    adw::ComboRow {
                        set_title: &gettext("Light or dark"),
                        set_widget_name: "color-scheme",
                        set_model: Some(&names(&COLOR_SCHEMES.map(present::color_scheme))),
                        #[watch]
                        #[block_signal(scheme_changed)]
                        set_selected: present::place(&COLOR_SCHEMES, &model.settings.color_scheme),
                        connect_selected_notify[sender] => move |row| {
                            sender.input(Input::ColorScheme(row.selected()));
                        } @scheme_changed,
                    },
                },

                adw::PreferencesGroup {
                    set_title: &gettext("Writing"),

                    adw::ActionRow {
                        set_title: &gettext("Enter sends the message"),
                        set_subtitle: &gettext("Shift+Enter begins a new line. Otherwise Ctrl+Enter sends and Enter begins a new line."),
                        set_activatable_widget: Some(&enter_sends),
                        #[name = "enter_sends"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "enter-sends",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(enter_changed)]
                            set_active: model.settings.enter_sends,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::EnterSends(switch.is_active()));
                            } @enter_changed,
                        },
                    },
                },

                adw::PreferencesGroup {
                    set_title: &gettext("When the window is closed"),

                    adw::ActionRow {
                        set_title: &gettext("Stay connected in the background"),
                        set_subtitle: &gettext("Messages go on arriving and are announced. Otherwise closing the window logs out."),
                        set_activatable_widget: Some(&background),
                        #[name = "background"]
                        add_suffix = &gtk::Switch {
                            set_widget_name: "background",
                            set_valign: gtk::Align::Center,
                            #[watch]
                            #[block_signal(background_changed)]
                            set_active: model.settings.run_in_background,
                            connect_active_notify[sender] => move |switch| {
                                sender.input(Input::Background(switch.is_active()));
                            } @background_changed,
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
        listen(
            &sender,
            &handle,
            |event| *event == Event::Settings,
            || CommandOutput::Changed,
        );
        let model = Self {
            handle,
            settings: Settings::default(),
            is_loaded: false,
        };
        model.load(&sender);
        let widgets = view_output!();
        close_on_escape(&root);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Import => return history::open_import(root.upcast_ref(), &self.handle),
            Input::Export => return history::open_export(root.upcast_ref(), &self.handle, None),
            _ => {}
        }
        let before = self.settings.clone();
        self.change(input);
        if self.is_loaded && self.settings != before {
            self.handle
                .send(Command::ApplySettings(self.settings.clone()));
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Loaded(settings) => self.loaded(settings),
            CommandOutput::Changed => self.load(&sender),
        }
    }
}

impl SettingsWindow {
    fn load(&self, sender: &ComponentSender<Self>) {
        let reader = self.handle.reader();
        sender.oneshot_command(async move { CommandOutput::Loaded(reader.settings().ok()) });
    }

    fn loaded(&mut self, settings: Option<Settings>) {
        if let Some(settings) = settings {
            self.settings = settings;
            self.is_loaded = true;
        }
    }

    fn change(&mut self, input: Input) {
        let settings = &mut self.settings;
        match input {
            Input::Receipts(on) => settings.send_receipts = on,
            Input::ReadMarkers(on) => settings.send_read_markers = on,
            Input::Typing(on) => settings.send_typing = on,
            Input::Notify(on) => settings.notify = on,
            Input::NotificationText(place) => {
                if let Some(text) = present::at(&NOTIFICATION_TEXTS, place) {
                    settings.notification_text = text;
                }
            }
            Input::Attention(on) => settings.receive_attention = on,
            Input::Sound(on) => settings.notification_sound = on,
            Input::ColorScheme(place) => {
                if let Some(scheme) = present::at(&COLOR_SCHEMES, place) {
                    settings.color_scheme = scheme;
                    apply_color_scheme(scheme);
                }
            }
            Input::EnterSends(on) => settings.enter_sends = on,
            Input::Background(on) => settings.run_in_background = on,
            Input::Import | Input::Export => {}
        }
    }
}

fn names(names: &[String]) -> gtk::StringList {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    gtk::StringList::new(&names)
}
