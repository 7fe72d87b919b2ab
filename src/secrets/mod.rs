//! Passwords of accounts, and the tokens that stand for them: in the keyring of the desktop, or in a file sealed with a passphrase.
//! Knows nothing of the database or of the wire.

mod durable;
mod error;
mod keyring;
mod passwords;
mod sealer;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

pub use error::SecretError;

pub(crate) use durable::{read_bounded, replace_file};
pub(crate) use keyring::{EntryName, Keyring, KeyringError, MemoryKeyring, SystemKeyring};
pub(crate) use sealer::{SealedError, Sealer};

use crate::model::{BareJid, PasswordPlaces, PasswordStorage, SealedFile, Secret};
use passwords::Passwords;

/// Name of the sealed file inside the profile folder.
const SEALED_FILE: &str = "passwords.sealed";
/// Longest sealed file that is read, in bytes: thousands of accounts.
const MAX_FILE: u64 = 1024 * 1024;

/// The passwords of one profile; cheap to clone, all clones share what is unlocked. Every method that waits does so on
/// a thread of its own and never longer than a keyring may take to ask its person.
#[derive(Clone)]
pub struct Secrets {
    inner: Arc<Inner>,
}

struct Inner {
    keyring: Arc<dyn Keyring>,
    /// Tells entries of different profiles apart.
    profile: ProfileMark,
    place: Place,
    /// The sealed file while it is open.
    open: Mutex<Option<Passwords>>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets")
            .field("profile", &self.inner.profile.name)
            .finish_non_exhaustive()
    }
}

/// What names the entries of a profile in a keyring that all profiles share.
#[derive(Clone)]
pub(crate) struct ProfileMark {
    /// Random, made with the profile.
    pub(crate) id: String,
    /// For people.
    pub(crate) name: String,
}

/// What a secret is for.
#[derive(Clone, Copy)]
enum Kind {
    Password,
    Token,
}

impl Kind {
    /// Its name in the sealed file; no address has a blank.
    fn sealed_name(self, jid: &BareJid) -> String {
        match self {
            Self::Password => jid.to_string(),
            Self::Token => format!("token {jid}"),
        }
    }
}

