//! Where the messages of a page belong among those that are stored.
//!
//! The archive's own order counts. Its stamps do not give it: most servers stamp whole seconds, and messages that came
//! live have the time of our clock. So a message of a page gets its stamp, unless that lies on the wrong side of its
//! neighbour in the archive: then the nearest time on the right side. Messages written here keep their time.

use std::collections::{HashMap, HashSet};

use crate::{
    model::{AccountId, BareJid, MessageId, Timestamp},
    store::{Placed, Said, StoreError, Txn},
    xmpp::{envelope::Envelope, xep0384_omemo::encrypted},
};

/// Most milliseconds that a message is moved for the sake of order: more is no difference of clocks, and its stamp
/// says more than its place.
pub(super) const REACH: i64 = 60_000;

/// What has been seen of the order while the archive is read forwards.
#[derive(Debug, Default)]
pub(super) struct Order {
    /// The last message of each chat that was read.
    last: HashMap<BareJid, Option<Spot>>,
    /// What came live before the archive was read up to it.
    ahead: Vec<(BareJid, MessageId)>,
}

/// The place of a neighbour.
#[derive(Clone, Copy, Debug)]
struct Spot {
    at: Timestamp,
    /// None: a message of this page, whose row will be younger than all that are stored.
    row: Option<MessageId>,
}

impl Spot {
    fn of(placed: &Placed) -> Self {
        Self {
            at: placed.at,
            row: Some(placed.message),
        }
    }

    fn new(at: Timestamp) -> Self {
        Self { at, row: None }
    }

    fn key(self) -> (Timestamp, MessageId) {
        (self.at, self.row.unwrap_or(MessageId(i64::MAX)))
    }

    /// The earliest time at which a stored message sorts behind this one.
    fn behind(self, message: MessageId) -> Timestamp {
        match self.row {
            Some(row) if row < message => self.at,
            _ => self.at.plus_millis(1),
        }
    }

    /// The latest time at which a message sorts before this one; `None` is one of the same page.
    fn before(self, message: Option<MessageId>) -> Timestamp {
        match (self.row, message) {
            (Some(row), Some(message)) if message < row => self.at,
            (None, _) => self.at,
            _ => self.at.plus_millis(-1),
        }
    }
}

impl Order {
    /// Something came live while the archive is being read.
    pub(super) fn came_ahead(&mut self, peer: &BareJid, message: MessageId) {
        self.ahead.push((peer.clone(), message));
    }

    /// Gives the messages of a page that was read forwards their times. `until`: everything of the archive that is
    /// stored in front of the page is not later; none: nothing is. Answers which stored messages have moved.
    pub(super) fn forwards(
        &mut self,
        txn: &Txn<'_>,
        account: AccountId,
        page: &mut [Envelope],
        until: Option<Timestamp>,
    ) -> Result<Vec<Placed>, StoreError> {
        let here = stored(txn, account, page)?;
        let mut elsewhere: HashSet<MessageId> = here.iter().flatten().map(|p| p.message).collect();
        self.ahead.retain(|(_, ahead)| !elsewhere.contains(ahead));
        elsewhere.extend(self.ahead.iter().map(|(_, ahead)| *ahead));
        let mut moved = Vec::new();
        for (envelope, here) in page.iter_mut().zip(here) {
            if !self.last.contains_key(&envelope.peer) {
                let chat = txn.find_conversation(account, &envelope.peer)?;
                let newest = match (chat, until) {
                    (Some(chat), Some(until)) => txn.newest_archived(chat, until, &elsewhere)?,
                    _ => None,
                };
                let spot = newest.as_ref().map(Spot::of);
                self.last.insert(envelope.peer.clone(), spot);
            }
            let last = self.last.entry(envelope.peer.clone()).or_default();
            *last = Some(match (here, *last) {
                (None, Some(last)) => {
                    Spot::new(within_reach(envelope.at, last.at.max(envelope.at)))
                }
                (None, None) => Spot::new(envelope.at),
                (Some(placed), None) => Spot::of(&placed),
                (Some(placed), Some(last)) if placed.is_local => {
                    // An answer to it is not shown above it, but it stays where it was written.
                    let reached = within_reach(envelope.at, placed.at) == placed.at;
                    match reached && placed.at > last.at {
                        true => Spot::of(&placed),
                        false => last,
                    }
                }
                (Some(placed), Some(last)) => {
                    let at = placed.at.max(last.behind(placed.message));
                    Spot::of(&move_to(txn, placed, at, &mut moved)?)
                }
            });
            if let Some(last) = last {
                envelope.at = within_reach(envelope.at, last.at.max(envelope.at));
            }
        }
        Ok(moved)
    }

    /// The archive has been read to its end: what came live meanwhile and was not in it yet belongs behind it.
    /// Answers which messages have moved.
    pub(super) fn read_to_its_end(&mut self, txn: &Txn<'_>) -> Result<Vec<Placed>, StoreError> {
        let mut moved = Vec::new();
        for (peer, message) in std::mem::take(&mut self.ahead) {
            let last = self.last.get(&peer).copied().flatten();
            if let (Some(placed), Some(last)) = (txn.place_of(message)?, last) {
                let at = placed.at.max(last.behind(message));
                let placed = move_to(txn, placed, at, &mut moved)?;
                self.last.insert(peer, Some(Spot::of(&placed)));
            }
        }
        self.last.clear();
        Ok(moved)
    }

