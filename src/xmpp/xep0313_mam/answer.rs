//! What an answer of the archive changes: the messages, how far they reach, and what is asked next.

use xmpp_parsers::mam::{Fin, Result_};

use super::{
    Archive, MAX_PAGES, MAX_SEARCH, Purpose, Run,
    fill::Next,
    order::{Edge, REACH, said_by},
    page::{envelopes, hand_over, missing, sent_at, shows_something},
    show_progress,
};
use crate::{
    event::Event,
    model::{BareJid, ConversationId, RequestId, SyncState, Timestamp},
    store::{ArchiveGap, Placed, StoreError},
    xmpp::{Cx, Effect, envelope::Envelope},
};

impl Archive {
    /// Stores a page and asks for the next.
    pub(super) fn page(
        &mut self,
        cx: &mut Cx<'_, '_>,
        run: Run,
        fin: Fin,
    ) -> Result<(), StoreError> {
        let Run {
            purpose,
            results,
            pages,
            fetched,
            ..
        } = run;
        match purpose {
            Purpose::Older {
                conversation,
                peer,
                request,
                ..
            } => self.older_page(cx, (conversation, peer, request), results, &fin, pages),
            Purpose::Newest => self.newest_page(cx, results, &fin),
            Purpose::Fill { gap, .. } => {
                let edge = Edge::Stored(gap.before_at);
                let next = self.fill.page(gap, &results, fin.complete, cx.now);
                let (first_at, _) = self.take_backwards(cx, results, edge)?;
                let gap = match next {
                    Next::Gap(gap) => Some(ArchiveGap {
                        before_at: earlier(gap.before_at, first_at),
                        ..gap
                    }),
                    Next::Filled => None,
                };
                cx.txn.set_archive_gap(cx.account.id, gap.as_ref())?;
                self.plan_with(cx, missing(&fin))
            }
            Purpose::SinceWritten { .. } if results.is_empty() => {
                // Nothing of ours has arrived: what waits may be sent as soon as the newest page is here.
                self.ask(cx, Purpose::Newest, pages + 1, fetched)
            }
            Purpose::SinceWritten { .. } => {
                let gap = gap_before(&results, cx.now);
                cx.txn.set_archive_gap(cx.account.id, gap.as_ref())?;
                self.next_page(cx, None, results, &fin, (pages, fetched))
            }
            Purpose::CatchUp { after } => {
                self.next_page(cx, Some(after), results, &fin, (pages, fetched))
            }
            Purpose::Since { .. } => self.next_page(cx, None, results, &fin, (pages, fetched)),
        }
    }

    /// A page of the archive as it is read forwards, up to now.
    fn next_page(
        &mut self,
        cx: &mut Cx<'_, '_>,
        before: Option<String>,
        results: Vec<Result_>,
        fin: &Fin,
        (pages, fetched): (u32, u64),
    ) -> Result<(), StoreError> {
        let count = results.len() as u64;
        let last = fin.set.last.clone().filter(|last| !last.is_empty());
        let by_time = before.is_none();
        let page = envelopes(cx, results);
        let mut new = Vec::with_capacity(page.len());
        for envelope in page {
            if !by_time || !is_renamed(cx, &envelope)? {
                new.push(envelope);
            }
        }
        self.take_forwards(cx, new, last.as_deref())?;
        // C22: a page that is empty, or whose end is where it began, is the last one whatever it claims.
        let next = last.filter(|last| {
            before.as_ref() != Some(last) && count > 0 && !fin.complete && pages < MAX_PAGES
        });
        match next {
            Some(after) => {
                let fetched = fetched + count;
                show_progress(cx, SyncState::CatchingUp(fetched));
                self.ask(cx, Purpose::CatchUp { after }, pages + 1, fetched)
            }
            None => self.caught_up(cx),
        }
    }

    /// The newest page, of an archive of which nothing is stored.
    fn newest_page(
        &mut self,
        cx: &mut Cx<'_, '_>,
        results: Vec<Result_>,
        fin: &Fin,
    ) -> Result<(), StoreError> {
        let account = cx.account.id;
        let gap = gap_before(&results, cx.now).filter(|_| !fin.complete);
        let found = shows_something(cx, &results)?;
        let (first_at, last_at) = self.take_backwards(cx, results, Edge::Newest)?;
        let gap = gap.map(|gap| ArchiveGap {
            before_at: earlier(gap.before_at, first_at),
            ..gap
        });
        cx.txn.set_archive_gap(account, gap.as_ref())?;
        if let Some(last) = fin.set.last.as_ref().filter(|last| !last.is_empty()) {
            cx.txn.set_archive_cursor(account, last, last_at)?;
        }
        self.caught_up(cx)?;
        // The past begins with a pause, unless there is nothing to look at yet.
        self.fill.disturbed = found;
        Ok(())
    }

