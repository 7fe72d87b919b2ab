//! How far each account's archive has been read (XEP-0313).

use rusqlite::OptionalExtension;

use super::{Reader, StoreError, Txn, accounts::one};
use crate::model::{AccountId, BareJid};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The archive id up to which everything is stored, if any.
    pub fn archive_cursor(&self, account: AccountId) -> Result<Option<String>> {
        self.0
            .prepare_cached("select archive_cursor from account where id = ?1")?
            .query_row([account], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Moves the cursor; belongs in the transaction that stored the messages.
    pub fn set_archive_cursor(&self, account: AccountId, id: &str) -> Result<()> {
        one(self
            .0
            .prepare_cached("update account set archive_cursor = ?2 where id = ?1")?
            .execute((account, id))?)
    }

    /// The oldest archive id stored of a chat with this peer, and whether the archive has nothing older.
    pub fn oldest_archived(
        &self,
        account: AccountId,
        peer: &BareJid,
    ) -> Result<(Option<String>, bool)> {
        let complete = self
            .0
            .prepare_cached("select 1 from archive_complete where account = ?1 and peer = ?2")?
            .exists((account, peer.as_str()))?;
        let Some(conversation) = self.find_conversation(account, peer)? else {
            return Ok((None, complete));
        };
        let oldest = self
            .0
            .prepare_cached(
                "select stanza_id from message indexed by message_order
                 where conversation = ?1 and stanza_id is not null order by at, id limit 1",
            )?
            .query_row([conversation], |row| row.get(0))
            .optional()?;
        Ok((oldest, complete))
    }

    /// Remembers that the archive has nothing older of this chat.
    pub fn set_archive_complete(&self, account: AccountId, peer: &BareJid) -> Result<()> {
        self.0
            .prepare_cached(
                "insert or ignore into archive_complete (account, peer) values (?1, ?2)",
            )?
            .execute((account, peer.as_str()))?;
        Ok(())
    }
}

impl Reader {
    /// Whether the archive is known to have nothing older of a chat than what is stored.
    pub fn archive_complete(&self, account: AccountId, peer: &BareJid) -> Result<bool> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("select 1 from archive_complete where account = ?1 and peer = ?2")?
                .exists((account, peer.as_str()))?)
        })
    }
}
