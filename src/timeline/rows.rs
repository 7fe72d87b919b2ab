//! What stands in a chat: messages, and the marks between them.
//! Knows nothing of pages or of how rows look.

use std::sync::Arc;

use chrono::NaiveDate;

use super::Keyed;
use crate::model::{Delivery, Direction, Message, MessageId, Timestamp};

/// Messages of one sender share a header when they follow the first of them within this time, in milliseconds: long
/// enough for somebody who writes in short lines, short enough that the header's time is right.
const GROUP_SPAN: i64 = 5 * 60 * 1000;

/// One row of a chat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Row {
    /// What is above the oldest message that is stored.
    Start(Start),
    /// A day begins.
    Day(NaiveDate),
    /// What follows is new.
    Unread,
    /// A message.
    Message(MessageRow),
    /// The peer is typing.
    Typing,
}

/// A message and how it stands among its neighbours.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MessageRow {
    /// The message as stored.
    pub message: Arc<Message>,
    /// Whether it begins a group and thus has a header.
    pub header: bool,
}

/// What is above the oldest message that is stored.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Start {
    /// Nobody has asked the archive yet; no row.
    #[default]
    Unknown,
    /// The archive is being asked.
    Fetching,
    /// The archive could not be asked; a person may try again.
    Failed,
    /// There is nothing older.
    Complete,
}

/// What a row is recognised by.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RowKey {
    /// See [`Row::Start`].
    Start,
    /// See [`Row::Day`].
    Day(NaiveDate),
    /// See [`Row::Unread`].
    Unread,
    /// See [`Row::Message`].
    Message(MessageId),
    /// See [`Row::Typing`].
    Typing,
}

impl Keyed for Row {
    type Key = RowKey;

    fn key(&self) -> RowKey {
        match self {
            Self::Start(_) => RowKey::Start,
            Self::Day(day) => RowKey::Day(*day),
            Self::Unread => RowKey::Unread,
            Self::Message(row) => RowKey::Message(row.message.id),
            Self::Typing => RowKey::Typing,
        }
    }
}

/// A place in a chat; the order is (time, row).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Place {
    /// Time of the message.
    pub at: Timestamp,
    /// Its row.
    pub id: MessageId,
}

impl Place {
    /// Where a message stands.
    pub fn of(message: &Message) -> Self {
        Self {
            at: message.at,
            id: message.id,
        }
    }
}

/// Turns a moment into a day of the local calendar.
pub type DayOf = fn(Timestamp) -> NaiveDate;

/// All that rows are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts<'m> {
    /// Loaded messages in the order of the chat.
    pub(super) stored: &'m [Arc<Message>],
    /// Messages that wait to be sent, in the order of writing.
    pub(super) waiting: &'m [Arc<Message>],
    /// Where the loaded part begins.
    pub(super) oldest: Option<Place>,
    /// What is above them; shown only when nothing older is stored.
    pub(super) start: Start,
    /// Whether stored messages precede them.
    pub(super) has_older: bool,
    /// Whether stored messages follow them.
    pub(super) has_newer: bool,
    /// The last message that had been seen when the line was drawn: `Some(None)` means none at all.
    pub(super) seen_up_to: Option<Option<Place>>,
    /// Whether the peer is typing.
    pub(super) typing: bool,
    /// The calendar.
    pub(super) day_of: DayOf,
}

/// The regions of a chat from top to bottom: start, stored, waiting, typing. A message that waits stands below
/// everything stored, whatever the clock says, and is shown only when the end of the chat is loaded.
pub(super) fn rows(parts: Parts<'_>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(parts.stored.len() + 8);
    if !parts.has_older && parts.start != Start::Unknown {
        rows.push(Row::Start(parts.start));
    }
    let mut builder = Builder {
        rows,
        day_of: parts.day_of,
        line: line_before(&parts),
        group: None,
        day: None,
    };
    for message in parts.stored {
        builder.message(message);
    }
    if !parts.has_newer {
        for message in parts.waiting {
            builder.message(message);
        }
        if parts.typing {
            builder.rows.push(Row::Typing);
        }
    }
    builder.rows
}

/// Whether a message belongs to the region below everything stored.
pub(super) fn waits(message: &Message) -> bool {
    message.direction == Direction::Outgoing && message.delivery == Delivery::Waiting
}

/// The message above which the unread line stands: the first incoming one after what was seen. None when that place is
/// not loaded.
fn line_before(parts: &Parts<'_>) -> Option<MessageId> {
    let seen = parts.seen_up_to?;
    let is_loaded = !parts.has_older || seen >= parts.oldest;
    parts
        .stored
        .iter()
        .find(|message| message.direction == Direction::Incoming && Some(Place::of(message)) > seen)
        .filter(|_| is_loaded)
        .map(|message| message.id)
}

struct Builder<'m> {
    rows: Vec<Row>,
    day_of: DayOf,
    line: Option<MessageId>,
    /// The first message of the group that the next one may join.
    group: Option<&'m Message>,
    day: Option<NaiveDate>,
}

impl<'m> Builder<'m> {
    fn message(&mut self, message: &'m Arc<Message>) {
        let day = (self.day_of)(message.at);
        // A waiting message of an earlier day stands below later ones: no day begins there.
        if self.day.is_none_or(|last| day > last) {
            self.day = Some(day);
            self.group = None;
            self.rows.push(Row::Day(day));
        }
        if self.line == Some(message.id) {
            self.group = None;
            self.rows.push(Row::Unread);
        }
        let joins = self.group.is_some_and(|first| {
            first.direction == message.direction
                && first.author == message.author
                && (0..GROUP_SPAN).contains(&message.at.millis_since(first.at))
        });
        if !joins {
            self.group = Some(message);
        }
        self.rows.push(Row::Message(MessageRow {
            message: Arc::clone(message),
            header: !joins,
        }));
    }
}
