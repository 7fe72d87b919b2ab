//! Devices of people, sessions with them, and the identity keys that were seen.

use rusqlite::{OptionalExtension, Row};
use zeroize::Zeroizing;

use super::{Reader, StoreError, Txn, codes::StoredJid};
use crate::model::{
    AccountId, BareJid, DeviceId, IdentityPrint, KnownDevice, OmemoVersion, Standing, Timestamp,
};

type Result<T> = std::result::Result<T, StoreError>;

/// What seeing an identity key of a device means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Sighting {
    /// The device had this key before.
    Known(Standing),
    /// The first key of this device.
    New(Standing),
    /// The device had another key before; it keeps that one until a person decides.
    Changed,
}

impl Sighting {
    /// What is thought of the key; nothing when it is not the device's.
    pub fn standing(self) -> Option<Standing> {
        match self {
            Self::Known(standing) | Self::New(standing) => Some(standing),
            Self::Changed => None,
        }
    }
}

/// What a device is called, and the signature of that.
pub type StoredLabel<'a> = (&'a str, &'a [u8]);

/// The bit of a version in the column `listed`.
fn bit(version: OmemoVersion) -> u32 {
    match version {
        OmemoVersion::V03 => 1,
        OmemoVersion::V2 => 2,
    }
}

fn known_device(row: &Row<'_>) -> rusqlite::Result<Option<KnownDevice>> {
    let (id, listed): (u32, u32) = (row.get(1)?, row.get(2)?);
    let identity: Option<[u8; 32]> = row.get(3)?;
    let Some(id) = DeviceId::new(id) else {
        return Ok(None);
    };
    Ok(Some(KnownDevice {
        jid: row.get::<_, StoredJid>(0)?.0,
        id,
        listed_old: listed & bit(OmemoVersion::V03) != 0,
        listed_new: listed & bit(OmemoVersion::V2) != 0,
        identity: identity.map(IdentityPrint),
        standing: row.get(4)?,
    }))
}

const DEVICES: &str = "select d.jid, d.device, d.listed, d.identity, i.standing from omemo_device d
    left join omemo_identity i on i.account = d.account and i.jid = d.jid and i.identity = d.identity
    where d.account = ?1 and d.jid = ?2 order by d.device";

