//! Searches messages: newest first, a page at a time.
//!
//! The index answers which messages have all the words, a few days at a time from the newest on. Of each, the text
//! says whether its words stand as they should, and where.

pub(super) mod index;
mod wish;

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use rusqlite::Connection;

use super::{Reader, StoreError, conversations, pages};
use crate::model::{
    Conversation, ConversationId, Message, MessageId, Timestamp,
    search::{Excerpt, Query},
};
use index::{Period, id_of_row};
use wish::Wish;

type Result<T> = std::result::Result<T, StoreError>;

/// Messages of one period that are sorted by time; where a period has more, they come in the order of storing.
const MOST_SORTED: usize = 2000;
/// Messages whose text is looked at for one page; then the page ends early.
const MOST_LOOKED_AT: usize = 5000;

/// A message that was found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hit {
    /// The message.
    pub message: Message,
    /// The chat it is in.
    pub conversation: Conversation,
    /// The part of its text that shows what was searched for.
    pub excerpt: Excerpt,
}

/// One page of what was found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// Messages, newest first; may be fewer than asked for although there is more.
    pub hits: Vec<Hit>,
    /// Where the next page begins; nothing when everything was searched.
    pub next: Option<SearchCursor>,
}

/// How far a search has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SearchCursor(Place);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// Everything after this (time, id) was looked at.
    Sorted(Timestamp, MessageId),
    /// Every row of the index from this one on was looked at, in a period with too many messages to be sorted.
    Stored(i64),
}

impl Reader {
    /// Searches messages: newest first, from the start or from where an earlier page ended. Ends early, with what it
    /// has, when `wanted` becomes false. Nothing is found when the query is empty.
    pub fn search(
        &self,
        query: &Query,
        after: Option<SearchCursor>,
        limit: u32,
        wanted: &AtomicBool,
    ) -> Result<Found> {
        if query.is_empty() {
            return Ok(Found::default());
        }
        self.read(|connection| {
            let Some(wish) = Wish::of(connection, query)? else {
                return Ok(Found::default());
            };
            let mut walk = Walk {
                connection,
                query,
                wish,
                wanted,
                limit: usize::try_from(limit).unwrap_or(usize::MAX).max(1),
                left: MOST_LOOKED_AT,
                conversations: HashMap::new(),
                hits: Vec::new(),
            };
            let next = walk.run(after.map(|cursor| cursor.0))?;
            Ok(Found {
                hits: walk.hits,
                next: next.map(SearchCursor),
            })
        })
    }

    /// A message with up to `count` messages before it and as many after it, in the order of the chat: what is loaded
    /// to jump there. Empty when it is not there any more.
    pub fn around(&self, message: MessageId, count: u32) -> Result<Vec<Message>> {
        let Some(middle) = self.messages(&[message])?.pop() else {
            return Ok(Vec::new());
        };
        let place = pages::Page {
            at: middle.at,
            id: middle.id,
        };
        let mut messages = self.messages_before(middle.conversation, place, count)?;
        let after = self.messages_after(middle.conversation, place, count)?;
        messages.push(middle);
        messages.extend(after);
        Ok(messages)
    }
}

/// A search on its way.
struct Walk<'a> {
    connection: &'a Connection,
    query: &'a Query,
    wish: Wish,
    wanted: &'a AtomicBool,
    limit: usize,
    /// Messages that may still be looked at.
    left: usize,
    conversations: HashMap<ConversationId, Conversation>,
    hits: Vec<Hit>,
}

