//! What encryption says about chats, keys and messages.

use super::{BareJid, DeviceId};

/// How what we write in a chat is encrypted.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Encryption {
    /// Only on the way to and between servers.
    #[default]
    None,
    /// End to end, by OMEMO (XEP-0384); nothing is sent otherwise until the person says so.
    Omemo,
}

/// What is thought of somebody's identity key.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Standing {
    /// Nobody has decided; nothing is encrypted for it.
    Waiting,
    /// Accepted by itself, because no other key of this person had been verified.
    Accepted,
    /// A person has compared it.
    Verified,
    /// A person does not want it.
    Rejected,
}

/// An identity key in the form that both versions of OMEMO share: the u-coordinate on Curve25519.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct IdentityPrint(pub [u8; 32]);

impl IdentityPrint {
    /// Lower-case hex in eight groups of eight, as people compare it.
    pub fn grouped(&self) -> String {
        let group = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let groups: Vec<String> = self.0.chunks(4).map(group).collect();
        groups.join(" ")
    }
}

/// Which version of OMEMO (XEP-0384).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum OmemoVersion {
    /// 0.3, `eu.siacs.conversations.axolotl`.
    V03,
    /// `urn:xmpp:omemo:2`.
    V2,
}

/// Who sealed a message, or why it cannot be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MessageSeal {
    /// The version.
    pub version: OmemoVersion,
    /// The device that wrote it, by its own word if the message cannot be read.
    pub device: DeviceId,
    /// The device's identity key, if it is known.
    pub identity: Option<IdentityPrint>,
    /// What was thought of the key when the message came.
    pub standing: Option<Standing>,
    /// Why it cannot be read, if it cannot.
    pub unreadable: Option<Unreadable>,
}

/// Why an encrypted message cannot be read here.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Unreadable {
    /// Its sender did not encrypt it for this device.
    NotForThisDevice,
    /// It was sent before this device existed.
    BeforeThisDevice,
    /// It belongs to a session that is not known here (any more).
    NoSession,
    /// It was changed on its way, or the session is out of step.
    BrokenSession,
    /// It begins a session by a key that has been used up or retired.
    UnknownKey,
    /// Too many messages before it are missing.
    TooFarAhead,
    /// Its device has another identity key than before: a new installation, or an attack.
    OtherIdentity,
    /// It breaks the rules of the protocol.
    Malformed,
    /// Its sender's program is too old: nothing proves that the text is the sender's.
    Outdated,
    /// Its text was written by, or for, somebody else.
    Forged,
}

/// A device of somebody as far as it is known.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownDevice {
    /// Whose.
    pub jid: BareJid,
    /// Which.
    pub id: DeviceId,
    /// Whether it is on the list of 0.3.
    pub listed_old: bool,
    /// Whether it is on the list of version 2.
    pub listed_new: bool,
    /// Its identity key, once known.
    pub identity: Option<IdentityPrint>,
    /// What is thought of that key.
    pub standing: Option<Standing>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_compared_in_groups() {
        let mut key = [0xab; 32];
        key[31] = 1;
        let text = IdentityPrint(key).grouped();
        assert_eq!(text.split(' ').count(), 8);
        assert!(text.starts_with("abababab ") && text.ends_with(" ababab01"));
    }
}
