//! Whole rows, for taking history out and bringing it in.

mod reading;
mod twins;
mod writing;

use super::messages::NewMessage;
use crate::model::{
    AccountId, BareJid, ConversationId, ConversationKind, ImportedFrom, MessageId, Notifications,
    Timestamp,
};

/// A message with everything that became of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredMessage {
    /// The row; of one that is not here yet, whatever it was elsewhere.
    pub id: MessageId,
    /// The message as it came.
    pub message: NewMessage,
    /// Its newest text, and when that was sent.
    pub edited: Option<(String, Timestamp)>,
    /// When its author took it back.
    pub retracted: Option<Timestamp>,
    /// Origin id of the message it corrects, while that one is not here.
    pub replaces: Option<String>,
    /// Where it was imported from, if it was.
    pub imported: Option<ImportedFrom>,
    /// By which another program's message is known again at the next import.
    pub import_key: Option<String>,
    /// Corrections, oldest first.
    pub corrections: Vec<StoredCorrection>,
}

/// One correction of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredCorrection {
    /// The new text.
    pub body: String,
    /// When it was sent.
    pub at: Timestamp,
    /// Id of the message that brought it.
    pub origin_id: Option<String>,
}

/// What a person reacted with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredReaction {
    /// Origin id of the message.
    pub target: String,
    /// Who reacted.
    pub author: BareJid,
    /// The emoji.
    pub emojis: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// A retraction whose message is not here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredRetraction {
    /// Origin id of the message.
    pub target: String,
    /// Who took it back.
    pub author: BareJid,
    /// When.
    pub at: Timestamp,
}

/// A chat without its messages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredChat {
    /// The row.
    pub id: ConversationId,
    /// The account that talks.
    pub account: AccountId,
    /// Whom it talks to.
    pub peer: BareJid,
    /// Known or stranger.
    pub kind: ConversationKind,
    /// Whether it stands in the list of chats.
    pub open: bool,
    /// Whether it was put away.
    pub archived: bool,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// What may be shown on the desktop.
    pub notifications: Notifications,
    /// Unsent text of the composer.
    pub draft: String,
    /// The message up to which it was read.
    pub read_up_to: Option<MessageId>,
    /// How many messages it has.
    pub messages: u64,
}

/// Another name of somebody, as an account knows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredNickname {
    /// Whose.
    pub jid: BareJid,
    /// The name (XEP-0172).
    pub nickname: String,
}
