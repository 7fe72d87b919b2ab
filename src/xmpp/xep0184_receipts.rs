//! XEP-0184: telling contacts that a message arrived, and learning it from them.

use xmpp_parsers::{
    message::{Id, Message, MessageType},
    ns,
    receipts::{Received, Request},
};

use super::{Cx, Extension, envelope::Envelope};
use crate::{
    event::Event,
    model::{Delivery, Direction, MessageId, Route},
    store::StoreError,
};

/// Asks for receipts, gives them to contacts, and marks what arrived.
#[derive(Debug, Default)]
pub struct Receipts;

impl Extension for Receipts {
    fn xep(&self) -> &'static str {
        "XEP-0184"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::RECEIPTS]
    }

    fn decorate(&self, _cx: &Cx<'_, '_>, outgoing: &mut Message) {
        outgoing.payloads.push(Request.into());
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        if envelope.direction != Direction::Incoming {
            return Ok(());
        }
        if let Some(id) = receipt_of(&envelope.message) {
            return mark_delivered(cx, envelope, &id);
        }
        // The device that a copy was made of answers: a second receipt would only say how many there are.
        let is_copy = envelope.route == Route::Carbon;
        if stored.is_some() && !is_copy && wants_receipt(&envelope.message) {
            answer(cx, envelope)?;
        }
        Ok(())
    }
}

fn mark_delivered(cx: &mut Cx<'_, '_>, envelope: &Envelope, id: &str) -> Result<(), StoreError> {
    let Some(conversation) = cx.txn.find_conversation(cx.account.id, &envelope.peer)? else {
        return Ok(());
    };
    let Some(message) = cx.txn.find_outgoing(conversation, id)? else {
        return Ok(());
    };
    if cx.txn.set_delivery(message, &Delivery::Delivered)? {
        cx.emit(Event::Messages {
            conversation,
            changed: vec![message],
        });
    }
    Ok(())
}

/// Sends a receipt to those who may see our presence, and to nobody else (XEP-0184, section 9).
fn answer(cx: &mut Cx<'_, '_>, envelope: &Envelope) -> Result<(), StoreError> {
    let may_know = cx
        .txn
        .roster_item(cx.account.id, &envelope.peer)?
        .is_some_and(|item| item.subscription.they_see_us());
    let Some(id) = envelope.message.id.clone() else {
        return Ok(());
    };
    if !cx.settings.send_receipts
        || !may_know
        || cx.txn.is_blocked(cx.account.id, &envelope.peer)?
    {
        return Ok(());
    }
    let mut receipt = Message::new_with_type(MessageType::Chat, envelope.from.clone());
    receipt.id = Some(Id(cx.link.fresh_id()));
    receipt.payloads.push(Received { id: id.0 }.into());
    receipt.payloads.push(super::hint("store"));
    cx.transmit(receipt);
    Ok(())
}

/// The id that a message is a receipt for.
fn receipt_of(message: &Message) -> Option<String> {
    let payload = message
        .payloads
        .iter()
        .find(|p| p.is("received", ns::RECEIPTS))?;
    Received::try_from(payload.clone())
        .ok()
        .map(|received| received.id)
}

/// Whether the author asks for a receipt; a receipt cannot.
fn wants_receipt(message: &Message) -> bool {
    message
        .payloads
        .iter()
        .any(|p| p.is("request", ns::RECEIPTS))
}
