//! People: the roster, and those who want to be on it.

use super::{
    address::BareJid,
    ids::{AccountId, ConversationId},
    time::Timestamp,
};

/// Subscription state of a roster item (RFC 6121, section 2.1.2.5).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Subscription {
    /// Nobody sees anybody.
    #[default]
    None,
    /// We see them.
    To,
    /// They see us.
    From,
    /// Both.
    Both,
}

impl Subscription {
    /// Whether the contact is allowed to see our presence, and thus may learn that we read or type.
    pub fn they_see_us(self) -> bool {
        matches!(self, Self::From | Self::Both)
    }

    /// Whether we see the contact's presence.
    pub fn we_see_them(self) -> bool {
        matches!(self, Self::To | Self::Both)
    }
}

/// Whether our own request is still unanswered (RFC 6121, section 2.1.2.2).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Ask {
    /// No open request.
    #[default]
    None,
    /// We asked to see them.
    Subscribe,
}

/// One roster item as the server sends it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RosterItem {
    /// Whose.
    pub jid: BareJid,
    /// The name we gave, empty when none.
    pub name: String,
    /// Groups, without duplicates.
    pub groups: Vec<String>,
    /// Subscription state.
    pub subscription: Subscription,
    /// Whether we asked.
    pub ask: Ask,
}

/// One contact with what is known beside the roster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Contact {
    /// The account whose roster it is.
    pub account: AccountId,
    /// The roster item.
    pub item: RosterItem,
    /// The name the contact gave itself (XEP-0172), empty when none; untrusted.
    pub nickname: String,
    /// SHA-1 of the avatar, in hex, if there is one to load.
    pub avatar: Option<String>,
    /// Whether this address is blocked.
    pub blocked: bool,
    /// The chat with this contact, if there ever was one.
    pub conversation: Option<ConversationId>,
}

impl Contact {
    /// The name to show: ours, else theirs, else the address.
    pub fn display_name(&self) -> &str {
        [self.item.name.as_str(), self.nickname.as_str()]
            .into_iter()
            .find(|name| !name.trim().is_empty())
            .unwrap_or(self.item.jid.as_str())
    }
}

/// Somebody who is not a contact and wants something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The account that is asked.
    pub account: AccountId,
    /// Who asks.
    pub jid: BareJid,
    /// What is asked.
    pub kind: RequestKind,
    /// When it arrived first.
    pub at: Timestamp,
    /// Name the stranger gave itself, empty when none; untrusted.
    pub nickname: String,
    /// First words (status of the request, or of the last message); untrusted.
    pub text: String,
}

/// What a stranger wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestKind {
    /// To see our presence.
    Subscription,
    /// To talk: messages wait in this chat.
    Chat(ConversationId),
    /// Both.
    Both(ConversationId),
}
