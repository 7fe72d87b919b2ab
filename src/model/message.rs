//! One message as stored and shown.

use super::{
    address::BareJid,
    failure::SendFailure,
    ids::{ConversationId, MessageId},
    time::Timestamp,
};

/// Which way a message went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    /// From the peer.
    Incoming,
    /// From this account, on this or another device.
    Outgoing,
}

/// How a message came here.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Route {
    /// Written on this device.
    Local,
    /// Straight from the server, at the time it was sent.
    Live,
    /// Kept by the server while nobody was connected (XEP-0160 with 0203).
    Offline,
    /// Copied from another device of this account (XEP-0280).
    Carbon,
    /// From the archive of this account (XEP-0313).
    Archive,
    /// From what another program kept: nobody vouches for it.
    Imported,
}

/// What a message was imported from; nobody vouches for such a message.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum ImportedFrom {
    /// A file that this program has exported.
    Tessera,
    /// The database of Gajim.
    Gajim,
    /// The database of Dino.
    Dino,
    /// The logs of Pidgin.
    Pidgin,
}

/// How an outgoing message fares.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// Stored here, not yet taken by the server.
    Waiting,
    /// Taken by the server (XEP-0198 acknowledgement, or seen in the archive).
    Sent,
    /// Arrived at a device of the peer (XEP-0184).
    Delivered,
    /// Shown to the peer (XEP-0333).
    Read,
    /// Will not arrive without the person's help.
    Failed(SendFailure),
}

/// What protected the message on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// TLS to the server only.
    Clear,
    /// End-to-end encrypted in a form that cannot be read here.
    Unreadable,
    /// End-to-end encrypted.
    Sealed,
}

/// One message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// The row.
    pub id: MessageId,
    /// The chat it is in.
    pub conversation: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it.
    pub author: BareJid,
    /// The author's resource where known.
    pub resource: Option<String>,
    /// The text, the newest one if its author corrected it; untrusted.
    pub body: String,
    /// When it was sent, by the best knowledge; the order of the chat is (this, id).
    pub at: Timestamp,
    /// When it was stored here.
    pub stored_at: Timestamp,
    /// The way it came.
    pub route: Route,
    /// Where it was imported from, if it was.
    pub imported: Option<ImportedFrom>,
    /// What protected it.
    pub security: Security,
    /// How it fares; `Sent` for incoming ones.
    pub delivery: Delivery,
    /// The id the author's client gave (XEP-0359 origin-id, else the stanza's id).
    pub origin_id: Option<String>,
    /// The id our own archive gave (XEP-0359).
    pub stanza_id: Option<String>,
    /// Whether the author wants to know when it is seen (XEP-0333).
    pub markable: bool,
    /// When its author corrected it last (XEP-0308).
    pub corrected: Option<Timestamp>,
    /// When its author took it back (XEP-0424); there is no text then.
    pub retracted: Option<Timestamp>,
    /// The message it replies to (XEP-0461).
    pub reply_to: Option<ReplyTo>,
    /// The hint of a text that is shown only when asked for, empty when it has none (XEP-0382); untrusted.
    pub spoiler: Option<String>,
    /// What people reacted with, most frequent first (XEP-0444).
    pub reactions: Vec<Reaction>,
}

/// The message that another one replies to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReplyTo {
    /// Its id, as the reply gives it.
    pub id: String,
    /// What is stored of it; nothing when it is not here.
    pub quoted: Option<Quoted>,
}

/// The beginning of a message that is replied to, from our own store, never from the reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Quoted {
    /// Its row.
    pub message: MessageId,
    /// Who wrote it.
    pub author: BareJid,
    /// Its first words, or the hint of a spoiler; untrusted.
    pub text: String,
}

/// One emoji under a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reaction {
    /// The emoji; untrusted, but bounded to what can be one emoji.
    pub emoji: String,
    /// Who chose it.
    pub authors: Vec<BareJid>,
}

/// A text that a message had at some time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Version {
    /// The text; untrusted.
    pub body: String,
    /// When it was sent.
    pub at: Timestamp,
}
