//! The roster, requests of strangers, and the block list.

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, BareJid, Contact, Request, RosterItem, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Version of the stored roster (XEP-0237), empty when never fetched.
    pub fn roster_version(&self, _account: AccountId) -> Result<String> {
        unimplemented!()
    }
    /// Remembers the version of the stored roster.
    pub fn set_roster_version(&self, _account: AccountId, _version: &str) -> Result<()> {
        unimplemented!()
    }
    /// Makes the stored roster equal to this one; answers who was added, changed or removed.
    pub fn replace_roster(
        &self,
        _account: AccountId,
        _items: &[RosterItem],
    ) -> Result<Vec<BareJid>> {
        unimplemented!()
    }
    /// Adds or changes one item. A stranger's chat with this address becomes a person's.
    pub fn put_roster_item(&self, _account: AccountId, _item: &RosterItem) -> Result<()> {
        unimplemented!()
    }
    /// Removes one item.
    pub fn remove_roster_item(&self, _account: AccountId, _jid: &BareJid) -> Result<()> {
        unimplemented!()
    }
    /// One item.
    pub fn roster_item(&self, _account: AccountId, _jid: &BareJid) -> Result<Option<RosterItem>> {
        unimplemented!()
    }
    /// Keeps a request to see our presence; a second one of the same address changes only its words. At most 1,000
    /// per account: the oldest go first.
    pub fn add_subscription_request(
        &self,
        _account: AccountId,
        _jid: &BareJid,
        _nickname: &str,
        _text: &str,
        _at: Timestamp,
    ) -> Result<()> {
        unimplemented!()
    }
    /// Forgets a request; answers whether there was one.
    pub fn remove_subscription_request(&self, _account: AccountId, _jid: &BareJid) -> Result<bool> {
        unimplemented!()
    }
    /// Makes the stored block list equal to this one. Entries may be full JIDs or domains.
    pub fn replace_blocked(&self, _account: AccountId, _jids: &[String]) -> Result<()> {
        unimplemented!()
    }
    /// Adds or removes entries of the block list; removing none means all.
    pub fn change_blocked(
        &self,
        _account: AccountId,
        _add: &[String],
        _remove: &[String],
    ) -> Result<()> {
        unimplemented!()
    }
    /// Whether a bare address, or its whole domain, is blocked.
    pub fn is_blocked(&self, _account: AccountId, _jid: &BareJid) -> Result<bool> {
        unimplemented!()
    }
}

impl Reader {
    /// The whole roster of an account, by name.
    pub fn roster(&self, _account: AccountId) -> Result<Vec<Contact>> {
        unimplemented!()
    }
    /// One contact of the roster.
    pub fn contact(&self, _account: AccountId, _jid: &BareJid) -> Result<Option<Contact>> {
        unimplemented!()
    }
    /// All group names in use, sorted.
    pub fn groups(&self, _account: AccountId) -> Result<Vec<String>> {
        unimplemented!()
    }
    /// What strangers want of all accounts: subscription requests and chats of kind stranger; newest first.
    pub fn requests(&self) -> Result<Vec<Request>> {
        unimplemented!()
    }
    /// Block list of an account.
    pub fn blocked(&self, _account: AccountId) -> Result<Vec<String>> {
        unimplemented!()
    }
}
