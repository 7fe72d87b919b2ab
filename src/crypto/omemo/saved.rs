//! Sessions as bytes for the store: a byte for the version of the format, then fields.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{
    curve::Pair,
    profile::{Parties, Profile, WireIdentity},
    protobuf::{Fields, Writer},
    record::{MAX_ARCHIVED, SessionRecord},
    session::{Chain, MAX_CHAINS, MAX_SKIPPED, Session, Skipped},
    wire::Pending,
};
use crate::crypto::Key;

/// The format written now.
const VERSION: u8 = 1;

impl SessionRecord {
    /// The bytes for the sealed database.
    pub fn save(&self) -> Zeroizing<Vec<u8>> {
        let fields = Writer::default()
            .each(1, &self.current, write_session)
            .each(2, &self.archived, write_session)
            .end();
        let fields = Zeroizing::new(fields);
        Zeroizing::new([&[VERSION], &fields[..]].concat())
    }

    /// Reads what [`Self::save`] wrote; nothing if it is damaged or of a newer format.
    pub fn load(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, bytes) = bytes.split_first()? else {
            return None;
        };
        let fields = Fields::of(bytes)?;
        let current = fields.each(1).map(read_session).next();
        let archived: Option<VecDeque<_>> = fields.each(2).map(read_session).collect();
        let record = Self {
            current: match current {
                Some(session) => Some(session?),
                None => None,
            },
            archived: archived?,
        };
        (record.archived.len() <= MAX_ARCHIVED).then_some(record)
    }
}

fn write_session(writer: Writer, session: &Session) -> Writer {
    let profile = match session.profile {
        Profile::Axolotl => 0,
        Profile::Omemo2 => 1,
    };
    writer
        .number(1, profile)
        .number(2, session.parties.initiator.into())
        .bytes(3, session.parties.ours.as_bytes())
        .bytes(4, session.parties.theirs.as_bytes())
        .bytes(5, &session.base_key)
        .bytes(6, session.root.reveal())
        .bytes(7, session.ratchet.secret.reveal())
        .optional(8, session.sending.as_ref().map(|key| &key.reveal()[..]))
        .number(9, session.number)
        .number(10, session.previous)
        .each(11, &session.receiving, |writer, chain| {
            writer
                .bytes(1, &chain.ratchet_key)
                .bytes(2, chain.key.reveal())
                .number(3, chain.next)
        })
        .each(12, &session.skipped, |writer, skipped| {
            writer
                .bytes(1, &skipped.ratchet_key)
                .number(2, skipped.number)
                .bytes(3, skipped.key.reveal())
        })
        .each(13, &session.retired, |writer, key| writer.bytes(1, key))
        .each(14, &session.pending, |writer, pending| {
            writer
                .number(1, pending.prekey)
                .number(2, pending.signed_prekey)
                .bytes(3, &pending.base_key)
                .number(4, pending.registration)
        })
        .number(15, session.unanswered)
}

fn key(fields: &Fields<'_>, field: u32) -> Option<Key> {
    fields.array(field).map(Key::new)
}

fn all<T, C: FromIterator<T>>(
    fields: &Fields<'_>,
    field: u32,
    read: impl Fn(&Fields<'_>) -> Option<T>,
) -> Option<C> {
    fields
        .each(field)
        .map(|bytes| read(&Fields::of(bytes)?))
        .collect()
}

fn read_session(bytes: &[u8]) -> Option<Session> {
    let fields = Fields::of(bytes)?;
    let session = Session {
        profile: match fields.number(1)? {
            0 => Profile::Axolotl,
            1 => Profile::Omemo2,
            _ => return None,
        },
        parties: Parties {
            initiator: fields.number(2)? != 0,
            ours: WireIdentity(fields.bytes(3)?.to_vec()),
            theirs: WireIdentity(fields.bytes(4)?.to_vec()),
        },
        base_key: fields.array(5)?,
        root: key(&fields, 6)?,
        ratchet: Pair::of(key(&fields, 7)?),
        sending: match fields.bytes(8) {
            Some(bytes) => Some(Key::new(bytes.try_into().ok()?)),
            None => None,
        },
        number: fields.number(9)?,
        previous: fields.number(10)?,
        receiving: all(&fields, 11, |chain| {
            Some(Chain {
                ratchet_key: chain.array(1)?,
                key: key(chain, 2)?,
                next: chain.number(3)?,
            })
        })?,
        skipped: all(&fields, 12, |skipped| {
            Some(Skipped {
                ratchet_key: skipped.array(1)?,
                number: skipped.number(2)?,
                key: key(skipped, 3)?,
            })
        })?,
        retired: all(&fields, 13, |retired| retired.array(1))?,
        pending: all::<_, Vec<_>>(&fields, 14, |pending| {
            Some(Pending {
                prekey: pending.number(1)?,
                signed_prekey: pending.number(2)?,
                base_key: pending.array(3)?,
                registration: pending.number(4)?,
            })
        })?
        .pop(),
        unanswered: fields.number(15)?,
    };
    let bounded = session.receiving.len() <= MAX_CHAINS && session.skipped.len() <= MAX_SKIPPED;
    bounded.then_some(session)
}
