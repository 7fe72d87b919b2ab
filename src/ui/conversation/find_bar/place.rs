//! Where a person is among the messages that were found.
//! Knows nothing of widgets.

use crate::{model::MessageId, store::Hit, ui::search::Search};

/// So many messages before the last one that was found, the next page is read.
const AHEAD: usize = 5;

/// A place among the messages that were found, newest first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Place {
    /// The message, and its place when it was gone to.
    at: Option<(usize, MessageId)>,
    /// Whether a step is due as soon as there is something to go to.
    wants_step: bool,
}

impl Place {
    /// Before the first message of a new search.
    pub(super) fn begin() -> Self {
        Self {
            at: None,
            wants_step: true,
        }
    }

    /// Something was found, or found again; answers whether the place has changed.
    pub(super) fn found(&mut self, search: &Search) -> bool {
        let hits = search.hits();
        if let Some((_, id)) = self.at {
            // A search that was done again may have it elsewhere, or not any more.
            let place = hits.iter().position(|hit| hit.message.id == id);
            let Some(place) = place else {
                self.at = hits.first().map(|hit| (0, hit.message.id));
                return true;
            };
            self.at = Some((place, id));
        }
        if self.wants_step {
            return self.older(search) || hits.is_empty();
        }
        false
    }

    /// Goes to the next older message; answers whether there is one. Where it is not read yet, it is gone to later.
    pub(super) fn older(&mut self, search: &Search) -> bool {
        let next = self.at.map_or(0, |(place, _)| place + 1);
        match search.hits().get(next) {
            Some(hit) => {
                self.at = Some((next, hit.message.id));
                self.wants_step = false;
                true
            }
            None => {
                self.wants_step = search.has_more();
                false
            }
        }
    }

    /// Goes to the next newer message; answers whether there is one.
    pub(super) fn newer(&mut self, search: &Search) -> bool {
        self.wants_step = false;
        let next = self.at.and_then(|(place, _)| place.checked_sub(1));
        let hit = next.and_then(|next| Some((next, search.hits().get(next)?.message.id)));
        self.at = hit.or(self.at);
        hit.is_some()
    }

    /// Whether there is an older message to go to, or may be.
    pub(super) fn has_older(&self, search: &Search) -> bool {
        let next = self.at.map_or(0, |(place, _)| place + 1);
        next < search.hits().len() || (search.has_more() && self.at.is_some())
    }

    /// Whether there is a newer message to go to.
    pub(super) fn has_newer(&self) -> bool {
        self.at.is_some_and(|(place, _)| place > 0)
    }

    /// Whether the last message that was found is near.
    pub(super) fn is_near_end(&self, search: &Search) -> bool {
        self.at
            .is_some_and(|(place, _)| place + AHEAD >= search.hits().len())
    }

    /// The message.
    pub(super) fn hit<'s>(&self, search: &'s Search) -> Option<&'s Hit> {
        search.hits().get(self.at?.0)
    }

    /// Its number, from 1 on.
    pub(super) fn number(&self, search: &Search) -> Option<usize> {
        self.hit(search)?;
        self.at.map(|(place, _)| place + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;
    use crate::{
        model::Timestamp,
        ui::{gallery::sample, search::Search},
    };

    #[test]
    fn steps_lead_from_the_newest_to_the_oldest_and_back() {
        let (store, bob) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            let bob = sample::chat(txn, account, "bob@example.org")?;
            for n in 0..25 {
                sample::hears(txn, bob, "needle", Timestamp(n))?;
            }
            Ok(bob)
        });
        let reader = store.reader();
        let mut search = Search::default();
        let mut place = Place::begin();
        let ask = search.begin("needle", Some(bob)).unwrap();
        assert!(!place.older(&search) && place.number(&search).is_none());
        search.take(ask.read(&reader));
        assert!(place.found(&search) && place.number(&search) == Some(1));
        assert!(!place.has_newer() && place.has_older(&search));
        for _ in 1..20 {
            assert!(place.older(&search));
        }
        assert!(place.is_near_end(&search) && place.has_older(&search));
        // The next one is not read yet: it is gone to when it is.
        assert!(!place.older(&search));
        let ask = search.more().unwrap();
        search.take(ask.read(&reader));
        assert!(place.found(&search));
        assert_eq!(place.number(&search), Some(21));
        assert!(place.newer(&search) && place.number(&search) == Some(20));
        for _ in 0..5 {
            assert!(place.older(&search));
        }
        assert!(!place.older(&search) && !place.has_older(&search));
        assert_eq!(place.number(&search), Some(25));
        // What was gone to is gone: begin at the newest again.
        let last = place.hit(&search).unwrap().message.id;
        store.write(|txn| txn.delete_message(last)).unwrap();
        let ask = search.again().unwrap();
        search.take(ask.read(&reader));
        assert!(place.found(&search));
        assert_eq!(place.number(&search), Some(1));
    }
}
