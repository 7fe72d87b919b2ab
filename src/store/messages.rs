//! Stores messages once, and says how they fare.

use rusqlite::{OptionalExtension, named_params};

use super::{
    StoreError, Txn,
    accounts::one,
    codes::{delivery_code, failure_text},
};
use crate::model::{
    AccountId, BareJid, ConversationId, Delivery, Direction, MessageId, Route, Security, Timestamp,
};

type Result<T> = std::result::Result<T, StoreError>;

/// How far two clocks may be apart for the same message, in milliseconds: the one of another program that kept it, and
/// the server's.
pub const IMPORT_WINDOW: i64 = 60_000;

/// A message to store.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewMessage {
    /// Where.
    pub conversation: ConversationId,
    /// Which way it went.
    pub direction: Direction,
    /// Who wrote it.
    pub author: BareJid,
    /// The author's resource where known.
    pub resource: Option<String>,
    /// The text.
    pub body: String,
    /// When it was sent.
    pub at: Timestamp,
    /// When it is stored.
    pub stored_at: Timestamp,
    /// The way it came.
    pub route: Route,
    /// What protected it.
    pub security: Security,
    /// How it fares.
    pub delivery: Delivery,
    /// The id the author's client gave.
    pub origin_id: Option<String>,
    /// The id our own archive gave.
    pub stanza_id: Option<String>,
    /// Whether the author wants to know when it is seen (XEP-0333).
    pub markable: bool,
    /// The message it replies to: its id, and its author as the reply says (XEP-0461).
    pub reply_to: Option<(String, Option<BareJid>)>,
    /// The hint of a text that is shown only when asked for (XEP-0382).
    pub spoiler: Option<String>,
}

/// What became of a message to store.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Inserted {
    /// A new row.
    New(MessageId),
    /// It was there already; an archive id that was missing has been added, and nothing else has changed
    /// except that a waiting message of ours is now sent.
    Known(MessageId),
}

