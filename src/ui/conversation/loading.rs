//! Reads a chat from the store; runs off the main thread.

use super::chat::Wanted;
use crate::{
    model::{
        Account, Conversation, ConversationId, ConversationKind, Failure, Message, MessageId,
        Settings, Subscription,
    },
    store::{self, Reader, StoreError},
    timeline::{FIRST_PAGE, PAGE, Place},
    ui::composer::{Access, Protection},
};

/// Read messages shown above the unread line, so that it is clear what the new ones follow.
const CONTEXT: u32 = 15;
/// Most new messages loaded at once; with more the view begins at the line and the rest comes page by page.
const MOST_NEW: u32 = 200;

/// A chat's row with all that stands around it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The row.
    pub chat: Conversation,
    /// The account that talks.
    pub account: Account,
    /// Whether the peer is allowed to see our presence, and thus to learn that we type.
    pub subscription: Subscription,
    /// The settings of the profile.
    pub settings: Settings,
    /// Who can read what is written.
    pub protection: Protection,
}

impl Summary {
    /// Whether something can be sent now.
    pub(super) fn access(&self) -> Access {
        match self.chat.kind {
            _ if self.chat.blocked => Access::Blocked,
            ConversationKind::Stranger => Access::Stranger,
            ConversationKind::Person => Access::Open,
        }
    }
}

/// Messages in the order of the chat.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Message>,
    /// Whether stored messages precede them.
    pub has_older: bool,
    /// Whether stored messages follow them.
    pub has_newer: bool,
}

/// A chat as it is opened.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Its row.
    pub summary: Summary,
    /// Its messages: the newest, or those around the unread line.
    pub page: Page,
    /// Where the unread line stands: behind this place; none when everything has been seen.
    pub line: Option<Option<Place>>,
}

/// Reads a chat for the first time, at its end or at a message; none when it is gone.
pub(super) fn open(
    reader: &Reader,
    id: ConversationId,
    message: Option<MessageId>,
) -> Result<Option<Opened>, Failure> {
    let Some(summary) = summary(reader, id)? else {
        return Ok(None);
    };
    let line = line(reader, &summary.chat).map_err(failure)?;
    let found = message.map(|message| at(reader, id, message));
    let found = found.transpose().map_err(failure)?.flatten();
    let page = match (found, line) {
        (Some(page), _) => Ok(page),
        (None, Some(Some(seen))) if summary.chat.unread > MOST_NEW => around(reader, id, seen),
        (None, Some(None)) if summary.chat.unread > MOST_NEW => first(reader, id),
        (None, _) => newest(reader, id, summary.chat.unread),
    };
    Ok(Some(Opened {
        page: page.map_err(failure)?,
        line,
        summary,
    }))
}

/// Reads a chat's row; none when it is gone.
pub(super) fn summary(reader: &Reader, id: ConversationId) -> Result<Option<Summary>, Failure> {
    let read = || -> Result<Option<Summary>, StoreError> {
        let Some(chat) = reader.conversation(id)? else {
            return Ok(None);
        };
        let contact = reader.contact(chat.account, &chat.peer)?;
        let devices = reader.omemo_devices(chat.account, &chat.peer)?;
        Ok(Some(Summary {
            protection: Protection::of(reader.encryption(id)?, &devices),
            account: reader.account(chat.account)?,
            subscription: contact.map_or_else(Subscription::default, |c| c.item.subscription),
            settings: reader.settings()?,
            chat,
        }))
    };
    read().map_err(failure)
}

/// Where the unread line stands.
fn line(reader: &Reader, chat: &Conversation) -> Result<Option<Option<Place>>, StoreError> {
    if chat.unread == 0 {
        return Ok(None);
    }
    let seen = match chat.read_up_to {
        Some(id) => reader.messages(&[id])?,
        None => Vec::new(),
    };
    Ok(Some(seen.first().map(Place::of)))
}

/// The newest messages, at least with the new ones.
pub(super) fn newest(reader: &Reader, id: ConversationId, unread: u32) -> Result<Page, StoreError> {
    let limit = FIRST_PAGE.max(unread.saturating_add(CONTEXT).min(MOST_NEW + CONTEXT));
    let mut messages = reader.newest_messages(id, limit + 1)?;
    let has_older = cut_first(&mut messages, limit);
    Ok(Page {
        messages,
        has_older,
        has_newer: false,
    })
}

