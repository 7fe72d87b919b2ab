//! What a row of the sidebar shows; chats, contacts, group headers and offers share one kind of row.
//! Knows nothing of widgets, except in [`object`] and [`widget`].

mod object;
mod spoken;
mod view;
mod widget;

use std::sync::Arc;

pub(crate) use object::RowObject;
pub(crate) use view::{RowEvent, RowsView};
pub(crate) use widget::RowWidget;

use crate::{
    model::{AccountId, BareJid, ConversationId, MessageId, Show},
    timeline::Keyed,
    ui::search::marked::Marked,
};

/// Most characters of a name that a row shows.
pub(crate) const MAX_NAME: usize = 100;

/// Most characters of a message or a status that a row shows: more than fits into the widest sidebar.
pub(crate) const MAX_LINE: usize = 160;

/// One row, shared between the list and its model so that moving rows costs nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Row {
    /// A chat.
    Chat(Arc<ChatRow>),
    /// Somebody of the roster.
    Contact(Arc<ContactRow>),
    /// The header of a group.
    Group(Arc<GroupRow>),
    /// A chat that could be begun with an address that was typed.
    Offer(Arc<OfferRow>),
    /// A message that was found.
    Hit(Arc<HitRow>),
    /// Words of ours between others.
    Note(Arc<NoteRow>),
}

/// What stays the same while a row changes.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Key {
    /// A chat.
    Chat(ConversationId),
    /// A contact in one of its groups.
    Contact(AccountId, BareJid, Arc<str>),
    /// A group.
    Group(Arc<str>),
    /// The offer of an account.
    Offer(AccountId),
    /// A message that was found.
    Hit(MessageId),
    /// Words of ours.
    Note(NoteKind),
}

/// A chat in the list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ChatRow {
    /// The chat.
    pub(crate) id: ConversationId,
    /// The account that talks.
    pub(crate) account: AccountId,
    /// Whom it talks to.
    pub(crate) peer: BareJid,
    /// The name, safe to show.
    pub(crate) name: String,
    /// SHA-1 of the picture in hex.
    pub(crate) avatar: Option<String>,
    /// How available the peer is.
    pub(crate) show: Show,
    /// The second line, safe to show.
    pub(crate) preview: Preview,
    /// The newest message.
    pub(crate) last: Option<MessageId>,
    /// When the last message was sent, as text; empty when there is none.
    pub(crate) time: String,
    /// Messages not yet seen.
    pub(crate) unread: u32,
    /// Whether it stands above the others.
    pub(crate) pinned: bool,
    /// Whether it may show nothing on the desktop.
    pub(crate) muted: bool,
    /// Whether it is the one shown at the right.
    pub(crate) current: bool,
    /// Whether the peer is on the roster.
    pub(crate) is_contact: bool,
    /// Whether it was put away.
    pub(crate) away: bool,
}

/// The second line of a chat.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum Preview {
    /// Nothing was said yet.
    #[default]
    Nothing,
    /// The peer types.
    Typing,
    /// Text that waits in the composer.
    Draft(String),
    /// The last message.
    Message(String),
    /// The last message, of ours, could not be sent.
    Failed(String),
}

/// Somebody of the roster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ContactRow {
    /// The account whose roster it is.
    pub(crate) account: AccountId,
    /// Whose address.
    pub(crate) jid: BareJid,
    /// The group under which this row stands, empty for none.
    pub(crate) group: Arc<str>,
    /// The name, safe to show.
    pub(crate) name: String,
    /// SHA-1 of the picture in hex.
    pub(crate) avatar: Option<String>,
    /// How available.
    pub(crate) show: Show,
    /// The second line, safe to show, empty for none.
    pub(crate) status: String,
    /// Whether the address is blocked.
    pub(crate) blocked: bool,
    /// Whether we see their presence.
    pub(crate) seen: bool,
    /// The chat with this contact, if there ever was one.
    pub(crate) conversation: Option<ConversationId>,
    /// Whether its chat is the one shown at the right.
    pub(crate) current: bool,
}

/// The header of a group.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct GroupRow {
    /// The name as stored, empty for those in no group.
    pub(crate) name: Arc<str>,
    /// The name, safe to show.
    pub(crate) title: String,
    /// How many of it are there.
    pub(crate) online: u32,
    /// How many belong to it.
    pub(crate) total: u32,
    /// Whether its members are hidden.
    pub(crate) folded: bool,
}

/// A chat that could be begun.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OfferRow {
    /// The account that would talk.
    pub(crate) account: AccountId,
    /// The address of that account, when there are several to choose from.
    pub(crate) from: Option<String>,
    /// Whom it would talk to.
    pub(crate) jid: BareJid,
}

/// A message that was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct HitRow {
    /// The message.
    pub(crate) message: MessageId,
    /// The chat it is in.
    pub(crate) chat: ConversationId,
    /// Whom that chat is with.
    pub(crate) peer: BareJid,
    /// The name of the chat, safe to show.
    pub(crate) name: String,
    /// SHA-1 of the picture in hex.
    pub(crate) avatar: Option<String>,
    /// When it was sent, as text.
    pub(crate) time: String,
    /// The part of it that shows what was searched for.
    pub(crate) text: Marked,
}

/// What a line of ours is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum NoteKind {
    /// The messages that were found follow.
    Heading,
    /// Some of what was typed is not understood.
    Ignored,
    /// Nothing could be searched.
    Failed,
    /// There may be more, which is read when this comes into sight.
    More,
}

/// A line of ours between others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NoteRow {
    /// What it is about.
    pub(crate) kind: NoteKind,
    /// What it says.
    pub(crate) text: String,
}

impl Keyed for Row {
    type Key = Key;

    fn key(&self) -> Key {
        match self {
            Self::Chat(row) => Key::Chat(row.id),
            Self::Contact(row) => Key::Contact(row.account, row.jid.clone(), row.group.clone()),
            Self::Group(row) => Key::Group(row.name.clone()),
            Self::Offer(row) => Key::Offer(row.account),
            Self::Hit(row) => Key::Hit(row.message),
            Self::Note(row) => Key::Note(row.kind),
        }
    }
}
