//! Searches messages as somebody types: off the main thread, a page at a time, and only what was asked for last.
//! Knows nothing of widgets, except in [`help`] and [`marked`].

pub(crate) mod help;
pub(crate) mod marked;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::Local;

use crate::{
    model::{ConversationId, MessageId, search::Query},
    store::{Found, Hit, Reader, SearchCursor, StoreError},
};

/// Messages of the first page: more than a screen has room for, few enough to be there at once.
const FIRST: u32 = 20;
/// Messages of every other page.
const MORE: u32 = 40;
/// Most messages that are searched for again at once, after what was found has changed.
const MOST_AGAIN: u32 = 200;

/// What is searched for, and what was found so far.
#[derive(Debug, Default)]
pub(crate) struct Search {
    query: Query,
    hits: Vec<Hit>,
    next: Option<SearchCursor>,
    /// Tells the answer that is waited for from those that came too late.
    number: u64,
    /// Becomes false when nobody wants the answer that is waited for.
    wanted: Option<Arc<AtomicBool>>,
    has_failed: bool,
}

/// A page to be read, on a thread that may wait.
#[derive(Debug)]
pub(crate) struct Ask {
    number: u64,
    query: Query,
    after: Option<SearchCursor>,
    limit: u32,
    wanted: Arc<AtomicBool>,
}

/// A page that was read.
#[derive(Debug)]
pub(crate) struct Answer {
    number: u64,
    is_first: bool,
    found: Result<Found, StoreError>,
}

impl Ask {
    /// Reads the page; ends early when nobody wants it any more.
    pub(crate) fn read(self, reader: &Reader) -> Answer {
        Answer {
            number: self.number,
            is_first: self.after.is_none(),
            found: reader.search(&self.query, self.after, self.limit, &self.wanted),
        }
    }
}

impl Search {
    /// Searches for this from now on, everywhere or in one chat; no page when there is nothing to search for.
    pub(crate) fn begin(
        &mut self,
        typed: &str,
        conversation: Option<ConversationId>,
    ) -> Option<Ask> {
        self.query = Query {
            conversation,
            ..Query::parse(typed, &Local)
        };
        if self.query.is_empty() {
            self.stop();
            return None;
        }
        Some(self.ask(None, FIRST))
    }

    /// The page after those that were found, unless one is on its way or there is none.
    pub(crate) fn more(&mut self) -> Option<Ask> {
        let next = self.next.filter(|_| !self.is_reading())?;
        Some(self.ask(Some(next), MORE))
    }

    /// The same again, because something that was found has changed.
    pub(crate) fn again(&mut self) -> Option<Ask> {
        if self.query.is_empty() {
            return None;
        }
        let count = u32::try_from(self.hits.len()).unwrap_or(MOST_AGAIN);
        Some(self.ask(None, count.clamp(FIRST, MOST_AGAIN)))
    }

    /// Searches for nothing any more.
    pub(crate) fn stop(&mut self) {
        self.give_up();
        self.hits.clear();
        self.next = None;
        self.has_failed = false;
    }

    /// Takes what was read, if it is what is waited for; a page that ended early is followed by the next one.
    pub(crate) fn take(&mut self, answer: Answer) -> Taken {
        if answer.number != self.number || !self.is_reading() {
            return Taken::Late;
        }
        self.wanted = None;
        if answer.is_first {
            self.hits.clear();
        }
        let found = match answer.found {
            Ok(found) => found,
            Err(error) => {
                tracing::error!(%error, "messages cannot be searched");
                self.next = None;
                self.has_failed = true;
                return Taken::New(None);
            }
        };
        self.has_failed = false;
        self.next = found.next;
        let is_empty = found.hits.is_empty();
        self.hits.extend(found.hits);
        Taken::New(if is_empty { self.more() } else { None })
    }

    /// What is searched for.
    pub(crate) fn query(&self) -> &Query {
        &self.query
    }

    /// What was found so far, newest first.
    pub(crate) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Whether one of these messages was found.
    pub(crate) fn has_any(&self, messages: &[MessageId]) -> bool {
        self.hits
            .iter()
            .any(|hit| messages.contains(&hit.message.id))
    }

    /// Whether a page is on its way.
    pub(crate) fn is_reading(&self) -> bool {
        self.wanted.is_some()
    }

    /// Whether there may be more.
    pub(crate) fn has_more(&self) -> bool {
        self.next.is_some() || self.is_reading()
    }

