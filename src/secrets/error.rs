//! Why a password could not be read or kept.

use super::{KeyringError, SealedError};
use crate::model::FailureKind;

/// Why a password could not be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No keyring answers, or it refuses; the system's own words.
    #[error("the keyring cannot be used: {0}")]
    KeyringUnavailable(String),
    /// The passphrase of the sealed file has not been given in this run.
    #[error("the sealed passwords are locked")]
    Locked,
    /// The passphrase of the sealed file is wrong.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The sealed file is not of a known form.
    #[error("the file of sealed passwords is damaged")]
    Damaged,
    /// The sealed file cannot be read or written.
    #[error("the file of sealed passwords: {0}")]
    Io(#[from] std::io::Error),
}

impl SecretError {
    /// Whether another passphrase could help.
    pub fn is_wrong_passphrase(&self) -> bool {
        matches!(self, Self::WrongPassphrase)
    }

    /// What a person is told about it.
    pub fn failure_kind(&self) -> FailureKind {
        match self {
            Self::KeyringUnavailable(_) | Self::Damaged => FailureKind::Keyring,
            Self::Locked => FailureKind::PasswordsLocked,
            Self::WrongPassphrase => FailureKind::WrongPassphrase,
            Self::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => {
                FailureKind::DiskFull
            }
            Self::Io(_) => FailureKind::Keyring,
        }
    }
}

impl From<KeyringError> for SecretError {
    fn from(KeyringError(reason): KeyringError) -> Self {
        Self::KeyringUnavailable(reason)
    }
}

impl From<SealedError> for SecretError {
    fn from(error: SealedError) -> Self {
        match error {
            SealedError::WrongPassphrase => Self::WrongPassphrase,
            SealedError::Damaged => Self::Damaged,
            SealedError::Io(error) => Self::Io(error),
        }
    }
}
