//! From chats to rows: what stands where, and which words.
//! Knows nothing of widgets, threads or the store.

use std::sync::Arc;

use chrono::TimeZone;

use crate::{
    i18n::{gettext, gettext_f},
    model::{
        AccountId, BareJid, Conversation, ConversationId, Delivery, Direction, Message,
        Notifications, Security, Show, Timestamp,
    },
    ui::{
        sidebar::{
            brief_time::brief_time,
            find::Needle,
            rows::{ChatRow, MAX_LINE, MAX_NAME, Preview, Row},
        },
        untrusted_text::{isolated, one_line},
    },
};

/// What is known beside the chats themselves.
pub(crate) struct Around<'a, Z: TimeZone> {
    /// The present moment.
    pub(crate) now: Timestamp,
    /// Where this machine is.
    pub(crate) zone: Z,
    /// What was typed into the search field.
    pub(crate) needle: &'a Needle,
    /// The chat that is shown at the right.
    pub(crate) current: Option<ConversationId>,
    /// Whether the peer of a chat types.
    pub(crate) is_typing: &'a dyn Fn(ConversationId) -> bool,
    /// How available somebody is.
    pub(crate) show_of: &'a dyn Fn(AccountId, &BareJid) -> Show,
}

/// Rows of chats that come in the order in which they are shown.
pub(crate) fn chat_rows<Z: TimeZone>(chats: &[Conversation], around: &Around<'_, Z>) -> Vec<Row> {
    chats
        .iter()
        .filter(|chat| around.needle.is_in(&[&chat.name, chat.peer.as_str()]))
        .map(|chat| Row::Chat(Arc::new(chat_row(chat, around))))
        .collect()
}

fn chat_row<Z: TimeZone>(chat: &Conversation, around: &Around<'_, Z>) -> ChatRow {
    ChatRow {
        id: chat.id,
        account: chat.account,
        peer: chat.peer.clone(),
        name: one_line(&chat.name, MAX_NAME),
        avatar: chat.avatar.clone(),
        show: (around.show_of)(chat.account, &chat.peer),
        preview: preview(
            chat,
            (around.is_typing)(chat.id),
            around.current == Some(chat.id),
        ),
        last: chat.last.as_ref().map(|last| last.id),
        time: chat
            .last
            .as_ref()
            .map(|last| brief_time(last.at, around.now, &around.zone))
            .unwrap_or_default(),
        unread: chat.unread,
        pinned: chat.pinned,
        muted: chat.notifications == Notifications::Muted,
        current: around.current == Some(chat.id),
        is_contact: chat.is_contact,
        away: chat.archived,
    }
}

/// The most pressing of what could be said about a chat. A draft that is in sight already is not repeated.
fn preview(chat: &Conversation, typing: bool, current: bool) -> Preview {
    if typing {
        return Preview::Typing;
    }
    if !chat.draft.trim().is_empty() && !current {
        let draft = isolated(&chat.draft, MAX_LINE);
        return Preview::Draft(gettext_f("Draft: {text}", &[("text", &draft)]));
    }
    match &chat.last {
        None => Preview::Nothing,
        Some(last) if matches!(last.delivery, Delivery::Failed(_)) => Preview::Failed(gettext_f(
            "Not sent: {text}",
            &[("text", &isolated(&last.body, MAX_LINE))],
        )),
        Some(last) => Preview::Message(words_of(last, &chat.name)),
    }
}

