//! New messages on the desktop: what a notification says, and when there is none.

use gtk::{gio, glib, prelude::*};

use super::untrusted_text::one_line;
use crate::{
    config,
    i18n::gettext,
    model::{
        Conversation, ConversationId, ConversationKind, Direction, Message, MessageId,
        NotificationText, Notifications, Security, Settings,
    },
    store::{Reader, StoreError},
};

/// Longest name that is shown, in characters.
const MAX_NAME: usize = 60;

/// Longest text that is shown, in characters: more than any desktop has room for.
const MAX_TEXT: usize = 200;

/// The action that a click on a notification does, with the chat as its target.
const OPEN_CHAT: &str = "app.open-chat";

/// One notification.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    /// The chat that a click opens.
    pub chat: ConversationId,
    /// What stands above.
    pub title: String,
    /// What stands below.
    pub body: String,
    /// Whether a sound is played.
    pub sound: bool,
}

/// What to tell about a new message, if anything; `seen` is the chat that the person looks at now.
///
/// # Errors
/// Those of the store.
pub fn read(
    reader: &Reader,
    chat: ConversationId,
    message: MessageId,
    seen: Option<ConversationId>,
) -> Result<Option<Note>, StoreError> {
    let settings = reader.settings()?;
    let Some(conversation) = reader.conversation(chat)? else {
        return Ok(None);
    };
    let messages = reader.messages(&[message])?;
    Ok(messages
        .first()
        .filter(|message| seen != Some(chat) && is_told(&settings, &conversation, message))
        .map(|message| note(&settings, &conversation, message)))
}

/// What to tell when a contact calls for attention, if anything: the worker has let it pass by the settings.
///
/// # Errors
/// Those of the store.
pub fn read_attention(reader: &Reader, chat: ConversationId) -> Result<Option<Note>, StoreError> {
    let settings = reader.settings()?;
    let conversation = reader.conversation(chat)?;
    let is_told = |chat: &Conversation| {
        settings.notify
            && settings.receive_attention
            && chat.kind == ConversationKind::Person
            && chat.notifications == Notifications::All
            && !chat.blocked
    };
    Ok(conversation.filter(is_told).map(|chat| {
        let words = gettext("Calls for your attention");
        let (title, body) = match settings.notification_text {
            NotificationText::Full | NotificationText::Sender => {
                (safe(&chat.name, MAX_NAME), words)
            }
            NotificationText::Nothing => (
                config::APP_NAME.to_owned(),
                gettext("Somebody calls for your attention"),
            ),
        };
        Note {
            chat: chat.id,
            title,
            body,
            sound: settings.notification_sound,
        }
    }))
}

/// Strangers, blocked people and muted chats are never announced, and neither is what was read elsewhere.
fn is_told(settings: &Settings, chat: &Conversation, message: &Message) -> bool {
    settings.notify
        && chat.kind == ConversationKind::Person
        && chat.notifications == Notifications::All
        && !chat.blocked
        && chat.unread > 0
        && message.direction == Direction::Incoming
}

fn note(settings: &Settings, chat: &Conversation, message: &Message) -> Note {
    let name = safe(&chat.name, MAX_NAME);
    let (title, body) = match settings.notification_text {
        NotificationText::Full => (name, text_of(message)),
        NotificationText::Sender => (name, gettext("New message")),
        NotificationText::Nothing => (config::APP_NAME.to_owned(), gettext("New message")),
    };
    Note {
        chat: chat.id,
        title,
        body,
        sound: settings.notification_sound,
    }
}

fn text_of(message: &Message) -> String {
    match message.security {
        Security::Unreadable => gettext("A message that cannot be read here"),
        Security::Clear | Security::Sealed if message.spoiler.is_some() => gettext("Hidden text"),
        Security::Clear | Security::Sealed => safe(&message.body, MAX_TEXT),
    }
}

/// Words of others on one line. Some desktops read markup in notifications and others do not, so escaping would be
/// wrong on half of them: an invisible joiner keeps `<` and `&` from beginning anything.
fn safe(words: &str, max: usize) -> String {
    one_line(words, max)
        .replace('<', "<\u{2060}")
        .replace('&', "&\u{2060}")
}

/// Shows a notification; a later one of the same chat takes its place.
pub fn show(app: &gtk::Application, note: &Note) {
    let notification = gio::Notification::new(&note.title);
    notification.set_body(Some(&note.body));
    notification.set_icon(&gio::ThemedIcon::new(config::APP_ID));
    notification.set_default_action_and_target_value(OPEN_CHAT, Some(&note.chat.0.to_variant()));
    app.send_notification(Some(&id(note.chat)), &notification);
    if note.sound
        && let Some(display) = gtk::gdk::Display::default()
    {
        display.beep();
    }
}

