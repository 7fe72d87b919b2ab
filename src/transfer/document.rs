//! The form of our own exports: one JSON document, `{"format": "tessera-history", "version": 1, "records": […]}`.
//!
//! Each record is an object with one member that says what it is: `account`, `contact`, `chat`, `message`, `reaction` or
//! `retraction`. What follows an account belongs to it until the next one, what follows a chat to that chat; the records
//! of a chat's messages stand in the order of the chat. Times are milliseconds since 1970-01-01 UTC. Members that are
//! empty are left out; readers pass over members that they do not know. Passwords, keys and settings are never in it.

use serde::{Deserialize, Serialize};

use crate::{
    model::{
        BareJid, ConversationId, ConversationKind, Delivery, Direction, ImportedFrom, MessageId,
        Notifications, Route, Security, SendFailure, Timestamp,
    },
    store::{NewMessage, StoredCorrection, StoredMessage},
};

/// The value of `format`.
pub(super) const FORMAT: &str = "tessera-history";
/// The newest `version` that this program knows.
pub(super) const VERSION: u32 = 1;

/// One of the `records`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    Account(AccountRecord),
    Contact(ContactRecord),
    Chat(ChatRecord),
    Message(Box<MessageRecord>),
    Reaction(ReactionRecord),
    Retraction(RetractionRecord),
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct AccountRecord {
    pub(super) address: String,
}

/// Somebody's names: `name` and `groups` are of the contact list, `nickname` is what the person chose.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct ContactRecord {
    pub(super) address: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) nickname: String,
}

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct ChatRecord {
    pub(super) address: String,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) stranger: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) open: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) archived: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) pinned: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(super) muted: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) draft: String,
    /// The `id` of a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) read_up_to: Option<i64>,
    pub(super) messages: u64,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct MessageRecord {
    /// Means something in this document only.
    pub(super) id: i64,
    pub(super) direction: DirectionName,
    pub(super) author: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    pub(super) body: String,
    pub(super) at: i64,
    pub(super) stored_at: i64,
    pub(super) route: RouteName,
    pub(super) security: SecurityName,
    pub(super) delivery: DeliveryName,
    /// Why a failed one failed: `blocked`, `cancelled`, `no-devices`, or the condition with which it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) failure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) stanza_id: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) markable: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reply_to: Option<ReplyRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) spoiler: Option<String>,
    /// The newest text; `body` is the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) edited: Option<VersionRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) corrections: Vec<VersionRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) retracted_at: Option<i64>,
    /// The `origin_id` of a message that is not there, which this one corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) replaces: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) imported_from: Option<SourceName>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) import_key: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct ReplyRecord {
    pub(super) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct VersionRecord {
    pub(super) body: String,
    pub(super) at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin_id: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct ReactionRecord {
    /// The `origin_id` of the message.
    pub(super) target: String,
    pub(super) author: String,
    pub(super) emojis: Vec<String>,
    pub(super) at: i64,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct RetractionRecord {
    /// The `origin_id` of a message that is not there.
    pub(super) target: String,
    pub(super) author: String,
    pub(super) at: i64,
}

/// Why a record cannot be taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct BadRecord;

/// Enums of the document, and the model's that they stand for.
macro_rules! names {
    ($($name:ident for $type:ident { $($variant:ident),+ })+) => { $(
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name { $($variant),+ }
        impl From<$type> for $name {
            fn from(value: $type) -> Self {
                match value { $($type::$variant => Self::$variant),+ }
            }
        }
        impl From<$name> for $type {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => Self::$variant),+ }
            }
        }
    )+ };
}

