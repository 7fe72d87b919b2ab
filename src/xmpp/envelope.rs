//! Who really sent a message, by which route: decided once, at the border.

use xmpp_parsers::{jid::Jid, message::Message};

use crate::model::{BareJid, Direction, Route, Timestamp};

/// A chat message whose provenance has been checked; only this module makes one.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The message itself, without its wrapping.
    pub message: Message,
    /// Who wrote it.
    pub from: Jid,
    /// The other end of the chat: never ourselves, unless we talk to ourselves.
    pub peer: BareJid,
    /// Which way it went.
    pub direction: Direction,
    /// How it came here.
    pub route: Route,
    /// When it was sent by the word of our own server, else now.
    pub at: Timestamp,
    /// The id our own archive gave it, if our own server said so.
    pub stanza_id: Option<String>,
}
