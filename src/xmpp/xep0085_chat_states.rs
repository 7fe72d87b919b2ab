//! XEP-0085: telling contacts that one types, and learning it from them.

use std::collections::{HashMap, HashSet};

use xmpp_parsers::{
    chatstates::ChatState,
    jid::Jid,
    message::{Id, Message, MessageType},
    ns,
};

use super::{Cx, Extension, Handled, envelope::Envelope};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    model::{ConversationId, Direction, MessageId, RequestId, Route, Show, Timestamp},
    store::StoreError,
};

/// Milliseconds after which "is typing" ends by itself, as when the other side lost its connection.
const TYPING_ENDS_AFTER: i64 = 60_000;

/// Sends and follows typing states.
#[derive(Debug, Default)]
pub struct ChatStates {
    /// Chats whose peers we told that we type.
    told: HashSet<ConversationId>,
    /// Chats whose peers type, and since when.
    typing: HashMap<ConversationId, Timestamp>,
}

impl Extension for ChatStates {
    fn xep(&self) -> &'static str {
        "XEP-0085"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::CHATSTATES]
    }

    fn decorate(&self, cx: &Cx<'_, '_>, outgoing: &mut Message) {
        if cx.settings.send_typing {
            outgoing.payloads.push(ChatState::Active.into());
        }
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        match command {
            Command::Chat(ChatCommand::Typing {
                conversation,
                composing,
            }) => {
                self.tell(cx, *conversation, *composing)?;
                cx.finish(request, Ok(()));
                Ok(Handled::Yes)
            }
            // The message itself says that typing is over.
            Command::Chat(ChatCommand::Send { conversation, .. }) => {
                self.told.remove(conversation);
                Ok(Handled::No)
            }
            _ => Ok(Handled::No),
        }
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        _stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        if envelope.direction != Direction::Incoming || envelope.route != Route::Live {
            return Ok(());
        }
        let Some(conversation) = cx.txn.find_conversation(cx.account.id, &envelope.peer)? else {
            return Ok(());
        };
        match state(&envelope.message) {
            Some(state) => self.follow(cx, conversation, state == ChatState::Composing),
            // A text ends typing; a receipt or a marker says nothing about it.
            None if envelope.message.bodies.is_empty() => {}
            None => self.follow(cx, conversation, false),
        }
        Ok(())
    }

    fn offline(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.told.clear();
        let all: Vec<ConversationId> = self.typing.keys().copied().collect();
        for conversation in all {
            self.follow(cx, conversation, false);
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        !self.typing.is_empty()
    }

    fn tick(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let over: Vec<ConversationId> = self
            .typing
            .iter()
            .filter(|(_, since)| cx.now.millis_since(**since) >= TYPING_ENDS_AFTER)
            .map(|(conversation, _)| *conversation)
            .collect();
        for conversation in over {
            self.follow(cx, conversation, false);
        }
        Ok(())
    }
}

impl ChatStates {
    /// Tells a contact who is there, and may see our presence, that we type or stopped.
    fn tell(
        &mut self,
        cx: &mut Cx<'_, '_>,
        conversation: ConversationId,
        composing: bool,
    ) -> Result<(), StoreError> {
        if !cx.settings.send_typing
            || cx.link.jid.is_none()
            || composing == self.told.contains(&conversation)
        {
            return Ok(());
        }
        let (account, peer, _) = cx.txn.conversation_peer(conversation)?;
        let may_know = cx
            .txn
            .roster_item(account, &peer)?
            .is_some_and(|item| item.subscription.they_see_us());
        let there = cx.live.presence(account, &peer).show != Show::Offline;
        if !may_know || !there || cx.txn.is_blocked(account, &peer)? {
            return Ok(());
        }
        if composing {
            self.told.insert(conversation);
        } else {
            self.told.remove(&conversation);
        }
        let mut message = Message::new_with_type(MessageType::Chat, Jid::from(peer));
        message.id = Some(Id(cx.link.fresh_id()));
        let state = if composing {
            ChatState::Composing
        } else {
            ChatState::Paused
        };
        message.payloads.push(state.into());
        message.payloads.push(super::hint("no-store"));
        cx.transmit(message);
        Ok(())
    }

    fn follow(&mut self, cx: &mut Cx<'_, '_>, conversation: ConversationId, composing: bool) {
        if composing {
            self.typing.insert(conversation, cx.now);
        } else {
            self.typing.remove(&conversation);
        }
        if cx.live.set_typing(conversation, composing) {
            cx.emit(Event::Typing(conversation));
        }
    }
}

fn state(message: &Message) -> Option<ChatState> {
    let payload = message.payloads.iter().find(|p| p.ns() == ns::CHATSTATES)?;
    ChatState::try_from(payload.clone()).ok()
}
