//! “More options”: an explicit server, and a SOCKS5 proxy.
//! Knows nothing of accounts.

mod present;

use adw::prelude::*;
use relm4::prelude::*;

pub use present::Typed;

use crate::i18n::gettext;

/// The rows for server and proxy.
pub struct EndpointRows {
    typed: Typed,
    rows: Rows,
}

struct Rows {
    host: adw::EntryRow,
    port: adw::EntryRow,
    direct_tls: gtk::Switch,
    proxy_host: adw::EntryRow,
    proxy_port: adw::EntryRow,
    proxy_user: adw::EntryRow,
}

/// What happens to the rows.
#[derive(Debug)]
pub enum Input {
    /// Show this.
    Show(Typed),
    /// The person changed something.
    Edited,
    /// The person pressed Enter in a field.
    Entered,
}

/// What the rows tell.
#[derive(Debug)]
pub enum Output {
    /// This is in them now.
    Typed(Typed),
    /// The person pressed Enter and wants what the form is for.
    Entered,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for EndpointRows {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            adw::ExpanderRow {
                set_title: &gettext("More options"),
                set_subtitle: &gettext("Only when the server is not found by itself, or for Tor"),
                set_widget_name: "more-options",

                #[name = "host"]
                add_row = &adw::EntryRow {
                    set_title: &gettext("Host of the server"),
                    set_widget_name: "host",
                    connect_changed[sender] => move |_| sender.input(Input::Edited),
                    connect_entry_activated => Input::Entered,
                },

                #[name = "port"]
                add_row = &adw::EntryRow {
                    set_title: &gettext("Port (5222, or 5223 with TLS from the start)"),
                    set_input_purpose: gtk::InputPurpose::Digits,
                    set_widget_name: "port",
                    connect_changed[sender] => move |_| sender.input(Input::Edited),
                    connect_entry_activated => Input::Entered,
                },

                add_row = &adw::ActionRow {
                    set_title: &gettext("TLS from the start"),
                    set_subtitle: &gettext("Otherwise the connection is encrypted by STARTTLS; it is never left unencrypted"),
                    set_activatable_widget: Some(&direct_tls),

                    #[name = "direct_tls"]
                    add_suffix = &gtk::Switch {
                        set_valign: gtk::Align::Center,
                        set_widget_name: "direct-tls",
                        connect_active_notify[sender] => move |_| sender.input(Input::Edited),
                    },
                },

                #[name = "proxy_host"]
                add_row = &adw::EntryRow {
                    set_title: &gettext("Host of a SOCKS5 proxy"),
                    set_widget_name: "proxy-host",
                    connect_changed[sender] => move |_| sender.input(Input::Edited),
                    connect_entry_activated => Input::Entered,
                },

                #[name = "proxy_port"]
                add_row = &adw::EntryRow {
                    set_title: &gettext("Port of the proxy (9050 for Tor)"),
                    set_input_purpose: gtk::InputPurpose::Digits,
                    set_widget_name: "proxy-port",
                    connect_changed[sender] => move |_| sender.input(Input::Edited),
                    connect_entry_activated => Input::Entered,
                },

                #[name = "proxy_user"]
                add_row = &adw::EntryRow {
                    set_title: &gettext("User name for the proxy"),
                    set_tooltip_text: Some(&gettext("Tor uses a way of its own for each user name")),
                    set_widget_name: "proxy-user",
                    connect_changed[sender] => move |_| sender.input(Input::Edited),
                    connect_entry_activated => Input::Entered,
                },
            },
        }
    }

    fn init(
        (): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let widgets = view_output!();
        let model = Self {
            typed: Typed::default(),
            rows: Rows {
                host: widgets.host.clone(),
                port: widgets.port.clone(),
                direct_tls: widgets.direct_tls.clone(),
                proxy_host: widgets.proxy_host.clone(),
                proxy_port: widgets.proxy_port.clone(),
                proxy_user: widgets.proxy_user.clone(),
            },
        };
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Show(typed) => self.rows.show(&typed),
            Input::Edited => self.edited(&sender),
            Input::Entered => {
                // What was typed last comes first.
                self.edited(&sender);
                let _ = sender.output(Output::Entered);
            }
        }
    }
}

impl EndpointRows {
    fn edited(&mut self, sender: &ComponentSender<Self>) {
        let typed = self.rows.typed();
        if typed != self.typed {
            self.typed = typed.clone();
            // The holder may be gone already.
            let _ = sender.output(Output::Typed(typed));
        }
    }
}

impl Rows {
    fn show(&self, typed: &Typed) {
        self.host.set_text(&typed.host);
        self.port.set_text(&typed.port);
        self.direct_tls.set_active(typed.direct_tls);
        self.proxy_host.set_text(&typed.proxy_host);
        self.proxy_port.set_text(&typed.proxy_port);
        self.proxy_user.set_text(&typed.proxy_user);
    }

    fn typed(&self) -> Typed {
        Typed {
            host: self.host.text().into(),
            port: self.port.text().into(),
            direct_tls: self.direct_tls.is_active(),
            proxy_host: self.proxy_host.text().into(),
            proxy_port: self.proxy_port.text().into(),
            proxy_user: self.proxy_user.text().into(),
        }
    }
}
