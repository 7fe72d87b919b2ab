//! What becomes of a message after it was sent: its author corrects it or takes it back, people react to it.
//!
//! A change finds its message by (chat, author, origin id), whether or not it is shown, or has arrived: a correction
//! that comes first stands as a message of its own until then, a retraction or reaction waits.

use rusqlite::{OptionalExtension, named_params};

use super::{Reader, StoreError, Txn, messages::NewMessage};
use crate::model::{BareJid, ConversationId, MessageId, Security, Timestamp, Version};

type Result<T> = std::result::Result<T, StoreError>;

/// Corrections that are kept of one message; who goes on has another aim.
const MAX_CORRECTIONS: u32 = 200;
/// Reactions and retractions that are kept for one chat while their messages are not here.
const MAX_WAITING: u32 = 10_000;

/// What a change did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    /// This message is different now.
    Applied(MessageId),
    /// It was seen before, is older than what is there, or comes from somebody who may not.
    Nothing,
    /// The message is not here.
    NotHere,
}

impl Txn<'_> {
    /// Replaces the text of the author's message with this origin id (XEP-0308, section 5: same sender only); the
    /// newest correction counts, whichever comes first. A message that was taken back stays so, and one that is protected
    /// differently is not the same: its protection must not change with its text.
    pub fn correct(&self, target: &str, by: &NewMessage) -> Result<Change> {
        if by.origin_id.as_deref() == Some(target) {
            return Ok(Change::Nothing);
        }
        let Some(message) = self.authors_message(by.conversation, &by.author, target)? else {
            return Ok(Change::NotHere);
        };
        let security: Security = self
            .0
            .prepare_cached("select security from message where id = ?1")?
            .query_row([message], |row| row.get(0))?;
        if security != by.security {
            return Ok(Change::NotHere);
        }
        if self.is_known_correction(message, by)? {
            return Ok(Change::Nothing);
        }
        self.0
            .prepare_cached(
                "insert into correction (message, body, at, origin_id) values (?1, ?2, ?3, ?4)",
            )?
            .execute((message, &by.body, by.at, &by.origin_id))?;
        let changed = self
            .0
            .prepare_cached(
                "update message set (edited, edited_at) =
                 (select body, at from correction where message = ?1 order by at desc, id desc limit 1)
                 where id = ?1 and retracted_at is null",
            )?
            .execute([message])?;
        Ok(if changed > 0 {
            Change::Applied(message)
        } else {
            Change::Nothing
        })
    }

    fn is_known_correction(&self, message: MessageId, by: &NewMessage) -> Result<bool> {
        let (known, count): (bool, u32) = self
            .0
            .prepare_cached(
                "select coalesce(max(origin_id is not null and origin_id = ?2), 0), count(*)
                 from correction where message = ?1",
            )?
            .query_row((message, &by.origin_id), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let retracted: bool = self
            .0
            .prepare_cached("select retracted_at is not null from message where id = ?1")?
            .query_row([message], |row| row.get(0))?;
        Ok(known || retracted || count >= MAX_CORRECTIONS)
    }

    /// Says that a stored message is a correction of one that is not here.
    pub fn set_replaces(&self, message: MessageId, target: &str) -> Result<()> {
        self.0
            .prepare_cached("update message set replaces = ?2 where id = ?1")?
            .execute((message, target))?;
        Ok(())
    }

    /// Takes back the author's message with this origin id (XEP-0424, section 5: same sender only): its texts are
    /// erased, the row stays. If it is not here, it will be taken back when it comes.
    pub fn retract(
        &self,
        conversation: ConversationId,
        author: &BareJid,
        target: &str,
        at: Timestamp,
    ) -> Result<Change> {
        let Some(message) = self.authors_message(conversation, author, target)? else {
            self.0
                .prepare_cached(
                    "insert or ignore into retraction (conversation, author, target, at)
                     select ?1, ?2, ?3, ?4
                     where (select count(*) from retraction where conversation = ?1) < ?5",
                )?
                .execute((conversation, author.as_str(), target, at, MAX_WAITING))?;
            return Ok(Change::NotHere);
        };
        self.erase(message, at)
    }

    fn erase(&self, message: MessageId, at: Timestamp) -> Result<Change> {
        let changed = self
            .0
            .prepare_cached(
                "update message set body = '', edited = null, edited_at = null, spoiler = null, retracted_at = ?2
                 where id = ?1 and retracted_at is null",
            )?
            .execute((message, at))?;
        self.0
            .prepare_cached("delete from correction where message = ?1")?
            .execute([message])?;
        self.0
            .prepare_cached(
                "delete from reaction where (conversation, target) =
                 (select conversation, origin_id from message where id = ?1)",
            )?
            .execute([message])?;
        Ok(if changed > 0 {
            Change::Applied(message)
        } else {
            Change::Nothing
        })
    }

    /// Replaces what somebody reacted with to the message with this origin id; none removes them. What is older than
    /// what is there changes nothing (XEP-0444, section 4.2). Answers the message, if it is here and different now.
    pub fn react(
        &self,
        conversation: ConversationId,
        author: &BareJid,
        target: &str,
        emojis: &[String],
        at: Timestamp,
    ) -> Result<Change> {
        let message: Option<MessageId> = self
            .0
            .prepare_cached(
                "select id from message where conversation = ?1 and origin_id = ?2
                 and retracted_at is null order by id desc limit 1",
            )?
            .query_row((conversation, target), |row| row.get(0))
            .optional()?;
        let emojis = serde_json::to_string(emojis).map_err(|_| StoreError::Damaged("reaction"))?;
        let changed = self
            .0
            .prepare_cached(
                "insert into reaction (conversation, target, author, emojis, at)
                 select :conversation, :target, :author, :emojis, :at
                 where :here or (select count(*) from reaction where conversation = :conversation) < :most
                 on conflict (conversation, target, author)
                 do update set emojis = excluded.emojis, at = excluded.at
                 where excluded.at >= reaction.at and excluded.emojis <> reaction.emojis",
            )?
            .execute(named_params! {
                ":conversation": conversation,
                ":target": target,
                ":author": author.as_str(),
                ":emojis": emojis,
                ":at": at,
                ":here": message.is_some(),
                ":most": MAX_WAITING,
            })?;
        Ok(match message {
            None => Change::NotHere,
            Some(message) if changed > 0 => Change::Applied(message),
            Some(_) => Change::Nothing,
        })
    }

    /// What somebody reacted with to the message with this origin id.
    pub fn reactions_of(
        &self,
        conversation: ConversationId,
        author: &BareJid,
        target: &str,
    ) -> Result<Vec<String>> {
        let emojis: Option<String> = self
            .0
            .prepare_cached(
                "select emojis from reaction where conversation = ?1 and target = ?2 and author = ?3",
            )?
            .query_row((conversation, target, author.as_str()), |row| row.get(0))
            .optional()?;
        let parsed = emojis.map(|json| serde_json::from_str(&json)).transpose();
        parsed
            .map(Option::unwrap_or_default)
            .map_err(|_| StoreError::Damaged("reaction"))
    }

    /// Applies to a message that has just been stored what came before it; corrections that stood alone are gone then.
    pub fn apply_what_waited(&self, message: MessageId, as_stored: &NewMessage) -> Result<()> {
        let Some(origin_id) = &as_stored.origin_id else {
            return Ok(());
        };
        let (conversation, author) = (as_stored.conversation, as_stored.author.as_str());
        let alone: Vec<(MessageId, String, Timestamp, Option<String>)> = self
            .0
            .prepare_cached(
                "select id, body, at, origin_id from message
                 where conversation = ?1 and replaces = ?2 and author = ?3 and id <> ?4 and security = ?5
                 order by at, id",
            )?
            .query_map((conversation, origin_id, author, message, as_stored.security), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (row, body, at, correction_id) in alone {
            let by = NewMessage {
                body,
                at,
                origin_id: correction_id,
                ..as_stored.clone()
            };
            self.correct(origin_id, &by)?;
            self.0
                .prepare_cached("delete from message where id = ?1")?
                .execute([row])?;
            self.count_unread(conversation)?;
        }
        let retracted: Option<Timestamp> = self
            .0
            .prepare_cached(
                "delete from retraction where conversation = ?1 and author = ?2 and target = ?3 returning at",
            )?
            .query_row((conversation, author, origin_id), |row| row.get(0))
            .optional()?;
        if let Some(at) = retracted {
            self.erase(message, at)?;
        }
        Ok(())
    }

    /// Counts anew what is unread, because a message went away.
    pub(super) fn count_unread(&self, conversation: ConversationId) -> Result<()> {
        self.0
            .prepare_cached(
                "update conversation set unread = (select count(*) from message m
                 where m.conversation = conversation.id and m.direction = 0
                 and (m.at, m.id) > (coalesce(read_at, -9223372036854775808), coalesce(read_up_to, 0)))
                 where id = ?1",
            )?
            .execute([conversation])?;
        Ok(())
    }

    fn authors_message(
        &self,
        conversation: ConversationId,
        author: &BareJid,
        target: &str,
    ) -> Result<Option<MessageId>> {
        Ok(self
            .0
            .prepare_cached(
                "select id from message where conversation = ?1 and origin_id = ?2 and author = ?3
                 and replaces is null order by id desc limit 1",
            )?
            .query_row((conversation, target, author.as_str()), |row| row.get(0))
            .optional()?)
    }
}

impl Reader {
    /// All texts that a message had, oldest first; one when it was never corrected, none when it was taken back.
    pub fn versions(&self, message: MessageId) -> Result<Vec<Version>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select body, at, 0 as id from message where id = ?1 and retracted_at is null
                 union all select body, at, id from correction where message = ?1 order by at, id",
            )?;
            let rows = select.query_map([message], |row| {
                Ok(Version {
                    body: row.get(0)?,
                    at: row.get(1)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}
