//! Stanzas that must reach the server: sent as often as needed with the same bytes until acknowledged.

use super::{StoreError, Txn};
use crate::model::{AccountId, MessageId, OutboxId};

type Result<T> = std::result::Result<T, StoreError>;

/// One stanza to send.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutboxRow {
    /// The row; the order of sending.
    pub id: OutboxId,
    /// The message it carries, if it carries one that is shown.
    pub message: Option<MessageId>,
    /// The stanza as XML, never changed after it was stored.
    pub xml: String,
}

impl Txn<'_> {
    /// Adds a stanza at the end.
    pub fn push_outbox(
        &self,
        _account: AccountId,
        _message: Option<MessageId>,
        _xml: &str,
    ) -> Result<OutboxId> {
        unimplemented!()
    }
    /// Stanzas after this row (`OutboxId(0)`: all), in order, at most `limit`.
    pub fn outbox_after(
        &self,
        _account: AccountId,
        _after: OutboxId,
        _limit: u32,
    ) -> Result<Vec<OutboxRow>> {
        unimplemented!()
    }
    /// Removes an acknowledged stanza; answers the message it carried.
    pub fn remove_outbox(&self, _id: OutboxId) -> Result<Option<MessageId>> {
        unimplemented!()
    }
    /// Removes the stanza that carries a message, if it still waits.
    pub fn remove_outbox_of(&self, _message: MessageId) -> Result<bool> {
        unimplemented!()
    }
}