names! {
    DirectionName for Direction { Incoming, Outgoing }
    RouteName for Route { Local, Live, Offline, Carbon, Archive, Imported }
    SecurityName for Security { Clear, Unreadable, Sealed }
    SourceName for ImportedFrom { Tessera, Gajim, Dino, Pidgin }
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeliveryName {
    Waiting,
    Sent,
    Delivered,
    Read,
    Failed,
}

fn is_false(value: &bool) -> bool {
    !value
}

const BLOCKED: &str = "blocked";
const CANCELLED: &str = "cancelled";
const NO_DEVICES: &str = "no-devices";

impl From<StoredMessage> for MessageRecord {
    fn from(stored: StoredMessage) -> Self {
        let message = stored.message;
        let (delivery, failure) = match message.delivery {
            Delivery::Waiting => (DeliveryName::Waiting, None),
            Delivery::Sent => (DeliveryName::Sent, None),
            Delivery::Delivered => (DeliveryName::Delivered, None),
            Delivery::Read => (DeliveryName::Read, None),
            Delivery::Failed(failure) => {
                let why = match failure {
                    SendFailure::Blocked => BLOCKED.to_owned(),
                    SendFailure::Cancelled => CANCELLED.to_owned(),
                    SendFailure::NoDevices => NO_DEVICES.to_owned(),
                    SendFailure::Refused(condition) => condition,
                };
                (DeliveryName::Failed, Some(why))
            }
        };
        Self {
            id: stored.id.0,
            direction: message.direction.into(),
            author: message.author.to_string(),
            resource: message.resource,
            body: message.body,
            at: message.at.0,
            stored_at: message.stored_at.0,
            route: message.route.into(),
            security: message.security.into(),
            delivery,
            failure,
            origin_id: message.origin_id,
            stanza_id: message.stanza_id,
            markable: message.markable,
            reply_to: message.reply_to.map(|(id, author)| ReplyRecord {
                id,
                author: author.map(|author| author.to_string()),
            }),
            spoiler: message.spoiler,
            edited: stored.edited.map(|(body, at)| VersionRecord {
                body,
                at: at.0,
                origin_id: None,
            }),
            corrections: stored
                .corrections
                .into_iter()
                .map(|correction| VersionRecord {
                    body: correction.body,
                    at: correction.at.0,
                    origin_id: correction.origin_id,
                })
                .collect(),
            retracted_at: stored.retracted.map(|at| at.0),
            replaces: stored.replaces,
            imported_from: stored.imported.map(SourceName::from),
            import_key: stored.import_key,
        }
    }
}

impl MessageRecord {
    /// The message that the record says. Nothing in it is known to be true: it is marked as imported. One that waited to
    /// be sent elsewhere is not sent from here.
    pub(super) fn restored(self) -> Result<StoredMessage, BadRecord> {
        let delivery = match (self.delivery, self.failure.as_deref()) {
            (DeliveryName::Sent, _) => Delivery::Sent,
            (DeliveryName::Delivered, _) => Delivery::Delivered,
            (DeliveryName::Read, _) => Delivery::Read,
            (DeliveryName::Failed, Some(BLOCKED)) => Delivery::Failed(SendFailure::Blocked),
            (DeliveryName::Failed, Some(NO_DEVICES)) => Delivery::Failed(SendFailure::NoDevices),
            (DeliveryName::Waiting, _) | (DeliveryName::Failed, Some(CANCELLED)) => {
                Delivery::Failed(SendFailure::Cancelled)
            }
            (DeliveryName::Failed, Some(condition)) => {
                Delivery::Failed(SendFailure::Refused(condition.to_owned()))
            }
            (DeliveryName::Failed, None) => return Err(BadRecord),
        };
        let reply_to = match self.reply_to {
            Some(ReplyRecord { id, author }) => {
                Some((id, author.as_deref().map(address).transpose()?))
            }
            None => None,
        };
        Ok(StoredMessage {
            id: MessageId(self.id),
            message: NewMessage {
                conversation: ConversationId(0),
                direction: self.direction.into(),
                author: address(&self.author)?,
                resource: self.resource,
                body: self.body,
                at: Timestamp(self.at),
                stored_at: Timestamp(self.stored_at),
                route: self.route.into(),
                security: self.security.into(),
                delivery,
                origin_id: self.origin_id,
                stanza_id: self.stanza_id,
                markable: self.markable,
                reply_to,
                spoiler: self.spoiler,
            },
            edited: self
                .edited
                .map(|edited| (edited.body, Timestamp(edited.at))),
            retracted: self.retracted_at.map(Timestamp),
            replaces: self.replaces,
            imported: Some(
                self.imported_from
                    .map_or(ImportedFrom::Tessera, ImportedFrom::from),
            ),
            import_key: self.import_key,
            corrections: self
                .corrections
                .into_iter()
                .map(|version| StoredCorrection {
                    body: version.body,
                    at: Timestamp(version.at),
                    origin_id: version.origin_id,
                })
                .collect(),
        })
    }
}

impl ChatRecord {
    pub(super) fn kind(&self) -> ConversationKind {
        if self.stranger {
            ConversationKind::Stranger
        } else {
            ConversationKind::Person
        }
    }

    pub(super) fn notifications(&self) -> Notifications {
        if self.muted {
            Notifications::Muted
        } else {
            Notifications::All
        }
    }
}

/// A bare address of a document.
pub(super) fn address(text: &str) -> Result<BareJid, BadRecord> {
    BareJid::new(text).map_err(|_| BadRecord)
}
