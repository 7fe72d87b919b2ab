//! Reads chats and messages with everything that is kept of them.

use rusqlite::{Row, named_params};

use super::{
    StoredChat, StoredCorrection, StoredMessage, StoredNickname, StoredReaction, StoredRetraction,
};
use crate::{
    model::{AccountId, ConversationId, MessageId, Timestamp},
    store::{
        NewMessage, Page, Reader, StoreError,
        codes::{StoredJid, delivery_of},
    },
};

type Result<T> = std::result::Result<T, StoreError>;

impl Reader {
    /// All chats of all accounts, or one, in the order of their making.
    pub fn stored_chats(&self, only: Option<ConversationId>) -> Result<Vec<StoredChat>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select id, account, peer, kind, open, archived, pinned, notifications, draft, read_up_to,
                 (select count(*) from message where conversation = conversation.id)
                 from conversation where doomed = 0 and (?1 is null or id = ?1) order by id",
            )?;
            let rows = select.query_map([only], read_chat)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Messages of a chat after a place (none: from the beginning), oldest first, with everything that is kept of them.
    pub fn stored_messages(
        &self,
        chat: ConversationId,
        after: Option<Page>,
        limit: u32,
    ) -> Result<Vec<StoredMessage>> {
        let after = after.unwrap_or(Page {
            at: Timestamp(i64::MIN),
            id: MessageId(i64::MIN),
        });
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select id, conversation, direction, author, resource, body, at, stored_at, route, security, delivery,
                 failure, origin_id, stanza_id, markable, reply_id, reply_author, spoiler, edited, edited_at,
                 retracted_at, replaces, imported_from, import_key
                 from message where conversation = :chat and (at, id) > (:at, :id) order by at, id limit :limit",
            )?;
            let rows = select.query_map(
                named_params! { ":chat": chat, ":at": after.at, ":id": after.id, ":limit": limit },
                read_message,
            )?;
            let mut messages: Vec<StoredMessage> = rows.collect::<rusqlite::Result<_>>()?;
            let mut corrections = connection.prepare_cached(
                "select body, at, origin_id from correction where message = ?1 order by id",
            )?;
            for message in &mut messages {
                let rows = corrections.query_map([message.id], |row| {
                    Ok(StoredCorrection {
                        body: row.get(0)?,
                        at: row.get(1)?,
                        origin_id: row.get(2)?,
                    })
                })?;
                message.corrections = rows.collect::<rusqlite::Result<_>>()?;
            }
            Ok(messages)
        })
    }

    /// Reactions to messages of a chat, whether or not those are here.
    pub fn stored_reactions(&self, chat: ConversationId) -> Result<Vec<StoredReaction>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select target, author, emojis, at from reaction where conversation = ?1 order by target, author",
            )?;
            let rows = select.query_map([chat], |row| {
                let author = row.get::<_, StoredJid>(1)?.0;
                Ok((row.get(0)?, author, row.get::<_, String>(2)?, row.get(3)?))
            })?;
            let mut reactions = Vec::new();
            for row in rows {
                let (target, author, emojis, at) = row?;
                let emojis = serde_json::from_str(&emojis).map_err(|_| StoreError::Damaged("reaction"))?;
                reactions.push(StoredReaction { target, author, emojis, at });
            }
            Ok(reactions)
        })
    }

    /// Retractions that wait for their messages.
    pub fn stored_retractions(&self, chat: ConversationId) -> Result<Vec<StoredRetraction>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select target, author, at from retraction where conversation = ?1 order by target, author",
            )?;
            let rows = select.query_map([chat], |row| {
                Ok(StoredRetraction {
                    target: row.get(0)?,
                    author: row.get::<_, StoredJid>(1)?.0,
                    at: row.get(2)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Names that people gave themselves, on the roster or not.
    pub fn stored_nicknames(&self, account: AccountId) -> Result<Vec<StoredNickname>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select jid, nickname from person where account = ?1 and nickname <> '' order by jid",
            )?;
            let rows = select.query_map([account], |row| {
                Ok(StoredNickname {
                    jid: row.get::<_, StoredJid>(0)?.0,
                    nickname: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn read_chat(row: &Row<'_>) -> rusqlite::Result<StoredChat> {
    let messages: i64 = row.get(10)?;
    Ok(StoredChat {
        id: row.get(0)?,
        account: row.get(1)?,
        peer: row.get::<_, StoredJid>(2)?.0,
        kind: row.get(3)?,
        open: row.get(4)?,
        archived: row.get(5)?,
        pinned: row.get(6)?,
        notifications: row.get(7)?,
        draft: row.get(8)?,
        read_up_to: row.get(9)?,
        messages: messages.unsigned_abs(),
    })
}

fn read_message(row: &Row<'_>) -> rusqlite::Result<StoredMessage> {
    let reply_id: Option<String> = row.get(15)?;
    let reply_author: Option<StoredJid> = row.get(16)?;
    let (edited, edited_at): (Option<String>, Option<Timestamp>) = (row.get(18)?, row.get(19)?);
    let message = NewMessage {
        conversation: row.get(1)?,
        direction: row.get(2)?,
        author: row.get::<_, StoredJid>(3)?.0,
        resource: row.get(4)?,
        body: row.get(5)?,
        at: row.get(6)?,
        stored_at: row.get(7)?,
        route: row.get(8)?,
        security: row.get(9)?,
        delivery: delivery_of(row.get(10)?, row.get_ref(11)?.as_str()?)?,
        origin_id: row.get(12)?,
        stanza_id: row.get(13)?,
        markable: row.get(14)?,
        reply_to: reply_id.map(|id| (id, reply_author.map(|author| author.0))),
        spoiler: row.get(17)?,
    };
    Ok(StoredMessage {
        id: row.get(0)?,
        message,
        edited: edited.zip(edited_at),
        retracted: row.get(20)?,
        replaces: row.get(21)?,
        imported: row.get(22)?,
        import_key: row.get(23)?,
        corrections: Vec::new(),
    })
}
