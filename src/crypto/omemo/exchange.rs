//! How two devices agree on a first secret (X3DH): ours begins with a bundle, theirs with a message.

use zeroize::Zeroizing;

use super::{
    chain,
    curve::{IdentityKey, Pair, Public, agree},
    keys::{Bundle, BundleError, PreKey, SignedPreKey},
    profile::{Parties, Profile},
    session::Session,
    wire::{Exchange, Pending},
};
use crate::crypto::{Entropy, Key};

/// The secret that both sides derive from three or four agreements (X3DH, section 3.3).
fn first_secret(profile: Profile, agreements: &[Key; 4]) -> Key {
    // 32 bytes of ones come first, so that this input is never one of Ed25519 (X3DH, section 2.2).
    let mut input = Zeroizing::new(vec![0xff; 32]);
    // Room for all, so that no copy stays behind.
    input.reserve_exact(agreements.len() * 32);
    for agreement in agreements {
        input.extend_from_slice(agreement.reveal());
    }
    Key::new(*chain::derive(&[0; 32], &input, profile.exchange_info()))
}

/// Begins a session with a device; `registration` is the id of our own.
///
/// # Errors
/// When the bundle cannot be used.
pub fn initiate(
    identity: &IdentityKey,
    bundle: &Bundle,
    registration: u32,
    entropy: &mut dyn Entropy,
) -> Result<Session, BundleError> {
    let theirs = bundle.check()?;
    let mut random = [0; 8];
    entropy.fill(&mut random);
    // So many that a remainder prefers none noticeably.
    let pick = u64::from_le_bytes(random) % bundle.prekeys.len() as u64;
    let (prekey, prekey_public) = bundle.prekeys[pick as usize];
    let base = Pair::new(entropy);
    let with = |secret: &Key, public: &Public| agree(secret, public).ok_or(BundleError::PreKey);
    let secret = first_secret(
        bundle.profile,
        &[
            with(identity.scalar(), &bundle.signed_prekey)?,
            with(&base.secret, theirs.montgomery())?,
            with(&base.secret, &bundle.signed_prekey)?,
            with(&base.secret, &prekey_public)?,
        ],
    );
    let parties = Parties {
        ours: bundle.profile.own_identity(identity),
        theirs: bundle.identity.clone(),
        initiator: true,
    };
    let pending = Pending {
        prekey,
        signed_prekey: bundle.signed_prekey_id,
        base_key: base.public,
        registration,
    };
    Session::begun(
        bundle.profile,
        parties,
        secret,
        pending,
        &bundle.signed_prekey,
        entropy,
    )
    .ok_or(BundleError::PreKey)
}

/// The session that somebody's message begins, before anything of the message is authenticated.
pub(super) fn accept(
    profile: Profile,
    identity: &IdentityKey,
    signed: &SignedPreKey,
    prekey: &PreKey,
    exchange: &Exchange,
) -> Option<Session> {
    let secret = first_secret(
        profile,
        &[
            agree(&signed.pair.secret, exchange.identity.montgomery())?,
            agree(identity.scalar(), &exchange.base_key)?,
            agree(&signed.pair.secret, &exchange.base_key)?,
            agree(&prekey.pair.secret, &exchange.base_key)?,
        ],
    );
    let parties = Parties {
        ours: profile.own_identity(identity),
        theirs: exchange.wire_identity.clone(),
        initiator: false,
    };
    Some(Session::answered(
        profile,
        parties,
        secret,
        exchange.base_key,
        signed.pair.clone(),
    ))
}
