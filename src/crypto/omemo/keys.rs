//! What an installation publishes so that others can begin sessions, and what it keeps of it.

use super::{
    curve::{Identity, IdentityKey, Pair, Public},
    profile::{Profile, WireIdentity},
};

/// A key that is used for one session only.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PreKey {
    /// Its number, from 1 (some clients refuse 0).
    pub id: u32,
    /// The key.
    pub pair: Pair,
}

/// A key that is used for many sessions, for some days.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedPreKey {
    /// Its number, from 1; never goes back.
    pub id: u32,
    /// The key; its signature is made when it is published.
    pub pair: Pair,
}

/// What somebody's device publishes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bundle {
    /// The version it is for.
    pub profile: Profile,
    /// The identity on the wire of this version.
    pub identity: WireIdentity,
    /// The number of the signed prekey.
    pub signed_prekey_id: u32,
    /// The signed prekey.
    pub signed_prekey: Public,
    /// Its signature.
    pub signature: [u8; 64],
    /// One-time prekeys.
    pub prekeys: Vec<(u32, Public)>,
}

/// Why a bundle cannot be used; its device is left out then, nothing else (XEP-0384, section 4.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BundleError {
    /// The identity key is none, or one of small order.
    #[error("the identity key is unusable")]
    Identity,
    /// Somebody else signed the prekey, or it was changed.
    #[error("the signature of the prekey is wrong")]
    Signature,
    /// It has no one-time prekey.
    #[error("there are no one-time prekeys")]
    NoPreKeys,
    /// A prekey is a point of small order.
    #[error("a prekey is unusable")]
    PreKey,
}

impl Bundle {
    /// What we publish.
    pub fn of(
        profile: Profile,
        identity: &IdentityKey,
        signed: &SignedPreKey,
        prekeys: impl IntoIterator<Item = (u32, Public)>,
    ) -> Self {
        Self {
            profile,
            identity: profile.own_identity(identity),
            signed_prekey_id: signed.id,
            signed_prekey: signed.pair.public,
            signature: profile.sign(identity, &signed.pair.public),
            prekeys: prekeys.into_iter().collect(),
        }
    }

    /// Checks identity and signature.
    ///
    /// # Errors
    /// Says why the device cannot be written to.
    pub fn check(&self) -> Result<Identity, BundleError> {
        let (_, identity) = self
            .profile
            .read_identity(self.identity.as_bytes())
            .ok_or(BundleError::Identity)?;
        if !self
            .profile
            .verify(&self.identity, &self.signed_prekey, &self.signature)
        {
            return Err(BundleError::Signature);
        }
        if self.prekeys.is_empty() {
            return Err(BundleError::NoPreKeys);
        }
        Ok(identity)
    }
}
