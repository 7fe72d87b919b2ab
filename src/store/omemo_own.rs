//! Our own device of OMEMO: identity, prekeys, and whether they are published. Secrets are wiped when dropped.

use rusqlite::OptionalExtension;
use zeroize::Zeroizing;

use super::{StoreError, Txn};
use crate::model::{AccountId, DeviceId, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// A secret of 32 bytes as it is stored.
pub type StoredSecret = Zeroizing<Vec<u8>>;

/// Our own device.
pub struct OwnDevice {
    /// Its id.
    pub id: DeviceId,
    /// The seed of its identity.
    pub seed: StoredSecret,
    /// When it came to be.
    pub created: Timestamp,
    /// The id of the next one-time prekey.
    pub next_prekey: u32,
    /// Whether what is published is what is here.
    pub is_published: bool,
}

/// A signed prekey as it is stored.
pub struct StoredSignedPreKey {
    /// Its id.
    pub id: u32,
    /// Its secret.
    pub secret: StoredSecret,
    /// When it was made.
    pub created: Timestamp,
}

impl Txn<'_> {
    /// Our own device, if there is one.
    pub fn omemo_own(&self, account: AccountId) -> Result<Option<OwnDevice>> {
        let row = self
            .0
            .prepare_cached(
                "select device, seed, created, next_prekey, published from omemo_own where account = ?1",
            )?
            .query_row([account], |row| {
                Ok((
                    row.get(0)?,
                    Zeroizing::new(row.get(1)?),
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ))
            })
            .optional()?;
        let Some((id, seed, created, next_prekey, is_published)) = row else {
            return Ok(None);
        };
        let id = DeviceId::new(id).ok_or(StoreError::Damaged("the id of our device"))?;
        Ok(Some(OwnDevice {
            id,
            seed,
            created,
            next_prekey,
            is_published,
        }))
    }

    /// Makes our own device; it has no keys yet but its identity.
    pub fn create_omemo_own(
        &self,
        account: AccountId,
        id: DeviceId,
        seed: &[u8],
        at: Timestamp,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into omemo_own (account, device, seed, created, next_prekey)
                 values (?1, ?2, ?3, ?4, 1)",
            )?
            .execute((account, id.number(), seed, at))?;
        Ok(())
    }

    /// Gives our device another id, before it was ever published.
    pub fn set_omemo_device(&self, account: AccountId, id: DeviceId) -> Result<()> {
        self.0
            .prepare_cached("update omemo_own set device = ?2 where account = ?1")?
            .execute((account, id.number()))?;
        Ok(())
    }

    /// Says whether what is published is what is here.
    pub fn set_omemo_published(&self, account: AccountId, published: bool) -> Result<()> {
        self.0
            .prepare_cached("update omemo_own set published = ?2, announced = max(announced, ?2) where account = ?1")?
            .execute((account, published))?;
        Ok(())
    }

    /// Whether our device was ever published, so that its id on our lists is ours.
    pub fn was_omemo_published(&self, account: AccountId) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("select announced from omemo_own where account = ?1")?
            .query_row([account], |row| row.get(0))?)
    }

    /// Adds a one-time prekey with the next id.
    pub fn add_prekey(&self, account: AccountId, id: u32, secret: &[u8]) -> Result<()> {
        self.0
            .prepare_cached("insert into omemo_prekey (account, id, secret) values (?1, ?2, ?3)")?
            .execute((account, id, secret))?;
        self.0
            .prepare_cached("update omemo_own set next_prekey = ?2 where account = ?1")?
            .execute((account, id.checked_add(1).unwrap_or(1)))?;
        Ok(())
    }

    /// A one-time prekey, also one that was used and is kept.
    pub fn prekey(&self, account: AccountId, id: u32) -> Result<Option<StoredSecret>> {
        Ok(self
            .0
            .prepare_cached("select secret from omemo_prekey where account = ?1 and id = ?2")?
            .query_row((account, id), |row| row.get(0).map(Zeroizing::new))
            .optional()?)
    }

    /// One-time prekeys that may be published, in the order of their ids.
    pub fn unused_prekeys(&self, account: AccountId) -> Result<Vec<(u32, StoredSecret)>> {
        let mut select = self.0.prepare_cached(
            "select id, secret from omemo_prekey where account = ?1 and used = 0 order by id",
        )?;
        let rows = select.query_map([account], |row| {
            Ok((row.get(0)?, Zeroizing::new(row.get(1)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Publishes a one-time prekey no more, but keeps it; what is published is to be changed.
    pub fn use_prekey(&self, account: AccountId, id: u32) -> Result<()> {
        self.0
            .prepare_cached("update omemo_prekey set used = 1 where account = ?1 and id = ?2")?
            .execute((account, id))?;
        self.set_omemo_published(account, false)
    }

    /// Removes one-time prekeys that were used: everything old has been fetched.
    pub fn forget_used_prekeys(&self, account: AccountId) -> Result<()> {
        self.0
            .prepare_cached("delete from omemo_prekey where account = ?1 and used = 1")?
            .execute([account])?;
        Ok(())
    }

    /// Signed prekeys, the newest (which is the published one) first.
    pub fn signed_prekeys(&self, account: AccountId) -> Result<Vec<StoredSignedPreKey>> {
        let mut select = self.0.prepare_cached(
            "select id, secret, created from omemo_signed_prekey where account = ?1 order by id desc",
        )?;
        let rows = select.query_map([account], |row| {
            Ok(StoredSignedPreKey {
                id: row.get(0)?,
                secret: Zeroizing::new(row.get(1)?),
                created: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Makes a signed prekey the published one, and keeps so many of the former ones.
    pub fn rotate_signed_prekey(
        &self,
        account: AccountId,
        id: u32,
        secret: &[u8],
        at: Timestamp,
        keep: u32,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into omemo_signed_prekey (account, id, secret, created) values (?1, ?2, ?3, ?4)",
            )?
            .execute((account, id, secret, at))?;
        self.0
            .prepare_cached(
                "delete from omemo_signed_prekey where account = ?1 and id not in
                 (select id from omemo_signed_prekey where account = ?1 order by id desc limit ?2)",
            )?
            .execute((account, keep + 1))?;
        self.set_omemo_published(account, false)
    }
}
