//! Opens messages that come. Whatever happens, something is said about it: a text, a reason, or that it was empty.

use sha2::{Digest, Sha256};
use xmpp_parsers::message::{Message, MessageType};

use super::{
    encrypted::{self, ForUs},
    own::Own,
    sessions::{self, Place, print},
    stanza, version,
};
use crate::{
    crypto::{
        SystemEntropy,
        omemo::{
            DecryptError, Incoming, OwnKeys, Profile, Received,
            payload::{PayloadError, cbc, gcm},
        },
    },
    model::{Direction, MessageSeal, Standing, Unreadable},
    store::{Sighting, StoreError},
    xmpp::{Cx, Opened, SealedKey, envelope::Envelope, xep0420_sce as sce},
};

/// What the extension has to do after a message was opened.
#[derive(Debug, Default)]
pub(super) struct FollowUp {
    /// The device that has to hear from us: a session has begun, or its chain is long.
    pub(super) answer: Option<Place>,
    /// The device whose session may be renewed, because it is out of step.
    pub(super) broken: Option<Place>,
    /// A device that is on no list: the list here may be old.
    pub(super) unlisted: bool,
    /// A one-time prekey was used.
    pub(super) used_prekey: bool,
}

/// Why a candidate was not opened.
enum Failed {
    Ratchet(DecryptError),
    Identity,
    Relayed,
}

impl From<DecryptError> for Failed {
    fn from(error: DecryptError) -> Self {
        Self::Ratchet(error)
    }
}

fn reason(failed: &Failed) -> Unreadable {
    match failed {
        Failed::Identity | Failed::Ratchet(DecryptError::IdentityChanged) => {
            Unreadable::OtherIdentity
        }
        Failed::Relayed => Unreadable::Forged,
        Failed::Ratchet(DecryptError::NoSession) => Unreadable::NoSession,
        Failed::Ratchet(DecryptError::BadMac | DecryptError::Duplicate) => {
            Unreadable::BrokenSession
        }
        Failed::Ratchet(DecryptError::TooFarAhead) => Unreadable::TooFarAhead,
        Failed::Ratchet(DecryptError::UnknownPreKey | DecryptError::UnknownSignedPreKey) => {
            Unreadable::UnknownKey
        }
        Failed::Ratchet(DecryptError::WithoutPreKey | DecryptError::Malformed) => {
            Unreadable::Malformed
        }
    }
}

/// Opens a message, if it is one of OMEMO.
pub(super) fn open(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
) -> Result<Option<(Opened, FollowUp)>, StoreError> {
    // Nothing of a type that asks for no answer is encrypted for a chat.
    if envelope.message.type_ == MessageType::Headline {
        return Ok(None);
    }
    let elements = || {
        let payloads = envelope.message.payloads.iter();
        payloads.filter_map(|p| encrypted::profile_of(p).map(|profile| (profile, p)))
    };
    if elements().next().is_none() {
        return Ok(None);
    }
    let own = Own::load(cx.txn, cx.account.id)?;
    // The newer version counts where both are for us.
    let mut parsed: Vec<ForUs> = Vec::new();
    for profile in [Profile::Omemo2, Profile::Axolotl] {
        let of_profile = elements().filter(|(found, _)| *found == profile);
        for (_, element) in of_profile.take(2) {
            let id = own
                .as_ref()
                .map_or_else(super::own::random_id, |own| own.id);
            parsed.extend(encrypted::parse(profile, element, &cx.account.jid, id));
        }
    }
    let ours = parsed.iter().position(|message| !message.keys.is_empty());
    let Some(message) = parsed.get(ours.unwrap_or(0)) else {
        return Ok(Some(nothing_readable(envelope)));
    };
    let unreadable = |reason| Opened::Unreadable(seal(message, None, Some(reason)));
    let Some(own) = own else {
        let opened = unreadable(Unreadable::BeforeThisDevice);
        return Ok(Some((opened, FollowUp::default())));
    };
    if envelope.direction == Direction::Outgoing && message.sender == own.id {
        return Ok(Some((written_here(cx, envelope)?, FollowUp::default())));
    }
    if ours.is_none() {
        let reason = if envelope.at < own.created {
            Unreadable::BeforeThisDevice
        } else {
            Unreadable::NotForThisDevice
        };
        return Ok(Some((unreadable(reason), FollowUp::default())));
    }
    open_keys(cx, envelope, &own, message).map(Some)
}