/// Takes the notification of a chat back, since it was opened or read elsewhere.
pub fn withdraw(app: &gtk::Application, chat: ConversationId) {
    app.withdraw_notification(&id(chat));
}

fn id(chat: ConversationId) -> glib::GString {
    glib::gformat!("chat-{}", chat.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{AccountId, Timestamp},
        store::Txn,
        ui::gallery::sample,
    };

    type Change = fn(&Txn<'_>, ConversationId) -> Result<(), StoreError>;

    /// What is told about a message of Bob, after a change.
    fn told(settings: Settings, body: &str, change: Change) -> Option<Note> {
        let (store, (chat, message)) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            sample::contact(txn, account, "bob@example.org", "Bob", &[])?;
            let chat = sample::chat(txn, account, "bob@example.org")?;
            let message = sample::hears(txn, chat, body, Timestamp(1))?;
            txn.set_settings(&settings)?;
            change(txn, chat)?;
            Ok((chat, message))
        });
        read(&store.reader(), chat, message, None).unwrap()
    }

    fn words(settings: Settings, body: &str) -> (String, String) {
        let note = told(settings, body, |_, _| Ok(())).unwrap();
        (note.title, note.body)
    }

    #[test]
    fn a_notification_tells_as_much_as_was_chosen() {
        let with = |notification_text| Settings {
            notification_text,
            ..Settings::default()
        };
        let pair = |title: &str, body: &str| (title.to_owned(), body.to_owned());
        assert_eq!(
            words(with(NotificationText::Full), "hi\nthere"),
            pair("Bob", "hi there")
        );
        assert_eq!(
            words(with(NotificationText::Sender), "hi"),
            pair("Bob", "New message")
        );
        assert_eq!(
            words(with(NotificationText::Nothing), "hi"),
            pair("Tessera", "New message")
        );
    }

    #[test]
    fn words_of_others_are_no_markup() {
        let (_, body) = words(Settings::default(), "<img src='x'> &amp; \u{202e}z");
        assert!(!body.contains("<i") && !body.contains("&a") && !body.contains('\u{202e}'));
        assert!(body.contains("img src"));
    }

    #[test]
    fn who_is_muted_or_blocked_or_read_is_not_announced() {
        let quiet: [Change; 4] = [
            |txn, chat| txn.set_notifications(chat, Notifications::Muted),
            |txn, _| txn.replace_blocked(AccountId(1), &["bob@example.org".to_owned()]),
            |txn, chat| txn.mark_read(chat, MessageId(1)).map(drop),
            |txn, chat| txn.set_conversation_kind(chat, ConversationKind::Stranger),
        ];
        for (place, change) in quiet.into_iter().enumerate() {
            assert_eq!(told(Settings::default(), "hi", change), None, "{place}");
        }
        let off = Settings {
            notify: false,
            ..Settings::default()
        };
        assert_eq!(told(off, "hi", |_, _| Ok(())), None);
    }

    #[test]
    fn what_is_looked_at_is_not_announced() {
        let handle = sample::alice();
        let chats = handle.reader().conversations().unwrap();
        let bob = chats.iter().find(|chat| chat.name == "Bob").unwrap();
        let last = bob.last.as_ref().unwrap().id;
        let reader = handle.reader();
        assert!(read(&reader, bob.id, last, None).unwrap().is_some());
        assert_eq!(read(&reader, bob.id, last, Some(bob.id)).unwrap(), None);
    }

    /// What is told when Bob calls for attention, after a change.
    fn called(settings: Settings, change: Change) -> Option<Note> {
        let (store, chat) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            sample::contact(txn, account, "bob@example.org", "Bob", &[])?;
            let chat = sample::chat(txn, account, "bob@example.org")?;
            txn.set_settings(&settings)?;
            change(txn, chat)?;
            Ok(chat)
        });
        read_attention(&store.reader(), chat).unwrap()
    }

    #[test]
    fn calls_for_attention_are_told_only_where_they_are_allowed() {
        let nothing: Change = |_, _| Ok(());
        assert_eq!(called(Settings::default(), nothing), None, "off by default");
        let allowed = Settings {
            receive_attention: true,
            ..Settings::default()
        };
        let note = called(allowed.clone(), nothing).unwrap();
        assert_eq!(note.title, "Bob");
        let muted: Change = |txn, chat| txn.set_notifications(chat, Notifications::Muted);
        assert_eq!(called(allowed.clone(), muted), None);
        let blocked: Change =
            |txn, _| txn.change_blocked(AccountId(1), &["bob@example.org".to_owned()], &[]);
        assert_eq!(called(allowed.clone(), blocked), None);
        let discreet = Settings {
            notification_text: NotificationText::Nothing,
            ..allowed
        };
        let note = called(discreet, nothing).unwrap();
        assert!(!note.title.contains("Bob") && !note.body.contains("Bob"));
    }
}
