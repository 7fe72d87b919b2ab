//! What was seen of a chat, here and on own devices, and chats that are put away.

use rusqlite::OptionalExtension;

use super::{StoreError, Txn, accounts::one};
use crate::model::{AccountId, ConversationId, MessageId};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Makes the newest incoming message unread again; answers whether that changed anything.
    pub fn mark_unread(&self, conversation: ConversationId) -> Result<bool> {
        let changed = self
            .0
            .prepare_cached(
                "update conversation set (read_at, read_up_to) =
                    (select at, id from message where conversation = ?1 and (at, id) <
                        (select at, id from message where conversation = ?1 and direction = 0
                         order by at desc, id desc limit 1)
                     order by at desc, id desc limit 1),
                 unread = 1, displayed_due = 0
                 where id = ?1 and unread = 0
                 and exists (select 1 from message where conversation = ?1 and direction = 0)",
            )?
            .execute([conversation])?;
        Ok(changed > 0)
    }

    /// Takes a chat off the list until something new comes.
    pub fn archive_conversation(&self, conversation: ConversationId) -> Result<()> {
        one(self
            .0
            .prepare_cached("update conversation set open = 0, archived = 1 where id = ?1")?
            .execute([conversation])?)
    }

    /// The message of a chat with this archive id.
    pub fn find_archived(
        &self,
        conversation: ConversationId,
        stanza_id: &str,
    ) -> Result<Option<MessageId>> {
        Ok(self
            .0
            .prepare_cached(
                "select m.id from conversation c join message m
                 on m.account = c.account and m.stanza_id = ?2 and m.conversation = c.id
                 where c.id = ?1",
            )?
            .query_row((conversation, stanza_id), |row| row.get(0))
            .optional()?)
    }

    /// The archive id that own devices know as seen, if any (XEP-0490).
    pub fn displayed(&self, conversation: ConversationId) -> Result<Option<String>> {
        self.0
            .prepare_cached("select displayed_id from conversation where id = ?1")?
            .query_row([conversation], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Remembers what own devices know as seen.
    pub fn set_displayed(&self, conversation: ConversationId, stanza_id: &str) -> Result<()> {
        one(self
            .0
            .prepare_cached("update conversation set displayed_id = ?2 where id = ?1")?
            .execute((conversation, stanza_id))?)
    }

    /// Says whether own devices are still to be told what was seen here.
    pub fn set_displayed_due(&self, conversation: ConversationId, due: bool) -> Result<()> {
        one(self
            .0
            .prepare_cached("update conversation set displayed_due = ?2 where id = ?1")?
            .execute((conversation, due))?)
    }

    /// Chats of which own devices are still to be told what was seen here; never those of strangers.
    pub fn displayed_due(&self, account: AccountId) -> Result<Vec<ConversationId>> {
        let mut select = self.0.prepare_cached(
            "select id from conversation where account = ?1 and displayed_due = 1 and kind = 0",
        )?;
        let rows = select.query_map([account], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The archive id of the newest incoming message that was seen.
    pub fn seen_archive_id(&self, conversation: ConversationId) -> Result<Option<String>> {
        Ok(self
            .0
            .prepare_cached(
                "select m.stanza_id from conversation c join message m on m.conversation = c.id
                 and (m.at, m.id) <= (c.read_at, c.read_up_to)
                 where c.id = ?1 and m.direction = 0 and m.stanza_id is not null
                 order by m.at desc, m.id desc limit 1",
            )?
            .query_row([conversation], |row| row.get(0))
            .optional()?)
    }
}
