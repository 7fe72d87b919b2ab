//! Every keyboard shortcut, in one table: the application binds what is in it, the shortcuts window shows it.
//! Knows nothing of what the actions do.

use gtk::prelude::*;

use super::dialog;
use crate::i18n::gettext;

/// The action that opens the shortcuts window.
pub const SHOW_SHORTCUTS: &str = "win.shortcuts";

/// One shortcut.
pub struct Shortcut {
    /// The action that the keys are bound to, with its target; `None` when a widget handles the keys itself.
    pub action: Option<&'static str>,
    /// The keys, as GTK reads accelerators; several are alternatives.
    pub keys: &'static [&'static str],
    /// What it does, in the person's language.
    pub title: fn() -> String,
    /// Where it stands in the window.
    pub group: Group,
}

/// The groups of the shortcuts window, in its order.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Group {
    /// The whole program.
    General,
    /// Moving about.
    Navigation,
    /// The lists of chats and contacts.
    Sidebar,
    /// An open chat.
    Conversation,
}

impl Group {
    const ALL: [Self; 4] = [
        Self::General,
        Self::Navigation,
        Self::Sidebar,
        Self::Conversation,
    ];

    fn title(self) -> String {
        match self {
            Self::General => gettext("General"),
            Self::Navigation => gettext("Moving about"),
            Self::Sidebar => gettext("Chats and contacts"),
            Self::Conversation => gettext("In a chat"),
        }
    }
}

const fn bound(
    group: Group,
    action: &'static str,
    keys: &'static [&'static str],
    title: fn() -> String,
) -> Shortcut {
    Shortcut {
        action: Some(action),
        keys,
        title,
        group,
    }
}

const fn of_widget(group: Group, keys: &'static [&'static str], title: fn() -> String) -> Shortcut {
    Shortcut {
        action: None,
        keys,
        title,
        group,
    }
}

/// All of them.
pub const SHORTCUTS: &[Shortcut] = &[
    bound(Group::General, "win.new-chat", &["<Control>n"], || {
        gettext("Start a chat")
    }),
    bound(
        Group::General,
        "win.add-contact",
        &["<Control><Shift>n"],
        || gettext("Add a contact"),
    ),
    bound(Group::General, "win.settings", &["<Control>comma"], || {
        gettext("Settings")
    }),
    bound(
        Group::General,
        "win.accounts",
        &["<Control><Shift>comma"],
        || gettext("Accounts"),
    ),
    bound(
        Group::General,
        SHOW_SHORTCUTS,
        &["<Control>question", "<Control>slash"],
        || gettext("Keyboard shortcuts"),
    ),
    bound(Group::General, "window.close", &["<Control>w"], || {
        gettext("Close the window")
    }),
    bound(Group::General, "app.quit", &["<Control>q"], || {
        gettext("Quit")
    }),
    bound(Group::Navigation, "win.next-region", &["F6"], || {
        gettext("Next part of the window")
    }),
    bound(
        Group::Navigation,
        "win.previous-region",
        &["<Shift>F6"],
        || gettext("Previous part of the window"),
    ),
    bound(Group::Navigation, "win.jump", &["<Control>k"], || {
        gettext("Jump to a chat or contact")
    }),
    bound(
        Group::Navigation,
        "win.search-here",
        &["<Control>f"],
        || gettext("Search in the chat"),
    ),
    bound(
        Group::Navigation,
        "win.search",
        &["<Control><Shift>f"],
        || gettext("Search chats, contacts and messages"),
    ),
    bound(
        Group::Navigation,
        "win.next-chat",
        &["<Control>Page_Down", "<Alt>Down"],
        || gettext("Next chat"),
    ),
    bound(
        Group::Navigation,
        "win.previous-chat",
        &["<Control>Page_Up", "<Alt>Up"],
        || gettext("Previous chat"),
    ),
    of_widget(Group::Navigation, &["<Alt>1...9"], || {
        gettext("First to ninth chat")
    }),
    of_widget(Group::Navigation, &["Escape"], || {
        gettext("Back, without changing anything")
    }),
    bound(Group::Sidebar, "win.show-chats", &["<Control>1"], || {
        gettext("Show chats")
    }),
    bound(Group::Sidebar, "win.show-contacts", &["<Control>2"], || {
        gettext("Show contacts")
    }),
    of_widget(Group::Sidebar, &["F2"], || gettext("Rename the contact")),
    of_widget(Group::Sidebar, &["Delete"], || {
        gettext("Remove the contact")
    }),
    of_widget(Group::Sidebar, &["Menu", "<Shift>F10"], || {
        gettext("What can be done here")
    }),
    bound(Group::Conversation, "win.details", &["<Control>i"], || {
        gettext("Details of the contact")
    }),
    bound(
        Group::Conversation,
        "win.close-chat",
        &["<Control><Shift>w"],
        || gettext("Close the chat"),
    ),
    of_widget(Group::Conversation, &["Return"], || {
        gettext("Send the message (can be changed in the settings)")
    }),
    of_widget(Group::Conversation, &["<Shift>Return"], || {
        gettext("Begin a new line")
    }),
    of_widget(Group::Conversation, &["Up"], || {
        gettext("Edit your last message, while nothing is written")
    }),
    of_widget(Group::Conversation, &["Menu", "<Shift>F10"], || {
        gettext("What can be done with the message")
    }),
    of_widget(Group::Conversation, &["<Control>c"], || {
        gettext("Copy the selected message")
    }),
    of_widget(Group::Conversation, &["space", "<Shift>space"], || {
        gettext("Choose the message, or all up to it, while messages are selected")
    }),
    of_widget(Group::Conversation, &["End"], || gettext("Newest message")),
];