/// The messages around a place.
pub(super) fn around(
    reader: &Reader,
    id: ConversationId,
    place: Place,
) -> Result<Page, StoreError> {
    // The place itself belongs to the part before.
    let after = store::Page {
        at: place.at,
        id: MessageId(place.id.0.saturating_add(1)),
    };
    let mut messages = reader.messages_before(id, after, FIRST_PAGE + 1)?;
    let has_older = cut_first(&mut messages, FIRST_PAGE);
    let mut newer = reader.messages_after(id, page(place), FIRST_PAGE + 1)?;
    let has_newer = cut_last(&mut newer, FIRST_PAGE);
    messages.append(&mut newer);
    Ok(Page {
        messages,
        has_older,
        has_newer,
    })
}

/// Reads a chat again: at what is wanted if it is there, else around what is looked at, else at the end.
pub(super) fn again(
    reader: &Reader,
    id: ConversationId,
    wanted: Option<Wanted>,
    looked_at: Option<Place>,
) -> Result<Page, StoreError> {
    let found = match wanted {
        Some(Wanted::Message(sought)) => at(reader, id, sought.message)?,
        Some(Wanted::End) => return newest(reader, id, 0),
        Some(Wanted::Moment(at)) => {
            let start = MessageId(0);
            return around(reader, id, Place { at, id: start });
        }
        None => None,
    };
    match (found, looked_at) {
        (Some(page), _) => Ok(page),
        (None, Some(place)) => around(reader, id, place),
        (None, None) => newest(reader, id, 0),
    }
}

/// A message of a chat with those around it; none when it is not there, or not there any more.
pub(super) fn at(
    reader: &Reader,
    id: ConversationId,
    message: MessageId,
) -> Result<Option<Page>, StoreError> {
    let mut messages = reader.around(message, FIRST_PAGE + 1)?;
    let found = |known: &Message| known.id == message && known.conversation == id;
    let Some(middle) = messages.iter().position(found) else {
        return Ok(None);
    };
    let has_newer = messages.len() - middle > FIRST_PAGE as usize + 1;
    if has_newer {
        messages.pop();
    }
    let has_older = middle > FIRST_PAGE as usize;
    if has_older {
        messages.remove(0);
    }
    Ok(Some(Page {
        messages,
        has_older,
        has_newer,
    }))
}

/// The first messages of a chat.
fn first(reader: &Reader, id: ConversationId) -> Result<Page, StoreError> {
    let start = store::Page {
        at: crate::model::Timestamp(i64::MIN),
        id: MessageId(i64::MIN),
    };
    let mut messages = reader.messages_after(id, start, FIRST_PAGE + 1)?;
    let has_newer = cut_last(&mut messages, FIRST_PAGE);
    Ok(Page {
        messages,
        has_older: false,
        has_newer,
    })
}

/// The messages before a place.
pub(super) fn older(reader: &Reader, id: ConversationId, before: Place) -> Result<Page, Failure> {
    let messages = reader.messages_before(id, page(before), PAGE + 1);
    let mut messages = messages.map_err(failure)?;
    let has_older = cut_first(&mut messages, PAGE);
    Ok(Page {
        messages,
        has_older,
        has_newer: true,
    })
}

/// The messages after a place.
pub(super) fn newer(reader: &Reader, id: ConversationId, after: Place) -> Result<Page, Failure> {
    let messages = reader.messages_after(id, page(after), PAGE + 1);
    let mut messages = messages.map_err(failure)?;
    let has_newer = cut_last(&mut messages, PAGE);
    Ok(Page {
        messages,
        has_older: true,
        has_newer,
    })
}

/// Why the store could not be read, for a person.
pub(super) fn failure(error: StoreError) -> Failure {
    tracing::error!(%error, "a chat could not be read");
    Failure::new(error.failure_kind())
}

fn page(place: Place) -> store::Page {
    store::Page {
        at: place.at,
        id: place.id,
    }
}

/// One message more than wanted was read to know whether there are more; which of them goes depends on the side.
fn cut_first(messages: &mut Vec<Message>, limit: u32) -> bool {
    let has_more = messages.len() > limit as usize;
    if has_more {
        messages.remove(0);
    }
    has_more
}

fn cut_last(messages: &mut Vec<Message>, limit: u32) -> bool {
    let has_more = messages.len() > limit as usize;
    if has_more {
        messages.pop();
    }
    has_more
}
