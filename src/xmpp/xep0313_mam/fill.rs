//! Filling the past in the background: the whole account, newest first, one page at a time, out of the way of
//! everything else.
//!
//! The place is kept in the store (see [`ArchiveGap`]) by the transaction that stores a page, so that a crash costs
//! nothing; what is here only says when the next page may be asked for.

use xmpp_parsers::mam::Result_;

use crate::{
    model::Timestamp,
    store::ArchiveGap,
    xmpp::xep0313_mam::{order::REACH, page::sent_at, question::Question},
};

/// Pages asked for without a pause; after them the next second is awaited.
const BURST: u32 = 50;
/// Pages in a row that may be as new as what was there before them: many messages of one moment; more go in circles.
const MAX_CIRCLES: u32 = 50;
/// How often one place is asked for in one session until that is given up.
const MAX_REPEATS: u32 = 3;
/// How often the archive may fail in one session.
const MAX_FAILURES: u32 = 5;
/// Milliseconds to wait after the first failure; doubled with each.
const PATIENCE: i64 = 15_000;

/// When the next page may be asked for.
#[derive(Debug, Default)]
pub(super) struct Fill {
    /// Whether there is something to fill, and it is to be filled.
    pub(super) due: bool,
    /// Whether a page is under way.
    pub(super) open: bool,
    /// Whether something else has happened since the last pause.
    pub(super) disturbed: bool,
    burst: u32,
    circles: u32,
    failures: u32,
    last: (String, u32),
    not_before: Timestamp,
    given_up: bool,
}

/// What a page says about the gap.
pub(super) enum Next {
    /// It goes on from here.
    Gap(ArchiveGap),
    /// Nothing is missing any more.
    Filled,
}

impl Fill {
    /// Whether the next page may be asked for at once.
    pub(super) fn may_go_on(&self) -> bool {
        self.due && !self.open && !self.disturbed && self.burst < BURST && self.failures == 0
    }

    /// A second has passed: whether the next page may be asked for now.
    pub(super) fn after_pause(&mut self, now: Timestamp) -> bool {
        self.burst = 0;
        self.disturbed = false;
        self.due && !self.open && now >= self.not_before
    }

    /// Whether it may be tried in this session.
    pub(super) fn is_hopeful(&self) -> bool {
        !self.given_up
    }

    /// The question for the next page; none when this place has been asked for too often.
    pub(super) fn question(&mut self, gap: &ArchiveGap, by_time: bool) -> Option<Question> {
        if self.last.0 == gap.before_id {
            self.last.1 += 1;
        } else {
            self.last = (gap.before_id.clone(), 0);
        }
        if self.last.1 > MAX_REPEATS {
            tracing::warn!("the archive gives the same page again and again");
            self.given_up = true;
            self.due = false;
            return None;
        }
        self.open = true;
        self.burst += 1;
        Some(if by_time {
            Question {
                // The order may have given what follows an earlier time than its stamp.
                end: gap.before_at.map(|at| at.plus_millis(REACH)),
                ..Question::newest()
            }
        } else {
            Question::before(gap.before_id.clone())
        })
    }

    /// What a page says about the gap (C22: it may lie, but not for ever).
    pub(super) fn page(
        &mut self,
        mut gap: ArchiveGap,
        results: &[Result_],
        complete: bool,
        now: Timestamp,
    ) -> Next {
        self.failures = 0;
        let Some(first) = results
            .first()
            .filter(|first| !complete && first.id != gap.before_id)
        else {
            return Next::Filled;
        };
        let at = sent_at(first).map(|at| at.min(now));
        let backwards = match (at, gap.before_at) {
            (Some(at), Some(before)) => at < before,
            (None, _) => false,
            (Some(_), None) => true,
        };
        self.circles = if backwards { 0 } else { self.circles + 1 };
        if self.circles > MAX_CIRCLES {
            tracing::warn!("the archive goes in circles");
            return Next::Filled;
        }
        gap.before_id.clone_from(&first.id);
        gap.before_at = at.or(gap.before_at);
        gap.fetched += results.len() as u64;
        Next::Gap(gap)
    }

    /// The archive did not answer, or refused.
    pub(super) fn failed(&mut self, now: Timestamp) {
        self.failures += 1;
        self.not_before = now.plus_millis(PATIENCE << self.failures.min(MAX_FAILURES));
        self.given_up |= self.failures >= MAX_FAILURES;
    }
}
