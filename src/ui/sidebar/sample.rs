//! Made-up chats and contacts for the tests of the sidebar.

use crate::model::{
    AccountId, Ask, BareJid, Contact, Conversation, ConversationId, ConversationKind, Delivery,
    Direction, Message, MessageId, Notifications, RosterItem, Route, Security, Subscription,
    Timestamp,
};

/// 2026-05-20 12:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_779_278_400_000);

pub(crate) fn jid(address: &str) -> BareJid {
    BareJid::new(address).expect("a made-up address is valid")
}

pub(crate) fn chat(id: i64, peer: &str, name: &str, said: &str) -> Conversation {
    Conversation {
        id: ConversationId(id),
        account: AccountId(1),
        peer: jid(peer),
        kind: ConversationKind::Person,
        name: name.into(),
        avatar: None,
        open: true,
        archived: false,
        pinned: false,
        notifications: Notifications::All,
        unread: 0,
        read_up_to: None,
        draft: String::new(),
        last: Some(Message {
            id: MessageId(id),
            conversation: ConversationId(id),
            direction: Direction::Incoming,
            author: jid(peer),
            resource: None,
            body: said.into(),
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
        }),
        is_contact: true,
        blocked: false,
    }
}

pub(crate) fn contact(address: &str, name: &str, groups: &[&str]) -> Contact {
    Contact {
        account: AccountId(1),
        item: RosterItem {
            jid: jid(address),
            name: name.into(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            subscription: Subscription::Both,
            ask: Ask::None,
        },
        nickname: String::new(),
        avatar: None,
        blocked: false,
        conversation: None,
    }
}
