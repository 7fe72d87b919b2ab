//! Messages: rows in the order of (time, id).

use super::{Reader, StoreError, Txn};
use crate::model::{
    BareJid, ConversationId, Delivery, Direction, Message, MessageId, Route, Security, Timestamp,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A message to store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewMessage {
    /// Where.
    pub conversation: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it.
    pub author: BareJid,
    /// The author's resource where known.
    pub resource: Option<String>,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub at: Timestamp,
    /// When it is stored.
    pub stored_at: Timestamp,
    /// The way it came.
    pub route: Route,
    /// What protected it.
    pub security: Security,
    /// How it fares.
    pub delivery: Delivery,
    /// The id the author's client gave.
    pub origin_id: Option<String>,
    /// The id our own archive gave.
    pub stanza_id: Option<String>,
    /// Whether the author wants to know when it is seen (XEP-0333).
    pub markable: bool,
}

/// What became of a message to store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Inserted {
    /// A new row.
    New(MessageId),
    /// It was there already; an archive id that was missing has been added, and nothing else has changed
    /// except that a waiting message of ours is now sent.
    Known(MessageId),
}

/// A place in a chat: the order is (time, id).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Page {
    /// Time of the message beside which the page lies.
    pub at: Timestamp,
    /// Row of the message beside which the page lies.
    pub id: MessageId,
}

impl Txn<'_> {
    /// Stores a message unless it is there. The same message is one with the same archive id in this account, or, in
    /// this chat, of the same direction and author with the same origin id and the same text, of which not both have
    /// (different) archive ids: nobody can suppress another's message by repeating an id (XEP-0359, section 5).
    /// Unread counts follow from direction and `read_up_to`.
    pub fn insert_message(&self, _message: &NewMessage) -> Result<Inserted> {
        unimplemented!()
    }
    /// One message.
    pub fn message(&self, _message: MessageId) -> Result<Message> {
        unimplemented!()
    }
    /// Changes how a message fares. Only forwards (waiting, sent, delivered, read), except from and to failed;
    /// answers whether anything changed.
    pub fn set_delivery(&self, _message: MessageId, _delivery: &Delivery) -> Result<bool> {
        unimplemented!()
    }
    /// Time of the newest message of a chat: what comes live is never sorted before it.
    pub fn newest_time(&self, _conversation: ConversationId) -> Result<Option<Timestamp>> {
        unimplemented!()
    }
    /// Our own message in this chat with this origin id, newest first.
    pub fn find_outgoing(
        &self,
        _conversation: ConversationId,
        _origin_id: &str,
    ) -> Result<Option<MessageId>> {
        unimplemented!()
    }
    /// The incoming message in this chat with this author's id, newest first.
    pub fn find_incoming(
        &self,
        _conversation: ConversationId,
        _origin_id: &str,
    ) -> Result<Option<MessageId>> {
        unimplemented!()
    }
    /// Marks all our messages in this chat up to this one (in the order of the chat) as delivered or read, where they
    /// were less; answers which changed.
    pub fn raise_delivery_up_to(
        &self,
        _conversation: ConversationId,
        _up_to: MessageId,
        _delivery: &Delivery,
    ) -> Result<Vec<MessageId>> {
        unimplemented!()
    }
}

impl Reader {
    /// The newest messages of a chat, oldest first.
    pub fn newest_messages(
        &self,
        _conversation: ConversationId,
        _limit: u32,
    ) -> Result<Vec<Message>> {
        unimplemented!()
    }
    /// Messages before a place, oldest first.
    pub fn messages_before(
        &self,
        _conversation: ConversationId,
        _before: Page,
        _limit: u32,
    ) -> Result<Vec<Message>> {
        unimplemented!()
    }
    /// Messages after a place, oldest first.
    pub fn messages_after(
        &self,
        _conversation: ConversationId,
        _after: Page,
        _limit: u32,
    ) -> Result<Vec<Message>> {
        unimplemented!()
    }
    /// These messages, in the order of the chat; missing ones are left out.
    pub fn messages(&self, _ids: &[MessageId]) -> Result<Vec<Message>> {
        unimplemented!()
    }
    /// Number of messages in a chat.
    pub fn message_count(&self, _conversation: ConversationId) -> Result<u64> {
        unimplemented!()
    }
}