    /// Gives the messages of a page that was read backwards their times. `edge`: everything of the archive that is
    /// stored and follows the page is not earlier; none: nothing but what came live meanwhile follows it.
    /// Answers which stored messages have moved.
    pub(super) fn backwards(
        &self,
        txn: &Txn<'_>,
        account: AccountId,
        page: &mut [Envelope],
        edge: Edge,
    ) -> Result<Vec<Placed>, StoreError> {
        let here = stored(txn, account, page)?;
        let in_page: HashSet<MessageId> = here.iter().flatten().map(|p| p.message).collect();
        let mut next: HashMap<BareJid, Option<Spot>> = HashMap::new();
        let mut moved = Vec::new();
        for (envelope, here) in page.iter_mut().zip(here).rev() {
            if !next.contains_key(&envelope.peer) {
                let oldest = match (txn.find_conversation(account, &envelope.peer)?, edge) {
                    (Some(chat), Edge::Stored(from)) => txn.first_archived(chat, from, &in_page)?,
                    (Some(_), Edge::Newest) => self.first_ahead(txn, &envelope.peer, &in_page)?,
                    (None, _) => None,
                };
                next.insert(envelope.peer.clone(), oldest.as_ref().map(Spot::of));
            }
            let next = next.entry(envelope.peer.clone()).or_default();
            *next = match (here, *next) {
                (None, Some(next)) => {
                    let at = next.before(None).min(envelope.at);
                    Some(Spot::new(within_reach(envelope.at, at)))
                }
                (None, None) => Some(Spot::new(envelope.at)),
                (Some(placed), next) if placed.is_local => next,
                (Some(placed), None) => Some(Spot::of(&placed)),
                (Some(placed), Some(next)) => {
                    let at = placed.at.min(next.before(Some(placed.message)));
                    Some(Spot::of(&move_to(txn, placed, at, &mut moved)?))
                }
            };
            if let Some(next) = next {
                envelope.at = within_reach(envelope.at, next.at);
            }
        }
        Ok(moved)
    }

    fn first_ahead(
        &self,
        txn: &Txn<'_>,
        peer: &BareJid,
        except: &HashSet<MessageId>,
    ) -> Result<Option<Placed>, StoreError> {
        let mut first: Option<Placed> = None;
        for (_, message) in self.ahead.iter().filter(|(with, _)| with == peer) {
            let placed = txn.place_of(*message)?;
            let placed = placed.filter(|placed| !except.contains(&placed.message));
            first = [first, placed]
                .into_iter()
                .flatten()
                .min_by_key(|placed| Spot::of(placed).key());
        }
        Ok(first)
    }
}

/// What follows a page that is read backwards.
#[derive(Clone, Copy, Debug)]
pub(super) enum Edge {
    /// The archive ends with it.
    Newest,
    /// What is stored from this time on, or all that is stored.
    Stored(Option<Timestamp>),
}

/// The wanted time, unless it is too far from what the stamp says.
fn within_reach(stamp: Timestamp, wanted: Timestamp) -> Timestamp {
    match wanted.millis_since(stamp).abs() <= REACH {
        true => wanted,
        false => stamp,
    }
}

fn move_to(
    txn: &Txn<'_>,
    placed: Placed,
    at: Timestamp,
    moved: &mut Vec<Placed>,
) -> Result<Placed, StoreError> {
    let at = within_reach(placed.at, at);
    if at == placed.at {
        return Ok(placed);
    }
    txn.move_message(placed.message, at)?;
    let placed = Placed { at, ..placed };
    moved.push(placed);
    Ok(placed)
}

/// Which messages of a page are stored already.
fn stored(
    txn: &Txn<'_>,
    account: AccountId,
    page: &[Envelope],
) -> Result<Vec<Option<Placed>>, StoreError> {
    page.iter()
        .map(|envelope| {
            said_by(envelope, |said| {
                txn.find_in_archive(account, envelope.stanza_id.as_deref(), said)
            })
        })
        .collect()
}

/// What a message says, as copies of it are told from others.
pub(super) fn said_by<R>(envelope: &Envelope, ask: impl FnOnce(Option<&Said<'_>>) -> R) -> R {
    let (origin_id, author) = (envelope.origin_id(), envelope.from.to_bare());
    let message = &envelope.message;
    let is_encrypted = message
        .payloads
        .iter()
        .any(|p| encrypted::profile_of(p).is_some());
    let body = message.get_best_body(vec![]);
    // The text that stands beside an encrypted one is the same for all of them.
    let body = (!is_encrypted).then(|| body.map(|(_, body)| body.as_str()));
    match (&origin_id, body) {
        (Some(origin_id), None) => ask(Some(&Said {
            peer: &envelope.peer,
            author: &author,
            origin_id,
            body: None,
        })),
        (Some(origin_id), Some(Some(body))) => ask(Some(&Said {
            peer: &envelope.peer,
            author: &author,
            origin_id,
            body: Some(body),
        })),
        _ => ask(None),
    }
}