impl Txn<'_> {
    /// Stores a message unless it is there. The same message is one with the same archive id in this account, or, in
    /// this chat, of the same direction and author with the same origin id and the same text, of which not both have
    /// (different) archive ids, unless the id is too long to be repeated by chance (16 bytes): a client that lost its
    /// connection sends again, and the archive keeps both. Nobody can suppress another's message by repeating an id (XEP-0359, section 5).
    /// Unread counts follow from direction and `read_up_to`.
    pub fn insert_message(&self, message: &NewMessage) -> Result<Inserted> {
        let account: AccountId = self
            .0
            .prepare_cached("select account from conversation where id = ?1 and doomed = 0")?
            .query_row([message.conversation], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)?;
        let known = match self.find_same(account, message)? {
            None if message.route == Route::Archive => self.find_imported(message)?,
            found => found,
        };
        if let Some(known) = known {
            self.complete(known, message)?;
            return Ok(Inserted::Known(known));
        }
        self.0
            .prepare_cached(
                "insert into message (account, conversation, direction, author, resource, body, at,
                 stored_at, route, security, delivery, failure, origin_id, stanza_id, markable,
                 reply_id, reply_author, spoiler)
                 values (:account, :conversation, :direction, :author, :resource, :body, :at,
                 :stored_at, :route, :security, :delivery, :failure, :origin_id, :stanza_id,
                 :markable, :reply_id, :reply_author, :spoiler)",
            )?
            .execute(named_params! {
                ":account": account,
                ":conversation": message.conversation,
                ":direction": message.direction,
                ":author": message.author.as_str(),
                ":resource": message.resource,
                ":body": message.body,
                ":at": message.at,
                ":stored_at": message.stored_at,
                ":route": message.route,
                ":security": message.security,
                ":delivery": delivery_code(&message.delivery),
                ":failure": failure_text(&message.delivery),
                ":origin_id": message.origin_id,
                ":stanza_id": message.stanza_id,
                ":markable": message.markable,
                ":spoiler": message.spoiler,
                ":reply_id": message.reply_to.as_ref().map(|(id, _)| id),
                ":reply_author": message.reply_to.as_ref().and_then(|(_, author)| author.as_ref()).map(|author| author.as_str()),
            })?;
        let id = MessageId(self.0.last_insert_rowid());
        if message.direction == Direction::Incoming {
            self.0
                .prepare_cached(
                    "update conversation set unread = unread + 1
                     where id = ?1 and (read_at is null or (read_at, read_up_to) < (?2, ?3))",
                )?
                .execute((message.conversation, message.at, id))?;
        }
        Ok(Inserted::New(id))
    }

    fn find_same(&self, account: AccountId, message: &NewMessage) -> Result<Option<MessageId>> {
        if let Some(stanza_id) = &message.stanza_id {
            let same = self
                .0
                .prepare_cached("select id from message where account = ?1 and stanza_id = ?2")?
                .query_row((account, stanza_id), |row| row.get(0))
                .optional()?;
            if same.is_some() {
                return Ok(same);
            }
        }
        let Some(origin_id) = &message.origin_id else {
            return Ok(None);
        };
        Ok(self
            .0
            .prepare_cached(
                "select id from message where conversation = :conversation and origin_id = :origin_id
                 and direction = :direction and author = :author
                 and (body = :body or retracted_at is not null)
                 and (stanza_id is null or :stanza_id is null or length(:origin_id) >= 16) order by id desc limit 1",
            )?
            .query_row(
                named_params! {
                    ":conversation": message.conversation,
                    ":origin_id": origin_id,
                    ":direction": message.direction,
                    ":author": message.author.as_str(),
                    ":body": message.body,
                    ":stanza_id": message.stanza_id,
                },
                |row| row.get(0),
            )
            .optional()?)
    }

    /// The message of an import that the archive brings once more: other programs keep no ids of the archive, and
    /// their clocks are not the server's.
    fn find_imported(&self, message: &NewMessage) -> Result<Option<MessageId>> {
        Ok(self
            .0
            .prepare_cached(
                "select id from message where conversation = :conversation
                 and exists (select 1 from message where conversation = :conversation and import_key is not null)
                 and at between :at - :window and :at + :window and direction = :direction and body = :body
                 and import_key is not null and stanza_id is null
                 and (origin_id is null or origin_id = :origin_id)
                 order by abs(at - :at) limit 1",
            )?
            .query_row(
                named_params! {
                    ":conversation": message.conversation,
                    ":at": message.at,
                    ":window": IMPORT_WINDOW,
                    ":direction": message.direction,
                    ":body": message.body,
                    ":origin_id": message.origin_id,
                },
                |row| row.get(0),
            )
            .optional()?)
    }

    /// Adds to a known message what its repetition tells.
    fn complete(&self, known: MessageId, again: &NewMessage) -> Result<()> {
        self.0
            .prepare_cached(
                "update message set stanza_id = ?2, origin_id = coalesce(origin_id, ?3)
                 where id = ?1 and stanza_id is null and ?2 is not null",
            )?
            .execute((known, &again.stanza_id, &again.origin_id))?;
        if again.direction == Direction::Outgoing && again.delivery != Delivery::Waiting {
            self.0
                .prepare_cached(
                    "update message set delivery = 1 where id = ?1 and direction = 1 and delivery = 0",
                )?
                .execute([known])?;
        }
        Ok(())
    }

    /// Changes how a message fares. Only forwards (waiting, sent, delivered, read), except from and to failed;
    /// answers whether anything changed.
    pub fn set_delivery(&self, message: MessageId, delivery: &Delivery) -> Result<bool> {
        let now = self.message(message)?.delivery;
        let failed = |delivery: &Delivery| matches!(delivery, Delivery::Failed(_));
        let forwards = delivery_code(delivery) > delivery_code(&now);
        if now == *delivery || !(forwards || failed(&now) || failed(delivery)) {
            return Ok(false);
        }
        one(self
            .0
            .prepare_cached("update message set delivery = ?2, failure = ?3 where id = ?1")?
            .execute((message, delivery_code(delivery), failure_text(delivery)))?)?;
        Ok(true)
    }

    /// Whether the next message of ours after this one (in the order of the chat) was read by the peer.
    pub fn is_before_read(&self, message: MessageId) -> Result<bool> {
        let next: Option<bool> = self
            .0
            .prepare_cached(
                "select n.delivery = 3 from message m join message n indexed by message_order
                 on n.conversation = m.conversation and (n.at, n.id) > (m.at, m.id) and n.direction = 1
                 where m.id = ?1 order by n.at, n.id limit 1",
            )?
            .query_row([message], |row| row.get(0))
            .optional()?;
        Ok(next.unwrap_or_default())
    }

    /// Time of the newest message of a chat: what comes live is never sorted before it.
    pub fn newest_time(&self, conversation: ConversationId) -> Result<Option<Timestamp>> {
        Ok(self
            .0
            .prepare_cached("select max(at) from message where conversation = ?1")?
            .query_row([conversation], |row| row.get(0))?)
    }

    /// Our own message in this chat with this origin id, newest first.
    pub fn find_outgoing(
        &self,
        conversation: ConversationId,
        origin_id: &str,
    ) -> Result<Option<MessageId>> {
        self.find_by_origin(conversation, origin_id, Direction::Outgoing)
    }

    /// The incoming message in this chat with this author's id, newest first.
    pub fn find_incoming(
        &self,
        conversation: ConversationId,
        origin_id: &str,
    ) -> Result<Option<MessageId>> {
        self.find_by_origin(conversation, origin_id, Direction::Incoming)
    }

    fn find_by_origin(
        &self,
        conversation: ConversationId,
        origin_id: &str,
        direction: Direction,
    ) -> Result<Option<MessageId>> {
        Ok(self
            .0
            .prepare_cached(
                "select id from message where conversation = ?1 and origin_id = ?2 and direction = ?3
                 order by id desc limit 1",
            )?
            .query_row((conversation, origin_id, direction), |row| row.get(0))
            .optional()?)
    }

    /// Marks all our messages in this chat up to this one (in the order of the chat) as delivered or read, where they
    /// were less; answers which changed, in that order. Earlier ones that still wait have not been sent and stay, and
    /// so do failed ones.
    pub fn raise_delivery_up_to(
        &self,
        conversation: ConversationId,
        up_to: MessageId,
        delivery: &Delivery,
    ) -> Result<Vec<MessageId>> {
        let (Delivery::Delivered | Delivery::Read) = delivery else {
            return Ok(Vec::new());
        };
        let mut raise = self.0.prepare_cached(
            "update message set delivery = :delivery
             where conversation = :conversation and direction = 1 and delivery < 3
             and delivery < :delivery and (delivery > 0 or id = :up_to)
             and (at, id) <= (select at, id from message where id = :up_to and conversation = :conversation)
             returning at, id",
        )?;
        let rows = raise.query_map(
            named_params! {
                ":delivery": delivery_code(delivery),
                ":conversation": conversation,
                ":up_to": up_to,
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut changed: Vec<(Timestamp, MessageId)> = rows.collect::<rusqlite::Result<_>>()?;
        changed.sort_unstable();
        Ok(changed.into_iter().map(|(_, id)| id).collect())
    }

    /// Our messages in an account that still wait to be taken by the server, in the order of storing.
    pub fn waiting_messages(&self, account: AccountId) -> Result<Vec<MessageId>> {
        let mut select = self.0.prepare_cached(
            "select m.id from conversation c join message m indexed by message_unsettled
             on m.conversation = c.id and m.direction = 1 and m.delivery < 3
             where c.account = ?1 and c.doomed = 0 and m.delivery = 0 order by m.id",
        )?;
        let rows = select.query_map([account], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
