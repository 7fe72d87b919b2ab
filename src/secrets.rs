//! Passwords: in the keyring of the desktop, in a sealed file, or nowhere.
//! Knows nothing of accounts beyond their addresses.

use crate::model::{BareJid, PasswordPlaces, PasswordStorage, Secret};

/// Where passwords are kept; cheap to clone.
#[derive(Clone, Debug)]
pub struct Secrets {
    _private: (),
}

/// Why a password could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The passphrase of the sealed file is wrong.
    #[error("wrong passphrase")]
    WrongPassphrase,
}

impl SecretError {
    /// Whether another passphrase could help.
    pub fn is_wrong_passphrase(&self) -> bool {
        matches!(self, Self::WrongPassphrase)
    }
}

impl Secrets {
    /// The password of an address, if it is kept there.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn password(
        &self,
        _jid: &BareJid,
        _storage: PasswordStorage,
    ) -> Result<Option<Secret>, SecretError> {
        unimplemented!()
    }

    /// Keeps the password of an address.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn keep(
        &self,
        _jid: &BareJid,
        _storage: PasswordStorage,
        _password: &Secret,
    ) -> Result<(), SecretError> {
        unimplemented!()
    }

    /// Forgets the password of an address everywhere.
    ///
    /// # Errors
    /// When a place does not answer.
    pub async fn forget(&self, _jid: &BareJid) -> Result<(), SecretError> {
        unimplemented!()
    }

    /// Opens the sealed file for this run, or makes it when there is none.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file cannot be read.
    pub async fn unlock(&self, _passphrase: &Secret) -> Result<(), SecretError> {
        unimplemented!()
    }

    /// Where passwords can be kept at this moment.
    pub async fn places(&self) -> PasswordPlaces {
        unimplemented!()
    }
}
