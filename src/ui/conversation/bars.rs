//! What stands between header and messages when something is special: a stranger, a blocked contact, no connection.

use gtk::prelude::*;

use super::Input;
use crate::{
    i18n::{gettext, gettext_f},
    model::{ConnectionState, Conversation, ConversationKind},
    timeline::text::clean,
};

/// The bars; each is seen only when it applies.
pub(super) struct Bars {
    root: gtk::Box,
    stranger: Bar,
    blocked: Bar,
    offline: Bar,
}

struct Bar {
    revealer: gtk::Revealer,
    label: gtk::Label,
}

impl Bars {
    pub(super) fn new(sender: &relm4::Sender<Input>) -> Self {
        let root = gtk::Box::new(gtk::Orientation::Vertical, 0);
        let stranger = Bar::new(
            "stranger-bar",
            sender,
            &[
                (gettext("Accept"), "suggested-action", || {
                    Input::AcceptPressed
                }),
                (gettext("Block"), "", || Input::BlockPressed),
                (gettext("Delete…"), "", || Input::DeletePressed),
            ],
        );
        let blocked = Bar::new(
            "blocked-bar",
            sender,
            &[(gettext("Unblock"), "", || Input::UnblockPressed)],
        );
        let offline = Bar::new("offline-bar", sender, &[]);
        for bar in [&stranger, &blocked, &offline] {
            root.append(&bar.revealer);
        }
        Self {
            root,
            stranger,
            blocked,
            offline,
        }
    }

    pub(super) fn widget(&self) -> &gtk::Box {
        &self.root
    }

    /// Puts the keyboard focus on the first thing to press in them.
    pub(super) fn grab_focus(&self) {
        self.root.child_focus(gtk::DirectionType::TabForward);
    }

    /// Shows none.
    pub(super) fn clear(&self) {
        for bar in [&self.stranger, &self.blocked, &self.offline] {
            bar.revealer.set_reveal_child(false);
        }
    }

    /// Shows those that apply.
    pub(super) fn show(&self, chat: &Conversation, connection: &ConnectionState) {
        let address = clean::isolated(chat.peer.as_str());
        let is_stranger = chat.kind == ConversationKind::Stranger && !chat.blocked;
        self.stranger.show(is_stranger, || {
            gettext_f(
                "{address} is not among your contacts. They learn nothing of you — not that you are online, not that \
                 you read this — until you accept.",
                &[("address", &address)],
            )
        });
        self.blocked.show(chat.blocked, || {
            gettext_f(
                "You have blocked {address}. Nothing they send reaches you, and nothing is sent to them.",
                &[("address", &address)],
            )
        });
        let is_offline = !connection.is_online() && !chat.blocked && !is_stranger;
        self.offline.show(is_offline, || match connection {
            ConnectionState::Connecting(_) => gettext("Connecting… What you write is sent then."),
            ConnectionState::Offline
            | ConnectionState::Waiting { .. }
            | ConnectionState::Stopped(_)
            | ConnectionState::Online { .. } => {
                gettext("You are offline. What you write is kept here and sent when you are back.")
            }
        });
    }
}

/// A button of a bar: its label, a style class, and what it reports.
type Action = (String, &'static str, fn() -> Input);

impl Bar {
    fn new(name: &str, sender: &relm4::Sender<Input>, actions: &[Action]) -> Self {
        let label = gtk::Label::builder()
            .xalign(0.0)
            .wrap(true)
            .width_chars(20)
            .max_width_chars(60)
            .hexpand(true)
            .build();
        let content = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .css_classes(["conversation-bar"])
            .build();
        content.append(&label);
        if !actions.is_empty() {
            let buttons = gtk::Box::builder()
                .spacing(6)
                .halign(gtk::Align::End)
                .build();
            for (text, class, input) in actions {
                let button = gtk::Button::with_label(text);
                if !class.is_empty() {
                    button.add_css_class(class);
                }
                let (sender, input) = (sender.clone(), *input);
                button.connect_clicked(move |_| sender.emit(input()));
                buttons.append(&button);
            }
            content.append(&buttons);
        }
        let revealer = gtk::Revealer::builder().child(&content).name(name).build();
        Self { revealer, label }
    }

    fn show(&self, applies: bool, words: impl FnOnce() -> String) {
        if applies {
            self.label.set_label(&words());
        }
        self.revealer.set_reveal_child(applies);
    }
}
