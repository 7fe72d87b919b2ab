//! How far each account's archive has been read (XEP-0313).

use super::{StoreError, Txn};
use crate::model::{AccountId, BareJid};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The archive id up to which everything is stored, if any.
    pub fn archive_cursor(&self, _account: AccountId) -> Result<Option<String>> {
        unimplemented!()
    }
    /// Moves the cursor; belongs in the transaction that stored the messages.
    pub fn set_archive_cursor(&self, _account: AccountId, _id: &str) -> Result<()> {
        unimplemented!()
    }
    /// The oldest archive id stored of a chat with this peer, and whether the archive has nothing older.
    pub fn oldest_archived(
        &self,
        _account: AccountId,
        _peer: &BareJid,
    ) -> Result<(Option<String>, bool)> {
        unimplemented!()
    }
    /// Remembers that the archive has nothing older of this chat.
    pub fn set_archive_complete(&self, _account: AccountId, _peer: &BareJid) -> Result<()> {
        unimplemented!()
    }
}
