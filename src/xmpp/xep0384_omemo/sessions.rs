//! Sessions in the store.

use super::version;
use crate::{
    crypto::omemo::{Identity, Profile, SessionRecord},
    model::{AccountId, BareJid, DeviceId, IdentityPrint},
    store::{StoreError, Txn},
};

/// One device of somebody, in one version.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Place {
    pub(super) jid: BareJid,
    pub(super) device: DeviceId,
    pub(super) profile: Profile,
}

/// The sessions with a device, none if there never were any. Damaged ones are as good as none: a new session begins.
pub(super) fn load(
    txn: &Txn<'_>,
    account: AccountId,
    place: &Place,
) -> Result<SessionRecord, StoreError> {
    let stored = txn.omemo_session(account, &place.jid, place.device, version(place.profile))?;
    Ok(stored
        .and_then(|bytes| SessionRecord::load(&bytes))
        .unwrap_or_default())
}

/// Keeps the sessions with a device.
pub(super) fn save(
    txn: &Txn<'_>,
    account: AccountId,
    place: &Place,
    record: &SessionRecord,
) -> Result<(), StoreError> {
    txn.set_omemo_session(
        account,
        &place.jid,
        place.device,
        version(place.profile),
        &record.save(),
    )
}

/// An identity as the store knows it.
pub(super) fn print(identity: &Identity) -> IdentityPrint {
    IdentityPrint(*identity.montgomery())
}
