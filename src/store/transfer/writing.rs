//! Brings in chats and messages as they were elsewhere.

use rusqlite::{OptionalExtension, named_params};

use super::{StoredChat, StoredMessage, StoredNickname, StoredReaction, StoredRetraction};
use crate::{
    model::{AccountId, ConversationId, MessageId},
    store::{
        StoreError, Txn,
        codes::{delivery_code, failure_text},
    },
};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Stores a message in a chat as it was elsewhere, without counting it as unread: [`Txn::settle_restored`] follows.
    /// An id of the archive that another message has already is left out.
    pub fn restore_message(
        &self,
        chat: ConversationId,
        stored: &StoredMessage,
    ) -> Result<MessageId> {
        let message = &stored.message;
        let (account, ..) = self.conversation_peer(chat)?;
        let (reply_id, reply_author) = message
            .reply_to
            .as_ref()
            .map_or((None, None), |(id, author)| {
                (Some(id), author.as_ref().map(|author| author.as_str()))
            });
        let (edited, edited_at) = stored
            .edited
            .as_ref()
            .map_or((None, None), |(text, at)| (Some(text), Some(at)));
        self.0
            .prepare_cached(
                "insert into message (account, conversation, direction, author, resource, body, at, stored_at, route,
                 security, delivery, failure, origin_id, stanza_id, markable, reply_id, reply_author, spoiler, edited,
                 edited_at, retracted_at, replaces, imported_from, import_key)
                 values (:account, :conversation, :direction, :author, :resource, :body, :at, :stored_at, :route,
                 :security, :delivery, :failure, :origin_id, case when not exists
                 (select 1 from message where account = :account and stanza_id = :stanza_id) then :stanza_id end,
                 :markable, :reply_id, :reply_author, :spoiler, :edited, :edited_at, :retracted_at, :replaces,
                 :imported_from, :import_key)",
            )?
            .execute(named_params! {
                ":account": account,
                ":conversation": chat,
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
                ":reply_id": reply_id,
                ":reply_author": reply_author,
                ":spoiler": message.spoiler,
                ":edited": edited,
                ":edited_at": edited_at,
                ":retracted_at": stored.retracted,
                ":replaces": stored.replaces,
                ":imported_from": stored.imported,
                ":import_key": stored.import_key,
            })?;
        let id = MessageId(self.0.last_insert_rowid());
        for correction in &stored.corrections {
            self.0
                .prepare_cached(
                    "insert into correction (message, body, at, origin_id) values (?1, ?2, ?3, ?4)",
                )?
                .execute((id, &correction.body, correction.at, &correction.origin_id))?;
        }
        Ok(id)
    }

    /// Gives a chat that was made for what is brought in the state that it had elsewhere, except how far it was read.
    pub fn restore_chat(&self, conversation: ConversationId, chat: &StoredChat) -> Result<()> {
        self.0
            .prepare_cached(
                "update conversation set kind = :kind, open = :open, archived = :archived, pinned = :pinned,
                 notifications = :notifications, draft = :draft where id = :id",
            )?
            .execute(named_params! {
                ":kind": chat.kind,
                ":open": chat.open,
                ":archived": chat.archived,
                ":pinned": chat.pinned,
                ":notifications": chat.notifications,
                ":draft": chat.draft,
                ":id": conversation,
            })?;
        Ok(())
    }

    /// Keeps a reaction as it was elsewhere, unless there is a newer one.
    pub fn restore_reaction(
        &self,
        conversation: ConversationId,
        reaction: &StoredReaction,
    ) -> Result<()> {
        let emojis =
            serde_json::to_string(&reaction.emojis).map_err(|_| StoreError::Damaged("reaction"))?;
        self.0
            .prepare_cached(
                "insert into reaction (conversation, target, author, emojis, at) values (?1, ?2, ?3, ?4, ?5)
                 on conflict (conversation, target, author) do update set emojis = excluded.emojis, at = excluded.at
                 where excluded.at > reaction.at",
            )?
            .execute((
                conversation,
                &reaction.target,
                reaction.author.as_str(),
                emojis,
                reaction.at,
            ))?;
        Ok(())
    }

    /// Keeps a retraction that waits for its message, as it did elsewhere.
    pub fn restore_retraction(
        &self,
        conversation: ConversationId,
        waiting: &StoredRetraction,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert or ignore into retraction (conversation, author, target, at) values (?1, ?2, ?3, ?4)",
            )?
            .execute((conversation, waiting.author.as_str(), &waiting.target, waiting.at))?;
        Ok(())
    }

    /// Keeps a name that somebody gave itself, where none is known.
    pub fn restore_nickname(&self, account: AccountId, person: &StoredNickname) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into person (account, jid, nickname) values (?1, ?2, ?3)
                 on conflict (account, jid) do update set nickname = excluded.nickname where nickname = ''",
            )?
            .execute((account, person.jid.as_str(), &person.nickname))?;
        Ok(())
    }

    /// Puts a chat that was made for what is brought in onto the list if the person has written in it: no stranger.
    pub fn list_restored(&self, conversation: ConversationId) -> Result<()> {
        self.0
            .prepare_cached(
                "update conversation set kind = 0, open = 1 where id = ?1 and archived = 0 and (kind = 0
                 or exists (select 1 from message where conversation = ?1 and direction = 1))",
            )?
            .execute([conversation])?;
        Ok(())
    }

    /// Ends bringing messages into a chat: what came is no news. `seen`: everything in it was read before.
    pub fn settle_restored(&self, conversation: ConversationId, seen: bool) -> Result<()> {
        if !seen {
            return self.count_unread(conversation);
        }
        let newest: Option<MessageId> = self
            .0
            .prepare_cached(
                "select id from message where conversation = ?1 order by at desc, id desc limit 1",
            )?
            .query_row([conversation], |row| row.get(0))
            .optional()?;
        if let Some(newest) = newest {
            self.mark_read(conversation, newest)?;
        }
        Ok(())
    }
}
