//! How values of the model are written into columns; numbers never change their meaning.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::model::{
    AccountId, Ask, BareJid, ConversationId, ConversationKind, Delivery, Direction, Encryption,
    ImportedFrom, MessageId, Notifications, OmemoVersion, OutboxId, PasswordStorage, Route,
    Security, SendFailure, Show, Standing, Subscription, Timestamp,
};

macro_rules! codes {
    ($($type:ident { $($variant:ident = $code:literal),+ })+) => { $(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                let code: i64 = match self { $(Self::$variant => $code),+ };
                Ok(code.into())
            }
        }
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                match value.as_i64()? {
                    $($code => Ok(Self::$variant),)+
                    other => Err(FromSqlError::OutOfRange(other)),
                }
            }
        }
    )+ };
}

codes! {
    Ask { None = 0, Subscribe = 1 }
    ConversationKind { Person = 0, Stranger = 1 }
    Direction { Incoming = 0, Outgoing = 1 }
    ImportedFrom { Tessera = 0, Gajim = 1, Dino = 2, Pidgin = 3 }
    Notifications { All = 0, Muted = 1 }
    PasswordStorage { Keyring = 0, SealedFile = 1, Ask = 2 }
    Route { Local = 0, Live = 1, Offline = 2, Carbon = 3, Archive = 4, Imported = 5 }
    Security { Clear = 0, Unreadable = 1, Sealed = 2 }
    Encryption { None = 0, Omemo = 1 }
    OmemoVersion { V03 = 0, V2 = 1 }
    Standing { Waiting = 0, Accepted = 1, Verified = 2, Rejected = 3 }
    Show { Chat = 0, Online = 1, Away = 2, ExtendedAway = 3, DoNotDisturb = 4, Offline = 5 }
    Subscription { None = 0, To = 1, From = 2, Both = 3 }
}

macro_rules! numbers {
    ($($type:ident)+) => { $(
        impl ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }
        impl FromSql for $type {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+ };
}

numbers! { AccountId ConversationId MessageId OutboxId Timestamp }

/// A bare JID in a column.
pub(super) struct StoredJid(pub(super) BareJid);

impl FromSql for StoredJid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        BareJid::new(value.as_str()?)
            .map(Self)
            .map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

/// Column `delivery` of a message.
pub(super) fn delivery_code(delivery: &Delivery) -> i64 {
    match delivery {
        Delivery::Waiting => 0,
        Delivery::Sent => 1,
        Delivery::Delivered => 2,
        Delivery::Read => 3,
        Delivery::Failed(_) => 4,
    }
}

/// Column `failure` of a message.
pub(super) fn failure_text(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Waiting | Delivery::Sent | Delivery::Delivered | Delivery::Read => String::new(),
        Delivery::Failed(SendFailure::Blocked) => "blocked".to_owned(),
        Delivery::Failed(SendFailure::Cancelled) => "cancelled".to_owned(),
        Delivery::Failed(SendFailure::NoDevices) => "no-devices".to_owned(),
        Delivery::Failed(SendFailure::Refused(condition)) => format!("{REFUSED}{condition}"),
    }
}

const REFUSED: &str = "refused:";

/// Columns `delivery` and `failure` of a message.
pub(super) fn delivery_of(code: i64, failure: &str) -> FromSqlResult<Delivery> {
    match code {
        0 => Ok(Delivery::Waiting),
        1 => Ok(Delivery::Sent),
        2 => Ok(Delivery::Delivered),
        3 => Ok(Delivery::Read),
        4 => Ok(Delivery::Failed(match failure {
            "blocked" => SendFailure::Blocked,
            "cancelled" => SendFailure::Cancelled,
            "no-devices" => SendFailure::NoDevices,
            other => SendFailure::Refused(
                other
                    .strip_prefix(REFUSED)
                    .ok_or(FromSqlError::InvalidType)?
                    .to_owned(),
            ),
        })),
        other => Err(FromSqlError::OutOfRange(other)),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn every_value_comes_back_and_any_other_number_is_none() {
        let connection = Connection::open_in_memory().unwrap();
        macro_rules! check {
            ($type:ident: $($variant:ident),+) => {
                for value in [$($type::$variant),+] {
                    let back: $type = connection
                        .query_row("select ?1", [value], |row| row.get(0))
                        .unwrap();
                    assert_eq!(back, value);
                }
                for number in [-1, [$($type::$variant),+].len() as i64] {
                    let back: rusqlite::Result<$type> =
                        connection.query_row("select ?1", [number], |row| row.get(0));
                    assert!(back.is_err(), "{number}");
                }
            };
        }
        check!(Ask: None, Subscribe);
        check!(ConversationKind: Person, Stranger);
        check!(Direction: Incoming, Outgoing);
        check!(ImportedFrom: Tessera, Gajim, Dino, Pidgin);
        check!(Notifications: All, Muted);
        check!(PasswordStorage: Keyring, SealedFile, Ask);
        check!(Route: Local, Live, Offline, Carbon, Archive, Imported);
        check!(Security: Clear, Unreadable, Sealed);
        check!(Encryption: None, Omemo);
        check!(OmemoVersion: V03, V2);
        check!(Standing: Waiting, Accepted, Verified, Rejected);
        check!(Show: Chat, Online, Away, ExtendedAway, DoNotDisturb, Offline);
        check!(Subscription: None, To, From, Both);
    }

    #[test]
    fn every_delivery_comes_back() {
        let refused =
            |condition: &str| Delivery::Failed(SendFailure::Refused(condition.to_owned()));
        for delivery in [
            Delivery::Waiting,
            Delivery::Sent,
            Delivery::Delivered,
            Delivery::Read,
            Delivery::Failed(SendFailure::Blocked),
            Delivery::Failed(SendFailure::Cancelled),
            Delivery::Failed(SendFailure::NoDevices),
            refused("item-not-found"),
            refused("blocked"),
            refused(""),
        ] {
            let back = delivery_of(delivery_code(&delivery), &failure_text(&delivery));
            assert_eq!(back.unwrap(), delivery);
        }
        assert!(delivery_of(5, "").is_err() && delivery_of(4, "").is_err());
    }
}
