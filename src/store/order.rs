//! Where messages of the archive stand in their chats, for those that bring more of it.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row};

use super::{StoreError, Txn, accounts::one};
use crate::model::{AccountId, BareJid, ConversationId, MessageId, Route, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// A stored message and its place: the order of a chat is (time, row).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Placed {
    /// The row.
    pub message: MessageId,
    /// Its chat.
    pub conversation: ConversationId,
    /// The time it is sorted by.
    pub at: Timestamp,
    /// Whether it was written here.
    pub is_local: bool,
}

/// What makes two copies of a message one (XEP-0359 gives no better means to somebody who has no archive id).
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The other end of the chat.
    pub peer: &'a BareJid,
    /// Who wrote it.
    pub author: &'a BareJid,
    /// The id the author's client gave.
    pub origin_id: &'a str,
    /// The text; nothing when it is encrypted, and every copy is the same.
    pub body: Option<&'a str>,
}

const COLUMNS: &str = "id, conversation, at, route";

fn placed(row: &Row<'_>) -> rusqlite::Result<Placed> {
    Ok(Placed {
        message: row.get(0)?,
        conversation: row.get(1)?,
        at: row.get(2)?,
        is_local: row.get::<_, Route>(3)? == Route::Local,
    })
}

impl Txn<'_> {
    /// Where a message stands, if it is there.
    pub fn place_of(&self, message: MessageId) -> Result<Option<Placed>> {
        let select = format!("select {COLUMNS} from message where id = ?1");
        Ok(self
            .0
            .prepare_cached(&select)?
            .query_row([message], placed)
            .optional()?)
    }

    /// Where the message with this archive id stands, or else one that says the same and whose archive id is not known.
    pub fn find_in_archive(
        &self,
        account: AccountId,
        stanza_id: Option<&str>,
        said: Option<&Said<'_>>,
    ) -> Result<Option<Placed>> {
        if let Some(stanza_id) = stanza_id {
            let select =
                format!("select {COLUMNS} from message where account = ?1 and stanza_id = ?2");
            let mut select = self.0.prepare_cached(&select)?;
            let found = select.query_row((account, stanza_id), placed).optional()?;
            if found.is_some() {
                return Ok(found);
            }
        }
        said.map_or(Ok(None), |said| {
            self.find_said(account, said, "stanza_id is null")
        })
    }

    /// Whether the archive has a message that says the same, under whatever id.
    pub fn is_repeated(&self, account: AccountId, said: &Said<'_>) -> Result<bool> {
        let found = self.find_said(account, said, "stanza_id is not null")?;
        Ok(found.is_some())
    }

    fn find_said(
        &self,
        account: AccountId,
        said: &Said<'_>,
        condition: &str,
    ) -> Result<Option<Placed>> {
        let Some(conversation) = self.find_conversation(account, said.peer)? else {
            return Ok(None);
        };
        let select = format!(
            "select {COLUMNS} from message where conversation = ?1 and origin_id = ?2
             and author = ?3 and (body = ?4 or ?4 is null and security = 2)
             and {condition} order by id desc limit 1"
        );
        Ok(self
            .0
            .prepare_cached(&select)?
            .query_row(
                (
                    conversation,
                    said.origin_id,
                    said.author.as_str(),
                    said.body,
                ),
                placed,
            )
            .optional()?)
    }

    /// The newest message of a chat that came from elsewhere and is known to be in the archive, up to this time,
    /// but for these.
    pub fn newest_archived(
        &self,
        conversation: ConversationId,
        until: Timestamp,
        except: &HashSet<MessageId>,
    ) -> Result<Option<Placed>> {
        self.first_but(
            &format!(
                "select {COLUMNS} from message indexed by message_order
                 where conversation = ?1 and at <= ?2 and stanza_id is not null and route != 0
                 order by at desc, id desc"
            ),
            conversation,
            until,
            except,
        )
    }

    /// The oldest message of a chat that came from elsewhere and is known to be in the archive, from this time on,
    /// but for these.
    pub fn first_archived(
        &self,
        conversation: ConversationId,
        from: Option<Timestamp>,
        except: &HashSet<MessageId>,
    ) -> Result<Option<Placed>> {
        self.first_but(
            &format!(
                "select {COLUMNS} from message indexed by message_order
                 where conversation = ?1 and at >= ?2 and stanza_id is not null and route != 0
                 order by at, id"
            ),
            conversation,
            from.unwrap_or(Timestamp(i64::MIN)),
            except,
        )
    }

    fn first_but(
        &self,
        select: &str,
        conversation: ConversationId,
        edge: Timestamp,
        except: &HashSet<MessageId>,
    ) -> Result<Option<Placed>> {
        let mut select = self.0.prepare_cached(select)?;
        let rows = select.query_map((conversation, edge), placed)?;
        for row in rows {
            let row = row?;
            if !except.contains(&row.message) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Gives a message another place in its chat; what counts as read or unread follows.
    pub fn move_message(&self, message: MessageId, at: Timestamp) -> Result<()> {
        let place = self.place_of(message)?.ok_or(StoreError::Missing)?;
        one(self
            .0
            .prepare_cached("update message set at = ?2 where id = ?1")?
            .execute((message, at))?)?;
        self.0
            .prepare_cached(
                "update conversation set read_at = ?3 where id = ?1 and read_up_to = ?2",
            )?
            .execute((place.conversation, message, at))?;
        self.count_unread(place.conversation)
    }
}
