//! Reads messages in the order of (time, id), a page at a time.

use rusqlite::{Connection, OptionalExtension, Row, named_params, types::FromSqlError};

use super::{
    Reader, StoreError, Txn,
    codes::{StoredJid, delivery_of},
};
use crate::model::{
    BareJid, ConversationId, Message, MessageId, Quoted, Reaction, ReplyTo, Timestamp,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A place in a chat: the order is (time, id).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Page {
    /// Time of the message beside which the page lies.
    pub at: Timestamp,
    /// Row of the message beside which the page lies.
    pub id: MessageId,
}

impl Txn<'_> {
    /// One message.
    pub fn message(&self, message: MessageId) -> Result<Message> {
        one_message(&self.0, message)?.ok_or(StoreError::Missing)
    }
}

impl Reader {
    /// The newest messages of a chat, oldest first.
    pub fn newest_messages(
        &self,
        conversation: ConversationId,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let last = Page {
            at: Timestamp(i64::MAX),
            id: MessageId(i64::MAX),
        };
        self.messages_before(conversation, last, limit)
    }

    /// Messages before a place, oldest first.
    pub fn messages_before(
        &self,
        conversation: ConversationId,
        before: Page,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let mut messages = self.page(
            "m.conversation = :conversation and (m.at, m.id) < (:at, :id)
             order by m.at desc, m.id desc limit :limit",
            conversation,
            before,
            limit,
        )?;
        messages.reverse();
        Ok(messages)
    }

    /// Messages after a place, oldest first.
    pub fn messages_after(
        &self,
        conversation: ConversationId,
        after: Page,
        limit: u32,
    ) -> Result<Vec<Message>> {
        self.page(
            "m.conversation = :conversation and (m.at, m.id) > (:at, :id)
             order by m.at, m.id limit :limit",
            conversation,
            after,
            limit,
        )
    }

    /// These messages, in the order of the chat; missing ones are left out.
    pub fn messages(&self, ids: &[MessageId]) -> Result<Vec<Message>> {
        self.read(|connection| {
            let mut messages = Vec::with_capacity(ids.len());
            for id in ids {
                messages.extend(one_message(connection, *id)?);
            }
            messages.sort_by_key(|message| (message.at, message.id));
            messages.dedup_by_key(|message| message.id);
            Ok(messages)
        })
    }

    /// Number of messages in a chat.
    pub fn message_count(&self, conversation: ConversationId) -> Result<u64> {
        self.read(|connection| {
            let count: i64 = connection
                .prepare_cached("select count(*) from message where conversation = ?1")?
                .query_row([conversation], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    fn page(
        &self,
        condition: &str,
        conversation: ConversationId,
        place: Page,
        limit: u32,
    ) -> Result<Vec<Message>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(&format!(
                "select {COLUMNS} from message m where {condition}"
            ))?;
            let rows = select.query_map(
                named_params! {
                    ":conversation": conversation,
                    ":at": place.at,
                    ":id": place.id,
                    ":limit": limit,
                },
                read_message,
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

/// Columns of a message `m`, in the order of [`read_message`].
pub(super) const COLUMNS: &str = "m.id, m.conversation, m.direction, m.author, m.resource,
    coalesce(m.edited, m.body), m.at, m.stored_at, m.route, m.security, m.delivery, m.failure,
    m.origin_id, m.stanza_id, m.markable, m.edited_at, m.retracted_at, m.reply_id,
    (select json_group_array(json_array(r.author, json(r.emojis))) from reaction r
     where r.conversation = m.conversation and r.target = m.origin_id),
    (select json_array(q.id, q.author, substr(coalesce(q.spoiler, q.edited, q.body), 1, 300)) from message q
     where q.conversation = m.conversation and q.origin_id = m.reply_id order by q.id desc limit 1), m.spoiler,
    m.imported_from";
/// Number of [`COLUMNS`].
pub(super) const COLUMN_COUNT: usize = 22;

pub(super) fn one_message(connection: &Connection, message: MessageId) -> Result<Option<Message>> {
    Ok(connection
        .prepare_cached(&format!("select {COLUMNS} from message m where m.id = ?1"))?
        .query_row([message], read_message)
        .optional()?)
}

/// The message in the first columns of a row.
pub(super) fn read_message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let failure = row.get_ref(11)?.as_str()?;
    Ok(Message {
        id: row.get(0)?,
        conversation: row.get(1)?,
        direction: row.get(2)?,
        author: row.get::<_, StoredJid>(3)?.0,
        resource: row.get(4)?,
        body: row.get(5)?,
        at: row.get(6)?,
        stored_at: row.get(7)?,
        route: row.get(8)?,
        imported: row.get(21)?,
        security: row.get(9)?,
        delivery: delivery_of(row.get(10)?, failure)?,
        origin_id: row.get(12)?,
        stanza_id: row.get(13)?,
        markable: row.get(14)?,
        corrected: row.get(15)?,
        retracted: row.get(16)?,
        reply_to: reply_to(row.get(17)?, row.get(19)?)?,
        spoiler: row.get(20)?,
        reactions: reactions(row.get_ref(18)?.as_str()?)?,
    })
}

fn reply_to(id: Option<String>, quoted: Option<String>) -> rusqlite::Result<Option<ReplyTo>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let quoted = match quoted {
        None => None,
        Some(json) => {
            let (message, author, text): (i64, String, String) = parsed(&json)?;
            let author = BareJid::new(&author).map_err(|_| FromSqlError::InvalidType)?;
            Some(Quoted {
                message: MessageId(message),
                author,
                text,
            })
        }
    };
    Ok(Some(ReplyTo { id, quoted }))
}

/// Who chose what, turned into who chose each: most frequent first, then as they were chosen.
fn reactions(json: &str) -> rusqlite::Result<Vec<Reaction>> {
    let mut all: Vec<Reaction> = Vec::new();
    if json == "[]" {
        return Ok(all);
    }
    let people: Vec<(String, Vec<String>)> = parsed(json)?;
    for (author, emojis) in people {
        let author = BareJid::new(&author).map_err(|_| FromSqlError::InvalidType)?;
        for emoji in emojis {
            match all.iter_mut().find(|reaction| reaction.emoji == emoji) {
                Some(reaction) => reaction.authors.push(author.clone()),
                None => all.push(Reaction {
                    emoji,
                    authors: vec![author.clone()],
                }),
            }
        }
    }
    all.sort_by_key(|reaction| std::cmp::Reverse(reaction.authors.len()));
    Ok(all)
}

fn parsed<'j, T: serde::Deserialize<'j>>(json: &'j str) -> rusqlite::Result<T> {
    serde_json::from_str(json).map_err(|error| FromSqlError::Other(Box::new(error)).into())
}