/// An element that breaks the rules: the row says so.
fn nothing_readable(envelope: &Envelope) -> (Opened, FollowUp) {
    tracing::debug!(route = ?envelope.route, "an encrypted element breaks the rules");
    (Opened::Malformed, FollowUp::default())
}

/// A copy of what this device wrote: nobody can decrypt it, and its text is here.
fn written_here(cx: &Cx<'_, '_>, envelope: &Envelope) -> Result<Opened, StoreError> {
    let Some(conversation) = cx.txn.find_conversation(cx.account.id, &envelope.peer)? else {
        return Ok(Opened::Nothing);
    };
    let Some(id) = envelope.origin_id() else {
        return Ok(Opened::Nothing);
    };
    let found = cx.txn.find_outgoing(conversation, &id)?;
    Ok(found.map_or(Opened::Nothing, Opened::Copy))
}

fn open_keys(
    cx: &mut Cx<'_, '_>,
    envelope: &Envelope,
    own: &Own,
    message: &ForUs,
) -> Result<(Opened, FollowUp), StoreError> {
    let place = Place {
        jid: envelope.from.to_bare(),
        device: message.sender,
        profile: message.profile,
    };
    let mut worst = None;
    for bytes in &message.keys {
        let key = hash(&place, bytes);
        if let Some(copy) = cx.txn.seen_key(cx.account.id, &key)? {
            let opened = copy.map_or(Opened::Nothing, Opened::Copy);
            return Ok((opened, FollowUp::default()));
        }
        match open_key(cx, &place, own, bytes)? {
            Ok((received, standing, follow_up)) => {
                cx.txn.see_key(cx.account.id, &key, cx.now)?;
                let opened = opened(cx, envelope, message, &received, standing, key);
                return Ok((opened, follow_up));
            }
            Err(Failed::Ratchet(DecryptError::Duplicate)) => {
                // It was opened longer ago than hashes are kept.
                return Ok((Opened::Nothing, FollowUp::default()));
            }
            Err(failed) => worst = Some(failed),
        }
    }
    let failed = worst.unwrap_or(Failed::Ratchet(DecryptError::Malformed));
    let is_broken = matches!(
        failed,
        Failed::Ratchet(DecryptError::BadMac | DecryptError::NoSession)
    );
    let follow_up = FollowUp {
        broken: is_broken.then_some(place),
        ..FollowUp::default()
    };
    let opened = Opened::Unreadable(seal(message, None, Some(reason(&failed))));
    Ok((opened, follow_up))
}

type OpenedKey = (Received, Standing, FollowUp);

/// Opens one key message and keeps what that changes; nothing is kept when it fails.
fn open_key(
    cx: &mut Cx<'_, '_>,
    place: &Place,
    own: &Own,
    bytes: &[u8],
) -> Result<Result<OpenedKey, Failed>, StoreError> {
    let account = cx.account.id;
    let Some(incoming) = Incoming::parse(place.profile, bytes) else {
        return Ok(Err(DecryptError::Malformed.into()));
    };
    let record = sessions::load(cx.txn, account, place)?;
    let (prekey, signed) = match &incoming {
        Incoming::Exchange(exchange) => (
            match exchange.prekey {
                Some(id) => Own::prekey(cx.txn, account, id)?,
                None => None,
            },
            Own::signed_prekey(cx.txn, account, exchange.signed_prekey)?,
        ),
        Incoming::Message(_) => (None, None),
    };
    let keys = OwnKeys {
        identity: &own.identity,
        signed_prekey: signed.as_ref(),
        prekey: prekey.as_ref(),
    };
    let received = match record.decrypt(place.profile, &incoming, keys, &mut SystemEntropy) {
        Ok(received) => received,
        Err(error) => {
            if let (DecryptError::IdentityChanged, Incoming::Exchange(exchange)) =
                (error, &incoming)
            {
                let seen = print(&exchange.identity);
                let _ = cx
                    .txn
                    .sight_identity(account, &place.jid, place.device, &seen, cx.now)?;
            }
            return Ok(Err(error.into()));
        }
    };
    if let (Some(_), Incoming::Exchange(exchange)) = (received.used_prekey, &incoming) {
        // Version 0.3 binds a beginning to no address: whoever passes on one of somebody else has begun nothing.
        let begun = beginning(&exchange.base_key);
        if cx.txn.seen_key(account, &begun)?.is_some() {
            return Ok(Err(Failed::Relayed));
        }
        cx.txn.see_key(account, &begun, cx.now)?;
    }
    let seen = print(&received.identity);
    let sighting = cx
        .txn
        .sight_identity(account, &place.jid, place.device, &seen, cx.now)?;
    let standing = match sighting {
        Sighting::Known(standing) | Sighting::New(standing) => standing,
        // The device has shown another key in the other version, or in its bundle.
        Sighting::Changed => return Ok(Err(Failed::Identity)),
    };
    cx.txn
        .heard_device(account, &place.jid, place.device, cx.now)?;
    sessions::save(cx.txn, account, place, &received.record)?;
    if let Some(used) = received.used_prekey {
        cx.txn.use_prekey(account, used)?;
    }
    let devices = cx.txn.omemo_devices(account, &place.jid)?;
    let is_listed = devices
        .iter()
        .any(|known| known.id == place.device && (known.listed_old || known.listed_new));
    let answer = received.heartbeat_due || received.used_prekey.is_some();
    let follow_up = FollowUp {
        answer: (answer && standing != Standing::Rejected).then(|| place.clone()),
        broken: None,
        unlisted: !is_listed,
        used_prekey: received.used_prekey.is_some(),
    };
    Ok(Ok((received, standing, follow_up)))
}

