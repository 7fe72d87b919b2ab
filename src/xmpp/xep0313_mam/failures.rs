//! When the archive does not answer, or has forgotten the place it is asked about.

use super::{Archive, Purpose, Run, order::REACH, page::envelopes, show_progress};
use crate::{
    model::{FailureKind, SyncState},
    store::{ArchiveGap, StoreError},
    xmpp::{Cx, Effect},
};

/// Milliseconds until a catch-up that failed is tried again.
const CATCH_UP_AGAIN: i64 = 30_000;
/// How often a catch-up is tried in one session.
const MAX_CATCH_UPS: u32 = 10;

/// The connection or the patience ended before the answer came.
pub(super) const LOST: &str = "lost";

/// What a server says when it does not know the id that it was asked about (XEP-0059, section 2.2).
const FORGOTTEN: &str = "item-not-found";

impl Archive {
    pub(super) fn failed(
        &mut self,
        cx: &mut Cx<'_, '_>,
        run: Run,
        why: &str,
    ) -> Result<(), StoreError> {
        let Run {
            purpose,
            pages,
            fetched,
            results,
            ..
        } = run;
        if let Purpose::CatchUp { .. } = purpose
            && why == LOST
            && let Some(last) = results.last().map(|last| last.id.clone())
        {
            // What came of the page is kept: a line that often breaks gets on nevertheless.
            let page = envelopes(cx, results);
            self.take_forwards(cx, page, Some(&last))?;
        }
        match purpose {
            // The archive has forgotten our place: what it has from that time on is asked for.
            Purpose::CatchUp { .. } if why == FORGOTTEN && pages == 1 => {
                let again = match cx.txn.archive_cursor_time(cx.account.id)? {
                    // If the message there came live, that is the time of our clock, which may be ahead.
                    Some(at) => Purpose::Since {
                        at: at.plus_millis(-REACH),
                    },
                    None => Purpose::Newest,
                };
                self.ask(cx, again, 2, fetched)
            }
            Purpose::CatchUp { .. }
            | Purpose::Since { .. }
            | Purpose::SinceWritten { .. }
            | Purpose::Newest => {
                tracing::warn!(why, "the archive did not answer");
                if cx.link.jid.is_some() {
                    // What waits need not wait any longer, but the cursor stays where it is until that has worked.
                    cx.link.caught_up = true;
                    cx.effects.push(Effect::FlushOutbox);
                    show_progress(cx, SyncState::Idle);
                    self.again = (self.catch_ups < MAX_CATCH_UPS)
                        .then(|| cx.now.plus_millis(CATCH_UP_AGAIN));
                }
                Ok(())
            }
            Purpose::Fill {
                gap,
                by_time: false,
            } if why == FORGOTTEN => self.place_forgotten(cx, gap),
            Purpose::Fill { .. } => {
                self.fill.failed(cx.now);
                self.plan(cx)
            }
            Purpose::Older {
                conversation,
                peer,
                request,
                by_time: false,
            } if why == FORGOTTEN => {
                let purpose = Purpose::Older {
                    conversation,
                    peer,
                    request,
                    by_time: true,
                };
                self.ask(cx, purpose, pages, fetched)
            }
            Purpose::Older { request, .. } => {
                let kind = FailureKind::Refused(why.to_owned());
                cx.finish(request, Err(kind.into()));
                Ok(())
            }
        }
    }

    /// The archive does not know the edge of the gap any more: it goes on by time, or once more from the cursor.
    fn place_forgotten(&mut self, cx: &mut Cx<'_, '_>, gap: ArchiveGap) -> Result<(), StoreError> {
        if gap.before_at.is_some() {
            return self.ask(cx, Purpose::Fill { gap, by_time: true }, 1, 0);
        }
        let cursor = cx.txn.archive_cursor(cx.account.id)?;
        let from_cursor = cursor
            .filter(|cursor| *cursor != gap.before_id)
            .map(|before_id| ArchiveGap { before_id, ..gap });
        cx.txn
            .set_archive_gap(cx.account.id, from_cursor.as_ref())?;
        self.plan(cx)
    }
}
