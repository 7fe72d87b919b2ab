//! In what the two versions of the protocol differ: names for key derivation, forms of keys, what is authenticated.

use super::curve::{Identity, IdentityKey, Public, verify_edwards};

/// A version of OMEMO on the wire (XEP-0384).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Profile {
    /// Version 0.3, `eu.siacs.conversations.axolotl`: Conversations, Gajim, Dino, Profanity, Monal.
    Axolotl,
    /// Version 0.9, `urn:xmpp:omemo:2`: Kaidan, Converse, Psi.
    Omemo2,
}

/// The byte before a Montgomery key in the format of libsignal.
const KEY_TYPE: u8 = 5;

impl Profile {
    /// Both, in the order in which they came to be.
    pub const ALL: [Self; 2] = [Self::Axolotl, Self::Omemo2];

    /// The namespace of its elements.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Axolotl => "eu.siacs.conversations.axolotl",
            Self::Omemo2 => "urn:xmpp:omemo:2",
        }
    }

    pub(super) fn exchange_info(self) -> &'static [u8] {
        match self {
            Self::Axolotl => b"WhisperText",
            Self::Omemo2 => b"OMEMO X3DH",
        }
    }

    pub(super) fn root_info(self) -> &'static [u8] {
        match self {
            Self::Axolotl => b"WhisperRatchet",
            Self::Omemo2 => b"OMEMO Root Chain",
        }
    }

    pub(super) fn message_info(self) -> &'static [u8] {
        match self {
            Self::Axolotl => b"WhisperMessageKeys",
            Self::Omemo2 => b"OMEMO Message Key Material",
        }
    }

    /// How much of the authentication code travels, in bytes.
    pub(super) fn mac_length(self) -> usize {
        match self {
            Self::Axolotl => 8,
            Self::Omemo2 => 16,
        }
    }

    /// A key of a ratchet as it is on the wire.
    pub fn write_key(self, key: &Public) -> Vec<u8> {
        match self {
            Self::Axolotl => [&[KEY_TYPE], &key[..]].concat(),
            Self::Omemo2 => key.to_vec(),
        }
    }

    /// A key of a ratchet from the wire. The highest bit counts for nothing in the agreement (RFC 7748, section 5), but
    /// names another key: one that has it was made by nobody, and is refused.
    pub fn read_key(self, bytes: &[u8]) -> Option<Public> {
        let key = match self {
            Self::Axolotl => bytes.strip_prefix(&[KEY_TYPE])?,
            Self::Omemo2 => bytes,
        };
        let key: Public = key.try_into().ok()?;
        (key[31] & 0x80 == 0).then_some(key)
    }

    /// Our identity as it is on the wire: Montgomery form in 0.3, Edwards form in 2.
    pub fn own_identity(self, key: &IdentityKey) -> WireIdentity {
        match self {
            Self::Axolotl => WireIdentity(self.write_key(key.public().montgomery())),
            Self::Omemo2 => WireIdentity(key.edwards().to_vec()),
        }
    }

    /// Somebody's identity from the wire, and whose it is.
    pub fn read_identity(self, bytes: &[u8]) -> Option<(WireIdentity, Identity)> {
        let identity = match self {
            Self::Axolotl => Identity::from_montgomery(self.read_key(bytes)?)?,
            Self::Omemo2 => Identity::from_edwards(bytes.try_into().ok()?)?,
        };
        Some((WireIdentity(bytes.to_vec()), identity))
    }

    /// Our signature of a public prekey.
    pub fn sign(self, key: &IdentityKey, prekey: &Public) -> [u8; 64] {
        let signed = self.write_key(prekey);
        match self {
            Self::Axolotl => key.sign_montgomery(&signed),
            Self::Omemo2 => key.sign_edwards(&signed),
        }
    }

    /// Checks somebody's signature of a public prekey.
    pub(super) fn verify(
        self,
        identity: &WireIdentity,
        prekey: &Public,
        signature: &[u8; 64],
    ) -> bool {
        let signed = self.write_key(prekey);
        match (self, self.read_identity(&identity.0)) {
            (_, None) => false,
            (Self::Axolotl, Some((_, identity))) => identity.verify_montgomery(&signed, signature),
            (Self::Omemo2, Some(_)) => identity.has_signed(&signed, signature),
        }
    }

    /// What is authenticated beside a message: who talks to whom.
    pub(super) fn associated_data(self, parties: &Parties, outgoing: bool) -> Vec<u8> {
        let ours_first = match self {
            // What libsignal does: sender, then recipient.
            Self::Axolotl => outgoing,
            // Who began the session, then the other.
            Self::Omemo2 => parties.initiator,
        };
        let (first, second) = if ours_first {
            (&parties.ours, &parties.theirs)
        } else {
            (&parties.theirs, &parties.ours)
        };
        [&first.0[..], &second.0].concat()
    }
}

/// An identity key in the form in which it is on the wire of its version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WireIdentity(pub(super) Vec<u8>);

impl WireIdentity {
    /// The bytes on the wire.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this identity, in the form of protocol 2, has signed something (labels of devices).
    pub fn has_signed(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        <&[u8; 32]>::try_from(self.0.as_slice())
            .is_ok_and(|key| verify_edwards(key, message, signature))
    }
}

/// The two ends of a session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Parties {
    pub(super) ours: WireIdentity,
    pub(super) theirs: WireIdentity,
    /// Whether we began the session.
    pub(super) initiator: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_the_versions_authenticate_in_different_order() {
        let parties = |initiator| Parties {
            ours: WireIdentity(vec![1]),
            theirs: WireIdentity(vec![2]),
            initiator,
        };
        let order = |profile: Profile, initiator, outgoing| {
            profile.associated_data(&parties(initiator), outgoing)
        };
        for initiator in [true, false] {
            assert_eq!(order(Profile::Axolotl, initiator, true), [1, 2]);
            assert_eq!(order(Profile::Axolotl, initiator, false), [2, 1]);
        }
        for outgoing in [true, false] {
            assert_eq!(order(Profile::Omemo2, true, outgoing), [1, 2]);
            assert_eq!(order(Profile::Omemo2, false, outgoing), [2, 1]);
        }
    }

    #[test]
    fn f43_keys_of_another_form_are_refused() {
        assert_eq!(Profile::Axolotl.read_key(&[5; 33]), Some([5; 32]));
        assert_eq!(Profile::Axolotl.read_key(&[6; 33]), None);
        assert_eq!(Profile::Axolotl.read_key(&[5; 32]), None);
        assert_eq!(Profile::Omemo2.read_key(&[5; 33]), None);
        assert_eq!(Profile::Omemo2.read_key(&[]), None);
    }
}
