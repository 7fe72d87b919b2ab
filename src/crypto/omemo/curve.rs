//! Curve25519 in both forms: Diffie-Hellman, and signatures by Montgomery keys.

use curve25519_dalek::{
    edwards::{CompressedEdwardsY, EdwardsPoint},
    montgomery::MontgomeryPoint,
};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::crypto::{Entropy, Key};

/// A public key in Montgomery form (the u-coordinate), as ratchets use it.
pub type Public = [u8; 32];

/// A pair of keys for one exchange.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pair {
    /// The secret half.
    pub secret: Key,
    /// The public half.
    pub public: Public,
}

impl Pair {
    /// The pair of a stored secret.
    pub fn of(secret: Key) -> Self {
        let public = MontgomeryPoint::mul_base_clamped(*secret.reveal()).to_bytes();
        Self { secret, public }
    }

    /// A new pair.
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self::of(entropy.key())
    }
}

/// The shared secret of two keys; nothing where the public one adds nothing to it (a point of small order).
pub(super) fn agree(secret: &Key, public: &Public) -> Option<Key> {
    let shared = MontgomeryPoint(*public).mul_clamped(*secret.reveal());
    let shared = Key::new(shared.to_bytes());
    (shared != Key::new([0; 32])).then_some(shared)
}

/// The identity of this installation: one Ed25519 seed that serves both versions of the protocol.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdentityKey {
    seed: Key,
    scalar: Key,
    public: Identity,
}

/// The identity key of somebody; in protocol 2 it is known with the sign of its Edwards form.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Identity(Public);

impl Identity {
    /// Takes the Montgomery form, by which fingerprints and decisions go in both versions.
    pub fn from_montgomery(bytes: Public) -> Option<Self> {
        // A point of small order would make all secrets predictable; one with an unused bit set has a double.
        let canonical = MontgomeryPoint(bytes)
            .to_edwards(0)
            .is_some_and(|point| !point.is_small_order() && point.to_montgomery().0 == bytes);
        canonical.then_some(Self(bytes))
    }

    /// Takes the Edwards form of protocol 2.
    pub fn from_edwards(bytes: &[u8; 32]) -> Option<Self> {
        let point = CompressedEdwardsY(*bytes).decompress()?;
        let usable = !point.is_small_order() && point.compress().0 == *bytes;
        usable.then(|| Self(point.to_montgomery().to_bytes()))
    }

    /// The Montgomery form: what a fingerprint shows.
    pub fn montgomery(&self) -> &Public {
        &self.0
    }

    /// Checks a signature of protocol 0.3, whose sign bit travels in the signature (XEdDSA as libsignal uses it).
    pub(super) fn verify_montgomery(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let mut signature = *signature;
        let sign = signature[63] >> 7;
        signature[63] &= 0x7f;
        MontgomeryPoint(self.0)
            .to_edwards(sign)
            .is_some_and(|point| verify(&point, message, &signature))
    }
}

/// Checks a plain Ed25519 signature by a key in Edwards form (protocol 2).
pub(super) fn verify_edwards(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    CompressedEdwardsY(*key)
        .decompress()
        .is_some_and(|point| verify(&point, message, signature))
}

fn verify(point: &EdwardsPoint, message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(&point.compress().0).is_ok_and(|key| {
        key.verify_strict(message, &Signature::from_bytes(signature))
            .is_ok()
    })
}

impl IdentityKey {
    /// The identity of a stored seed.
    pub fn of(seed: Key) -> Self {
        let hash = Zeroizing::new(<[u8; 64]>::from(Sha512::digest(seed.reveal())));
        let scalar = Key::of(hash.as_slice()).expect("the hash has 64 bytes");
        let public = Identity(MontgomeryPoint::mul_base_clamped(*scalar.reveal()).to_bytes());
        Self {
            seed,
            scalar,
            public,
        }
    }

    /// A new identity.
    pub fn new(entropy: &mut dyn Entropy) -> Self {
        Self::of(entropy.key())
    }

    /// The seed, for the sealed database.
    pub fn seed(&self) -> &Key {
        &self.seed
    }

    /// The scalar for key exchanges.
    pub(super) fn scalar(&self) -> &Key {
        &self.scalar
    }

    /// What others know of it.
    pub fn public(&self) -> Identity {
        self.public
    }

    /// The Edwards form, as protocol 2 publishes it.
    pub fn edwards(&self) -> [u8; 32] {
        self.signing().verifying_key().to_bytes()
    }

    fn signing(&self) -> SigningKey {
        SigningKey::from_bytes(self.seed.reveal())
    }

    /// Signs for protocol 2: plain Ed25519.
    pub fn sign_edwards(&self, message: &[u8]) -> [u8; 64] {
        self.signing().sign(message).to_bytes()
    }

    /// Signs for protocol 0.3: the sign bit of our Edwards form travels in the signature.
    pub fn sign_montgomery(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = self.sign_edwards(message);
        signature[63] |= self.edwards()[31] & 0x80;
        signature
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemEntropy;

    #[test]
    fn one_identity_signs_for_both_versions() {
        // About half of them have the sign bit set.
        for _ in 0..20 {
            let key = IdentityKey::new(&mut SystemEntropy);
            let public = key.public();
            assert_eq!(Identity::from_edwards(&key.edwards()), Some(public));
            assert_eq!(
                Identity::from_montgomery(*public.montgomery()),
                Some(public)
            );
            let signature = key.sign_montgomery(b"text");
            assert!(public.verify_montgomery(b"text", &signature));
            assert!(!public.verify_montgomery(b"other", &signature));
            let mut other_sign = signature;
            other_sign[63] ^= 0x80;
            assert!(!public.verify_montgomery(b"text", &other_sign));
            assert!(verify_edwards(
                &key.edwards(),
                b"text",
                &key.sign_edwards(b"text")
            ));
            assert!(!verify_edwards(
                &key.edwards(),
                b"other",
                &key.sign_edwards(b"text")
            ));
        }
    }

    #[test]
    fn f43_keys_of_small_order_are_refused() {
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        minus_one[31] = 0x7f;
        for low in [
            [0; 32],
            {
                let mut one = [0; 32];
                one[0] = 1;
                one
            },
            minus_one,
        ] {
            assert_eq!(agree(&SystemEntropy.key(), &low), None);
            assert_eq!(Identity::from_montgomery(low), None);
        }
        let mut neutral = [0; 32];
        neutral[0] = 1;
        assert_eq!(Identity::from_edwards(&neutral), None);
    }

    #[test]
    fn an_unused_bit_makes_no_second_identity() {
        let mut bytes = *IdentityKey::new(&mut SystemEntropy).public().montgomery();
        bytes[31] |= 0x80;
        assert_eq!(Identity::from_montgomery(bytes), None);
    }

    #[test]
    fn both_sides_agree() {
        let (a, b) = (Pair::new(&mut SystemEntropy), Pair::new(&mut SystemEntropy));
        assert_eq!(agree(&a.secret, &b.public), agree(&b.secret, &a.public));
    }
}
