//! Reads databases of other programs without changing them or trusting them.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use rusqlite::{
    Connection, OpenFlags, OptionalExtension, Row, Statement,
    config::DbConfig,
    types::{Value, ValueRef},
};

use super::limits::{MAX_ID, MAX_TEXT};
use crate::{
    model::{BareJid, Jid, Timestamp, parse_address},
    transfer::{TransferError, Watch},
};

/// How long to wait for the program that uses the database.
const PATIENCE: Duration = Duration::from_secs(5);
/// Steps of SQLite's machine between two looks whether somebody wants to end.
const STEPS: i32 = 20_000;

/// A database of another program.
pub(super) struct Foreign {
    connection: Connection,
    path: PathBuf,
    /// Length and time of change when it was opened, where nobody else can use it in the meantime.
    untouched: Option<(u64, Option<SystemTime>)>,
}

impl Foreign {
    /// Opens a database. One that another program uses is read as it is at this moment; one that is not used is read
    /// without its folder being touched.
    pub(super) fn open(path: &Path, watch: &Watch) -> Result<Self, TransferError> {
        let mut foreign = Self::connect(path)?;
        let watch = watch.clone();
        foreign
            .connection
            .progress_handler(STEPS, Some(move || watch.is_cancelled()))
            .map_err(damaged)?;
        Ok(foreign)
    }

    fn connect(path: &Path) -> Result<Self, TransferError> {
        let path = fs::canonicalize(path).map_err(TransferError::Reading)?;
        let mut log: OsString = path.clone().into_os_string();
        log.push("-wal");
        // SQLite would make a log where there is none, and leave it.
        let in_use = PathBuf::from(log).exists();
        let uri = uri_of(&path, !in_use).ok_or(TransferError::Unknown)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_URI;
        let untouched = if in_use { None } else { Some(mark_of(&path)?) };
        let connection = Connection::open_with_flags(uri, flags).map_err(damaged)?;
        connection.busy_timeout(PATIENCE).map_err(damaged)?;
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false))
            .and_then(|_| connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false))
            .map_err(damaged)?;
        connection
            .execute_batch(
                "pragma query_only = on; pragma temp_store = memory; pragma cell_size_check = on;
                 pragma mmap_size = 0; begin",
            )
            .map_err(damaged)?;
        Ok(Self {
            connection,
            path,
            untouched,
        })
    }

    /// A statement.
    pub(super) fn prepare(&self, sql: &str) -> Result<Statement<'_>, TransferError> {
        self.connection.prepare(sql).map_err(damaged)
    }

    /// Names of all tables.
    pub(super) fn tables(&self) -> Result<Vec<String>, TransferError> {
        let mut select = self.prepare("select name from sqlite_schema where type = 'table'")?;
        let names = select.query_map([], |row| row.get(0)).map_err(damaged)?;
        names.collect::<Result<_, _>>().map_err(damaged)
    }

    /// Whether there is a table.
    pub(super) fn has_table(&self, table: &str) -> Result<bool, TransferError> {
        self.prepare("select 1 from sqlite_schema where type = 'table' and name = ?1")?
            .exists([table])
            .map_err(damaged)
    }

    /// A column as SQL: earlier versions of the other program may not have it.
    pub(super) fn column(&self, table: &str, column: &str) -> Result<String, TransferError> {
        let has = self
            .prepare("select 1 from pragma_table_info(?1) where name = ?2")?
            .exists((table, column))
            .map_err(damaged)?;
        Ok(if has {
            format!("\"{table}\".\"{column}\"")
        } else {
            "null".to_owned()
        })
    }

    /// The numbers that a statement selects.
    pub(super) fn numbers(
        &self,
        sql: &str,
        of: impl rusqlite::Params,
    ) -> Result<Vec<i64>, TransferError> {
        let mut select = self.prepare(sql)?;
        let rows = select
            .query_map(of, |row| Ok(number(row, 0)))
            .map_err(damaged)?;
        let numbers: Result<Vec<Option<i64>>, _> = rows.collect();
        Ok(numbers.map_err(damaged)?.into_iter().flatten().collect())
    }

    /// A number that a statement selects; 0 when there is none.
    pub(super) fn count(&self, sql: &str, of: impl rusqlite::Params) -> Result<u64, TransferError> {
        let count = self
            .prepare(sql)?
            .query_row(of, |row| Ok(number(row, 0)))
            .optional()
            .map_err(damaged)?;
        Ok(count
            .flatten()
            .map_or(0, |count| u64::try_from(count).unwrap_or(0)))
    }

    /// Makes sure that nobody has written in the meantime.
    pub(super) fn finish(self) -> Result<(), TransferError> {
        let changed = match self.untouched {
            Some(mark) => mark_of(&self.path)? != mark,
            None => false,
        };
        if changed {
            Err(TransferError::Changed)
        } else {
            Ok(())
        }
    }
}