    /// A page from before everything that is stored of one chat.
    fn older_page(
        &mut self,
        cx: &mut Cx<'_, '_>,
        (conversation, peer, request): (ConversationId, BareJid, RequestId),
        results: Vec<Result_>,
        fin: &Fin,
        pages: u32,
    ) -> Result<(), StoreError> {
        let ended = fin.complete || results.is_empty();
        let found = shows_something(cx, &results)?;
        if ended {
            cx.txn.set_archive_complete(cx.account.id, &peer)?;
        }
        // Pages of receipts and markers are passed; the next search goes on where this one ended.
        match results.first() {
            Some(first) if !found && !ended => {
                self.searched.insert(conversation, first.id.clone());
            }
            _ => {
                self.searched.remove(&conversation);
            }
        }
        self.take_backwards(cx, results, Edge::Stored(None))?;
        if !found && !ended && pages < MAX_SEARCH {
            let purpose = Purpose::Older {
                conversation,
                peer,
                request,
                by_time: false,
            };
            return self.ask(cx, purpose, pages + 1, 0);
        }
        cx.emit(Event::Conversations(vec![conversation]));
        cx.finish(request, Ok(()));
        Ok(())
    }

    /// Hands over messages that follow what was read so far, and moves the cursor behind them.
    pub(super) fn take_forwards(
        &mut self,
        cx: &mut Cx<'_, '_>,
        mut page: Vec<Envelope>,
        last: Option<&str>,
    ) -> Result<(), StoreError> {
        let account = cx.account.id;
        let stamp = page.last().map(|envelope| envelope.at);
        let until = cx.txn.archive_cursor_time(account)?;
        let moved = self.order.forwards(cx.txn, account, &mut page, until)?;
        tell_moved(cx, &moved);
        if let Some(last) = last {
            // The latest time at which something in front of the cursor is stored, which may be after its stamp.
            let latest = page.iter().map(|envelope| envelope.at).max();
            let near = |at: &Timestamp| {
                stamp.is_none_or(|stamp| (0..=REACH).contains(&at.millis_since(stamp)))
            };
            let at = latest.max(until.filter(near));
            cx.txn.set_archive_cursor(account, last, at)?;
        }
        hand_over(cx, page, false);
        Ok(())
    }

    /// Hands over messages that precede what is stored; answers the earliest and the latest time they have.
    fn take_backwards(
        &mut self,
        cx: &mut Cx<'_, '_>,
        results: Vec<Result_>,
        edge: Edge,
    ) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreError> {
        let mut page = envelopes(cx, results);
        let moved = self
            .order
            .backwards(cx.txn, cx.account.id, &mut page, edge)?;
        tell_moved(cx, &moved);
        let times = || page.iter().map(|envelope| envelope.at);
        let range = (times().min(), times().max());
        hand_over(cx, page, true);
        Ok(range)
    }

    /// From now on the cursor follows live messages, and what waits may be sent.
    fn caught_up(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let moved = self.order.read_to_its_end(cx.txn)?;
        tell_moved(cx, &moved);
        cx.link.caught_up = true;
        cx.link.cursor_follows = true;
        cx.effects.push(Effect::FlushOutbox);
        // First what is new is shown and what waits is sent.
        self.fill.disturbed = true;
        self.plan(cx)
    }
}

/// Everything before the first of these messages.
fn gap_before(results: &[Result_], now: Timestamp) -> Option<ArchiveGap> {
    let first = results.first()?;
    Some(ArchiveGap {
        before_id: first.id.clone(),
        before_at: sent_at(first).map(|at| at.min(now)),
        fetched: 0,
    })
}

/// Whether a message is stored under another archive id. What is read by time overlaps with what was read before, and an
/// archive that has forgotten its ids has given new ones.
fn is_renamed(cx: &Cx<'_, '_>, envelope: &Envelope) -> Result<bool, StoreError> {
    let account = cx.account.id;
    if let Some(id) = &envelope.stanza_id
        && cx.txn.is_archived(account, id)?
    {
        return Ok(false);
    }
    said_by(envelope, |said| {
        said.map_or(Ok(false), |said| cx.txn.is_repeated(account, said))
    })
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

fn tell_moved(cx: &mut Cx<'_, '_>, moved: &[Placed]) {
    for placed in moved {
        cx.emit(Event::Messages {
            conversation: placed.conversation,
            changed: vec![placed.message],
        });
    }
}
