//! Everything that is kept: one SQLite file per profile, one writer, a pool of readers.
//! Knows nothing of stanzas, of the network or of what its rows mean to a person.

mod accounts;
mod archive;
mod avatars;
mod caps;
mod contacts;
mod conversations;
mod ledger;
mod messages;
mod outbox;
mod settings;

use std::path::Path;

use rusqlite::{Connection, Transaction};

pub use caps::CapsEntry;
pub use messages::{Inserted, NewMessage, Page};
pub use outbox::OutboxRow;

use crate::model::Secret;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says no.
    #[error("database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A row that was asked for by id is not there.
    #[error("no such row")]
    Missing,
    /// A stored value is not of a known form.
    #[error("a stored value is damaged: {0}")]
    Damaged(&'static str),
}

/// Why a profile's database could not be opened; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The key is wrong, or the file is not a database.
    #[error("the database cannot be read with this key")]
    KeyOrDamage,
    /// A newer version of the program wrote it.
    #[error("written by a newer version (schema {found}, known {known})")]
    Newer {
        /// Schema of the file.
        found: u32,
        /// Newest schema that this program knows.
        known: u32,
    },
    /// There is no room for it.
    #[error("the disk is full")]
    DiskFull,
    /// The integrity check or a migration failed.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The folder or file cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// The key of a profile's database: 32 random bytes.
#[derive(Clone)]
pub struct DatabaseKey(pub(crate) zeroize::Zeroizing<[u8; 32]>);

/// The database of one profile. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Store {
    inner: std::sync::Arc<Inner>,
}

struct Inner {
    writer: std::sync::Mutex<Connection>,
}

/// One write transaction: everything done with it is committed together or not at all.
pub struct Txn<'c>(pub(crate) Transaction<'c>);

/// Reads what is committed; cheap to clone, usable from any thread, never waits for the writer.
#[derive(Clone)]
pub struct Reader {
    store: Store,
}

impl Store {
    /// Opens the database of a profile, makes it when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// Says why it cannot be used; the file is not changed then.
    pub fn open(_file: &Path, _key: &DatabaseKey) -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// A database that lives as long as this value; for tests and the gallery.
    ///
    /// # Errors
    /// When SQLite cannot be used at all.
    pub fn in_memory() -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// Runs one transaction; an `Err` of the closure rolls everything back.
    ///
    /// # Errors
    /// The closure's, or SQLite's on begin and commit.
    pub fn write<T, E: From<StoreError>>(
        &self,
        _work: impl FnOnce(&Txn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _ = &self.inner.writer;
        unimplemented!()
    }

    /// A handle for reading.
    pub fn reader(&self) -> Reader {
        Reader {
            store: self.clone(),
        }
    }
}

impl Txn<'_> {
    /// Runs a part of the transaction that can be undone alone (a savepoint): an `Err` undoes only that part.
    ///
    /// # Errors
    /// The closure's, or SQLite's.
    pub fn part<T, E: From<StoreError>>(
        &self,
        _work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        unimplemented!()
    }
}

impl DatabaseKey {
    /// A new random key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> std::io::Result<Self> {
        unimplemented!()
    }

    /// The key that a passphrase stands for (argon2id with the profile's salt).
    pub fn from_passphrase(_passphrase: &Secret, _salt: &[u8; 16]) -> Self {
        unimplemented!()
    }
}
