//! Chats: one per account and peer.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, named_params};

use super::{Reader, StoreError, Txn, accounts::one, codes::StoredJid, pages};
use crate::model::{
    AccountId, BareJid, Conversation, ConversationId, ConversationKind, MessageId, Notifications,
    Timestamp,
};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The chat with a peer, made with this kind (and not open) when there is none. An existing kind stays.
    pub fn conversation_with(
        &self,
        account: AccountId,
        peer: &BareJid,
        kind: ConversationKind,
    ) -> Result<ConversationId> {
        if let Some(found) = self.find_conversation(account, peer)? {
            return Ok(found);
        }
        self.0
            .prepare_cached("insert into conversation (account, peer, kind) values (?1, ?2, ?3)")?
            .execute((account, peer.as_str(), kind))?;
        Ok(ConversationId(self.0.last_insert_rowid()))
    }

    /// The chat with a peer, if there is one.
    pub fn find_conversation(
        &self,
        account: AccountId,
        peer: &BareJid,
    ) -> Result<Option<ConversationId>> {
        find(&self.0, account, peer)
    }

    /// Account, peer and kind of a chat.
    pub fn conversation_peer(
        &self,
        conversation: ConversationId,
    ) -> Result<(AccountId, BareJid, ConversationKind)> {
        self.0
            .prepare_cached(
                "select account, peer, kind from conversation where id = ?1 and doomed = 0",
            )?
            .query_row([conversation], |row| {
                Ok((row.get(0)?, row.get::<_, StoredJid>(1)?.0, row.get(2)?))
            })
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Puts the chat on the list, or takes it off. One that comes onto the list stands above those whose messages are
    /// all stored already.
    pub fn set_conversation_open(&self, conversation: ConversationId, open: bool) -> Result<()> {
        one(self
            .0
            .prepare_cached(
                "update conversation set open = :open, archived = 0, opened_at = case when :open and not open
                 then coalesce((select stored_at + 1 from message order by id desc limit 1), 0)
                 else opened_at end
                 where id = :id",
            )?
            .execute(named_params! { ":open": open, ":id": conversation })?)
    }

    /// Puts a chat whose first message is an old one onto the list, at the place of that message; one that was there
    /// before stays as it is.
    pub fn list_old_chat(&self, conversation: ConversationId) -> Result<()> {
        self.0
            .prepare_cached(
                "update conversation set open = 1 where id = ?1 and open = 0 and archived = 0
                 and (select count(*) from (select 1 from message where conversation = ?1 limit 2)) = 1",
            )?
            .execute([conversation])?;
        Ok(())
    }

    /// Says whether the peer is a stranger.
    pub fn set_conversation_kind(
        &self,
        conversation: ConversationId,
        kind: ConversationKind,
    ) -> Result<()> {
        self.update(
            "update conversation set kind = ?2 where id = ?1",
            conversation,
            &kind,
        )
    }

    /// Puts the chat above the others, or back.
    pub fn set_pinned(&self, conversation: ConversationId, pinned: bool) -> Result<()> {
        self.update(
            "update conversation set pinned = ?2 where id = ?1",
            conversation,
            &pinned,
        )
    }

    /// Says what the chat may show on the desktop.
    pub fn set_notifications(
        &self,
        conversation: ConversationId,
        notifications: Notifications,
    ) -> Result<()> {
        self.update(
            "update conversation set notifications = ?2 where id = ?1",
            conversation,
            &notifications,
        )
    }

    /// What the chat may show on the desktop.
    pub fn notifications(&self, conversation: ConversationId) -> Result<Notifications> {
        self.0
            .prepare_cached("select notifications from conversation where id = ?1")?
            .query_row([conversation], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Keeps the text of the composer; empty forgets it.
    pub fn set_draft(&self, conversation: ConversationId, draft: &str) -> Result<()> {
        self.update(
            "update conversation set draft = ?2 where id = ?1",
            conversation,
            &draft,
        )
    }

    /// Everything up to this message (in the order of the chat) was seen; never goes back. Answers whether that changed anything.
    pub fn mark_read(&self, conversation: ConversationId, up_to: MessageId) -> Result<bool> {
        let at: Timestamp = self
            .0
            .prepare_cached("select at from message where id = ?1 and conversation = ?2")?
            .query_row((up_to, conversation), |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)?;
        let changed = self
            .0
            .prepare_cached(
                "update conversation set read_at = :at, read_up_to = :up_to,
                 unread = (select count(*) from message where conversation = :id
                     and (at, id) > (:at, :up_to) and direction = 0)
                 where id = :id and (read_at is null or (read_at, read_up_to) < (:at, :up_to))",
            )?
            .execute(named_params! { ":at": at, ":up_to": up_to, ":id": conversation })?;
        Ok(changed > 0)
    }

    /// One chat.
    pub fn conversation(&self, conversation: ConversationId) -> Result<Option<Conversation>> {
        one_conversation(&self.0, conversation)
    }

    fn update(&self, sql: &str, conversation: ConversationId, value: &dyn ToSql) -> Result<()> {
        one(self.0.prepare_cached(sql)?.execute((conversation, value))?)
    }
}

impl Reader {
    /// Open chats of all accounts that are not of strangers: pinned first, then newest first.
    pub fn conversations(&self) -> Result<Vec<Conversation>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "{} where c.open = 1 and c.kind = 0
                 order by c.pinned desc, max(coalesce(m.at, 0), c.opened_at) desc, c.id desc",
                select()
            ))?;
            let rows = select.query_map([], read_conversation)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Chats of all accounts that were put away, newest first.
    pub fn archived_conversations(&self) -> Result<Vec<Conversation>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "{} where c.archived = 1 and c.kind = 0 order by coalesce(m.at, 0) desc, c.id desc",
                select()
            ))?;
            let rows = select.query_map([], read_conversation)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// How many chats of all accounts were put away.
    pub fn archived_count(&self) -> Result<u32> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "select count(*) from conversation where archived = 1 and kind = 0",
                )?
                .query_row([], |row| row.get(0))?)
        })
    }

    /// One chat.
    pub fn conversation(&self, conversation: ConversationId) -> Result<Option<Conversation>> {
        self.read(|connection| one_conversation(connection, conversation))
    }

    /// The chat with a peer, if there is one.
    pub fn conversation_with(
        &self,
        account: AccountId,
        peer: &BareJid,
    ) -> Result<Option<ConversationId>> {
        self.read(|connection| find(connection, account, peer))
    }

    /// Unread messages of all chats on the list that are not muted or of strangers.
    pub fn unread_total(&self) -> Result<u32> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "select coalesce(sum(unread), 0) from conversation
                     where open = 1 and kind = 0 and notifications = 0",
                )?
                .query_row([], |row| row.get(0))?)
        })
    }
}

