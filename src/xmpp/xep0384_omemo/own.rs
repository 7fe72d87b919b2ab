//! Our own device: its keys, and what it publishes of them.

use super::{bundles, devices, devices::Listed};
use crate::{
    crypto::{
        Entropy, Key, SystemEntropy,
        omemo::{Bundle, IdentityKey, Pair, PreKey, Profile, SignedPreKey},
    },
    model::{AccountId, DeviceId, Timestamp},
    store::{OwnDevice, StoreError, StoredSecret, Txn},
    xmpp::xep0060_pubsub::{Access, Publication},
};

/// One-time prekeys that are published.
const PREKEYS: usize = 100;
/// So few are left when new ones are made.
const FEW: usize = 80;
/// How long a signed prekey is published, in days: XEP-0384, section 5.3 recommends once a week to once a month.
const SIGNED_DAYS: i64 = 7;
/// Signed prekeys that are kept after they were replaced, for messages that were long under way.
const KEPT: u32 = 2;
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Our device with its identity.
pub(super) struct Own {
    pub(super) id: DeviceId,
    pub(super) identity: IdentityKey,
    pub(super) created: Timestamp,
    pub(super) is_published: bool,
}

fn key(secret: &StoredSecret) -> Result<Key, StoreError> {
    Key::of(secret)
        .filter(|_| secret.len() == 32)
        .ok_or(StoreError::Damaged("a key of OMEMO"))
}

fn pair(secret: &StoredSecret) -> Result<Pair, StoreError> {
    key(secret).map(Pair::of)
}

/// A device id that nobody has foreseen.
pub(super) fn random_id() -> DeviceId {
    loop {
        let mut bytes = [0; 4];
        SystemEntropy.fill(&mut bytes);
        if let Some(id) = DeviceId::new(u32::from_le_bytes(bytes) >> 1) {
            return id;
        }
    }
}

impl Own {
    /// Our device, if there is one.
    pub(super) fn load(txn: &Txn<'_>, account: AccountId) -> Result<Option<Self>, StoreError> {
        let Some(OwnDevice {
            id,
            seed,
            created,
            is_published,
            ..
        }) = txn.omemo_own(account)?
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            id,
            identity: IdentityKey::of(key(&seed)?),
            created,
            is_published,
        }))
    }

    /// Our device, made when there is none, with as many fresh keys as it should have.
    pub(super) fn ready(
        txn: &Txn<'_>,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let entropy = &mut SystemEntropy;
        if txn.omemo_own(account)?.is_none() {
            txn.create_omemo_own(account, random_id(), entropy.key().reveal(), now)?;
        }
        let signed = txn.signed_prekeys(account)?;
        let newest = signed.first();
        if newest.is_none_or(|newest| now.millis_since(newest.created) > SIGNED_DAYS * DAY) {
            let id = newest.map_or(1, |newest| newest.id + 1);
            txn.rotate_signed_prekey(account, id, entropy.key().reveal(), now, KEPT)?;
        }
        let left = txn.unused_prekeys(account)?.len();
        if left <= FEW {
            let next = txn.omemo_own(account)?.map_or(1, |own| own.next_prekey);
            for id in (next..).take(PREKEYS - left) {
                txn.add_prekey(account, id, entropy.key().reveal())?;
            }
            txn.set_omemo_published(account, false)?;
        }
        Self::load(txn, account)?.ok_or(StoreError::Missing)
    }

    /// A one-time prekey with this number, also one that was used and is kept.
    pub(super) fn prekey(
        txn: &Txn<'_>,
        account: AccountId,
        id: u32,
    ) -> Result<Option<PreKey>, StoreError> {
        let secret = txn.prekey(account, id)?;
        let pair = secret.map(|secret| pair(&secret)).transpose()?;
        Ok(pair.map(|pair| PreKey { id, pair }))
    }

    /// A signed prekey with this number.
    pub(super) fn signed_prekey(
        txn: &Txn<'_>,
        account: AccountId,
        id: u32,
    ) -> Result<Option<SignedPreKey>, StoreError> {
        let all = txn.signed_prekeys(account)?;
        let found = all.iter().find(|signed| signed.id == id);
        let pair = found.map(|signed| pair(&signed.secret)).transpose()?;
        Ok(pair.map(|pair| SignedPreKey { id, pair }))
    }

    /// What we publish in one version.
    pub(super) fn bundle(
        &self,
        txn: &Txn<'_>,
        account: AccountId,
        profile: Profile,
    ) -> Result<Bundle, StoreError> {
        let signed = txn.signed_prekeys(account)?;
        let newest = signed
            .first()
            .ok_or(StoreError::Damaged("no signed prekey"))?;
        let signed = SignedPreKey {
            id: newest.id,
            pair: pair(&newest.secret)?,
        };
        let prekeys = txn.unused_prekeys(account)?;
        let prekeys: Result<Vec<_>, StoreError> = prekeys
            .iter()
            .map(|(id, secret)| Ok((*id, pair(secret)?.public)))
            .collect();
        Ok(Bundle::of(profile, &self.identity, &signed, prekeys?))
    }

    /// The publication of a bundle.
    pub(super) fn bundle_publication(&self, bundle: &Bundle) -> Publication {
        let (node, item) = bundles::place(bundle.profile, self.id);
        let access = match bundle.profile {
            Profile::Axolotl => Access::Everybody,
            Profile::Omemo2 => Access::EverybodyMany,
        };
        Publication {
            node: node.into(),
            item: item.unwrap_or_else(|| devices::ITEM.to_owned()),
            payload: bundles::bundle(bundle),
            access,
        }
    }
}

/// The publication of our list of devices.
pub(super) fn list_publication(profile: Profile, listed: &[Listed]) -> Publication {
    Publication {
        node: devices::node(profile).into(),
        item: devices::ITEM.to_owned(),
        payload: devices::list(profile, listed),
        access: Access::Everybody,
    }
}
