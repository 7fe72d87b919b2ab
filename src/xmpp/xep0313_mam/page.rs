//! What a page of the archive holds, and how its messages reach the session.

use xmpp_parsers::mam::{Fin, Result_};

use crate::{
    model::Timestamp,
    store::StoreError,
    xmpp::{
        Arrived, Cx,
        envelope::{Envelope, Recipient},
    },
};

/// How many entries the archive has before this page, if it says so in earnest (XEP-0059, section 2.6).
pub(super) fn missing(fin: &Fin) -> Option<u64> {
    fin.set.count?;
    let index = fin.set.first.as_ref()?.index?;
    u64::try_from(index).ok()
}

/// When the message of an entry was sent.
pub(super) fn sent_at(result: &Result_) -> Option<Timestamp> {
    let delay = result.forwarded.delay.as_ref()?;
    Some(Timestamp(delay.stamp.0.timestamp_millis()))
}

/// Whether a page has anything new that is shown: a text, or something encrypted that stands for one.
pub(super) fn shows_something(cx: &Cx<'_, '_>, results: &[Result_]) -> Result<bool, StoreError> {
    for result in results {
        let message = &result.forwarded.message;
        let encrypted = message.payloads.iter().any(|p| p.name() == "encrypted");
        if (encrypted || !message.bodies.is_empty())
            && !cx.txn.is_archived(cx.account.id, &result.id)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Hands the messages of one page to the session, which stores them in this same transaction.
pub(super) fn hand_over(cx: &mut Cx<'_, '_>, page: Vec<Envelope>, history: bool) {
    let arrived = |envelope| Arrived { envelope, history };
    cx.link.arrived.extend(page.into_iter().map(arrived));
}

/// The messages of a page that are somebody's.
pub(super) fn envelopes(cx: &Cx<'_, '_>, results: Vec<Result_>) -> Vec<Envelope> {
    let me = Recipient {
        account: &cx.account.jid,
        server_stamps_ids: false,
    };
    results
        .into_iter()
        .filter_map(|Result_ { id, forwarded, .. }| {
            let delay = forwarded.delay;
            Envelope::archived(forwarded.message, &id, delay.as_ref(), me, cx.now).ok()
        })
        .collect()
}
