//! What waits to be encrypted, what was decrypted, and how chats are encrypted.

use rusqlite::{Connection, OptionalExtension, types::FromSqlError};

use super::{Reader, StoreError, Txn};
use crate::model::{
    AccountId, BareJid, ConversationId, DeviceId, Encryption, IdentityPrint, MessageId,
    MessageSeal, Security, Timestamp, Unreadable,
};

type Result<T> = std::result::Result<T, StoreError>;

/// A stanza that waits to be encrypted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnsealedRow {
    /// The row; the order of sending.
    pub id: i64,
    /// Whom it goes to.
    pub peer: BareJid,
    /// The message it carries, if it carries one that is shown.
    pub message: Option<MessageId>,
    /// The stanza as XML, in clear.
    pub xml: String,
}

/// Numbers of the reasons; they never change their meaning.
const REASONS: &[(i64, Unreadable)] = &[
    (1, Unreadable::NotForThisDevice),
    (2, Unreadable::BeforeThisDevice),
    (3, Unreadable::NoSession),
    (4, Unreadable::BrokenSession),
    (5, Unreadable::UnknownKey),
    (6, Unreadable::TooFarAhead),
    (7, Unreadable::OtherIdentity),
    (8, Unreadable::Malformed),
    (9, Unreadable::Outdated),
    (10, Unreadable::Forged),
];

fn reason_code(reason: Option<Unreadable>) -> i64 {
    let found = REASONS.iter().find(|(_, known)| Some(*known) == reason);
    found.map_or(0, |(code, _)| *code)
}

fn reason_of(code: i64) -> rusqlite::Result<Option<Unreadable>> {
    if code == 0 {
        return Ok(None);
    }
    let found = REASONS.iter().find(|(known, _)| *known == code);
    found
        .map(|(_, reason)| Some(*reason))
        .ok_or_else(|| FromSqlError::OutOfRange(code).into())
}

fn encryption(connection: &Connection, conversation: ConversationId) -> Result<Encryption> {
    Ok(connection
        .prepare_cached("select encryption from conversation where id = ?1")?
        .query_row([conversation], |row| row.get(0))
        .optional()?
        .unwrap_or_default())
}

