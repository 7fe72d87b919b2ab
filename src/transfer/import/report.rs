//! What an import did, or would do.

use std::collections::BTreeMap;

use crate::model::{BareJid, ConversationId};

/// Why something is not brought in.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Skipped {
    /// It belongs to an account that is not here.
    NoAccount,
    /// It is of a room.
    Room,
    /// It has no text: files, calls, changes of presence.
    NoText,
    /// It was not sent there.
    NotSent,
    /// It is older than what the account keeps.
    Forgotten,
    /// It cannot be told who wrote it.
    NoAuthor,
    /// It has no time, or one that cannot be right.
    NoTime,
    /// It is too long.
    TooLong,
    /// It is not of the form that it should have.
    Damaged,
    /// A file that cannot be read.
    Unreadable,
}

/// One chat of an import.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChatReport {
    /// The account that talks.
    pub account: BareJid,
    /// Whom it talks to.
    pub peer: BareJid,
    /// The chat here, if there is one.
    pub conversation: Option<ConversationId>,
    /// Whether the chat is not here without the import.
    pub is_new: bool,
    /// Messages that are brought in.
    pub new: u64,
    /// Messages that are here already.
    pub known: u64,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Chats, in the order of the source.
    pub chats: Vec<ChatReport>,
    /// What is not brought in.
    pub skipped: BTreeMap<Skipped, u64>,
    /// Accounts of the source that are not here, with their messages; those count as skipped, too.
    pub missing_accounts: BTreeMap<BareJid, u64>,
}

impl Report {
    /// Messages that are brought in.
    pub fn new_messages(&self) -> u64 {
        self.chats.iter().map(|chat| chat.new).sum()
    }

    /// Messages that are here already.
    pub fn known_messages(&self) -> u64 {
        self.chats.iter().map(|chat| chat.known).sum()
    }

    /// Chats that are not here without the import.
    pub fn new_chats(&self) -> u64 {
        self.chats.iter().filter(|chat| chat.is_new).count() as u64
    }

    /// Everything that is not brought in.
    pub fn skipped_total(&self) -> u64 {
        self.skipped.values().sum()
    }
}
