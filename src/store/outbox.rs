//! Stanzas that must reach the server: sent as often as needed with the same bytes until acknowledged.

use rusqlite::OptionalExtension;

use super::{StoreError, Txn};
use crate::model::{AccountId, MessageId, OutboxId, Timestamp};

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
        account: AccountId,
        message: Option<MessageId>,
        xml: &str,
    ) -> Result<OutboxId> {
        self.0
            .prepare_cached("insert into outbox (account, message, xml) values (?1, ?2, ?3)")?
            .execute((account, message, xml))?;
        Ok(OutboxId(self.0.last_insert_rowid()))
    }

    /// Stanzas after this row (`OutboxId(0)`: all), in order, at most `limit`.
    pub fn outbox_after(
        &self,
        account: AccountId,
        after: OutboxId,
        limit: u32,
    ) -> Result<Vec<OutboxRow>> {
        let mut select = self.0.prepare_cached(
            "select id, message, xml from outbox where account = ?1 and id > ?2 order by id limit ?3",
        )?;
        let rows = select.query_map((account, after, limit), |row| {
            Ok(OutboxRow {
                id: row.get(0)?,
                message: row.get(1)?,
                xml: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Removes an acknowledged stanza; answers the message it carried.
    pub fn remove_outbox(&self, id: OutboxId) -> Result<Option<MessageId>> {
        let removed: Option<Option<MessageId>> = self
            .0
            .prepare_cached("delete from outbox where id = ?1 returning message")?
            .query_row([id], |row| row.get(0))
            .optional()?;
        Ok(removed.flatten())
    }

    /// When the oldest message that waits to be sent was written here.
    pub fn oldest_waiting(&self, account: AccountId) -> Result<Option<Timestamp>> {
        Ok(self
            .0
            .prepare_cached(
                "select min(m.stored_at) from outbox o join message m on m.id = o.message
                 where o.account = ?1",
            )?
            .query_row([account], |row| row.get(0))?)
    }

    /// The row that carries a message, if it still waits.
    pub fn outbox_of(&self, message: MessageId) -> Result<Option<OutboxId>> {
        let row = self
            .0
            .prepare_cached("select id from outbox where message = ?1")?
            .query_row([message], |row| row.get(0))
            .optional()?;
        Ok(row)
    }

    /// Removes the stanza that carries a message, if it still waits to be sent or to be encrypted.
    pub fn remove_outbox_of(&self, message: MessageId) -> Result<bool> {
        let removed = self
            .0
            .prepare_cached("delete from outbox where message = ?1")?
            .execute([message])?;
        let unsealed = self
            .0
            .prepare_cached("delete from unsealed where message = ?1")?
            .execute([message])?;
        Ok(removed + unsealed > 0)
    }
}