/// The action that opens the chat at a place in the list, counted from 0; [`SHORTCUTS`] shows its nine keys as one.
pub const OPEN_CHAT: &str = "win.chat";

/// Binds the keys of every action in the table.
pub fn bind(app: &impl IsA<gtk::Application>) {
    for shortcut in SHORTCUTS {
        if let Some(action) = shortcut.action {
            app.set_accels_for_action(action, shortcut.keys);
        }
    }
    for place in 0..9_i32 {
        let action = gtk::gio::Action::print_detailed_name(OPEN_CHAT, Some(&place.to_variant()));
        app.set_accels_for_action(&action, &[&format!("<Alt>{}", place + 1)]);
    }
}

/// Opens the window that shows them.
pub fn open(parent: &gtk::Window) {
    let window = window();
    dialog::stand_over(&window, Some(parent));
    window.present();
}

/// The window that shows them.
///
/// # Panics
/// When GTK does not know its own widgets.
pub fn window() -> gtk::ShortcutsWindow {
    // Sections can be added from code only from GTK 4.14 on.
    let builder = gtk::Builder::from_string(&description());
    builder
        .object("shortcuts")
        .expect("the description names the window so")
}

/// The window as an interface description.
fn description() -> String {
    let groups: String = Group::ALL
        .into_iter()
        .map(|group| {
            let rows: String = SHORTCUTS
                .iter()
                .filter(|shortcut| shortcut.group == group)
                .map(row)
                .collect();
            object("GtkShortcutsGroup", &[("title", &group.title())], &rows)
        })
        .collect();
    let section = object(
        "GtkShortcutsSection",
        &[("section-name", "shortcuts"), ("max-height", "22")],
        &groups,
    );
    format!(
        r#"<interface><object class="GtkShortcutsWindow" id="shortcuts"><property name="modal">1</property>{section}</object></interface>"#
    )
}

fn row(shortcut: &Shortcut) -> String {
    object(
        "GtkShortcutsShortcut",
        &[
            ("title", &(shortcut.title)()),
            ("accelerator", &shortcut.keys.join(" ")),
        ],
        "",
    )
}

fn object(class: &str, properties: &[(&str, &str)], children: &str) -> String {
    let properties: String = properties
        .iter()
        .map(|(name, value)| {
            let value = gtk::glib::markup_escape_text(value);
            format!(r#"<property name="{name}">{value}</property>"#)
        })
        .collect();
    format!(r#"<child><object class="{class}">{properties}{children}</object></child>"#)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_has_two_meanings_at_once() {
        let mut seen = HashSet::new();
        for shortcut in SHORTCUTS.iter().filter(|s| s.action.is_some()) {
            for key in shortcut.keys {
                assert!(seen.insert(key), "{key}");
            }
        }
    }

    #[test]
    fn actions_and_titles_are_named_once() {
        let mut actions = HashSet::new();
        let mut titles = HashSet::new();
        for shortcut in SHORTCUTS {
            assert!(!shortcut.keys.is_empty());
            assert!(titles.insert((shortcut.title)()));
            if let Some(action) = shortcut.action {
                assert!(actions.insert(action), "{action}");
                assert!(action.contains('.'), "{action} has no scope");
            }
        }
    }
}
