//! Finds out which messages of an import are here already.

use std::collections::HashSet;

use rusqlite::{Connection, named_params};

use super::StoredMessage;
use crate::{
    model::{ConversationId, MessageId},
    store::{Reader, StoreError, Txn},
};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The row that is the same message as one to be brought into a chat: with the same key of an earlier import, the
    /// same id of the archive, the same id and author, or else the same text and direction within `window` milliseconds
    /// where no id says otherwise. Rows that are taken are not found: each stands for one message.
    pub fn find_twin(
        &self,
        chat: ConversationId,
        wanted: &StoredMessage,
        window: i64,
        taken: &HashSet<MessageId>,
    ) -> Result<Option<MessageId>> {
        find_twin(&self.0, chat, wanted, window, taken)
    }
}

impl Reader {
    /// For each message, in order, what [`Txn::find_twin`] would find; those found are taken, too.
    pub fn find_twins(
        &self,
        chat: ConversationId,
        wanted: &[&StoredMessage],
        window: i64,
        taken: &mut HashSet<MessageId>,
    ) -> Result<Vec<Option<MessageId>>> {
        self.read(|connection| {
            let mut found = Vec::with_capacity(wanted.len());
            for message in wanted {
                let twin = find_twin(connection, chat, message, window, taken)?;
                taken.extend(twin);
                found.push(twin);
            }
            Ok(found)
        })
    }
}

fn find_twin(
    connection: &Connection,
    chat: ConversationId,
    wanted: &StoredMessage,
    window: i64,
    taken: &HashSet<MessageId>,
) -> Result<Option<MessageId>> {
    let message = &wanted.message;
    let mut select = connection.prepare_cached(
        "select id, 0 as distance from message
             where conversation = :chat and import_key is not null and import_key = :key
         union all select m.id, 1 from conversation c join message m
             on m.account = c.account and m.stanza_id is not null and m.stanza_id = :stanza_id where c.id = :chat
         union all select id, 2 from message
             where conversation = :chat and origin_id is not null and origin_id = :origin_id
             and direction = :direction and author = :author
             and (body = :body or edited is not null or retracted_at is not null)
             and (stanza_id is null or :stanza_id is null or stanza_id = :stanza_id)
         union all select id, 3 + abs(at - :at) from message
             where conversation = :chat and at between :at - :window and :at + :window
             and direction = :direction and (body = :body or edited = :body)
             and (stanza_id is null or :stanza_id is null) and (origin_id is null or :origin_id is null)
             and (import_key is null or :key is null or imported_from <> :source)
         order by distance, 1",
    )?;
    let mut rows = select.query(named_params! {
        ":chat": chat,
        ":key": wanted.import_key,
        ":source": wanted.imported,
        ":stanza_id": message.stanza_id,
        ":origin_id": message.origin_id,
        ":direction": message.direction,
        ":author": message.author.as_str(),
        ":body": message.body,
        ":at": message.at,
        ":window": window,
    })?;
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        if !taken.contains(&id) {
            return Ok(Some(id));
        }
    }
    Ok(None)
}
