//! What clients can do, by the verified hash of their features (XEP-0115).

use super::{StoreError, Txn};

type Result<T> = std::result::Result<T, StoreError>;

/// The verified meaning of one caps hash.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CapsEntry {
    /// Feature names, sorted.
    pub features: Vec<String>,
    /// Name of the first identity (`Conversations`, `Gajim` …), empty when none; untrusted.
    pub client: String,
}

impl Txn<'_> {
    /// What a hash stands for, if it was verified before. `algorithm` as on the wire, such as `sha-1`.
    pub fn caps(&self, _algorithm: &str, _hash: &str) -> Result<Option<CapsEntry>> {
        unimplemented!()
    }
    /// Keeps the verified meaning of a hash.
    pub fn set_caps(&self, _algorithm: &str, _hash: &str, _entry: &CapsEntry) -> Result<()> {
        unimplemented!()
    }
}