impl Txn<'_> {
    /// How what we write in a chat is encrypted.
    pub fn encryption(&self, conversation: ConversationId) -> Result<Encryption> {
        encryption(&self.0, conversation)
    }

    /// Changes how what we write in a chat is encrypted.
    pub fn set_encryption(
        &self,
        conversation: ConversationId,
        encryption: Encryption,
    ) -> Result<()> {
        self.0
            .prepare_cached("update conversation set encryption = ?2 where id = ?1")?
            .execute((conversation, encryption))?;
        Ok(())
    }

    /// Encrypts what is written in a chat from now on, if this is the first encrypted message in it: what the person
    /// has decided later stays. Answers whether that changed anything.
    pub fn begin_encryption(&self, conversation: ConversationId, first: MessageId) -> Result<bool> {
        let changed = self
            .0
            .prepare_cached(
                "update conversation set encryption = ?3 where id = ?1 and encryption <> ?3
                 and not exists (select 1 from message
                 where conversation = ?1 and security = ?4 and id <> ?2)",
            )?
            .execute((conversation, first, Encryption::Omemo, Security::Sealed))?;
        Ok(changed > 0)
    }

    /// Adds a stanza that is to be encrypted.
    pub fn push_unsealed(
        &self,
        account: AccountId,
        peer: &BareJid,
        message: Option<MessageId>,
        xml: &str,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into unsealed (account, peer, message, xml) values (?1, ?2, ?3, ?4)",
            )?
            .execute((account, peer.as_str(), message, xml))?;
        Ok(())
    }

    /// Stanzas that wait to be encrypted, in the order of sending.
    pub fn unsealed(&self, account: AccountId) -> Result<Vec<UnsealedRow>> {
        let mut select = self.0.prepare_cached(
            "select id, peer, message, xml from unsealed where account = ?1 order by id",
        )?;
        let rows = select.query_map([account], |row| {
            Ok(UnsealedRow {
                id: row.get(0)?,
                peer: row.get::<_, super::codes::StoredJid>(1)?.0,
                message: row.get(2)?,
                xml: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Removes a stanza that was encrypted, or will not be.
    pub fn remove_unsealed(&self, id: i64) -> Result<()> {
        self.0
            .prepare_cached("delete from unsealed where id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Whether the stanza of a message still waits to be encrypted.
    pub fn is_unsealed(&self, message: MessageId) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached("select 1 from unsealed where message = ?1")?
            .exists([message])?)
    }

    /// Adds the id that our archive gave to a message which has none yet.
    pub fn add_archive_id(&self, message: MessageId, stanza_id: &str) -> Result<()> {
        self.0
            .prepare_cached(
                "update or ignore message set stanza_id = ?2 where id = ?1 and stanza_id is null",
            )?
            .execute((message, stanza_id))?;
        Ok(())
    }

    /// The message that a key message which was opened became, if it was opened.
    pub fn seen_key(
        &self,
        account: AccountId,
        hash: &[u8; 32],
    ) -> Result<Option<Option<MessageId>>> {
        Ok(self
            .0
            .prepare_cached("select message from omemo_seen where account = ?1 and hash = ?2")?
            .query_row((account, hash), |row| row.get(0))
            .optional()?)
    }

    /// Remembers that a key message was opened.
    pub fn see_key(&self, account: AccountId, hash: &[u8; 32], at: Timestamp) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into omemo_seen (account, hash, at) values (?1, ?2, ?3) on conflict do nothing",
            )?
            .execute((account, hash, at))?;
        Ok(())
    }

    /// Says which message a key message became.
    pub fn set_seen_message(
        &self,
        account: AccountId,
        hash: &[u8; 32],
        message: MessageId,
    ) -> Result<()> {
        self.0
            .prepare_cached("update omemo_seen set message = ?3 where account = ?1 and hash = ?2")?
            .execute((account, hash, message))?;
        Ok(())
    }

    /// Forgets key messages that were opened before a moment: the ratchets refuse them by themselves.
    pub fn forget_seen_keys(&self, account: AccountId, before: Timestamp) -> Result<()> {
        self.0
            .prepare_cached("delete from omemo_seen where account = ?1 and at < ?2")?
            .execute((account, before))?;
        Ok(())
    }

    /// Keeps who sealed a message, or why it cannot be read.
    pub fn set_seal(&self, message: MessageId, seal: &MessageSeal) -> Result<()> {
        self.0
            .prepare_cached(
                "insert or replace into message_seal (message, version, device, identity, standing, reason)
                 values (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                message,
                seal.version,
                seal.device.number(),
                seal.identity.map(|identity| identity.0),
                seal.standing,
                reason_code(seal.unreadable),
            ))?;
        Ok(())
    }
}

impl Reader {
    /// How what we write in a chat is encrypted.
    pub fn encryption(&self, conversation: ConversationId) -> Result<Encryption> {
        self.read(|connection| encryption(connection, conversation))
    }

    /// Who sealed a message, or why it cannot be read; nothing when it came in clear.
    pub fn message_seal(&self, message: MessageId) -> Result<Option<MessageSeal>> {
        self.read(|connection| {
            let seal = connection
                .prepare_cached(
                    "select version, device, identity, standing, reason from message_seal where message = ?1",
                )?
                .query_row([message], |row| {
                    let identity: Option<[u8; 32]> = row.get(2)?;
                    let seal = MessageSeal {
                        version: row.get(0)?,
                        // No device has the number 0.
                        device: DeviceId::new(row.get(1)?)
                            .ok_or(FromSqlError::OutOfRange(0))?,
                        identity: identity.map(IdentityPrint),
                        standing: row.get(3)?,
                        unreadable: reason_of(row.get(4)?)?,
                    };
                    Ok(seal)
                })
                .optional()?;
            Ok(seal)
        })
    }
}
