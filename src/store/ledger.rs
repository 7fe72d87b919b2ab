//! First use: what was seen of servers, and what the person decided about it. Alarms come from here, trust does not.

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, Fingerprint, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The certificate that the person pinned for an account.
    pub fn pinned_certificate(&self, _account: AccountId) -> Result<Option<Fingerprint>> {
        unimplemented!()
    }
    /// Pins a certificate; the former pin stays in the history.
    pub fn pin_certificate(
        &self,
        _account: AccountId,
        _sha256: Fingerprint,
        _at: Timestamp,
    ) -> Result<()> {
        unimplemented!()
    }
    /// Forgets the pinned certificate; it stays in the history.
    pub fn forget_pin(&self, _account: AccountId, _at: Timestamp) -> Result<()> {
        unimplemented!()
    }
    /// The strongest login mechanism ever seen for an account, as its SASL name.
    pub fn strongest_mechanism(&self, _account: AccountId) -> Result<Option<String>> {
        unimplemented!()
    }
    /// Remembers the strongest login mechanism, also a weaker one that the person accepted.
    pub fn set_strongest_mechanism(
        &self,
        _account: AccountId,
        _mechanism: &str,
        _at: Timestamp,
    ) -> Result<()> {
        unimplemented!()
    }
}

impl Reader {
    /// The certificate that the person pinned for an account.
    pub fn pinned_certificate(&self, _account: AccountId) -> Result<Option<Fingerprint>> {
        unimplemented!()
    }
    /// The strongest login mechanism ever seen for an account, as its SASL name.
    pub fn strongest_mechanism(&self, _account: AccountId) -> Result<Option<String>> {
        unimplemented!()
    }
}
