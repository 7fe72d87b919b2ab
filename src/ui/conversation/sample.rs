//! Made-up messages for the gallery and for tests.

use crate::model::{
    BareJid, ConversationId, Delivery, Direction, Message, MessageId, Route, Security, Timestamp,
};

/// 2026-11-20 14:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_795_183_200_000);

/// A made-up address.
pub(crate) fn jid(address: &str) -> BareJid {
    BareJid::new(address).expect("a made-up address is valid")
}

/// A message of Bob.
pub(crate) fn message(id: i64, body: &str) -> Message {
    Message {
        id: MessageId(id),
        conversation: ConversationId(1),
        direction: Direction::Incoming,
        author: jid("bob@example.org"),
        resource: Some("phone".into()),
        body: body.into(),
        at: NOW,
        stored_at: NOW,
        route: Route::Live,
        imported: None,
        security: Security::Clear,
        delivery: Delivery::Sent,
        origin_id: None,
        stanza_id: None,
        markable: false,
        corrected: None,
        retracted: None,
        reply_to: None,
        spoiler: None,
        reactions: vec![],
    }
}

/// A chat with Bob.
#[cfg(test)]
pub(crate) fn summary() -> super::Summary {
    use crate::model::{
        Account, AccountId, Conversation, ConversationKind, Notifications, OwnPresence,
        PasswordStorage, Settings, Subscription,
    };

    super::Summary {
        chat: Conversation {
            id: ConversationId(1),
            account: AccountId(1),
            peer: jid("bob@example.org"),
            kind: ConversationKind::Person,
            name: "Bob".into(),
            avatar: None,
            open: true,
            archived: false,
            pinned: false,
            notifications: Notifications::All,
            unread: 0,
            read_up_to: None,
            draft: String::new(),
            last: None,
            is_contact: true,
            blocked: false,
        },
        account: Account {
            id: AccountId(1),
            jid: jid("alice@example.org"),
            enabled: true,
            endpoint: None,
            proxy: None,
            resource: "desk".into(),
            allow_plain: false,
            password_storage: PasswordStorage::Keyring,
            nickname: String::new(),
            presence: OwnPresence::default(),
            position: 0,
        },
        subscription: Subscription::Both,
        settings: Settings::default(),
        protection: crate::ui::composer::Protection::default(),
    }
}
