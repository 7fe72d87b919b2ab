//! The block list (XEP-0191).

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, BareJid};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Makes the stored block list equal to this one. Entries may be full JIDs or domains.
    pub fn replace_blocked(&self, account: AccountId, jids: &[String]) -> Result<()> {
        self.change_blocked(account, &[], &[])?;
        self.change_blocked(account, jids, &[])
    }

    /// Adds or removes entries of the block list; adding and removing none removes all (XEP-0191, section 3.5).
    pub fn change_blocked(
        &self,
        account: AccountId,
        add: &[String],
        remove: &[String],
    ) -> Result<()> {
        if add.is_empty() && remove.is_empty() {
            self.0
                .prepare_cached("delete from blocked where account = ?1")?
                .execute([account])?;
        }
        for jid in remove {
            self.0
                .prepare_cached("delete from blocked where account = ?1 and jid = ?2")?
                .execute((account, jid))?;
        }
        for jid in add {
            self.0
                .prepare_cached("insert or ignore into blocked (account, jid) values (?1, ?2)")?
                .execute((account, jid))?;
        }
        Ok(())
    }

    /// Whether a bare address, or its whole domain, is blocked.
    pub fn is_blocked(&self, account: AccountId, jid: &BareJid) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("select 1 from blocked where account = ?1 and jid in (?2, ?3)")?
            .exists((account, jid.as_str(), jid.domain().as_str()))?)
    }
}

impl Reader {
    /// Block list of an account, sorted.
    pub fn blocked(&self, account: AccountId) -> Result<Vec<String>> {
        self.read(|connection| {
            let mut select = connection
                .prepare_cached("select jid from blocked where account = ?1 order by jid")?;
            let jids = select.query_map([account], |row| row.get(0))?;
            Ok(jids.collect::<rusqlite::Result<_>>()?)
        })
    }
}
