//! A queue of things to fetch, a few at a time, each once in a session.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Cx, QueryId};

/// Questions open at the same time: enough to be done soon, not a flood at login.
const MAX_OPEN: usize = 4;
/// Things remembered in one session: more than the largest roster; more are made up.
const MAX_KNOWN: usize = 60_000;

/// What is to be fetched, what is under way, and what has failed and is not tried again in this session.
#[derive(Debug)]
pub struct Fetches<K> {
    waiting: VecDeque<K>,
    open: BTreeMap<QueryId, K>,
    known: BTreeSet<K>,
}

impl<K> Default for Fetches<K> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            open: BTreeMap::new(),
            known: BTreeSet::new(),
        }
    }
}

impl<K: Clone + Ord> Fetches<K> {
    /// Puts something into the queue, unless it is there, under way or has failed.
    pub fn want(&mut self, key: K) {
        if self.known.len() < MAX_KNOWN && self.known.insert(key.clone()) {
            self.waiting.push_back(key);
        }
    }

    /// Asks for the next ones.
    pub fn ask(&mut self, cx: &mut Cx<'_, '_>, ask: impl Fn(&mut Cx<'_, '_>, &K) -> QueryId) {
        while self.open.len() < MAX_OPEN
            && cx.link.jid.is_some()
            && let Some(key) = self.waiting.pop_front()
        {
            let query = ask(cx, &key);
            self.open.insert(query, key);
        }
    }

    /// What this answer is about, if it is one of these.
    pub fn take(&mut self, query: QueryId) -> Option<K> {
        self.open.remove(&query)
    }

    /// It was fetched: should it vanish again, it may be fetched again.
    pub fn done(&mut self, key: &K) {
        self.known.remove(key);
    }

    /// Forgets everything, because the session has ended.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