/// Another password of an account, or none, in the sealed file; no token follows it.
fn sealed<'a>(jid: &BareJid, password: Option<&'a Secret>) -> [(String, Option<&'a Secret>); 2] {
    [
        (Kind::Password.sealed_name(jid), password),
        (Kind::Token.sealed_name(jid), None),
    ]
}

/// Where the sealed passwords are.
enum Place {
    File(PathBuf),
    Memory(Mutex<Option<Vec<u8>>>),
}

impl Secrets {
    pub(crate) fn new(folder: &Path, profile: ProfileMark, keyring: Arc<dyn Keyring>) -> Self {
        Self::with(keyring, profile, Place::File(folder.join(SEALED_FILE)))
    }

    /// Passwords that live as long as this value, with a keyring that always answers; for tests and the gallery.
    pub fn in_memory() -> Self {
        Self::in_memory_with(MemoryKeyring::default())
    }

    /// As [`Self::in_memory`] on a system without a keyring.
    pub fn in_memory_without_keyring() -> Self {
        let keyring = MemoryKeyring::default();
        keyring.set_absent(true);
        Self::in_memory_with(keyring)
    }

    fn in_memory_with(keyring: MemoryKeyring) -> Self {
        let profile = ProfileMark {
            id: "memory".to_owned(),
            name: "memory".to_owned(),
        };
        Self::with(Arc::new(keyring), profile, Place::Memory(Mutex::new(None)))
    }

    fn with(keyring: Arc<dyn Keyring>, profile: ProfileMark, place: Place) -> Self {
        Self {
            inner: Arc::new(Inner {
                keyring,
                profile,
                place,
                open: Mutex::new(None),
            }),
        }
    }

    /// The password of an account where it is said to be; `None` when it is not there (a locked keyring may say so,
    /// too: ask the person, and remove nothing).
    ///
    /// # Errors
    /// When that place cannot be used now.
    pub async fn password(
        &self,
        jid: &BareJid,
        storage: PasswordStorage,
    ) -> Result<Option<Secret>, SecretError> {
        let jid = jid.clone();
        self.on_own_thread(move |inner| match storage {
            PasswordStorage::Keyring => {
                Ok(inner.keyring.read(&inner.entry(Kind::Password, &jid))?)
            }
            PasswordStorage::SealedFile => {
                inner.with_sealed(|sealed| Ok(sealed.secret(&Kind::Password.sealed_name(&jid))))
            }
            PasswordStorage::Ask => Ok(None),
        })
        .await
    }

    /// The token that logs an account in without its password (XEP-0484), where its password is said to be.
    ///
    /// # Errors
    /// When that place cannot be used now.
    pub async fn token(
        &self,
        jid: &BareJid,
        storage: PasswordStorage,
    ) -> Result<Option<Secret>, SecretError> {
        let jid = jid.clone();
        self.on_own_thread(move |inner| match storage {
            PasswordStorage::Keyring => Ok(inner.keyring.read(&inner.entry(Kind::Token, &jid))?),
            PasswordStorage::SealedFile => {
                inner.with_sealed(|sealed| Ok(sealed.secret(&Kind::Token.sealed_name(&jid))))
            }
            PasswordStorage::Ask => Ok(None),
        })
        .await
    }

    /// Keeps the token of an account beside its password ([`PasswordStorage::Ask`]: nowhere), or forgets it there.
    ///
    /// # Errors
    /// When that place cannot be used now; everything is as before then.
    pub async fn keep_token(
        &self,
        jid: &BareJid,
        storage: PasswordStorage,
        token: Option<&Secret>,
    ) -> Result<(), SecretError> {
        let (jid, token) = (jid.clone(), token.cloned());
        self.on_own_thread(move |inner| match storage {
            PasswordStorage::Keyring => {
                let entry = inner.entry(Kind::Token, &jid);
                match &token {
                    Some(token) => Ok(inner.keyring.keep(&entry, token)?),
                    None => Ok(inner.keyring.forget(&entry)?),
                }
            }
            PasswordStorage::SealedFile => {
                inner.change_sealed(&[(Kind::Token.sealed_name(&jid), token.as_ref())])
            }
            PasswordStorage::Ask => Ok(()),
        })
        .await
    }

    /// Keeps the password of an account in one place ([`PasswordStorage::Ask`]: in none) and, where that works, forgets
    /// it in the others. A token of the account is forgotten everywhere: it stood for another password.
    ///
    /// # Errors
    /// When that place cannot be used now; everything is as before then.
    pub async fn keep(
        &self,
        jid: &BareJid,
        storage: PasswordStorage,
        password: &Secret,
    ) -> Result<(), SecretError> {
        let (jid, password) = (jid.clone(), password.clone());
        self.on_own_thread(move |inner| {
            match storage {
                PasswordStorage::Keyring => {
                    inner
                        .keyring
                        .keep(&inner.entry(Kind::Password, &jid), &password)?;
                }
                PasswordStorage::SealedFile => {
                    inner.change_sealed(&sealed(&jid, Some(&password)))?
                }
                PasswordStorage::Ask => {}
            }
            let left = |done: Result<(), SecretError>| {
                if let Err(error) = done {
                    tracing::warn!("an older copy of a password may be left: {error}");
                }
            };
            if storage == PasswordStorage::Keyring {
                left(inner.forget_in_keyring(Kind::Token, &jid));
            } else {
                left(inner.forget_in_keyring(Kind::Password, &jid));
                left(inner.forget_in_keyring(Kind::Token, &jid));
            }
            if storage != PasswordStorage::SealedFile && inner.is_open() {
                left(inner.change_sealed(&sealed(&jid, None)));
            }
            Ok(())
        })
        .await
    }

    /// Forgets the password of an account everywhere, and its token.
    ///
    /// # Errors
    /// [`SecretError::Locked`] when the sealed file, which may have it, is locked; it is gone from the keyring then.
    pub async fn forget(&self, jid: &BareJid) -> Result<(), SecretError> {
        let jid = jid.clone();
        self.on_own_thread(move |inner| {
            // Without a keyring there is nothing in it that could be left.
            let keyring = match inner.keyring.probe() {
                Ok(()) => inner
                    .forget_in_keyring(Kind::Token, &jid)
                    .and(inner.forget_in_keyring(Kind::Password, &jid)),
                Err(_) => Ok(()),
            };
            if inner.exists()? {
                inner.change_sealed(&sealed(&jid, None))?;
            }
            keyring
        })
        .await
    }

    /// Opens the sealed file for this run, or makes it with this passphrase when there is none.
    ///
    /// # Errors
    /// [`SecretError::WrongPassphrase`] among others; the file is not changed then.
    pub async fn unlock(&self, passphrase: &Secret) -> Result<(), SecretError> {
        let passphrase = passphrase.clone();
        self.on_own_thread(move |inner| {
            let mut open = inner.open();
            let sealed = match inner.read_sealed()? {
                Some(bytes) => Passwords::open(&bytes, &passphrase)?,
                None => {
                    let new = Passwords::new(&passphrase)?;
                    inner.write_sealed(&new)?;
                    new
                }
            };
            *open = Some(sealed);
            Ok(())
        })
        .await
    }

    /// Whether there is a sealed file whose passphrase has not been given in this run.
    pub fn is_locked(&self) -> bool {
        self.sealed_file() == SealedFile::Locked
    }

    /// Whether there is a sealed file.
    pub fn exists(&self) -> bool {
        self.sealed_file() != SealedFile::Absent
    }

    /// How the sealed file stands.
    pub fn sealed_file(&self) -> SealedFile {
        if self.inner.is_open() {
            SealedFile::Open
        } else if self.inner.exists().unwrap_or(true) {
            SealedFile::Locked
        } else {
            SealedFile::Absent
        }
    }

    /// Where passwords can be kept at this moment.
    pub async fn places(&self) -> PasswordPlaces {
        let keyring = self
            .on_own_thread(|inner| Ok(inner.keyring.probe()?))
            .await
            .is_ok();
        PasswordPlaces {
            keyring,
            sealed_file: self.sealed_file(),
        }
    }

    async fn on_own_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, SecretError> + Send + 'static,
    ) -> Result<T, SecretError> {
        let (done, result) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        std::thread::Builder::new()
            .name("secrets".to_owned())
            .spawn(move || drop(done.send(work(&inner))))?;
        result
            .await
            .unwrap_or_else(|_| Err(std::io::Error::other("interrupted").into()))
    }
}

