//! What a page of the archive holds, and how its messages reach the session.

use std::collections::HashMap;

use xmpp_parsers::mam::{Fin, Result_};

use crate::{
    model::{BareJid, Timestamp},
    store::StoreError,
    xmpp::{
        Arrived, Cx,
        envelope::{Envelope, Recipient},
    },
};

/// Milliseconds after the beginning of a chat in which an older message may be stamped by mistake.
const EDGE: i64 = 10_000;

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

/// Hands the results of one page to the session, which stores them in this same transaction.
pub(super) fn hand_over(cx: &mut Cx<'_, '_>, results: Vec<Result_>) {
    for envelope in envelopes(cx, results) {
        let history = false;
        cx.link.arrived.push(Arrived { envelope, history });
    }
}

/// Hands over a page from before everything stored of its chats. Stamps of archives have whole seconds: messages of
/// the second in which a chat begins so far are given a time just before it, so that the archive's order stays.
pub(super) fn hand_over_backwards(
    cx: &mut Cx<'_, '_>,
    results: Vec<Result_>,
) -> Result<(), StoreError> {
    let mut edges: HashMap<BareJid, Option<Timestamp>> = HashMap::new();
    let mut page = Vec::with_capacity(results.len());
    for mut envelope in envelopes(cx, results).into_iter().rev() {
        if !edges.contains_key(&envelope.peer) {
            let chat = cx.txn.find_conversation(cx.account.id, &envelope.peer)?;
            let oldest = chat
                .map(|chat| cx.txn.oldest_archived_time(chat))
                .transpose()?;
            edges.insert(envelope.peer.clone(), oldest.flatten());
        }
        if let Some(Some(edge)) = edges.get_mut(&envelope.peer)
            && (0..EDGE).contains(&envelope.at.millis_since(*edge))
        {
            *edge = edge.plus_millis(-1);
            envelope.at = *edge;
        }
        page.push(Arrived {
            envelope,
            history: true,
        });
    }
    cx.link.arrived.extend(page.into_iter().rev());
    Ok(())
}

/// The messages of a page that are somebody's.
fn envelopes(cx: &Cx<'_, '_>, results: Vec<Result_>) -> Vec<Envelope> {
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
