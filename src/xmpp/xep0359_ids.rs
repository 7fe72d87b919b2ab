//! XEP-0359: ids of messages that others can rely on.

use minidom::Element;
use xmpp_parsers::{
    message::Message,
    ns,
    stanza_id::{OriginId, StanzaId},
};

use super::{Cx, Extension};
use crate::model::BareJid;

/// Gives every message of ours an origin id equal to its stanza id.
#[derive(Debug, Default)]
pub struct MessageIds;

impl Extension for MessageIds {
    fn xep(&self) -> &'static str {
        "XEP-0359"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::SID]
    }

    fn decorate(&self, _cx: &Cx<'_, '_>, outgoing: &mut Message) {
        if let Some(id) = &outgoing.id {
            outgoing.payloads.push(OriginId { id: id.0.clone() }.into());
        }
    }
}

/// The id the author gave, unless there are several.
pub fn origin_id(message: &Message) -> Option<String> {
    let mut all = named(message, "origin-id").filter_map(|e| OriginId::try_from(e.clone()).ok());
    match (all.next(), all.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    }
}

/// The id that this address gave, unless there are several (XEP-0359, section 5).
pub fn stanza_id_by(message: &Message, by: &BareJid) -> Option<String> {
    let mut all = named(message, "stanza-id")
        .filter_map(|e| StanzaId::try_from(e.clone()).ok())
        .filter(|id| id.by == *by);
    match (all.next(), all.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    }
}

fn named<'m>(message: &'m Message, name: &'static str) -> impl Iterator<Item = &'m Element> {
    message
        .payloads
        .iter()
        .filter(move |payload| payload.is(name, ns::SID))
}
