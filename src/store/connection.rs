//! Opens connections to one database file and finds out why that is not possible.
//! Knows nothing of tables.

use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, ffi};
use zeroize::Zeroizing;

use super::{
    OpenError,
    key::DatabaseKey,
    migrate::{self, MigrateError},
};

/// Longer than any transaction of our own takes; nobody else may open the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Room for every statement of the program, so that none is prepared twice.
const CACHED_STATEMENTS: usize = 160;
/// Bytes in a page of SQLCipher 4; no database of ours is shorter.
const PAGE: u64 = 4096;
/// First bytes of a database that is not encrypted.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Opens the writer of a file and brings its schema up to date; makes the file when there is none.
pub(super) fn open_writer(file: &Path, key: &DatabaseKey) -> Result<Connection, OpenError> {
    let was_killed = inspect(file)?;
    // Until everything is found in order nothing may change: to close would move the log into the file, or drop a log
    // that the wrong key cannot read.
    let mut writer = connect(file, was_killed).map_err(open_error)?;
    unlock(&writer, key).map_err(open_error)?;
    let found = migrate::version(&writer).map_err(open_error)?;
    let known = migrate::newest();
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    if was_killed {
        check(&writer)?;
    }
    keep_log(&writer, false).map_err(open_error)?;
    set_up_writer(&writer).map_err(open_error)?;
    migrate::migrate(&mut writer).map_err(migrate_error)?;
    Ok(writer)
}

/// Opens one more connection that can only read.
pub(super) fn open_reader(file: &Path, key: &DatabaseKey) -> rusqlite::Result<Connection> {
    let reader = connect(file, false)?;
    unlock(&reader, key)?;
    reader.execute_batch("pragma query_only = on; pragma cache_size = -4000;")?;
    Ok(reader)
}

/// Opens a database that lives in this connection only.
pub(super) fn open_in_memory() -> Result<Connection, OpenError> {
    let mut connection = Connection::open_in_memory().map_err(open_error)?;
    set_up(&connection).map_err(open_error)?;
    migrate::migrate(&mut connection).map_err(migrate_error)?;
    Ok(connection)
}

/// Makes the file when there is none, and answers whether the program was killed while it was open.
fn inspect(file: &Path) -> Result<bool, OpenError> {
    let log = log_of(file);
    let log_length = length(&log)?.unwrap_or(0);
    match length(file)? {
        None | Some(0) if log_length > 0 => Err(OpenError::Damaged(
            "the database file is gone, its log is not".to_owned(),
        )),
        None => {
            create(file)?;
            Ok(false)
        }
        Some(0) => Ok(false),
        // SQLite would take what is shorter than a page for a new database.
        Some(1..PAGE) => Err(OpenError::KeyOrDamage),
        Some(_) => {
            let mut start = Vec::with_capacity(PLAIN_HEADER.len());
            File::open(file)?
                .take(PLAIN_HEADER.len() as u64)
                .read_to_end(&mut start)?;
            if start == PLAIN_HEADER {
                return Err(OpenError::KeyOrDamage);
            }
            // SQLite removes the log when the last connection is closed in order.
            Ok(log_length > 0)
        }
    }
}

fn log_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn length(file: &Path) -> std::io::Result<Option<u64>> {
    match file.metadata() {
        Ok(metadata) => Ok(Some(metadata.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn create(file: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // SQLite gives the log and its index the same mode.
        options.mode(0o600);
    }
    options.open(file).map(drop)
}

/// Opens the file without reading it; `keep` as for [`keep_log`].
fn connect(file: &Path, keep: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    keep_log(&connection, keep)?;
    Ok(connection)
}

/// Gives the key and makes sure that it fits.
fn unlock(connection: &Connection, key: &DatabaseKey) -> rusqlite::Result<()> {
    // SQLCipher would tell standard error what its results tell us.
    connection.execute_batch("pragma cipher_log_level = none")?;
    let pragma = Zeroizing::new(format!("pragma key = \"x'{}'\"", *key.hex()));
    connection
        .execute_batch(&pragma)
        // The error of SQLite could repeat the statement, and with it the key.
        .map_err(|_| plain_error(ffi::SQLITE_NOTADB))?;
    connection.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    set_up(connection)
}

fn plain_error(code: i32) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}

/// What every connection needs.
pub(super) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // What is sorted on the way must not reach the disk in plain form; what is removed is overwritten.
    connection.execute_batch(
        "pragma temp_store = memory; pragma foreign_keys = on; pragma secure_delete = on;",
    )
}

pub(super) fn set_up_writer(writer: &Connection) -> rusqlite::Result<()> {
    let mode: String =
        writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(plain_error(ffi::SQLITE_CANTOPEN));
    }
    writer.execute_batch(
        "pragma synchronous = full; pragma cache_size = -8000; pragma journal_size_limit = 16777216;",
    )
}

/// Whether closing leaves the log as it is, instead of moving it into the file.
fn keep_log(connection: &Connection, keep: bool) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep)
        .map(drop)
}

fn check(connection: &Connection) -> Result<(), OpenError> {
    let verdict: String = connection
        .query_row("pragma quick_check(1)", [], |row| row.get(0))
        .map_err(open_error)?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(OpenError::Damaged(verdict))
    }
}

fn migrate_error(error: MigrateError) -> OpenError {
    match error {
        MigrateError::Sqlite(error) => open_error(error),
        MigrateError::Dangling(_) => OpenError::Damaged(error.to_string()),
    }
}

/// Sorts an error of SQLite into what a person can do about it.
fn open_error(error: rusqlite::Error) -> OpenError {
    let denied = |kind: ErrorKind| OpenError::Io(std::io::Error::new(kind, error.to_string()));
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::KeyOrDamage,
        Some(ErrorCode::DiskFull) => OpenError::DiskFull,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            denied(ErrorKind::PermissionDenied)
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            denied(ErrorKind::ResourceBusy)
        }
        Some(ErrorCode::SystemIoFailure) if is_no_room(&error) => OpenError::DiskFull,
        Some(ErrorCode::SystemIoFailure) => denied(ErrorKind::Other),
        Some(_) | None => OpenError::Damaged(error.to_string()),
    }
}

/// Whether an error means that the disk is full. The index of the log cannot grow then, which SQLite calls an I/O error.
pub(super) fn is_no_room(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| {
        error.code == ErrorCode::DiskFull || error.extended_code == ffi::SQLITE_IOERR_SHMSIZE
    })
}
