//! Removes what is not to be kept here: old messages by a rule of the account, whole chats, single messages.
//!
//! A removed chat is out of sight at once; its messages go in parts, so that nothing else waits for long. What was
//! removed does not come back from the archive.

use rusqlite::{Connection, OptionalExtension};

use super::{Reader, StoreError, Txn, accounts::one, messages::NewMessage};
use crate::model::{AccountId, BareJid, ConversationId, Message, MessageId, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

impl Txn<'_> {
    /// Says after how many days messages of an account are removed from here; `None`: never.
    pub fn set_forget_after(&self, account: AccountId, days: Option<u32>) -> Result<()> {
        one(self
            .0
            .prepare_cached("update account set forget_after_days = ?2 where id = ?1")?
            .execute((account, days.unwrap_or(0)))?)?;
        if days.is_none() {
            self.remember_again(account)?;
        }
        Ok(())
    }

    /// What was forgotten may come from the archive again: its past is read once more.
    fn remember_again(&self, account: AccountId) -> Result<()> {
        for sql in [
            "insert or replace into archive_gap (account, before_id)
             select id, archive_cursor from account
             where id = ?1 and archive_cursor is not null and forgotten_before is not null",
            "delete from archive_complete where account = ?1
             and exists (select 1 from account where id = ?1 and forgotten_before is not null)",
            "update account set forgotten_before = null where id = ?1",
        ] {
            self.0.prepare_cached(sql)?.execute([account])?;
        }
        Ok(())
    }

    /// After how many days messages of an account are removed from here.
    pub fn forget_after(&self, account: AccountId) -> Result<Option<u32>> {
        forget_after(&self.0, account)
    }

    /// Before which time everything of an account is forgotten.
    pub fn forgotten_before(&self, account: AccountId) -> Result<Option<Timestamp>> {
        Ok(self
            .0
            .prepare_cached("select forgotten_before from account where id = ?1")?
            .query_row([account], |row| row.get(0))
            .optional()?
            .flatten())
    }

    /// Applies the rules of all accounts: what is too old now is forgotten, and [`Txn::sweep`] will remove it.
    pub fn apply_forgetting(&self, now: Timestamp) -> Result<()> {
        self.0
            .prepare_cached(
                "update account set forgotten_before =
                     max(coalesce(forgotten_before, -9223372036854775808), ?1 - forget_after_days * ?2)
                 where forget_after_days > 0",
            )?
            .execute((now, DAY))?;
        for table in ["reaction", "retraction"] {
            self.0
                .prepare_cached(&format!(
                    "delete from {table} where exists (select 1 from conversation c
                     join account a on a.id = c.account where c.id = {table}.conversation
                     and {table}.at < a.forgotten_before)
                     and not exists (select 1 from message m where m.conversation = {table}.conversation
                     and m.origin_id = {table}.target)"
                ))?
                .execute([])?;
        }
        Ok(())
    }

    /// Removes up to `limit` messages of those that are forgotten or were in removed chats; answers which and of which
    /// chats. None: nothing is left to remove. Messages that wait to be sent are kept.
    pub fn sweep(&self, limit: u32) -> Result<Vec<(ConversationId, MessageId)>> {
        let found = self.to_sweep(limit)?;
        for (_, message) in &found {
            self.remove(*message)?;
        }
        let mut chats: Vec<ConversationId> = found.iter().map(|(chat, _)| *chat).collect();
        chats.dedup();
        for chat in chats {
            self.count_unread(chat)?;
        }
        if found.is_empty() {
            self.0
                .prepare_cached("delete from conversation where doomed = 1")?
                .execute([])?;
        }
        Ok(found)
    }

    fn to_sweep(&self, limit: u32) -> Result<Vec<(ConversationId, MessageId)>> {
        let limit = i64::from(limit);
        let mut found = Vec::new();
        for sql in [
            "select m.conversation, m.id from conversation c join message m on m.conversation = c.id
             where c.doomed = 1 limit ?1",
            "select m.conversation, m.id from account a join conversation c on c.account = a.id
             join message m on m.conversation = c.id and m.at < a.forgotten_before
             where a.forgotten_before is not null and c.doomed = 0
             and not (m.direction = 1 and m.delivery = 0) limit ?1",
        ] {
            let left = limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
            let mut select = self.0.prepare_cached(sql)?;
            let rows = select.query_map([left], |row| Ok((row.get(0)?, row.get(1)?)))?;
            found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
        }
        Ok(found)
    }

    /// Removes a chat from here: it is gone at once for everybody who looks, and [`Txn::sweep`] removes its messages.
    /// What waits to be sent in it is not sent. Who writes again begins a new chat.
    pub fn delete_conversation(&self, conversation: ConversationId) -> Result<()> {
        let (account, peer, _) = self.conversation_peer(conversation)?;
        if let Some(newest) = self.newest_time(conversation)? {
            self.0
                .prepare_cached(
                    "insert into deleted_chat (account, peer, up_to) values (?1, ?2, ?3)
                     on conflict (account, peer) do update set up_to = max(up_to, excluded.up_to)",
                )?
                .execute((account, peer.as_str(), newest))?;
        }
        self.0
            .prepare_cached(
                "delete from outbox where message in (select id from message
                 where conversation = ?1 and direction = 1 and delivery < 3)",
            )?
            .execute([conversation])?;
        // Nobody has such an address: the place of the chat is free for a new one.
        self.0
            .prepare_cached(
                "update conversation set doomed = 1, peer = 'deleted-' || id || '.invalid', open = 0, archived = 0,
                 draft = '', unread = 0, displayed_id = null, displayed_due = 0 where id = ?1",
            )?
            .execute([conversation])?;
        Ok(())
    }

    /// Removes one message from here, and nowhere else; answers its chat. If it waits to be sent, it is not sent.
    pub fn delete_message(&self, message: MessageId) -> Result<ConversationId> {
        let Message {
            conversation,
            author,
            origin_id,
            stanza_id,
            ..
        } = self.message(message)?;
        self.0
            .prepare_cached(
                "insert into deleted_message (conversation, author, origin_id, stanza_id)
                 select ?1, ?2, ?3, ?4 where ?3 is not null or ?4 is not null",
            )?
            .execute((conversation, author.as_str(), origin_id, stanza_id))?;
        self.remove(message)?;
        self.count_unread(conversation)?;
        Ok(conversation)
    }

    fn remove(&self, message: MessageId) -> Result<()> {
        self.0
            .prepare_cached(
                "delete from reaction where (conversation, target) =
                 (select conversation, origin_id from message where id = ?1)",
            )?
            .execute([message])?;
        one(self
            .0
            .prepare_cached("delete from message where id = ?1")?
            .execute([message])?)
    }

    /// Whether a message was removed from here before, by itself.
    pub fn was_deleted(&self, message: &NewMessage) -> Result<bool> {
        let chat = message.conversation;
        let by_stanza = match &message.stanza_id {
            Some(id) => self
                .0
                .prepare_cached(
                    "select 1 from deleted_message where conversation = ?1 and stanza_id = ?2",
                )?
                .exists((chat, id))?,
            None => false,
        };
        let by_origin = match &message.origin_id {
            Some(id) => self.was_deleted_of(chat, &message.author, id)?,
            None => false,
        };
        Ok(by_stanza || by_origin)
    }

    /// Whether the author's message with this origin id was removed from here.
    pub fn was_deleted_of(
        &self,
        conversation: ConversationId,
        author: &BareJid,
        origin_id: &str,
    ) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached(
                "select 1 from deleted_message where conversation = ?1 and origin_id = ?2 and author = ?3",
            )?
            .exists((conversation, origin_id, author.as_str()))?)
    }

    /// Whether what was sent at this time in a chat with this peer is forgotten, or was removed with the whole chat.
    pub fn is_forgotten(&self, account: AccountId, peer: &BareJid, at: Timestamp) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached(
                "select exists (select 1 from account where id = ?1 and forgotten_before > ?3)
                 or exists (select 1 from deleted_chat where account = ?1 and peer = ?2 and up_to >= ?3)",
            )?
            .query_row((account, peer.as_str(), at), |row| row.get(0))?)
    }
}

impl Reader {
    /// After how many days messages of an account are removed from here; `None`: never.
    pub fn forget_after(&self, account: AccountId) -> Result<Option<u32>> {
        self.read(|connection| forget_after(connection, account))
    }

    /// How many messages of an account were sent before this time: what a rule would remove.
    pub fn count_before(&self, account: AccountId, before: Timestamp) -> Result<u64> {
        self.read(|connection| {
            let count: i64 = connection
                .prepare_cached(
                    "select coalesce(sum((select count(*) from message m where m.conversation = c.id and m.at < ?2)), 0)
                     from conversation c where c.account = ?1",
                )?
                .query_row((account, before), |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }
}

fn forget_after(connection: &Connection, account: AccountId) -> Result<Option<u32>> {
    let days: u32 = connection
        .prepare_cached("select forget_after_days from account where id = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::Missing)?;
    Ok(Some(days).filter(|days| *days > 0))
}
