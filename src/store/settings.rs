//! Settings of the profile, and small values that a component keeps for itself.

use super::{Reader, StoreError, Txn};
use crate::model::Settings;

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Replaces all settings.
    pub fn set_settings(&self, _settings: &Settings) -> Result<()> {
        unimplemented!()
    }
    /// Keeps a small value under a name (window size, last chat …).
    pub fn set_value(&self, _name: &str, _value: &str) -> Result<()> {
        unimplemented!()
    }
}

impl Reader {
    /// All settings.
    pub fn settings(&self) -> Result<Settings> {
        unimplemented!()
    }
    /// A small value kept under a name.
    pub fn value(&self, _name: &str) -> Result<Option<String>> {
        unimplemented!()
    }
}