/// Names of the tables of a database.
pub(super) fn tables(path: &Path) -> Result<Vec<String>, TransferError> {
    Foreign::connect(path)?.tables()
}

fn mark_of(path: &Path) -> Result<(u64, Option<SystemTime>), TransferError> {
    let metadata = fs::metadata(path).map_err(TransferError::Reading)?;
    Ok((metadata.len(), metadata.modified().ok()))
}

/// The address of a file for SQLite; `immutable` says that nobody writes.
fn uri_of(path: &Path, immutable: bool) -> Option<String> {
    let mut url = url::Url::from_file_path(path).ok()?;
    url.set_query(Some(if immutable {
        "mode=ro&immutable=1"
    } else {
        "mode=ro"
    }));
    Some(url.into())
}

/// What SQLite says about a foreign database; its words could hold what stands there, its codes do not.
pub(super) fn damaged(error: rusqlite::Error) -> TransferError {
    match error.sqlite_error() {
        Some(inner) if inner.code == rusqlite::ErrorCode::OperationInterrupted => {
            TransferError::Cancelled
        }
        Some(inner) => TransferError::Damaged(inner.to_string()),
        None => TransferError::Damaged("a value of another type".to_owned()),
    }
}

/// SQL for a short text that is not read when it is long.
pub(super) fn short(column: &str) -> String {
    format!("iif(octet_length({column}) <= {MAX_ID}, {column}, null)")
}

/// SQL for the text of a message, and for its length in bytes: it is not read when it is too long.
pub(super) fn text(column: &str) -> String {
    format!("iif(octet_length({column}) <= {MAX_TEXT}, {column}, null), octet_length({column})")
}

/// A text of any column; nothing when it is no text, or empty.
pub(super) fn words(row: &Row<'_>, column: usize) -> Option<String> {
    match row.get_ref(column) {
        Ok(ValueRef::Text(bytes)) if !bytes.is_empty() => {
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
        Ok(_) | Err(_) => None,
    }
}

/// A whole number of any column, rounded down.
pub(super) fn number(row: &Row<'_>, column: usize) -> Option<i64> {
    match row.get::<_, Value>(column) {
        Ok(Value::Integer(number)) => Some(number),
        Ok(Value::Real(number)) if number.is_finite() => Some(number.floor() as i64),
        Ok(_) | Err(_) => None,
    }
}

/// A time of any column, which counts seconds since 1970, whole or with a fraction.
pub(super) fn seconds(row: &Row<'_>, column: usize) -> Option<Timestamp> {
    match row.get::<_, Value>(column) {
        Ok(Value::Integer(seconds)) => seconds.checked_mul(1_000).map(Timestamp),
        // Beyond the greatest number it stops there, which no clock shows.
        Ok(Value::Real(seconds)) if seconds.is_finite() => {
            Some(Timestamp((seconds * 1_000.0).round() as i64))
        }
        Ok(_) | Err(_) => None,
    }
}

/// The address of a person in any column, without a resource.
pub(super) fn address(row: &Row<'_>, column: usize) -> Option<BareJid> {
    let address = Jid::new(&words(row, column)?).ok()?;
    parse_address(address.to_bare().as_str()).ok()
}
