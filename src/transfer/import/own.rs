//! Reads a document that this program has exported, one record after the other.

use std::{
    cell::Cell,
    fmt,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    rc::Rc,
};

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Intake, report::Skipped};
use crate::{
    model::{AccountId, BareJid, ConversationId, MessageId, Timestamp},
    store::{StoredChat, StoredNickname, StoredReaction, StoredRetraction},
    transfer::{
        TransferError,
        document::{self, BadRecord, Record},
    },
};

/// Longest record, in bytes: the longest texts with many corrections.
const MAX_RECORD: u64 = 16 << 20;

pub(super) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<(), TransferError> {
    let file = File::open(path).map_err(TransferError::Reading)?;
    let length = file.metadata().map_err(TransferError::Reading)?.len();
    intake.expect(length);
    read_from(file, intake)
}

fn read_from(file: impl Read, intake: &mut Intake<'_>) -> Result<(), TransferError> {
    let since_record = Rc::new(Cell::new(0));
    let bounded = Bounded {
        from: file,
        read: Rc::clone(&since_record),
    };
    let mut taker = Taker {
        intake,
        since_record,
        account: None,
        in_chat: false,
        error: None,
    };
    let mut parser =
        serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, bounded));
    let done = parser
        .deserialize_map(Document(&mut taker))
        .and_then(|()| parser.end());
    match (taker.error.take(), done) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.is_io() => Err(TransferError::Reading(error.into())),
        (None, Err(error)) => Err(TransferError::Damaged(place_of(&error))),
        (None, Ok(())) => Ok(()),
    }
}

/// Where a document is damaged; the words of the parser could repeat what stands there.
fn place_of(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// A file of which no record is longer than memory allows.
struct Bounded<R> {
    from: R,
    read: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.read.get() > MAX_RECORD {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.from.read(to)?;
        self.read.set(self.read.get() + count as u64);
        Ok(count)
    }
}

/// Brings records in.
struct Taker<'t, 'i> {
    intake: &'t mut Intake<'i>,
    since_record: Rc<Cell<u64>>,
    account: Option<BareJid>,
    in_chat: bool,
    /// What ended the reading, where it was not the document.
    error: Option<TransferError>,
}

impl Taker<'_, '_> {
    fn take(&mut self, record: Record) -> Result<(), TransferError> {
        self.intake.advance(self.since_record.take())?;
        match self.take_good(record) {
            Ok(done) => done,
            Err(BadRecord) => {
                self.intake.skip(Skipped::Damaged, 1);
                Ok(())
            }
        }
    }

    fn take_good(&mut self, record: Record) -> Result<Result<(), TransferError>, BadRecord> {
        Ok(match record {
            Record::Account(account) => {
                self.account = None;
                self.in_chat = false;
                let done = self.intake.end_chat();
                self.account = Some(document::address(&account.address)?);
                done
            }
            Record::Contact(contact) => {
                let jid = document::address(&contact.address)?;
                let account = self.account.as_ref().ok_or(BadRecord)?;
                let nickname = contact.nickname;
                if nickname.is_empty() {
                    return Ok(Ok(()));
                }
                self.intake
                    .nickname(account, StoredNickname { jid, nickname })
            }
            Record::Chat(chat) => {
                self.in_chat = false;
                if let Err(error) = self.intake.end_chat() {
                    return Ok(Err(error));
                }
                let peer = document::address(&chat.address)?;
                let account = self.account.as_ref().ok_or(BadRecord)?;
                let described = StoredChat {
                    id: ConversationId(0),
                    account: AccountId(0),
                    peer: peer.clone(),
                    kind: chat.kind(),
                    open: chat.open,
                    archived: chat.archived,
                    pinned: chat.pinned,
                    notifications: chat.notifications(),
                    draft: Some(chat.draft)
                        .filter(|draft| draft.len() <= super::limits::MAX_TEXT)
                        .unwrap_or_default(),
                    read_up_to: chat.read_up_to.map(MessageId),
                    messages: chat.messages,
                };
                self.in_chat = true;
                self.intake.begin_chat(account, &peer, Some(described))
            }
            Record::Message(message) if self.in_chat => self.intake.message(message.restored()?),
            Record::Reaction(reaction) if self.in_chat => self.intake.reaction(StoredReaction {
                author: document::address(&reaction.author)?,
                target: reaction.target,
                emojis: reaction.emojis,
                at: Timestamp(reaction.at),
            }),
            Record::Retraction(waiting) if self.in_chat => {
                self.intake.retraction(StoredRetraction {
                    author: document::address(&waiting.author)?,
                    target: waiting.target,
                    at: Timestamp(waiting.at),
                })
            }
            Record::Message(_) | Record::Reaction(_) | Record::Retraction(_) => {
                return Err(BadRecord);
            }
        })
    }
}

struct Document<'v, 't, 'i>(&'v mut Taker<'t, 'i>);

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("exported history")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut is_ours, mut is_known) = (false, false);
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "format" => is_ours = map.next_value::<String>()? == document::FORMAT,
                "version" => {
                    let version: u32 = map.next_value()?;
                    is_known = version <= document::VERSION;
                    if !is_known {
                        self.0.error = Some(TransferError::Newer(version));
                        return Err(A::Error::custom("a newer version"));
                    }
                }
                "records" if is_ours && is_known => map.next_value_seed(Records(&mut *self.0))?,
                "records" => {
                    self.0.error = Some(TransferError::Unknown);
                    return Err(A::Error::custom("not ours"));
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct Records<'v, 't, 'i>(&'v mut Taker<'t, 'i>);

impl<'de> DeserializeSeed<'de> for Records<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Record>()? {
            if let Err(error) = self.0.take(record) {
                self.0.error = Some(error);
                return Err(A::Error::custom("ended"));
            }
        }
        Ok(())
    }
}