fn find(
    connection: &Connection,
    account: AccountId,
    peer: &BareJid,
) -> Result<Option<ConversationId>> {
    Ok(connection
        .prepare_cached("select id from conversation where account = ?1 and peer = ?2")?
        .query_row((account, peer.as_str()), |row| row.get(0))
        .optional()?)
}

pub(super) fn one_conversation(
    connection: &Connection,
    conversation: ConversationId,
) -> Result<Option<Conversation>> {
    Ok(connection
        .prepare_cached(&format!("{} where c.id = ?1 and c.doomed = 0", select()))?
        .query_row([conversation], read_conversation)
        .optional()?)
}

/// Columns of the newest message first, so that the pages' reading fits both.
fn select() -> String {
    format!(
        "select {}, c.id, c.account, c.peer, c.kind, coalesce(r.name, ''), coalesce(p.nickname, ''),
         p.avatar, c.open, c.pinned, c.notifications, c.unread,
         (select id from message where conversation = c.id and (at, id) <= (c.read_at, c.read_up_to)
             order by at desc, id desc limit 1),
         c.draft,
         r.jid is not null,
         exists (select 1 from blocked b where b.account = c.account
             and b.jid in (c.peer, substr(c.peer, instr(c.peer, '@') + 1))),
         c.archived
         from conversation c
         left join roster_item r on r.account = c.account and r.jid = c.peer
         left join person p on p.account = c.account and p.jid = c.peer
         left join message m on m.id = (select id from message where conversation = c.id
             order by at desc, id desc limit 1)",
        pages::COLUMNS
    )
}

fn read_conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    const FIRST: usize = pages::COLUMN_COUNT;
    let peer = row.get::<_, StoredJid>(FIRST + 2)?.0;
    let names: [String; 2] = [row.get(FIRST + 4)?, row.get(FIRST + 5)?];
    let name = names
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .unwrap_or_else(|| peer.to_string());
    let newest: Option<MessageId> = row.get(0)?;
    Ok(Conversation {
        id: row.get(FIRST)?,
        account: row.get(FIRST + 1)?,
        peer,
        kind: row.get(FIRST + 3)?,
        name,
        avatar: row.get(FIRST + 6)?,
        open: row.get(FIRST + 7)?,
        pinned: row.get(FIRST + 8)?,
        notifications: row.get(FIRST + 9)?,
        unread: row.get(FIRST + 10)?,
        read_up_to: row.get(FIRST + 11)?,
        draft: row.get(FIRST + 12)?,
        last: newest.map(|_| pages::read_message(row)).transpose()?,
        is_contact: row.get(FIRST + 13)?,
        blocked: row.get(FIRST + 14)?,
        archived: row.get(FIRST + 15)?,
    })
}
