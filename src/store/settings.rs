//! Settings of the profile, and small values that a component keeps for itself.

use rusqlite::{Connection, OptionalExtension};

use super::{Reader, StoreError, Txn};
use crate::model::Settings;

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// All settings.
    pub fn settings(&self) -> Result<Settings> {
        settings(&self.0)
    }

    /// Replaces all settings.
    pub fn set_settings(&self, settings: &Settings) -> Result<()> {
        let json = serde_json::to_string(settings).expect("settings become JSON");
        self.0
            .prepare_cached("insert or replace into settings (id, json) values (1, ?1)")?
            .execute([json])?;
        Ok(())
    }

    /// A small value kept under a name.
    pub fn value(&self, name: &str) -> Result<Option<String>> {
        value(&self.0, name)
    }

    /// Keeps a small value under a name (window size, last chat …); an empty one is forgotten.
    pub fn set_value(&self, name: &str, value: &str) -> Result<()> {
        if value.is_empty() {
            self.0
                .prepare_cached("delete from kept_value where name = ?1")?
                .execute([name])?;
            return Ok(());
        }
        self.0
            .prepare_cached("insert or replace into kept_value (name, value) values (?1, ?2)")?
            .execute((name, value))?;
        Ok(())
    }
}

impl Reader {
    /// All settings.
    pub fn settings(&self) -> Result<Settings> {
        self.read(settings)
    }

    /// A small value kept under a name.
    pub fn value(&self, name: &str) -> Result<Option<String>> {
        self.read(|connection| value(connection, name))
    }
}

fn settings(connection: &Connection) -> Result<Settings> {
    let json: Option<String> = connection
        .prepare_cached("select json from settings where id = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    json.map_or_else(
        || Ok(Settings::default()),
        |json| serde_json::from_str(&json).map_err(|_| StoreError::Damaged("settings.json")),
    )
}

fn value(connection: &Connection, name: &str) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("select value from kept_value where name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}
