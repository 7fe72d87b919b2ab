//! Key messages on the wire of both versions: what is inside a `<key/>` element.
//! Reads without any key; what is authenticated is checked by the session.

use super::{
    curve::{Identity, Public},
    profile::{Profile, WireIdentity},
    protobuf::{Fields, Writer},
};

/// The first byte of all messages of 0.3: version 3, and nothing newer is known.
const VERSION: u8 = 0x33;

/// The longest key message that is looked at, in bytes: such messages carry 48 bytes of keys, not texts.
pub const MAX_KEY_MESSAGE: usize = 4096;

/// A key message that came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Incoming {
    /// Begins a session, and is repeated until its sender has heard from us.
    Exchange(Exchange),
    /// Belongs to a session.
    Message(Ratcheted),
}

/// A message that begins a session (X3DH, section 3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Exchange {
    /// Which of our one-time prekeys was used; a sender that used none is refused.
    pub prekey: Option<u32>,
    /// Which of our signed prekeys was used.
    pub signed_prekey: u32,
    /// The sender's identity.
    pub identity: Identity,
    /// The sender's identity as it came, which is authenticated.
    pub(super) wire_identity: WireIdentity,
    /// The key made for this session; names it when the message is repeated.
    pub base_key: Public,
    /// The message itself.
    pub message: Ratcheted,
}

/// A message of a ratchet, not yet authenticated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ratcheted {
    /// The sender's present ratchet key.
    pub(super) ratchet_key: Public,
    /// Its place in the chain of that key.
    pub(super) number: u32,
    /// What is encrypted.
    pub(super) ciphertext: Vec<u8>,
    /// The bytes that are authenticated.
    pub(super) signed: Vec<u8>,
    /// The authentication code.
    pub(super) mac: Vec<u8>,
}

impl Incoming {
    /// Takes a message apart. Whether it begins a session is seen in its bytes, whatever the element around it says.
    pub fn parse(profile: Profile, bytes: &[u8]) -> Option<Self> {
        if bytes.len() > MAX_KEY_MESSAGE {
            return None;
        }
        let content = match profile {
            Profile::Axolotl => after_version(bytes)?,
            Profile::Omemo2 => bytes,
        };
        // In both versions field 1 of a plain message holds bytes; an exchange begins with a number, or with field 2.
        if content.first() == Some(&0x0a) {
            Ratcheted::parse(profile, bytes).map(Self::Message)
        } else {
            Exchange::parse(profile, content).map(Self::Exchange)
        }
    }
}

fn after_version(bytes: &[u8]) -> Option<&[u8]> {
    let (version, rest) = bytes.split_first()?;
    (version >> 4 == VERSION >> 4).then_some(rest)
}

impl Exchange {
    fn parse(profile: Profile, content: &[u8]) -> Option<Self> {
        let fields = Fields::of(content)?;
        let [base_key, identity, message, signed_prekey] = match profile {
            Profile::Axolotl => [2, 3, 4, 6],
            Profile::Omemo2 => [4, 3, 5, 2],
        };
        let (wire_identity, identity) = profile.read_identity(fields.bytes(identity)?)?;
        Some(Self {
            prekey: fields.number(1),
            signed_prekey: fields.number(signed_prekey)?,
            identity,
            wire_identity,
            base_key: profile.read_key(fields.bytes(base_key)?)?,
            message: Ratcheted::parse(profile, fields.bytes(message)?)?,
        })
    }
}

impl Ratcheted {
    fn parse(profile: Profile, bytes: &[u8]) -> Option<Self> {
        let (signed, mac, fields) = match profile {
            Profile::Axolotl => {
                let (signed, mac) =
                    bytes.split_at_checked(bytes.len().checked_sub(profile.mac_length())?)?;
                (signed, mac, Fields::of(after_version(signed)?)?)
            }
            Profile::Omemo2 => {
                let outer = Fields::of(bytes)?;
                let signed = outer.bytes(2)?;
                (signed, outer.bytes(1)?, Fields::of(signed)?)
            }
        };
        if mac.len() != profile.mac_length() {
            return None;
        }
        let [ratchet_key, number] = match profile {
            Profile::Axolotl => [1, 2],
            Profile::Omemo2 => [3, 1],
        };
        Some(Self {
            ratchet_key: profile.read_key(fields.bytes(ratchet_key)?)?,
            number: fields.number(number)?,
            ciphertext: fields.bytes(4)?.to_vec(),
            signed: signed.to_vec(),
            mac: mac.to_vec(),
        })
    }
}

/// What is authenticated of a message that goes out.
pub(super) fn write_signed(
    profile: Profile,
    ratchet_key: &Public,
    number: u32,
    previous: u32,
    ciphertext: &[u8],
) -> Vec<u8> {
    let key = profile.write_key(ratchet_key);
    match profile {
        Profile::Axolotl => {
            let message = Writer::default()
                .bytes(1, &key)
                .number(2, number)
                .number(3, previous)
                .bytes(4, ciphertext)
                .end();
            [&[VERSION], &message[..]].concat()
        }
        Profile::Omemo2 => Writer::default()
            .number(1, number)
            .number(2, previous)
            .bytes(3, &key)
            .bytes(4, ciphertext)
            .end(),
    }
}

/// A whole message of what is authenticated and its code.
pub(super) fn write_message(profile: Profile, signed: &[u8], mac: &[u8]) -> Vec<u8> {
    match profile {
        Profile::Axolotl => [signed, mac].concat(),
        Profile::Omemo2 => Writer::default().bytes(1, mac).bytes(2, signed).end(),
    }
}

/// What a message carries as long as the other side may not know the session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Pending {
    pub(super) prekey: u32,
    pub(super) signed_prekey: u32,
    pub(super) base_key: Public,
    /// Our device id, which 0.3 carries as registration id.
    pub(super) registration: u32,
}

/// A message that begins a session.
pub(super) fn write_exchange(
    profile: Profile,
    pending: &Pending,
    identity: &WireIdentity,
    message: &[u8],
) -> Vec<u8> {
    let base_key = profile.write_key(&pending.base_key);
    match profile {
        Profile::Axolotl => {
            let exchange = Writer::default()
                .number(1, pending.prekey)
                .bytes(2, &base_key)
                .bytes(3, &identity.0)
                .bytes(4, message)
                .number(5, pending.registration)
                .number(6, pending.signed_prekey)
                .end();
            [&[VERSION], &exchange[..]].concat()
        }
        Profile::Omemo2 => Writer::default()
            .number(1, pending.prekey)
            .number(2, pending.signed_prekey)
            .bytes(3, &identity.0)
            .bytes(4, &base_key)
            .bytes(5, message)
            .end(),
    }
}
