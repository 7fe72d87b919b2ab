//! Pictures and self-given names of people.

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, Avatar, BareJid};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Keeps a picture (shared by all who use it) and says that this person has it.
    pub fn set_avatar(&self, _account: AccountId, _jid: &BareJid, _avatar: &Avatar) -> Result<()> {
        unimplemented!()
    }
    /// Says that this person has a picture that is already kept; answers whether it is kept.
    pub fn link_avatar(&self, _account: AccountId, _jid: &BareJid, _sha1: &str) -> Result<bool> {
        unimplemented!()
    }
    /// Says that this person has no picture.
    pub fn remove_avatar(&self, _account: AccountId, _jid: &BareJid) -> Result<()> {
        unimplemented!()
    }
    /// SHA-1 (hex) of the picture of this person.
    pub fn avatar_of(&self, _account: AccountId, _jid: &BareJid) -> Result<Option<String>> {
        unimplemented!()
    }
    /// Keeps the name that somebody gave itself; empty forgets it.
    pub fn set_nickname(&self, _account: AccountId, _jid: &BareJid, _nickname: &str) -> Result<()> {
        unimplemented!()
    }
}

impl Reader {
    /// The picture with this SHA-1 (hex).
    pub fn avatar(&self, _sha1: &str) -> Result<Option<Avatar>> {
        unimplemented!()
    }
    /// SHA-1 (hex) of the picture of this person; works for the own address, too.
    pub fn avatar_of(&self, _account: AccountId, _jid: &BareJid) -> Result<Option<String>> {
        unimplemented!()
    }
}
