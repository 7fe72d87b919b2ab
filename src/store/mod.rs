//! Everything that is kept: one SQLite file per profile, one writer, a pool of readers.
//! Knows nothing of stanzas, of the network or of what its rows mean to a person.

mod accounts;
mod archive;
mod avatars;
mod blocked;
mod caps;
mod changes;
mod codes;
mod connection;
mod contacts;
mod conversations;
mod forgetting;
mod key;
mod ledger;
mod messages;
mod migrate;
mod omemo_devices;
mod omemo_own;
mod order;
mod outbox;
mod pages;
mod pool;
mod read_state;
mod sealing;
mod search;
mod settings;
mod strangers;
#[cfg(test)]
mod tests;
mod transfer;

use std::{
    cell::RefCell,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use archive::ArchiveGap;
pub use caps::CapsEntry;
pub use changes::Change;
pub use key::DatabaseKey;
pub use messages::{IMPORT_WINDOW, Inserted, NewMessage};
pub use omemo_devices::{Sighting, StoredLabel};
pub use omemo_own::{OwnDevice, StoredSecret, StoredSignedPreKey};
pub use order::{Placed, Said};
pub use outbox::OutboxRow;
pub use pages::Page;
pub use sealing::UnsealedRow;
pub use search::{Found, Hit, SearchCursor};
pub use transfer::{
    StoredChat, StoredCorrection, StoredMessage, StoredNickname, StoredReaction, StoredRetraction,
};

use crate::model::FailureKind;

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
    /// The store was used inside its own transaction, where only the [`Txn`] may be; a bug.
    #[error("the store was used inside its own transaction")]
    Nested,
    /// An earlier failure has undone the whole transaction.
    #[error("the transaction has been undone")]
    Undone,
}

impl StoreError {
    /// Whether there is no room left.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if connection::is_no_room(error))
    }

    /// What a person is told about it.
    pub fn failure_kind(&self) -> FailureKind {
        if self.is_disk_full() {
            FailureKind::DiskFull
        } else {
            FailureKind::Storage
        }
    }
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

/// The database of one profile. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// Dropped before the writer, so that the writer is the last and moves the log into the file.
    readers: Readers,
    writer: Mutex<Connection>,
}

enum Readers {
    /// Connections of their own.
    Pool(pool::Pool),
    /// In memory there is one connection, which readers and writer use in turn: SQLite's ways of sharing a database
    /// in memory let readers fail on the writer's locks or see what is not committed.
    Writer,
}

/// One write transaction: everything done with it is committed together or not at all.
pub struct Txn<'c>(pub(crate) Transaction<'c>);

/// Reads what is committed; cheap to clone, usable from any thread, never waits for the writer (in memory it does, and
/// must not be used inside a transaction there).
#[derive(Clone)]
pub struct Reader {
    store: Store,
}

impl Store {
    /// Opens the database of a profile, makes it when there is none, and brings its schema up to date. A file that is
    /// not encrypted is not taken for ours.
    ///
    /// # Errors
    /// Says why it cannot be used; the file is not changed then.
    pub fn open(file: &Path, key: &DatabaseKey) -> Result<Self, OpenError> {
        let writer = connection::open_writer(file, key)?;
        Ok(Self::new(
            writer,
            Readers::Pool(pool::Pool::new(file, key.clone())),
        ))
    }

    /// A database that lives as long as this value; for tests and the gallery.
    ///
    /// # Errors
    /// When SQLite cannot be used at all.
    pub fn in_memory() -> Result<Self, OpenError> {
        Ok(Self::new(connection::open_in_memory()?, Readers::Writer))
    }

    fn new(writer: Connection, readers: Readers) -> Self {
        Self {
            inner: Arc::new(Inner {
                readers,
                writer: Mutex::new(writer),
            }),
        }
    }

    /// Runs one transaction; an `Err` of the closure rolls everything back.
    ///
    /// # Errors
    /// The closure's, or SQLite's on begin and commit.
    pub fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Txn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let _inside = Inside::enter(&self.inner)?;
        // A panic of an earlier closure has rolled its transaction back; the connection is in order.
        let mut writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let txn = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let txn = Txn(txn);
        let done = work(&txn);
        if txn.0.is_autocommit() {
            drop(txn);
            writer
                .pragma_update(None, "query_only", false)
                .map_err(StoreError::from)?;
            return Err(done.err().unwrap_or_else(|| StoreError::Undone.into()));
        }
        let out = done?;
        txn.0.commit().map_err(StoreError::from)?;
        Ok(out)
    }

    /// Moves the log into the file, as the end of the last clone does: for the end of the program, when clones may
    /// still be about. Without it the next start takes the program for killed and checks the whole file.
    ///
    /// # Errors
    /// SQLite's; nothing is lost then.
    pub fn settle(&self) -> Result<(), StoreError> {
        let _inside = Inside::enter(&self.inner)?;
        let writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?)
    }

    /// A handle for reading.
    pub fn reader(&self) -> Reader {
        Reader {
            store: self.clone(),
        }
    }
}

impl Reader {
    /// Runs queries on one snapshot of what is committed.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let inner = &self.store.inner;
        match &inner.readers {
            Readers::Pool(pool) => pool.read(work),
            Readers::Writer => {
                let _inside = Inside::enter(inner)?;
                let writer = inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
                work(&writer)
            }
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
        work: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if self.0.is_autocommit() {
            return Err(StoreError::Undone.into());
        }
        self.savepoint("savepoint part")?;
        let done = work();
        if self.0.is_autocommit() {
            // SQLite undoes everything by itself when the disk is full or fails. What follows must not be committed
            // row by row.
            self.0
                .pragma_update(None, "query_only", true)
                .map_err(StoreError::from)?;
            return Err(done.err().unwrap_or_else(|| StoreError::Undone.into()));
        }
        if done.is_err() {
            self.savepoint("rollback to part")?;
        }
        self.savepoint("release part")?;
        done
    }

    fn savepoint(&self, sql: &str) -> Result<(), StoreError> {
        self.0.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

thread_local! {
    /// The stores that this thread is using exclusively, by the address of their inner part.
    static INSIDE: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
}

/// Makes a store that is used inside its own transaction an error instead of a standstill.
struct Inside;

impl Inside {
    fn enter(inner: &Arc<Inner>) -> Result<Self, StoreError> {
        let address = Arc::as_ptr(inner).addr();
        INSIDE.with_borrow_mut(|inside| {
            if inside.contains(&address) {
                return Err(StoreError::Nested);
            }
            inside.push(address);
            Ok(Self)
        })
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.with_borrow_mut(|inside| inside.pop());
    }
}
