//! XEP-0224: a contact asks for attention; only where the person has allowed it, and not again and again.

use std::collections::HashMap;

use xmpp_parsers::message::Message;

use super::{Cx, Extension, Wish, envelope::Envelope};
use crate::{
    event::Event,
    model::{
        ConversationId, ConversationKind, Direction, MessageId, Notifications, Route, Timestamp,
    },
    store::StoreError,
};

/// The namespace.
const NS: &str = "urn:xmpp:attention:0";

/// Milliseconds until the same contact may ask again.
const PAUSE: i64 = 30_000;

/// Passes on that a contact asks for attention.
#[derive(Debug, Default)]
pub struct Attention {
    last: HashMap<ConversationId, Timestamp>,
}

impl Extension for Attention {
    fn xep(&self) -> &'static str {
        "XEP-0224"
    }

    fn optional_features(&self) -> &'static [(&'static str, Wish)] {
        &[(NS, Wish::ReceiveAttention)]
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        _stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        // What comes late, from the archive or as a copy is over (section 4).
        if !asks(&envelope.message)
            || !Wish::ReceiveAttention.is_granted(cx.settings)
            || envelope.route != Route::Live
            || envelope.direction != Direction::Incoming
            || !cx.subscription(&envelope.peer)?.they_see_us()
        {
            return Ok(());
        }
        let kind = ConversationKind::Person;
        let conversation = cx
            .txn
            .conversation_with(cx.account.id, &envelope.peer, kind)?;
        let again = self
            .last
            .get(&conversation)
            .is_some_and(|last| cx.now.millis_since(*last) < PAUSE);
        if !again && cx.txn.notifications(conversation)? == Notifications::All {
            self.last.insert(conversation, cx.now);
            cx.emit(Event::Attention(conversation));
        }
        Ok(())
    }
}

fn asks(message: &Message) -> bool {
    message.payloads.iter().any(|p| p.is("attention", NS))
}
