//! Chats as the sidebar shows them.

use super::{
    address::BareJid,
    ids::{AccountId, ConversationId, MessageId},
    message::Message,
};

/// Who is at the other end.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ConversationKind {
    /// A contact, or somebody the person chose to talk to.
    #[default]
    Person,
    /// Somebody unknown: waits in the inbox of strangers, nothing fetched, nothing announced.
    Stranger,
}

/// What a chat may show on the desktop.
///
/// Kept on this device. XEP-0492 has an element for it that must stand in one that identifies the chat by its address,
/// and names only the extensions of a room's bookmark (XEP-0402) as such (section 2.1); neither the roster (RFC 6121) nor
/// any other extension gives a chat of two such a place, so there is nowhere for own devices to look for it. Where nothing
/// is said, a chat of two shows everything (section 3); what is shown only when one is mentioned is for rooms.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Notifications {
    /// Every message.
    #[default]
    All,
    /// None.
    Muted,
}

/// One chat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Conversation {
    /// The row.
    pub id: ConversationId,
    /// The account that talks.
    pub account: AccountId,
    /// Whom it talks to.
    pub peer: BareJid,
    /// Known or stranger.
    pub kind: ConversationKind,
    /// The name to show, from roster, nickname or address.
    pub name: String,
    /// SHA-1 of the peer's avatar in hex, if there is one to load.
    pub avatar: Option<String>,
    /// Whether it stands in the list of chats.
    pub open: bool,
    /// Whether it was put away until something new comes.
    pub archived: bool,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// What may be shown on the desktop.
    pub notifications: Notifications,
    /// Incoming messages not yet seen.
    pub unread: u32,
    /// The last message that was seen, for the "new" line.
    pub read_up_to: Option<MessageId>,
    /// Unsent text of the composer, empty when none.
    pub draft: String,
    /// The newest message.
    pub last: Option<Message>,
    /// Whether the peer is on the roster.
    pub is_contact: bool,
    /// Whether the peer is blocked.
    pub blocked: bool,
}
