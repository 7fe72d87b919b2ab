//! Brings a database up to the newest schema, one numbered file after the other.
//! Knows nothing of what the tables hold.

use rusqlite::{Connection, TransactionBehavior};

use super::search::index;

/// The schema files in order; the version of a database is the number of files applied to it.
pub(super) const FILES: &[&str] = &[
    include_str!("schema/001_first.sql"),
    include_str!("schema/002_message_changes.sql"),
    include_str!("schema/003_sync.sql"),
    include_str!("schema/004_search.sql"),
    include_str!("schema/005_forgetting.sql"),
    include_str!("schema/006_import.sql"),
    include_str!("schema/007_omemo.sql"),
];

/// The newest schema that this program knows.
pub(super) fn newest() -> u32 {
    u32::try_from(FILES.len()).expect("few schema files")
}

/// The schema of a database; 0 when it is new.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Applies every file that the database does not have yet, each in a transaction of its own, and brings the index of
/// words up to date.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), MigrateError> {
    apply(connection, FILES)?;
    Ok(index::refresh(connection)?)
}

/// Why a migration failed; the database is as it was before the file that failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum MigrateError {
    /// SQLite says no.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// Rows would point to nothing afterwards.
    #[error("schema {0} leaves rows that point to nothing")]
    Dangling(u32),
}

/// Applies those of these files that the database does not have yet.
pub(super) fn apply(connection: &mut Connection, files: &[&str]) -> Result<(), MigrateError> {
    index::register(connection)?;
    // A table can only be rebuilt while foreign keys are off, and inside a transaction they cannot be switched.
    connection.pragma_update(None, "foreign_keys", false)?;
    let result = apply_missing(connection, files);
    connection.pragma_update(None, "foreign_keys", true)?;
    result
}

fn apply_missing(connection: &mut Connection, files: &[&str]) -> Result<(), MigrateError> {
    let present = version(connection)?;
    for (number, sql) in (1u32..).zip(files) {
        if number <= present {
            continue;
        }
        let txn = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
        txn.execute_batch(sql)?;
        let dangling = txn.prepare("pragma foreign_key_check")?.exists([])?;
        if dangling {
            return Err(MigrateError::Dangling(number));
        }
        txn.pragma_update(None, "user_version", number)?;
        txn.commit()?;
    }
    Ok(())
}