/// A message in one line.
fn words_of(message: &Message, peer: &str) -> String {
    if message.security == Security::Unreadable {
        return gettext("A message that cannot be read here");
    }
    if message.retracted.is_some() {
        return gettext("This message was taken back");
    }
    if message.spoiler.is_some() {
        return gettext("Hidden text");
    }
    // XEP-0245: an action is told, not said.
    if let (Some(action), Direction::Incoming) =
        (message.body.strip_prefix("/me "), message.direction)
    {
        return format!(
            "{} {}",
            isolated(peer, MAX_NAME),
            isolated(action, MAX_LINE)
        );
    }
    match message.direction {
        Direction::Incoming => one_line(&message.body, MAX_LINE),
        Direction::Outgoing => gettext_f(
            "You: {text}",
            &[("text", &isolated(&message.body, MAX_LINE))],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::sidebar::sample;

    fn rows(chats: &[Conversation], typed: &str, typing: bool) -> Vec<Arc<ChatRow>> {
        let around = Around {
            now: sample::NOW,
            zone: chrono::Utc,
            needle: &Needle::new(typed),
            current: None,
            is_typing: &|_| typing,
            show_of: &|_, _| Show::Away,
        };
        chat_rows(chats, &around)
            .into_iter()
            .filter_map(|row| match row {
                Row::Chat(row) => Some(row),
                _ => None,
            })
            .collect()
    }

    fn preview_of(change: impl FnOnce(&mut Conversation)) -> Preview {
        let mut chat = sample::chat(1, "bob@example.org", "Bob", "hi");
        change(&mut chat);
        rows(&[chat], "", false)[0].preview.clone()
    }

    #[test]
    fn the_last_message_is_told_in_one_line() {
        assert_eq!(
            preview_of(|chat| chat.last.as_mut().unwrap().body = "a\n\nb\u{202e}c".into()),
            Preview::Message("a  bc".into())
        );
        assert_eq!(
            preview_of(|chat| chat.last.as_mut().unwrap().direction = Direction::Outgoing),
            Preview::Message("You: \u{2068}hi\u{2069}".into())
        );
        assert_eq!(
            preview_of(|chat| chat.last.as_mut().unwrap().body = "/me waves".into()),
            Preview::Message("\u{2068}Bob\u{2069} \u{2068}waves\u{2069}".into())
        );
        assert_eq!(preview_of(|chat| chat.last = None), Preview::Nothing);
    }

    #[test]
    fn a_message_that_cannot_be_read_says_so() {
        let shown = preview_of(|chat| {
            let last = chat.last.as_mut().unwrap();
            last.security = Security::Unreadable;
            last.body = "I sent you an encrypted message".into();
        });
        assert_eq!(
            shown,
            Preview::Message("A message that cannot be read here".into())
        );
    }

    #[test]
    fn failures_drafts_and_typing_come_first() {
        use crate::model::SendFailure;
        let failed = |chat: &mut Conversation| {
            let last = chat.last.as_mut().unwrap();
            last.direction = Direction::Outgoing;
            last.delivery = Delivery::Failed(SendFailure::Blocked);
        };
        assert_eq!(
            preview_of(failed),
            Preview::Failed("Not sent: \u{2068}hi\u{2069}".into())
        );
        assert_eq!(
            preview_of(|chat| chat.draft = "well,\nI".into()),
            Preview::Draft("Draft: \u{2068}well, I\u{2069}".into())
        );
        let mut chat = sample::chat(1, "bob@example.org", "Bob", "hi");
        chat.draft = "x".into();
        assert_eq!(rows(&[chat], "", true)[0].preview, Preview::Typing);
    }

    #[test]
    fn search_looks_at_names_and_addresses() {
        let chats = [
            sample::chat(1, "bob@example.org", "Bob", "hi"),
            sample::chat(2, "carol@example.net", "Carol", "ho"),
        ];
        let found = |typed: &str| -> Vec<i64> {
            rows(&chats, typed, false)
                .iter()
                .map(|row| row.id.0)
                .collect()
        };
        assert_eq!(found(""), [1, 2]);
        assert_eq!(found("CAR"), [2]);
        assert_eq!(found("example.org"), [1]);
        assert_eq!(found("nobody"), [0; 0]);
    }

    #[test]
    fn what_is_hidden_or_taken_back_is_not_told_in_the_list() {
        let told =
            |change: fn(&mut Message)| preview_of(|chat| change(chat.last.as_mut().unwrap()));
        let hidden = told(|message| message.spoiler = Some("the film".into()));
        assert_eq!(hidden, Preview::Message("Hidden text".to_owned()));
        let gone = told(|message| message.retracted = Some(message.at));
        assert_eq!(
            gone,
            Preview::Message("This message was taken back".to_owned())
        );
    }
}
