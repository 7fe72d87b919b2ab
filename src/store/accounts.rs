//! The table of accounts.

use super::{Reader, StoreError, Txn};
use crate::model::{Account, AccountId, BareJid, NewAccount, Profile};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Adds an account (enabled, last in order) with this resource; `None` when that address is already there.
    pub fn add_account(&self, _new: &NewAccount, _resource: &str) -> Result<Option<AccountId>> {
        unimplemented!()
    }
    /// Replaces everything that may change of an account.
    pub fn update_account(&self, _account: &Account) -> Result<()> {
        unimplemented!()
    }
    /// Removes an account and every row that belongs to it.
    pub fn remove_account(&self, _account: AccountId) -> Result<()> {
        unimplemented!()
    }
    /// One account.
    pub fn account(&self, _account: AccountId) -> Result<Account> {
        unimplemented!()
    }
    /// Keeps what somebody's vCard says (own address included).
    pub fn set_profile(
        &self,
        _account: AccountId,
        _jid: &BareJid,
        _profile: &Profile,
    ) -> Result<()> {
        unimplemented!()
    }
}

impl Reader {
    /// All accounts in order.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        unimplemented!()
    }
    /// One account.
    pub fn account(&self, _account: AccountId) -> Result<Account> {
        unimplemented!()
    }
    /// What somebody's vCard said when it was last fetched.
    pub fn profile(&self, _account: AccountId, _jid: &BareJid) -> Result<Option<Profile>> {
        unimplemented!()
    }
}
