//! What clients can do, by the verified hash of their features (XEP-0115).

use rusqlite::OptionalExtension;

use super::{StoreError, Txn};

type Result<T> = std::result::Result<T, StoreError>;

/// Hashes kept: far more than there are versions of clients in a big roster, too few for a stranger to fill the disk.
const KEPT: i64 = 5_000;

/// The verified meaning of one caps hash.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CapsEntry {
    /// Feature names, sorted.
    pub features: Vec<String>,
    /// Name of the first identity (`Conversations`, `Gajim` …), empty when none; untrusted.
    pub client: String,
}

impl Txn<'_> {
    /// What a hash stands for, if it was verified before. `algorithm` as on the wire, such as `sha-1`.
    pub fn caps(&self, algorithm: &str, hash: &str) -> Result<Option<CapsEntry>> {
        let found: Option<(String, String)> = self
            .0
            .prepare_cached("select features, client from caps where algorithm = ?1 and hash = ?2")?
            .query_row((algorithm, hash), |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((features, client)) = found else {
            return Ok(None);
        };
        let features =
            serde_json::from_str(&features).map_err(|_| StoreError::Damaged("caps.features"))?;
        Ok(Some(CapsEntry { features, client }))
    }

    /// Keeps the verified meaning of a hash; of more than 5,000 the oldest go.
    pub fn set_caps(&self, algorithm: &str, hash: &str, entry: &CapsEntry) -> Result<()> {
        let features = serde_json::to_string(&entry.features).expect("strings become JSON");
        self.0
            .prepare_cached(
                "insert or replace into caps (algorithm, hash, features, client) values (?1, ?2, ?3, ?4)",
            )?
            .execute((algorithm, hash, features, &entry.client))?;
        self.0
            .prepare_cached("delete from caps where id <= (select max(id) from caps) - ?1")?
            .execute([KEPT])?;
        Ok(())
    }
}
