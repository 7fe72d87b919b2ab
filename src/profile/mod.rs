//! One identity's folder: its lock, the key of its database, and its passwords.
//! Knows nothing of what the database holds.

mod error;
mod folder;
mod note;

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use error::ProfileError;

use crate::{
    model::Secret,
    secrets::{EntryName, Keyring, ProfileMark, Sealer, Secrets, SystemKeyring},
    store::{DatabaseKey, OpenError, Store},
};
use note::{KeyNote, Note};

/// Name of the database inside the folder.
const DATABASE: &str = "tessera.db";

/// Where the key of a profile's database is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeySource {
    /// In the keyring of the desktop or system.
    Keyring,
    /// In the folder, sealed with a passphrase.
    Passphrase,
    /// Nowhere: the profile is new, and the person has to choose.
    NotYet,
}

/// A profile that this process has locked. Keep it until the end; its methods may wait for a keyring or compute for a
/// while, so call them away from the window's thread.
pub struct Profile {
    name: String,
    folder: PathBuf,
    keyring: Arc<dyn Keyring>,
    secrets: Secrets,
    state: Mutex<State>,
    /// Held by whoever opens the store or moves the key, which may take long.
    moving: Mutex<()>,
    _lock: File,
}

struct State {
    note: Note,
    opened: Option<(DatabaseKey, Store)>,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Profile {
    /// Locks a profile: `None` is the one called `default`, a value with a path separator is a folder, any other is a
    /// name below the system's folder for data of programs (XDG base directories, or the platform's own). Makes the
    /// folder when there is none; opens no database yet.
    ///
    /// # Errors
    /// Says why it cannot be used; nothing that was there has been changed.
    pub fn open(name_or_folder: Option<&str>) -> Result<Self, ProfileError> {
        let (name, folder) = folder::find(name_or_folder)?;
        Self::open_folder(name, folder, Arc::new(SystemKeyring))
    }

    fn open_folder(
        name: String,
        folder: PathBuf,
        keyring: Arc<dyn Keyring>,
    ) -> Result<Self, ProfileError> {
        let lock = folder::make_and_lock(&folder)?;
        let note = match Note::read(&folder)? {
            Some(note) => note,
            // Without its note nobody knows where the key of a database is.
            None if has_database(&folder)? => return Err(note::damaged().into()),
            None => {
                let note = Note::new();
                note.write(&folder)?;
                note
            }
        };
        let mark = ProfileMark {
            id: note.id.clone(),
            name: name.clone(),
        };
        Ok(Self {
            secrets: Secrets::new(&folder, mark, Arc::clone(&keyring)),
            name,
            folder,
            keyring,
            state: Mutex::new(State { note, opened: None }),
            moving: Mutex::new(()),
            _lock: lock,
        })
    }

    /// The name, or the last part of the folder, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where everything of this profile is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the key of the database is.
    pub fn key_source(&self) -> KeySource {
        match self.state().note.key {
            None => KeySource::NotYet,
            Some(KeyNote::Keyring) => KeySource::Keyring,
            Some(KeyNote::Passphrase(_)) => KeySource::Passphrase,
        }
    }

    /// The passwords of this profile's accounts.
    pub fn secrets(&self) -> Secrets {
        self.secrets.clone()
    }

    /// Opens the database with the key in the keyring; once it is open, answers the same store again.
    ///
    /// # Errors
    /// [`ProfileError::KeyringEntryMissing`] when there is a database but no key for it (nothing is made anew then), and
    /// whatever keyring and database say.
    pub fn store_with_keyring(&self) -> Result<Store, ProfileError> {
        let _moving = self.moving();
        if let Some(store) = self.opened_store() {
            return Ok(store);
        }
        if self.key_source() != KeySource::Keyring {
            return Err(ProfileError::OtherKeySource);
        }
        let key = match self.keyring.read(&self.entry())? {
            Some(hex) => DatabaseKey::from_hex(hex.reveal()).ok_or(OpenError::KeyOrDamage)?,
            None if has_database(&self.folder)? => return Err(ProfileError::KeyringEntryMissing),
            // The first start ended before there was a database.
            None => self.keep_new_key_in_keyring()?,
        };
        self.open_store(key)
    }

    /// Opens the database with the key that the passphrase opens; once it is open, answers the same store again.
    ///
    /// # Errors
    /// [`ProfileError::WrongPassphrase`], and whatever the database says.
    pub fn store_with_passphrase(&self, passphrase: &Secret) -> Result<Store, ProfileError> {
        let _moving = self.moving();
        let note = self.state().note.clone();
        let Some(KeyNote::Passphrase(sealed)) = note.key else {
            return Err(ProfileError::OtherKeySource);
        };
        let (_, key) = Sealer::open(&sealed, passphrase)?;
        if let Some(store) = self.opened_store() {
            return Ok(store);
        }
        let key = std::str::from_utf8(&key)
            .ok()
            .and_then(DatabaseKey::from_hex)
            .ok_or_else(note::damaged)?;
        self.open_store(key)
    }

    /// Puts the key of a new profile, or of one whose database is open, into the keyring.
    ///
    /// # Errors
    /// [`ProfileError::KeyringUnavailable`] among others; the key is where it was then.
    pub fn choose_keyring(&self) -> Result<(), ProfileError> {
        let _moving = self.moving();
        match self.key_to_move()? {
            Some(key) => self.keep_in_keyring(&key)?,
            None => drop(self.keep_new_key_in_keyring()?),
        }
        self.change_key_note(KeyNote::Keyring)
    }

    /// Seals the key of a new profile, or of one whose database is open, with this passphrase. Also changes the
    /// passphrase.
    ///
    /// # Errors
    /// When the folder cannot be written; the key is where it was then.
    pub fn choose_passphrase(&self, passphrase: &Secret) -> Result<(), ProfileError> {
        let _moving = self.moving();
        let key = match self.key_to_move()? {
            Some(key) => key,
            None => DatabaseKey::random()?,
        };
        let sealed = Sealer::new(passphrase)?.seal(key.hex().as_bytes())?;
        let was_in_keyring = self.key_source() == KeySource::Keyring;
        self.change_key_note(KeyNote::Passphrase(sealed))?;
        if was_in_keyring && let Err(error) = self.keyring.forget(&self.entry()) {
            tracing::warn!("an older copy of the key is left in the keyring: {error}");
        }
        Ok(())
    }

    /// The key of the open database; `None` when there is none yet and a new one may be made.
    fn key_to_move(&self) -> Result<Option<DatabaseKey>, ProfileError> {
        let state = self.state();
        match (&state.opened, &state.note.key) {
            (Some((key, _)), _) => Ok(Some(key.clone())),
            (None, Some(_)) => Err(ProfileError::OtherKeySource),
            (None, None) if has_database(&self.folder)? => Err(note::damaged().into()),
            (None, None) => Ok(None),
        }
    }

    fn keep_new_key_in_keyring(&self) -> Result<DatabaseKey, ProfileError> {
        let key = DatabaseKey::random()?;
        self.keep_in_keyring(&key)?;
        Ok(key)
    }

    fn keep_in_keyring(&self, key: &DatabaseKey) -> Result<(), ProfileError> {
        let hex = Secret::new(key.hex().as_str());
        Ok(self.keyring.keep(&self.entry(), &hex)?)
    }

    /// The note follows the key: as long as it is not written, the key is still found where it was.
    fn change_key_note(&self, key: KeyNote) -> Result<(), ProfileError> {
        let mut state = self.state();
        let note = Note {
            key: Some(key),
            ..state.note.clone()
        };
        note.write(&self.folder)?;
        state.note = note;
        Ok(())
    }

    fn open_store(&self, key: DatabaseKey) -> Result<Store, ProfileError> {
        let store = Store::open(&self.folder.join(DATABASE), &key)?;
        self.state().opened = Some((key, store.clone()));
        Ok(store)
    }

    fn opened_store(&self) -> Option<Store> {
        let state = self.state();
        state.opened.as_ref().map(|(_, store)| store.clone())
    }

    fn entry(&self) -> EntryName {
        EntryName {
            user: format!("{}/database", self.state().note.id),
            label: format!("Tessera: key of the stored chats (profile {})", self.name),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moving(&self) -> MutexGuard<'_, ()> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether there is a database with anything in it, or what is left of one.
fn has_database(folder: &Path) -> std::io::Result<bool> {
    for name in [DATABASE, "tessera.db-wal"] {
        match folder.join(name).metadata() {
            Ok(metadata) if metadata.len() > 0 => return Ok(true),
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
