//! First use: what was seen of servers, and what the person decided about it. Alarms come from here, trust does not.

use rusqlite::{Connection, OptionalExtension};

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, Fingerprint, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// Column `kind` of the ledger.
#[derive(Clone, Copy)]
enum Kind {
    PinnedCertificate = 0,
    StrongestMechanism = 1,
}

/// Entry of a pin that was taken back.
const NO_PIN: &str = "";

impl Txn<'_> {
    /// The certificate that the person pinned for an account.
    pub fn pinned_certificate(&self, account: AccountId) -> Result<Option<Fingerprint>> {
        pinned(&self.0, account)
    }

    /// Pins a certificate; the former pin stays in the history.
    pub fn pin_certificate(
        &self,
        account: AccountId,
        sha256: Fingerprint,
        at: Timestamp,
    ) -> Result<()> {
        let hex: String = sha256.0.iter().map(|byte| format!("{byte:02x}")).collect();
        self.add_entry(account, Kind::PinnedCertificate, &hex, at)
    }

    /// Forgets the pinned certificate; it stays in the history.
    pub fn forget_pin(&self, account: AccountId, at: Timestamp) -> Result<()> {
        if self.pinned_certificate(account)?.is_none() {
            return Ok(());
        }
        self.add_entry(account, Kind::PinnedCertificate, NO_PIN, at)
    }

    /// The strongest login mechanism ever seen for an account, as its SASL name.
    pub fn strongest_mechanism(&self, account: AccountId) -> Result<Option<String>> {
        newest(&self.0, account, Kind::StrongestMechanism)
    }

    /// Remembers the strongest login mechanism, also a weaker one that the person accepted.
    pub fn set_strongest_mechanism(
        &self,
        account: AccountId,
        mechanism: &str,
        at: Timestamp,
    ) -> Result<()> {
        self.add_entry(account, Kind::StrongestMechanism, mechanism, at)
    }

    /// Adds an entry unless the newest one says the same.
    fn add_entry(&self, account: AccountId, kind: Kind, value: &str, at: Timestamp) -> Result<()> {
        if newest(&self.0, account, kind)?.as_deref() == Some(value) {
            return Ok(());
        }
        self.0
            .prepare_cached(
                "insert into ledger (account, kind, value, at) values (?1, ?2, ?3, ?4)",
            )?
            .execute((account, kind as i64, value, at))?;
        Ok(())
    }
}

impl Reader {
    /// The certificate that the person pinned for an account.
    pub fn pinned_certificate(&self, account: AccountId) -> Result<Option<Fingerprint>> {
        self.read(|connection| pinned(connection, account))
    }

    /// The strongest login mechanism ever seen for an account, as its SASL name.
    pub fn strongest_mechanism(&self, account: AccountId) -> Result<Option<String>> {
        self.read(|connection| newest(connection, account, Kind::StrongestMechanism))
    }
}

fn pinned(connection: &Connection, account: AccountId) -> Result<Option<Fingerprint>> {
    newest(connection, account, Kind::PinnedCertificate)?
        .filter(|hex| hex != NO_PIN)
        .map(|hex| fingerprint(&hex).ok_or(StoreError::Damaged("ledger.value")))
        .transpose()
}

fn newest(connection: &Connection, account: AccountId, kind: Kind) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached(
            "select value from ledger where account = ?1 and kind = ?2 order by id desc limit 1",
        )?
        .query_row((account, kind as i64), |row| row.get(0))
        .optional()?)
}

fn fingerprint(hex: &str) -> Option<Fingerprint> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (position, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * position..2 * position + 2)?, 16).ok()?;
    }
    Some(Fingerprint(bytes))
}
