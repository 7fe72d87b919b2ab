//! What is too much of a message to be brought in.

use super::{chat::Here, report::Skipped};
use crate::{model::Timestamp, store::StoredMessage};

/// Longest text of a message, in bytes.
pub(super) const MAX_TEXT: usize = 1 << 20;
/// Longest id and other short text, in bytes.
pub(super) const MAX_ID: usize = 1_000;
/// How far in the future a message may be, in milliseconds.
const FUTURE: i64 = 86_400_000;
/// Corrections taken of one message, and emoji taken of one reaction.
pub(super) const MAX_PARTS: usize = 200;

/// Whether something can have been at a time.
pub(super) fn is_time(at: Timestamp, now: Timestamp) -> bool {
    at.0 > 0 && at.0 <= now.0.saturating_add(FUTURE)
}

/// Why a message is not brought in.
pub(super) fn reason_against(
    stored: &StoredMessage,
    now: Timestamp,
    account: Here,
) -> Option<Skipped> {
    let message = &stored.message;
    let texts = stored.corrections.iter().map(|correction| &correction.body);
    let mut texts = texts.chain(stored.edited.iter().map(|(text, _)| text));
    let mut ids = [
        &message.origin_id,
        &message.stanza_id,
        &message.resource,
        &message.spoiler,
        &stored.replaces,
        &stored.import_key,
    ]
    .into_iter()
    .flatten()
    .chain(message.reply_to.iter().map(|(id, _)| id))
    .chain(
        stored
            .corrections
            .iter()
            .filter_map(|c| c.origin_id.as_ref()),
    );
    let times_are_right = is_time(message.at, now)
        && stored.retracted.is_none_or(|at| is_time(at, now))
        && stored.edited.iter().all(|(_, at)| is_time(*at, now))
        && stored.corrections.iter().all(|c| is_time(c.at, now));
    let forgotten = account.forgotten_before;
    if message.body.len() > MAX_TEXT
        || texts.any(|text| text.len() > MAX_TEXT)
        || ids.any(|id| id.len() > MAX_ID)
    {
        Some(Skipped::TooLong)
    } else if !times_are_right {
        Some(Skipped::NoTime)
    } else if forgotten.is_some_and(|before| message.at < before) {
        Some(Skipped::Forgotten)
    } else {
        None
    }
}