impl Walk<'_> {
    /// Fills the page; answers where the next one begins.
    fn run(&mut self, after: Option<Place>) -> Result<Option<Place>> {
        let connection = self.connection;
        let mut select = connection.prepare_cached(&format!(
            "select s.rowid, m.id, m.at from message_search s cross join message m on m.id = {}
             where s.message_search match ?1 and s.rowid between ?2 and ?3 order by s.rowid desc",
            id_of_row("s.rowid")
        ))?;
        let (first, last) = self.bounds(after);
        let mut rows = select.query((&self.wish.expression, first, last))?;
        let mut period = Gathered::default();
        while let Some(row) = rows.next()? {
            if !self.wanted.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let found = InIndex {
                row: row.get(0)?,
                place: (row.get(2)?, row.get(1)?),
            };
            if period.of != Some(Period::of_row(found.row)) {
                if let Some(end) = self.look_at_sorted(period)? {
                    return Ok(Some(end));
                }
                period = Gathered::new(Period::of_row(found.row), after);
            }
            if let Some(many) = period.add(found)
                && let Some(end) = self.look_at_stored(many)?
            {
                return Ok(Some(end));
            }
        }
        self.look_at_sorted(period)
    }

    /// The rows of the index that come into question.
    fn bounds(&self, after: Option<Place>) -> (i64, i64) {
        let first = self
            .query
            .after
            .map_or(i64::MIN, |at| Period::of_time(at).first_row());
        let last = self
            .query
            .before
            .map_or(i64::MAX, |at| Period::of_time(at).last_row());
        let here = after.map_or(i64::MAX, |place| match place {
            Place::Sorted(at, _) => Period::of_time(at).last_row(),
            Place::Stored(row) => row.saturating_sub(1),
        });
        (first, last.min(here))
    }

    fn look_at_sorted(&mut self, period: Gathered) -> Result<Option<Place>> {
        let mut places = period.found;
        places.sort_unstable_by_key(|found| std::cmp::Reverse(found.place));
        for InIndex { place, .. } in places {
            self.look_at(place)?;
            if self.is_done() {
                return Ok(Some(Place::Sorted(place.0, place.1)));
            }
        }
        Ok(None)
    }

    fn look_at_stored(&mut self, many: Vec<InIndex>) -> Result<Option<Place>> {
        for InIndex { row, place } in many {
            self.look_at(place)?;
            if self.is_done() {
                return Ok(Some(Place::Stored(row)));
            }
        }
        Ok(None)
    }

    fn is_done(&self) -> bool {
        self.hits.len() >= self.limit || self.left == 0
    }

    /// Puts a message onto the page if it is what is searched for.
    fn look_at(&mut self, (at, id): (Timestamp, MessageId)) -> Result<()> {
        self.left = self.left.saturating_sub(1);
        let query = self.query;
        if query.after.is_some_and(|after| at < after)
            || query.before.is_some_and(|before| at >= before)
        {
            return Ok(());
        }
        let Some(message) = pages::one_message(self.connection, id)? else {
            return Ok(());
        };
        if self.wish.may_be_by(&message)
            && let Some(excerpt) = query.excerpt(&message.body)
            && let Some(conversation) = self.conversation(message.conversation)?
        {
            self.hits.push(Hit {
                message,
                conversation,
                excerpt,
            });
        }
        Ok(())
    }

    fn conversation(&mut self, id: ConversationId) -> Result<Option<Conversation>> {
        if let Some(known) = self.conversations.get(&id) {
            return Ok(Some(known.clone()));
        }
        let read = conversations::one_conversation(self.connection, id)?;
        if let Some(conversation) = &read {
            self.conversations.insert(id, conversation.clone());
        }
        Ok(read)
    }
}

/// A message that has all the words.
struct InIndex {
    row: i64,
    place: (Timestamp, MessageId),
}

/// What was found of one period so far.
#[derive(Default)]
struct Gathered {
    of: Option<Period>,
    /// Where the page before ended, if that was among what is sorted here.
    before: Option<(Timestamp, MessageId)>,
    /// Whether there is too much to be sorted.
    many: bool,
    found: Vec<InIndex>,
}

impl Gathered {
    fn new(period: Period, after: Option<Place>) -> Self {
        let (before, many) = match after {
            Some(Place::Sorted(at, id)) if Period::of_time(at) == period => (Some((at, id)), false),
            Some(Place::Stored(row)) if Period::of_row(row) == period => (None, true),
            Some(_) | None => (None, false),
        };
        Self {
            of: Some(period),
            before,
            many,
            found: Vec::new(),
        }
    }

    /// Keeps what was found; answers what is to be looked at as it comes, because there is too much to be sorted.
    fn add(&mut self, found: InIndex) -> Option<Vec<InIndex>> {
        if self.before.is_some_and(|before| found.place >= before) {
            return None;
        }
        self.found.push(found);
        // A page that was sorted is not followed by one that is not: something would be missed or come twice.
        self.many |= self.before.is_none() && self.found.len() > MOST_SORTED;
        self.many.then(|| std::mem::take(&mut self.found))
    }
}
