//! What the worker tells the window: *what changed*, never the new value; the reader asks the store again.

use crate::model::{AccountId, BareJid, ConversationId, Failure, MessageId, RequestId};

/// Something changed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// Accounts were added, changed or removed.
    Accounts,
    /// The connection state of an account changed; see [`crate::worker::Live`].
    Connection(AccountId),
    /// History is being fetched, or that ended; see [`crate::worker::Live`].
    Sync(AccountId),
    /// Roster items changed; empty means all of them.
    Roster {
        /// Whose roster.
        account: AccountId,
        /// Which contacts.
        changed: Vec<BareJid>,
    },
    /// Presence of contacts changed; see [`crate::worker::Live`]. Empty means all of them.
    Presence {
        /// Whose contacts.
        account: AccountId,
        /// Which contacts.
        changed: Vec<BareJid>,
    },
    /// The peer of a chat types, or stopped; see [`crate::worker::Live`].
    Typing(ConversationId),
    /// Chats changed in the list (new, unread, draft, pinned, closed, name); empty means all of them.
    Conversations(Vec<ConversationId>),
    /// Messages were added or changed.
    Messages {
        /// Where.
        conversation: ConversationId,
        /// Which.
        changed: Vec<MessageId>,
    },
    /// A new message that the desktop may announce.
    Announce {
        /// Where.
        conversation: ConversationId,
        /// Which.
        message: MessageId,
    },
    /// A contact calls for attention (XEP-0224), as the settings allow.
    Attention(ConversationId),
    /// The inbox of strangers changed.
    Requests,
    /// The avatar, nickname or profile of somebody changed.
    Profile {
        /// Whose knowledge.
        account: AccountId,
        /// About whom.
        jid: BareJid,
    },
    /// The block list of an account changed.
    Blocked(AccountId),
    /// The settings of the profile changed.
    Settings,
    /// A request came to its end.
    Finished {
        /// Which.
        request: RequestId,
        /// How.
        outcome: Result<(), Failure>,
    },
    /// Reload everything that is shown: events were dropped because the reader was too slow, or messages are gone.
    Resync,
}