impl Txn<'_> {
    /// Replaces somebody's list of devices in one version; the other version's list stays as it is.
    pub fn set_omemo_list(
        &self,
        account: AccountId,
        jid: &BareJid,
        version: OmemoVersion,
        devices: &[(DeviceId, Option<StoredLabel<'_>>)],
        at: Timestamp,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "update omemo_device set listed = listed & ~?3 where account = ?1 and jid = ?2",
            )?
            .execute((account, jid.as_str(), bit(version)))?;
        let mut put = self.0.prepare_cached(
            "insert into omemo_device (account, jid, device, listed, first_seen)
             values (?1, ?2, ?3, ?4, ?5)
             on conflict do update set listed = listed | excluded.listed",
        )?;
        let mut put_label = self.0.prepare_cached(
            "update omemo_device set label = ?4, label_signature = ?5
             where account = ?1 and jid = ?2 and device = ?3",
        )?;
        for (device, label) in devices {
            put.execute((account, jid.as_str(), device.number(), bit(version), at))?;
            if version == OmemoVersion::V2 {
                let (text, signature) = label.map_or(("", None), |(text, sig)| (text, Some(sig)));
                put_label.execute((account, jid.as_str(), device.number(), text, signature))?;
            }
        }
        Ok(())
    }

    /// Devices of somebody that were ever listed or heard.
    pub fn omemo_devices(&self, account: AccountId, jid: &BareJid) -> Result<Vec<KnownDevice>> {
        let mut select = self.0.prepare_cached(DEVICES)?;
        let rows = select.query_map((account, jid.as_str()), known_device)?;
        let devices: Vec<Option<_>> = rows.collect::<rusqlite::Result<_>>()?;
        Ok(devices.into_iter().flatten().collect())
    }

    /// Remembers the identity key that a device has shown. A new key is accepted while no key of this person was
    /// verified or rejected by the person (blind trust before verification); later ones wait. The key of a device
    /// is never replaced here.
    pub fn sight_identity(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        identity: &IdentityPrint,
        at: Timestamp,
    ) -> Result<Sighting> {
        self.0
            .prepare_cached(
                "insert into omemo_device (account, jid, device, first_seen) values (?1, ?2, ?3, ?4)
                 on conflict do nothing",
            )?
            .execute((account, jid.as_str(), device.number(), at))?;
        let before: Option<[u8; 32]> = self
            .0
            .prepare_cached(
                "select identity from omemo_device where account = ?1 and jid = ?2 and device = ?3",
            )?
            .query_row((account, jid.as_str(), device.number()), |row| row.get(0))?;
        let changed = before.is_some_and(|before| before != identity.0);
        let known = self.standing(account, jid, identity)?;
        let standing = match known {
            Some(standing) => standing,
            None if changed || self.has_decided_about(account, jid)? => Standing::Waiting,
            None => Standing::Accepted,
        };
        self.0
            .prepare_cached(
                "insert into omemo_identity (account, jid, identity, standing, first_seen, last_seen)
                 values (?1, ?2, ?3, ?4, ?5, ?5)
                 on conflict do update set last_seen = max(last_seen, excluded.last_seen)",
            )?
            .execute((account, jid.as_str(), identity.0, standing, at))?;
        if changed {
            return Ok(Sighting::Changed);
        }
        if before.is_some() {
            return Ok(Sighting::Known(standing));
        }
        self.0
            .prepare_cached(
                "update omemo_device set identity = ?4 where account = ?1 and jid = ?2 and device = ?3",
            )?
            .execute((account, jid.as_str(), device.number(), identity.0))?;
        Ok(Sighting::New(standing))
    }

    /// What is thought of somebody's identity key, if it was ever seen.
    pub fn standing(
        &self,
        account: AccountId,
        jid: &BareJid,
        identity: &IdentityPrint,
    ) -> Result<Option<Standing>> {
        Ok(self
            .0
            .prepare_cached(
                "select standing from omemo_identity where account = ?1 and jid = ?2 and identity = ?3",
            )?
            .query_row((account, jid.as_str(), identity.0), |row| row.get(0))
            .optional()?)
    }

    /// Keeps what a person decided about an identity key that was seen.
    pub fn set_standing(
        &self,
        account: AccountId,
        jid: &BareJid,
        identity: &IdentityPrint,
        standing: Standing,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "update omemo_identity set standing = ?4
                 where account = ?1 and jid = ?2 and identity = ?3",
            )?
            .execute((account, jid.as_str(), identity.0, standing))?;
        Ok(())
    }

    fn has_decided_about(&self, account: AccountId, jid: &BareJid) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached(
                "select 1 from omemo_identity where account = ?1 and jid = ?2 and standing in (?3, ?4)",
            )?
            .exists((account, jid.as_str(), Standing::Verified, Standing::Rejected))?)
    }

    /// Says that a device was heard.
    pub fn heard_device(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        at: Timestamp,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "update omemo_device set last_heard = max(coalesce(last_heard, 0), ?4)
                 where account = ?1 and jid = ?2 and device = ?3",
            )?
            .execute((account, jid.as_str(), device.number(), at))?;
        Ok(())
    }

    /// Says that a device has no bundle that can be used, or (without a time) that it has.
    pub fn set_no_bundle(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        at: Option<Timestamp>,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "update omemo_device set no_bundle_at = ?4
                 where account = ?1 and jid = ?2 and device = ?3",
            )?
            .execute((account, jid.as_str(), device.number(), at))?;
        Ok(())
    }

    /// When a device had no bundle that can be used.
    pub fn no_bundle_at(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
    ) -> Result<Option<Timestamp>> {
        let at = self
            .0
            .prepare_cached(
                "select no_bundle_at from omemo_device where account = ?1 and jid = ?2 and device = ?3",
            )?
            .query_row((account, jid.as_str(), device.number()), |row| row.get(0))
            .optional()?;
        Ok(at.flatten())
    }

    /// Notes that a session is renewed without being asked, unless that was done since a moment; answers whether it may.
    pub fn may_renew(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        since: Timestamp,
        at: Timestamp,
    ) -> Result<bool> {
        let changed = self
            .0
            .prepare_cached(
                "update omemo_device set renewed_at = ?5 where account = ?1 and jid = ?2 and device = ?3
                 and (renewed_at is null or renewed_at < ?4)",
            )?
            .execute((account, jid.as_str(), device.number(), since, at))?;
        Ok(changed > 0)
    }

    /// The sessions with a device in one version.
    pub fn omemo_session(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        version: OmemoVersion,
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self
            .0
            .prepare_cached(
                "select record from omemo_session
                 where account = ?1 and jid = ?2 and device = ?3 and version = ?4",
            )?
            .query_row((account, jid.as_str(), device.number(), version), |row| {
                row.get(0).map(Zeroizing::new)
            })
            .optional()?)
    }

    /// Keeps the sessions with a device in one version.
    pub fn set_omemo_session(
        &self,
        account: AccountId,
        jid: &BareJid,
        device: DeviceId,
        version: OmemoVersion,
        record: &[u8],
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into omemo_session (account, jid, device, version, record)
                 values (?1, ?2, ?3, ?4, ?5) on conflict do update set record = excluded.record",
            )?
            .execute((account, jid.as_str(), device.number(), version, record))?;
        Ok(())
    }
}

impl Reader {
    /// Devices of somebody that were ever listed or heard.
    pub fn omemo_devices(&self, account: AccountId, jid: &BareJid) -> Result<Vec<KnownDevice>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(DEVICES)?;
            let rows = select.query_map((account, jid.as_str()), known_device)?;
            let devices: Vec<Option<_>> = rows.collect::<rusqlite::Result<_>>()?;
            Ok(devices.into_iter().flatten().collect())
        })
    }
}
