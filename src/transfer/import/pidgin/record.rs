//! What stands in a log, and who is who.

use std::collections::{BTreeMap, BTreeSet};

use super::clock::Stamp;
use crate::model::{BareJid, Direction};

/// One entry of a log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Record {
    /// Somebody said something.
    Message(Said),
    /// The program said something.
    Notice,
}

/// What somebody said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Said {
    pub(super) stamp: Stamp,
    /// Whoever it was, as the program called them.
    pub(super) name: String,
    /// Which way it went, where the log says so.
    pub(super) direction: Option<Direction>,
    pub(super) body: String,
}

/// Names of the two people of a chat, as far as they are known.
pub(super) struct Names {
    own: BTreeSet<String>,
    peer: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(own: &BareJid, peer: &BareJid) -> Self {
        Self {
            own: of_address(own),
            peer: of_address(peer),
        }
    }

    /// Learns from a log: names with a direction, and the one other name where only one of the two was known.
    pub(super) fn learn(&mut self, records: &[Record]) {
        let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut own_speaks, mut peer_speaks) = (false, false);
        for record in records {
            let Record::Message(said) = record else {
                continue;
            };
            match said.direction {
                Some(Direction::Incoming) => drop(self.peer.insert(said.name.clone())),
                Some(Direction::Outgoing) => drop(self.own.insert(said.name.clone())),
                None => match self.direction_of(&said.name) {
                    Some(Direction::Incoming) => peer_speaks = true,
                    Some(Direction::Outgoing) => own_speaks = true,
                    None => *unknown.entry(&said.name).or_default() += 1,
                },
            }
        }
        if own_speaks == peer_speaks {
            return;
        }
        let most = unknown.into_iter().max_by_key(|(_, count)| *count);
        if let Some((name, _)) = most {
            let other = if own_speaks {
                &mut self.peer
            } else {
                &mut self.own
            };
            other.insert(name.to_owned());
        }
    }

    /// Whose name it is; nothing when it is both's or nobody's.
    pub(super) fn direction_of(&self, name: &str) -> Option<Direction> {
        // An own name may have a device behind it.
        let bare = name.split_once('/').map_or(name, |(bare, _)| bare);
        let has = |names: &BTreeSet<String>| names.contains(name) || names.contains(bare);
        match (has(&self.own), has(&self.peer)) {
            (true, false) => Some(Direction::Outgoing),
            (false, true) => Some(Direction::Incoming),
            (true, true) | (false, false) => None,
        }
    }
}

fn of_address(jid: &BareJid) -> BTreeSet<String> {
    let local = jid.node().map(|node| node.as_str().to_owned());
    local.into_iter().chain([jid.to_string()]).collect()
}