/// What a message says whose key was opened.
fn opened(
    cx: &Cx<'_, '_>,
    envelope: &Envelope,
    message: &ForUs,
    received: &Received,
    standing: Standing,
    key: SealedKey,
) -> Opened {
    let by = Some((received, standing));
    let Some(payload) = &message.payload else {
        return Opened::Nothing;
    };
    let text = match message.profile {
        Profile::Axolotl => gcm::open(&received.material, &message.iv, payload),
        Profile::Omemo2 => cbc::open(&received.material, payload),
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            let reason = match error {
                PayloadError::Outdated => Unreadable::Outdated,
                PayloadError::Length => Unreadable::Malformed,
                PayloadError::Changed => Unreadable::Forged,
            };
            return Opened::Unreadable(seal(message, by, Some(reason)));
        }
    };
    let outer = envelope.message.clone();
    let clear: Message = match message.profile {
        // Some programs end texts with a zero byte, or break off inside a character.
        Profile::Axolotl => {
            let text = String::from_utf8_lossy(&text);
            stanza::opened_old(outer, text.trim_end_matches('\0').to_owned())
        }
        Profile::Omemo2 => {
            let from = envelope.from.to_bare();
            let to = match envelope.direction {
                Direction::Incoming => &cx.account.jid,
                Direction::Outgoing => &envelope.peer,
            };
            match sce::open(&text, &from, to) {
                Ok(inside) => stanza::opened_new(outer, inside.content),
                Err(refused) => {
                    let reason = match refused {
                        sce::Refused::Malformed => Unreadable::Malformed,
                        sce::Refused::OtherSender | sce::Refused::OtherRecipient => {
                            Unreadable::Forged
                        }
                    };
                    return Opened::Unreadable(seal(message, by, Some(reason)));
                }
            }
        }
    };
    Opened::Clear {
        message: Box::new(clear),
        seal: seal(message, by, None),
        key,
    }
}

fn seal(
    message: &ForUs,
    by: Option<(&Received, Standing)>,
    unreadable: Option<Unreadable>,
) -> MessageSeal {
    MessageSeal {
        version: version(message.profile),
        device: message.sender,
        identity: by.map(|(received, _)| print(&received.identity)),
        standing: by.map(|(_, standing)| standing),
        unreadable,
    }
}

/// What the beginning of a session is known by, whoever brings it.
fn beginning(base_key: &[u8; 32]) -> SealedKey {
    Sha256::new()
        .chain_update(b"beginning")
        .chain_update(base_key)
        .finalize()
        .into()
}

/// What a key message is known by: it is opened once.
fn hash(place: &Place, bytes: &[u8]) -> SealedKey {
    let mut hash = Sha256::new();
    hash.update(place.jid.as_str());
    hash.update([0]);
    hash.update(place.device.number().to_le_bytes());
    hash.update(bytes);
    hash.finalize().into()
}
