//! Why a profile cannot be used.

use std::path::PathBuf;

use super::note;
use crate::{
    secrets::{KeyringError, SealedError},
    store::OpenError,
};

/// Why a profile cannot be used; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The name is empty, too long, or has characters that a name cannot have.
    #[error("not a name of a profile")]
    BadName,
    /// This system does not say where data of programs belongs.
    #[error("there is no folder for data of programs")]
    NoHome,
    /// The folder has other things in it and is not a profile.
    #[error("the folder is not a profile: {}", .0.display())]
    NotAProfile(PathBuf),
    /// Another Tessera is using it.
    #[error("the profile is in use")]
    Locked,
    /// The folder or a file in it cannot be read or written.
    #[error("the profile folder: {0}")]
    Unreadable(std::io::Error),
    /// There is no keyring, or it refuses.
    #[error("the keyring cannot be used: {reason}")]
    KeyringUnavailable {
        /// The system's own words.
        reason: String,
    },
    /// The keyring does not have the key of this profile; a locked keyring may say so, too.
    #[error("the key is not in the keyring")]
    KeyringEntryMissing,
    /// The passphrase is wrong.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The key is somewhere else than where it was asked for, see [`super::Profile::key_source`]; a bug.
    #[error("the key is somewhere else")]
    OtherKeySource,
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] OpenError),
}

impl From<std::io::Error> for ProfileError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Database(OpenError::DiskFull),
            _ => Self::Unreadable(error),
        }
    }
}

impl From<KeyringError> for ProfileError {
    fn from(KeyringError(reason): KeyringError) -> Self {
        Self::KeyringUnavailable { reason }
    }
}

impl From<SealedError> for ProfileError {
    fn from(error: SealedError) -> Self {
        match error {
            SealedError::WrongPassphrase => Self::WrongPassphrase,
            SealedError::Damaged => note::damaged().into(),
            SealedError::Io(error) => error.into(),
        }
    }
}
