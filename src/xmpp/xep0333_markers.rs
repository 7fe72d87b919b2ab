//! XEP-0333: telling contacts that a message was seen, and learning it from them and from own devices.

use xmpp_parsers::{
    displayed_markers::{Displayed, Markable},
    message::{Id, Message, MessageType},
    ns,
};

use super::{Cx, Extension, Handled, envelope::Envelope};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    model::{ConversationId, ConversationKind, Delivery, Direction, MessageId, RequestId},
    store::StoreError,
};

/// Makes our messages markable, marks those of contacts, and follows the marks of others.
#[derive(Debug, Default)]
pub struct Markers;

impl Extension for Markers {
    fn xep(&self) -> &'static str {
        "XEP-0333"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::DISPLAYED_MARKERS]
    }

    fn decorate(&self, _cx: &Cx<'_, '_>, outgoing: &mut Message) {
        outgoing.payloads.push(Markable.into());
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        let Command::Chat(ChatCommand::MarkRead {
            conversation,
            up_to,
        }) = command
        else {
            return Ok(Handled::No);
        };
        if cx.txn.mark_read(*conversation, *up_to)? {
            cx.emit(Event::Conversations(vec![*conversation]));
            cx.txn.set_displayed_due(*conversation, true)?;
            tell_seen(cx, *conversation, *up_to)?;
        }
        cx.finish(request, Ok(()));
        Ok(Handled::Yes)
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        _stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let Some(id) = displayed(&envelope.message) else {
            return Ok(());
        };
        let Some(conversation) = cx.txn.find_conversation(cx.account.id, &envelope.peer)? else {
            return Ok(());
        };
        match envelope.direction {
            Direction::Incoming => peer_has_seen(cx, conversation, &id),
            Direction::Outgoing => other_device_has_seen(cx, conversation, &id),
        }
    }
}

fn peer_has_seen(
    cx: &mut Cx<'_, '_>,
    conversation: ConversationId,
    id: &str,
) -> Result<(), StoreError> {
    if let Some(message) = cx.txn.find_outgoing(conversation, id)? {
        let changed = cx
            .txn
            .raise_delivery_up_to(conversation, message, &Delivery::Read)?;
        if !changed.is_empty() {
            cx.emit(Event::Messages {
                conversation,
                changed,
            });
        }
    }
    Ok(())
}

fn other_device_has_seen(
    cx: &mut Cx<'_, '_>,
    conversation: ConversationId,
    id: &str,
) -> Result<(), StoreError> {
    if let Some(message) = cx.txn.find_incoming(conversation, id)?
        && cx.txn.mark_read(conversation, message)?
    {
        cx.emit(Event::Conversations(vec![conversation]));
    }
    Ok(())
}

/// Sends a mark to those who may see our presence, for a message whose author wants it.
fn tell_seen(
    cx: &mut Cx<'_, '_>,
    conversation: ConversationId,
    up_to: MessageId,
) -> Result<(), StoreError> {
    let (account, peer, kind) = cx.txn.conversation_peer(conversation)?;
    let message = cx.txn.message(up_to)?;
    let may_know = cx
        .txn
        .roster_item(account, &peer)?
        .is_some_and(|item| item.subscription.they_see_us());
    let asked = message.direction == Direction::Incoming && message.markable;
    if !cx.settings.send_read_markers
        || !may_know
        || !asked
        || kind == ConversationKind::Stranger
        || cx.txn.is_blocked(account, &peer)?
    {
        return Ok(());
    }
    let Some(id) = message.origin_id else {
        return Ok(());
    };
    let mut marker = Message::new_with_type(MessageType::Chat, xmpp_parsers::jid::Jid::from(peer));
    let own_id = cx.link.fresh_id();
    marker.id = Some(Id(own_id));
    marker.payloads.push(Displayed { id: Id(id) }.into());
    marker.payloads.push(super::hint("store"));
    // Seen while offline must still be told: it goes the way of messages.
    let xml = String::from(&minidom::Element::from(marker));
    cx.txn.push_outbox(account, None, &xml)?;
    cx.effects.push(super::Effect::FlushOutbox);
    Ok(())
}

/// The id of the message that was seen.
fn displayed(message: &Message) -> Option<String> {
    let payload = message
        .payloads
        .iter()
        .find(|p| p.is("displayed", ns::DISPLAYED_MARKERS))?;
    Displayed::try_from(payload.clone())
        .ok()
        .map(|displayed| displayed.id.0)
}

/// Whether the author wants to know when the message is seen.
pub fn is_markable(message: &Message) -> bool {
    message
        .payloads
        .iter()
        .any(|p| p.is("markable", ns::DISPLAYED_MARKERS))
}
