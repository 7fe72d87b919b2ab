//! How far each account's archive has been read (XEP-0313): up to the cursor, and back to the gap.

use rusqlite::{Connection, OptionalExtension};

use super::{Reader, StoreError, Txn, accounts::one};
use crate::model::{AccountId, BareJid, ConversationId, History, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// The part of an archive that is not stored yet: everything before a place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArchiveGap {
    /// Archive id of the place: everything from here on is stored.
    pub before_id: String,
    /// When the message at that place was sent, if known.
    pub before_at: Option<Timestamp>,
    /// Messages fetched into the gap so far.
    pub fetched: u64,
}

impl Txn<'_> {
    /// The archive id up to which everything is stored (but for the gap), if any.
    pub fn archive_cursor(&self, account: AccountId) -> Result<Option<String>> {
        self.0
            .prepare_cached("select archive_cursor from account where id = ?1")?
            .query_row([account], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// When the message at the cursor was sent, if known.
    pub fn archive_cursor_time(&self, account: AccountId) -> Result<Option<Timestamp>> {
        self.0
            .prepare_cached("select archive_cursor_at from account where id = ?1")?
            .query_row([account], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Moves the cursor to the message with this archive id, sent at this time; belongs in the transaction that
    /// stored the messages.
    pub fn set_archive_cursor(
        &self,
        account: AccountId,
        id: &str,
        at: Option<Timestamp>,
    ) -> Result<()> {
        one(self
            .0
            .prepare_cached(
                "update account set archive_cursor = ?2, archive_cursor_at = coalesce(?3, archive_cursor_at)
                 where id = ?1",
            )?
            .execute((account, id, at))?)
    }

    /// The part of the past that is not stored yet, if there is one.
    pub fn archive_gap(&self, account: AccountId) -> Result<Option<ArchiveGap>> {
        gap(&self.0, account)
    }

    /// Keeps how far back the past is stored, or that nothing is missing; belongs in the transaction that stored
    /// the messages.
    pub fn set_archive_gap(&self, account: AccountId, gap: Option<&ArchiveGap>) -> Result<()> {
        let Some(gap) = gap else {
            self.0
                .prepare_cached("delete from archive_gap where account = ?1")?
                .execute([account])?;
            return Ok(());
        };
        let fetched = i64::try_from(gap.fetched).unwrap_or(i64::MAX);
        self.0
            .prepare_cached(
                "insert into archive_gap (account, before_id, before_at, fetched) values (?1, ?2, ?3, ?4)
                 on conflict (account) do update set before_id = excluded.before_id,
                 before_at = excluded.before_at, fetched = excluded.fetched",
            )?
            .execute((account, &gap.before_id, gap.before_at, fetched))?;
        Ok(())
    }

    /// Whether the person stopped the filling of the past.
    pub fn history_paused(&self, account: AccountId) -> Result<bool> {
        paused(&self.0, account)
    }

    /// Remembers whether the past is to be filled.
    pub fn set_history_paused(&self, account: AccountId, paused: bool) -> Result<()> {
        one(self
            .0
            .prepare_cached("update account set history_paused = ?2 where id = ?1")?
            .execute((account, paused))?)
    }

    /// The oldest archive id stored of a chat with this peer, and whether the archive has nothing older.
    pub fn oldest_archived(
        &self,
        account: AccountId,
        peer: &BareJid,
    ) -> Result<(Option<String>, bool)> {
        let complete = complete(&self.0, account, peer)?;
        let Some(conversation) = self.find_conversation(account, peer)? else {
            return Ok((None, complete));
        };
        let oldest = self
            .0
            .prepare_cached(
                "select stanza_id from message indexed by message_order
                 where conversation = ?1 and stanza_id is not null order by at, id limit 1",
            )?
            .query_row([conversation], |row| row.get(0))
            .optional()?;
        Ok((oldest, complete))
    }

    /// Time of the oldest message of a chat that is known to be in the archive.
    pub fn oldest_archived_time(&self, conversation: ConversationId) -> Result<Option<Timestamp>> {
        Ok(self
            .0
            .prepare_cached(
                "select at from message indexed by message_order
                 where conversation = ?1 and stanza_id is not null order by at, id limit 1",
            )?
            .query_row([conversation], |row| row.get(0))
            .optional()?)
    }

    /// Whether a message with this archive id is stored.
    pub fn is_archived(&self, account: AccountId, stanza_id: &str) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("select 1 from message where account = ?1 and stanza_id = ?2")?
            .exists((account, stanza_id))?)
    }

    /// Remembers that the archive has nothing older of this chat.
    pub fn set_archive_complete(&self, account: AccountId, peer: &BareJid) -> Result<()> {
        self.0
            .prepare_cached(
                "insert or ignore into archive_complete (account, peer) values (?1, ?2)",
            )?
            .execute((account, peer.as_str()))?;
        Ok(())
    }
}

impl Reader {
    /// Whether the archive is known to have nothing older of a chat than what is stored.
    pub fn archive_complete(&self, account: AccountId, peer: &BareJid) -> Result<bool> {
        self.read(|connection| complete(connection, account, peer))
    }

    /// How much of the account's archive is stored here.
    pub fn history(&self, account: AccountId) -> Result<History> {
        self.read(|connection| {
            let gap = gap(connection, account)?;
            let begun = connection
                .prepare_cached(
                    "select 1 from account where id = ?1 and archive_cursor is not null",
                )?
                .exists([account])?;
            Ok(History {
                complete: begun && gap.is_none(),
                paused: paused(connection, account)?,
                fetched: gap.as_ref().map_or(0, |gap| gap.fetched),
                reached: gap.and_then(|gap| gap.before_at),
            })
        })
    }
}

fn gap(connection: &Connection, account: AccountId) -> Result<Option<ArchiveGap>> {
    Ok(connection
        .prepare_cached("select before_id, before_at, fetched from archive_gap where account = ?1")?
        .query_row([account], |row| {
            Ok(ArchiveGap {
                before_id: row.get(0)?,
                before_at: row.get(1)?,
                fetched: row.get::<_, i64>(2)?.unsigned_abs(),
            })
        })
        .optional()?)
}

fn paused(connection: &Connection, account: AccountId) -> Result<bool> {
    connection
        .prepare_cached("select history_paused from account where id = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::Missing)
}

/// Whether everything of a chat is stored: because the archive said so, or because nothing of the account is missing.
fn complete(connection: &Connection, account: AccountId, peer: &BareJid) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "select exists (select 1 from archive_complete where account = ?1 and peer = ?2)
             or exists (select 1 from account a where a.id = ?1 and a.archive_cursor is not null
                and not exists (select 1 from archive_gap g where g.account = a.id))",
        )?
        .query_row((account, peer.as_str()), |row| row.get(0))?)
}
