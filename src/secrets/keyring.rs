//! The keyring of the desktop or system, asked on a thread of its own: some never answer.
//! Knows nothing of what its entries are for.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use keyring::Error;
use zeroize::Zeroizing;

use crate::model::Secret;

/// Service name of all our entries.
const SERVICE: &str = "im.tessera.Tessera";
/// Finding out whether there is a keyring asks nobody: long enough for a slow start, short enough for the first window.
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);
/// Reading may ask the person for the keyring's own password: long enough to type it.
const ENTRY_TIMEOUT: Duration = Duration::from_secs(90);

/// The name of an entry: the same program, profile and purpose have the same name.
#[derive(Clone)]
pub(crate) struct EntryName {
    /// What tells entries of this program apart.
    pub(crate) user: String,
    /// What a keyring's own window shows to people.
    pub(crate) label: String,
}

/// No keyring, or it refuses: its words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct KeyringError(pub(crate) String);

type Result<T> = std::result::Result<T, KeyringError>;

/// Something that keeps secrets under names; every method may block for as long as a person needs.
pub(crate) trait Keyring: Send + Sync {
    /// Whether there is a keyring at all.
    fn probe(&self) -> Result<()>;
    /// The secret of an entry; `None` when there is none, and also from some keyrings that are locked.
    fn read(&self, entry: &EntryName) -> Result<Option<Secret>>;
    /// Keeps a secret, replacing a former one.
    fn keep(&self, entry: &EntryName, secret: &Secret) -> Result<()>;
    /// Removes an entry; none is no error.
    fn forget(&self, entry: &EntryName) -> Result<()>;
}

/// The keyring of this system: Secret Service, Windows Credential Manager or Keychain.
pub(crate) struct SystemKeyring;

impl Keyring for SystemKeyring {
    fn probe(&self) -> Result<()> {
        within(PROBE_TIMEOUT, || match keyring::Entry::store_status() {
            Ok(()) => Ok(()),
            Err(error) => Err(refusal(error)),
        })
    }

    fn read(&self, entry: &EntryName) -> Result<Option<Secret>> {
        self.with_entry(entry, |entry| match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refusal(&error)),
        })
    }

    fn keep(&self, entry: &EntryName, secret: &Secret) -> Result<()> {
        let secret = secret.clone();
        self.with_entry(entry, move |entry| {
            entry
                .set_password(secret.reveal())
                .map_err(|error| refusal(&error))?;
            // A locked keyring may take a secret without a word and not have it afterwards.
            match entry.get_password().map(Zeroizing::new) {
                Ok(kept) if *kept == secret.reveal() => Ok(()),
                Ok(_) | Err(Error::NoEntry) => {
                    Err(KeyringError("it did not keep the entry".to_owned()))
                }
                Err(error) => Err(refusal(&error)),
            }
        })
    }

    fn forget(&self, entry: &EntryName) -> Result<()> {
        self.with_entry(entry, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(refusal(&error)),
        })
    }
}

impl SystemKeyring {
    fn with_entry<T: Send + 'static>(
        &self,
        name: &EntryName,
        work: impl FnOnce(keyring_core::Entry) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.probe()?;
        let name = name.clone();
        within(ENTRY_TIMEOUT, move || {
            // Only the Secret Service has labels.
            let label = HashMap::from([("label", name.label.as_str())]);
            let entry = if cfg!(all(unix, not(target_os = "macos"))) {
                keyring_core::Entry::new_with_modifiers(SERVICE, &name.user, &label)
            } else {
                keyring_core::Entry::new(SERVICE, &name.user)
            };
            work(entry.map_err(|error| refusal(&error))?)
        })
    }
}

/// The words of the keyring, without what it may have handed over.
fn refusal(error: &Error) -> KeyringError {
    KeyringError(match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "the entry is damaged".to_owned(),
        other => other.to_string(),
    })
}

/// Runs something that may never return. The thread is left behind then.
fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let (done, result) = mpsc::channel();
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || drop(done.send(work())))
        .map_err(|error| KeyringError(error.to_string()))?;
    result
        .recv_timeout(limit)
        .unwrap_or_else(|_| Err(KeyringError("it does not answer".to_owned())))
}

/// A keyring that lives as long as this value; can behave like one that is not there or is locked.
#[derive(Default)]
pub(crate) struct MemoryKeyring {
    entries: Mutex<HashMap<String, Secret>>,
    is_absent: AtomicBool,
    is_locked: AtomicBool,
}

impl MemoryKeyring {
    /// Whether there is no keyring from now on.
    pub(crate) fn set_absent(&self, absent: bool) {
        self.is_absent.store(absent, Ordering::Relaxed);
    }

    /// Whether it is locked from now on: it says of every entry that it is not there, and takes none.
    #[cfg(test)]
    pub(crate) fn set_locked(&self, locked: bool) {
        self.is_locked.store(locked, Ordering::Relaxed);
    }

    /// Names of all entries, sorted.
    #[cfg(test)]
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.entries().keys().cloned().collect();
        names.sort();
        names
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keyring for MemoryKeyring {
    fn probe(&self) -> Result<()> {
        if self.is_absent.load(Ordering::Relaxed) {
            return Err(KeyringError("there is no keyring".to_owned()));
        }
        Ok(())
    }

    fn read(&self, entry: &EntryName) -> Result<Option<Secret>> {
        self.probe()?;
        if self.is_locked.load(Ordering::Relaxed) {
            return Ok(None);
        }
        Ok(self.entries().get(&entry.user).cloned())
    }

    fn keep(&self, entry: &EntryName, secret: &Secret) -> Result<()> {
        self.probe()?;
        if self.is_locked.load(Ordering::Relaxed) {
            return Err(KeyringError("it is locked".to_owned()));
        }
        self.entries().insert(entry.user.clone(), secret.clone());
        Ok(())
    }

    fn forget(&self, entry: &EntryName) -> Result<()> {
        self.probe()?;
        self.entries().remove(&entry.user);
        Ok(())
    }
}
