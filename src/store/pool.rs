//! Connections that only read, opened when all others are busy.
//! Knows nothing of tables.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::Connection;

use super::{DatabaseKey, StoreError, connection};

/// Idle connections kept: the window seldom loads more things at once; each holds up to 4 MB of pages.
const KEPT: usize = 4;

/// Idle readers of one file.
pub(super) struct Pool {
    file: PathBuf,
    key: DatabaseKey,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(file: &Path, key: DatabaseKey) -> Self {
        Self {
            file: file.to_owned(),
            key,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Runs queries on one snapshot of what is committed.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.lock().pop();
        let reader = match idle {
            Some(reader) => reader,
            None => connection::open_reader(&self.file, &self.key)?,
        };
        let snapshot = reader.unchecked_transaction()?;
        let out = work(&snapshot);
        snapshot.finish()?;
        let mut idle = self.lock();
        if idle.len() < KEPT {
            idle.push(reader);
        }
        out
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
