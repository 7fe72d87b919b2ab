//! The small file that says where a profile's key is; the key itself is never in it in plain form.

use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

use super::ProfileError;
use crate::{
    secrets::{read_bounded, replace_file},
    store::OpenError,
};

/// Name of the file inside the folder.
pub(super) const FILE: &str = "profile.json";
/// The newest form that this program knows.
const VERSION: u32 = 1;
/// Longest file that is read, in bytes: a hundred times what is written.
const MAX_FILE: u64 = 64 * 1024;

/// What the file says.
#[derive(Clone)]
pub(super) struct Note {
    /// Names the profile's entries in the keyring; random, so that folders may be moved and named alike.
    pub(super) id: String,
    /// Where the key is; `None` for a new profile.
    pub(super) key: Option<KeyNote>,
}

/// Where the key of the database is.
#[derive(Clone)]
pub(super) enum KeyNote {
    /// In the keyring.
    Keyring,
    /// Here, sealed with a passphrase.
    Passphrase(Vec<u8>),
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Deserialize, Serialize)]
struct Written {
    version: u32,
    id: String,
    key: Option<WrittenKey>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum WrittenKey {
    Keyring,
    Passphrase(String),
}

impl Note {
    /// The note of a new profile.
    pub(super) fn new() -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            key: None,
        }
    }

    /// Reads the note of a folder; `None` when there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, ProfileError> {
        let Some(bytes) = read_bounded(&folder.join(FILE), MAX_FILE)? else {
            return Ok(None);
        };
        let Version { version: found } = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if found > VERSION {
            let known = VERSION;
            return Err(OpenError::Newer { found, known }.into());
        }
        let written: Written = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        let key = match written.key {
            None => None,
            Some(WrittenKey::Keyring) => Some(KeyNote::Keyring),
            Some(WrittenKey::Passphrase(sealed)) => {
                let sealed = BASE64_STANDARD.decode(sealed).map_err(|_| damaged())?;
                Some(KeyNote::Passphrase(sealed))
            }
        };
        let id = written.id;
        Ok(Some(Self { id, key }))
    }

    /// Replaces the note of a folder in one step.
    pub(super) fn write(&self, folder: &Path) -> Result<(), ProfileError> {
        let written = Written {
            version: VERSION,
            id: self.id.clone(),
            key: self.key.as_ref().map(|key| match key {
                KeyNote::Keyring => WrittenKey::Keyring,
                KeyNote::Passphrase(sealed) => {
                    WrittenKey::Passphrase(BASE64_STANDARD.encode(sealed))
                }
            }),
        };
        let bytes = serde_json::to_vec_pretty(&written).expect("texts become JSON");
        Ok(replace_file(&folder.join(FILE), &bytes)?)
    }
}

/// The note is missing beside a database, or not of a known form.
pub(super) fn damaged() -> OpenError {
    OpenError::Damaged(format!("{FILE} is missing or damaged"))
}
