//! The actions of the main window: what menus, buttons and keys ask for.
//! The keys are in [`crate::ui::shortcuts`].

use gtk::{gio, glib, prelude::*};

/// What a menu or a key can ask the window for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Action {
    /// Begin a chat.
    NewChat,
    /// Add somebody.
    AddContact,
    /// Open the settings.
    Settings,
    /// Open the accounts.
    Accounts,
    /// Show all shortcuts.
    Shortcuts,
    /// Tell what this program is.
    About,
    /// Move the keyboard focus to the next part of the window.
    NextRegion,
    /// Move the keyboard focus to the part before.
    PreviousRegion,
    /// Jump to any chat or contact.
    Jump,
    /// Search chats, contacts and all messages.
    Search,
    /// Search the messages of the chat.
    SearchHere,
    /// Open the chat below.
    NextChat,
    /// Open the chat above.
    PreviousChat,
    /// Open the chat at this place, counted from 0.
    Chat(u32),
    /// Show the chats.
    ShowChats,
    /// Show the contacts.
    ShowContacts,
    /// Show or hide who the chat is with.
    Details,
    /// Take the chat off the list.
    CloseChat,
    /// Show only contacts who are online, or all.
    OnlineOnly,
    /// One step back.
    Back,
}

/// The actions without a value, by name.
const PLAIN: &[(&str, Action)] = &[
    ("new-chat", Action::NewChat),
    ("add-contact", Action::AddContact),
    ("settings", Action::Settings),
    ("accounts", Action::Accounts),
    ("shortcuts", Action::Shortcuts),
    ("about", Action::About),
    ("next-region", Action::NextRegion),
    ("previous-region", Action::PreviousRegion),
    ("jump", Action::Jump),
    ("search", Action::Search),
    ("search-here", Action::SearchHere),
    ("next-chat", Action::NextChat),
    ("previous-chat", Action::PreviousChat),
    ("show-chats", Action::ShowChats),
    ("show-contacts", Action::ShowContacts),
    ("details", Action::Details),
    ("close-chat", Action::CloseChat),
    ("back", Action::Back),
];

/// Adds all actions to a window; answers the one that has a state: whether only contacts who are online are shown.
pub(super) fn add(
    window: &impl IsA<gio::ActionMap>,
    online_only: bool,
    act: impl Fn(Action) + Clone + 'static,
) -> gio::SimpleAction {
    for (name, action) in PLAIN {
        let simple = gio::SimpleAction::new(name, None);
        let act = act.clone();
        simple.connect_activate(move |_, _| act(*action));
        window.add_action(&simple);
    }
    let chat = gio::SimpleAction::new("chat", Some(glib::VariantTy::INT32));
    let on_chat = act.clone();
    chat.connect_activate(move |_, place| {
        let place = place.and_then(glib::Variant::get::<i32>);
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            on_chat(Action::Chat(place));
        }
    });
    window.add_action(&chat);
    let online = gio::SimpleAction::new_stateful("online-only", None, &online_only.to_variant());
    online.connect_activate(move |_, _| act(Action::OnlineOnly));
    window.add_action(&online);
    online
}

#[cfg(test)]
mod tests {
    use super::PLAIN;
    use crate::ui::shortcuts::SHORTCUTS;

    #[test]
    fn every_key_has_an_action() {
        for shortcut in SHORTCUTS {
            let name = shortcut.action.and_then(|name| name.strip_prefix("win."));
            if let Some(name) = name {
                assert!(PLAIN.iter().any(|(plain, _)| *plain == name), "{name}");
            }
        }
    }
}