    /// Whether the store could not be searched.
    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed
    }

    fn ask(&mut self, after: Option<SearchCursor>, limit: u32) -> Ask {
        self.give_up();
        self.number += 1;
        let wanted = Arc::new(AtomicBool::new(true));
        self.wanted = Some(wanted.clone());
        Ask {
            number: self.number,
            query: self.query.clone(),
            after,
            limit,
            wanted,
        }
    }

    fn give_up(&mut self) {
        if let Some(wanted) = self.wanted.take() {
            wanted.store(false, Ordering::Relaxed);
        }
    }
}

impl Drop for Search {
    fn drop(&mut self) {
        self.give_up();
    }
}

/// What became of an answer.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Nobody waits for it any more.
    Late,
    /// It is in; a page that held nothing is followed by this one.
    New(Option<Ask>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ConversationId, Timestamp},
        store::Store,
        ui::gallery::sample,
    };

    fn store(messages: i64) -> (Store, ConversationId) {
        sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            let bob = sample::chat(txn, account, "bob@example.org")?;
            let carol = sample::chat(txn, account, "carol@example.org")?;
            for n in 0..messages {
                sample::hears(txn, bob, &format!("needle {n}"), Timestamp(n * 1000))?;
            }
            sample::hears(txn, carol, "a needle, too", Timestamp(5))?;
            Ok(bob)
        })
    }

    fn bodies(search: &Search) -> Vec<&str> {
        let hits = search.hits().iter();
        hits.map(|hit| hit.message.body.as_str()).collect()
    }

    #[test]
    fn pages_follow_each_other_until_there_is_no_more() {
        let (store, bob) = store(75);
        let reader = store.reader();
        let mut search = Search::default();
        let ask = search.begin("need", None).unwrap();
        assert!(search.more().is_none(), "one page at a time");
        assert!(matches!(search.take(ask.read(&reader)), Taken::New(None)));
        assert_eq!(search.hits().len(), 20);
        assert_eq!(bodies(&search)[0], "needle 74");
        while let Some(ask) = search.more() {
            search.take(ask.read(&reader));
        }
        assert_eq!((search.hits().len(), search.has_more()), (76, false));
        let ask = search.begin("needle", Some(bob)).unwrap();
        search.take(ask.read(&reader));
        while let Some(ask) = search.more() {
            search.take(ask.read(&reader));
        }
        assert_eq!(search.hits().len(), 75, "those of one chat");
    }

    #[test]
    fn only_what_was_asked_for_last_is_taken_and_the_rest_ends() {
        let (store, _) = store(30);
        let reader = store.reader();
        let mut search = Search::default();
        let first = search.begin("needle", None).unwrap();
        let second = search.begin("too", None).unwrap();
        assert!(!first.wanted.load(Ordering::Relaxed), "nobody wants it");
        assert!(matches!(search.take(first.read(&reader)), Taken::Late));
        assert!(search.hits().is_empty());
        search.take(second.read(&reader));
        assert_eq!(bodies(&search), ["a needle, too"]);
        let third = search.begin("needle", None).unwrap();
        assert_eq!(
            bodies(&search),
            ["a needle, too"],
            "until the next is there"
        );
        search.stop();
        assert!(matches!(search.take(third.read(&reader)), Taken::Late));
        assert!(search.hits().is_empty() && !search.has_more());
        let last = search.begin("needle", None).unwrap();
        let wanted = last.wanted;
        drop(search);
        assert!(!wanted.load(Ordering::Relaxed));
    }

    #[test]
    fn what_was_found_is_searched_for_again_as_far_as_it_went() {
        let (store, _) = store(75);
        let reader = store.reader();
        let mut search = Search::default();
        let ask = search.begin("needle", None).unwrap();
        search.take(ask.read(&reader));
        let ask = search.more().unwrap();
        search.take(ask.read(&reader));
        assert_eq!(search.hits().len(), 60);
        assert!(search.has_any(&[search.hits()[59].message.id]));
        assert!(!search.has_any(&[MessageId(1)]));
        let ask = search.again().unwrap();
        search.take(ask.read(&reader));
        assert_eq!((search.hits().len(), search.has_more()), (60, true));
        assert!(search.begin("  has:wings ", None).is_none());
        assert_eq!(search.query().ignored, ["has:wings"]);
        assert!(search.again().is_none() && search.hits().is_empty());
    }
}
