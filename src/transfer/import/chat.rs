//! One chat of an import.

use std::collections::HashSet;

use super::key::Keys;
use crate::{
    model::{
        AccountId, BareJid, ConversationId, ConversationKind, ImportedFrom, MessageId, Timestamp,
    },
    store::{StoreError, StoredChat, StoredMessage, Txn},
};

/// How far two clocks may be apart for the same message, in milliseconds: the one of another program, and the server's.
const WINDOW: i64 = 60_000;

/// An account that is here.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub(super) id: AccountId,
    pub(super) forgotten_before: Option<Timestamp>,
}

pub(super) struct ChatState {
    pub(super) account: Here,
    pub(super) conversation: Option<ConversationId>,
    /// What the chat becomes when it is made for what comes.
    pub(super) described: Option<StoredChat>,
    /// Everything in it was read before.
    pub(super) seen: bool,
    /// Rows that stand for messages of the source already.
    pub(super) taken: HashSet<MessageId>,
    pub(super) keys: Keys,
}

impl ChatState {
    /// The chat here, made when there is none.
    pub(super) fn place(
        &mut self,
        txn: &Txn<'_>,
        peer: &BareJid,
    ) -> Result<ConversationId, StoreError> {
        if let Some(conversation) = self.conversation {
            return Ok(conversation);
        }
        let kind = match txn.roster_item(self.account.id, peer)? {
            Some(_) => ConversationKind::Person,
            None => ConversationKind::Stranger,
        };
        let made = txn.conversation_with(self.account.id, peer, kind)?;
        if let Some(described) = &self.described {
            txn.restore_chat(made, described)?;
        }
        self.conversation = Some(made);
        Ok(made)
    }

    /// Stores messages that are not there; answers how many were, and how many were not.
    pub(super) fn put(
        &mut self,
        txn: &Txn<'_>,
        conversation: ConversationId,
        messages: &[StoredMessage],
        window: i64,
        is_new: bool,
    ) -> Result<(u64, u64), StoreError> {
        let read_up_to = self
            .described
            .as_ref()
            .filter(|_| is_new)
            .and_then(|chat| chat.read_up_to);
        let (mut known, mut new) = (0, 0);
        for message in messages {
            let row = match txn.find_twin(conversation, message, window, &self.taken)? {
                Some(twin) => {
                    known += 1;
                    twin
                }
                None => {
                    new += 1;
                    txn.restore_message(conversation, message)?
                }
            };
            self.taken.insert(row);
            if read_up_to == Some(message.id) {
                txn.mark_read(conversation, row)?;
            }
        }
        Ok((known, new))
    }
}

/// How far apart the same message may be in time: our own exports know exactly.
pub(super) fn window(from: ImportedFrom) -> i64 {
    match from {
        ImportedFrom::Tessera => 0,
        ImportedFrom::Gajim | ImportedFrom::Dino | ImportedFrom::Pidgin => WINDOW,
    }
}