impl Inner {
    fn entry(&self, kind: Kind, jid: &BareJid) -> EntryName {
        let ProfileMark { id, name } = &self.profile;
        let (part, what) = match kind {
            Kind::Password => ("account", "password"),
            Kind::Token => ("token", "login token"),
        };
        EntryName {
            user: format!("{id}/{part}/{jid}"),
            label: format!("Tessera: {what} of {jid} (profile {name})"),
        }
    }

    fn forget_in_keyring(&self, kind: Kind, jid: &BareJid) -> Result<(), SecretError> {
        Ok(self.keyring.forget(&self.entry(kind, jid))?)
    }

    fn open(&self) -> MutexGuard<'_, Option<Passwords>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_open(&self) -> bool {
        self.open().is_some()
    }

    fn with_sealed<T>(
        &self,
        work: impl FnOnce(&Passwords) -> Result<T, SecretError>,
    ) -> Result<T, SecretError> {
        work(self.open().as_ref().ok_or(SecretError::Locked)?)
    }

    /// Changes the sealed file, and what is open of it only when that has worked.
    fn change_sealed(&self, changes: &[(String, Option<&Secret>)]) -> Result<(), SecretError> {
        let mut open = self.open();
        let changed = open.as_ref().ok_or(SecretError::Locked)?.with(changes);
        self.write_sealed(&changed)?;
        *open = Some(changed);
        Ok(())
    }

    fn exists(&self) -> std::io::Result<bool> {
        match &self.place {
            Place::File(file) => file.try_exists(),
            Place::Memory(bytes) => Ok(lock(bytes).is_some()),
        }
    }

    fn read_sealed(&self) -> Result<Option<Vec<u8>>, SecretError> {
        match &self.place {
            Place::File(file) => Ok(read_bounded(file, MAX_FILE)?),
            Place::Memory(bytes) => Ok(lock(bytes).clone()),
        }
    }

    fn write_sealed(&self, sealed: &Passwords) -> Result<(), SecretError> {
        let bytes = sealed.to_bytes()?;
        match &self.place {
            Place::File(file) => replace_file(file, &bytes)?,
            Place::Memory(place) => *lock(place) = Some(bytes),
        }
        Ok(())
    }
}

fn lock(bytes: &Mutex<Option<Vec<u8>>>) -> MutexGuard<'_, Option<Vec<u8>>> {
    bytes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
