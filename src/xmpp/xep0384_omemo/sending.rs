//! Encrypts what waits: for every device of the contact and every other one of ours that may read.

use minidom::Element;
use xmpp_parsers::{
    jid::Jid,
    message::{Id, Message},
};

use super::{
    encrypted::{self, KeyFor, Outgoing},
    extension::Omemo,
    own::Own,
    sessions::{self, Place, print},
    stanza, version,
};
use crate::{
    crypto::{
        SystemEntropy,
        omemo::{
            Profile, SessionRecord, initiate,
            payload::{Material, cbc, gcm},
        },
    },
    event::Event,
    model::{BareJid, Delivery, KnownDevice, MessageSeal, SendFailure, Standing},
    store::{StoreError, UnsealedRow},
    trust::{self, Audience},
    xmpp::{Cx, Effect, hint, xep0420_sce as sce},
};

/// A device with a session that can encrypt for it.
pub(super) struct Member {
    place: Place,
    record: SessionRecord,
}

/// Whether we know enough to encrypt for somebody.
enum Readiness {
    /// Lists or bundles are being fetched.
    Waiting,
    /// Those who may read; the second tells whether any of them is the contact's.
    Ready(Audience<Member>, bool),
}

impl Omemo {
    /// Encrypts everything that waits and can be encrypted now, in the order in which it was written.
    pub(super) fn seal_waiting(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let Some(own) = Own::load(cx.txn, cx.account.id)? else {
            return Ok(());
        };
        let mut held: Vec<BareJid> = Vec::new();
        for row in cx.txn.unsealed(cx.account.id)? {
            if held.contains(&row.peer) {
                continue;
            }
            match self.readiness(cx, &own, &row.peer)? {
                Readiness::Waiting => held.push(row.peer),
                Readiness::Ready(_, false) => give_up(cx, &row)?,
                Readiness::Ready(audience, true) => seal_row(cx, &own, &row, audience)?,
            }
        }
        Ok(())
    }

    fn readiness(
        &mut self,
        cx: &mut Cx<'_, '_>,
        own: &Own,
        peer: &BareJid,
    ) -> Result<Readiness, StoreError> {
        let mut waiting = false;
        for profile in Profile::ALL {
            if !self.known.contains(&(peer.clone(), profile)) {
                self.ask_list(cx, peer, profile);
                waiting = true;
            }
        }
        if waiting {
            return Ok(Readiness::Waiting);
        }
        let account = cx.account.id;
        let mut devices = cx.txn.omemo_devices(account, peer)?;
        if *peer != cx.account.jid {
            devices.extend(cx.txn.omemo_devices(account, &cx.account.jid)?);
        }
        let is_own = |device: &KnownDevice| device.jid == cx.account.jid && device.id == own.id;
        devices.retain(|device| (device.listed_old || device.listed_new) && !is_own(device));
        for device in &mut devices {
            let known = (device.jid.clone(), device.id);
            device.listed_new &= !self.only_old.contains(&known);
        }
        // Version 2 only where all have it: two payloads in one stanza are the exception.
        let all_new = devices.iter().all(|device| device.listed_new);
        let mut places = Vec::new();
        for device in devices {
            let new = all_new || !device.listed_old;
            let place = Place {
                jid: device.jid,
                device: device.id,
                profile: if new {
                    Profile::Omemo2
                } else {
                    Profile::Axolotl
                },
            };
            let record = sessions::load(cx.txn, account, &place)?;
            if record.identity().is_some() || self.bundles.contains_key(&place) {
                places.push((place, record));
            } else {
                // Without a bundle that can be used it is left out.
                waiting |= self.ask_bundle(cx, &place)?;
            }
        }
        // Sessions begin when all that is needed is here: a bundle serves once.
        if waiting {
            return Ok(Readiness::Waiting);
        }
        let mut candidates = Vec::new();
        for (place, record) in places {
            candidates.extend(self.candidate(cx, own, place, record)?);
        }
        let choice = trust::choose(candidates);
        let audience = choice.audience;
        let reaches = audience
            .members()
            .iter()
            .any(|member| member.place.jid == *peer);
        Ok(Readiness::Ready(audience, reaches))
    }

    /// A device with its session, an old or a new one, and what is thought of its key.
    fn candidate(
        &mut self,
        cx: &mut Cx<'_, '_>,
        own: &Own,
        place: Place,
        record: SessionRecord,
    ) -> Result<Option<(Member, Standing)>, StoreError> {
        if let Some(identity) = record.identity() {
            let standing = cx
                .txn
                .standing(cx.account.id, &place.jid, &print(&identity))?;
            let standing = standing.unwrap_or(Standing::Waiting);
            return Ok(Some((Member { place, record }, standing)));
        }
        let begun = self.begin(cx, own, &place)?;
        Ok(begun.map(|(session, standing)| {
            let record = record.with(session);
            (Member { place, record }, standing)
        }))
    }

    /// Begins a session by a bundle that was fetched; a bundle serves once.
    pub(super) fn begin(
        &mut self,
        cx: &Cx<'_, '_>,
        own: &Own,
        place: &Place,
    ) -> Result<Option<(crate::crypto::omemo::Session, Standing)>, StoreError> {
        let account = cx.account.id;
        let Some(bundle) = self.bundles.remove(place) else {
            return Ok(None);
        };
        let unusable = |cx: &Cx<'_, '_>| {
            cx.txn
                .set_no_bundle(account, &place.jid, place.device, Some(cx.now))
        };
        let Ok(identity) = bundle.check() else {
            unusable(cx)?;
            return Ok(None);
        };
        let seen = print(&identity);
        let sighting = cx
            .txn
            .sight_identity(account, &place.jid, place.device, &seen, cx.now)?;
        let Some(standing) = sighting.standing() else {
            unusable(cx)?;
            return Ok(None);
        };
        let number = own.id.number();
        match initiate(&own.identity, &bundle, number, &mut SystemEntropy) {
            Ok(session) => Ok(Some((session, standing))),
            Err(_) => {
                unusable(cx)?;
                Ok(None)
            }
        }
    }

    /// Sends a message that only moves the ratchet of one device.
    pub(super) fn send_empty(
        &mut self,
        cx: &mut Cx<'_, '_>,
        own: &Own,
        place: &Place,
        record: SessionRecord,
    ) -> Result<(), StoreError> {
        let (material, iv) = match place.profile {
            Profile::Axolotl => {
                let (material, iv) = gcm::empty(&mut SystemEntropy);
                (material, iv.to_vec())
            }
            Profile::Omemo2 => (cbc::empty(), Vec::new()),
        };
        let member = Member {
            place: place.clone(),
            record,
        };
        let keys = encrypt_keys(cx, &material, vec![member])?;
        let element = encrypted::encrypted(&Outgoing {
            profile: place.profile,
            sender: own.id,
            keys,
            iv,
            payload: None,
        });
        let mut message = Message::chat(Jid::from(place.jid.clone()));
        message.id = Some(Id(uuid::Uuid::new_v4().to_string()));
        message.payloads = vec![element, hint("store")];
        let xml = String::from(&Element::from(message));
        cx.txn.push_outbox(cx.account.id, None, &xml)?;
        cx.effects.push(Effect::FlushOutbox);
        Ok(())
    }
}

/// Encrypts the key of a payload for each member and keeps the sessions as they are afterwards, in the transaction in
/// which the stanza goes into the outbox.
fn encrypt_keys(
    cx: &Cx<'_, '_>,
    material: &Material,
    members: Vec<Member>,
) -> Result<Vec<KeyFor>, StoreError> {
    let mut keys = Vec::with_capacity(members.len());
    for Member { place, record } in members {
        let Some((record, bytes, is_exchange)) = record.encrypt(material.reveal()) else {
            continue;
        };
        sessions::save(cx.txn, cx.account.id, &place, &record)?;
        keys.push(KeyFor {
            jid: place.jid,
            device: place.device,
            is_exchange,
            bytes,
        });
    }
    Ok(keys)
}

fn seal_row(
    cx: &mut Cx<'_, '_>,
    own: &Own,
    row: &UnsealedRow,
    audience: Audience<Member>,
) -> Result<(), StoreError> {
    cx.txn.remove_unsealed(row.id)?;
    let Some(clear) = parse(&row.xml) else {
        return Err(StoreError::Damaged("a stanza that waits to be encrypted"));
    };
    let (new, old): (Vec<Member>, Vec<Member>) = audience
        .into_members()
        .into_iter()
        .partition(|member| member.place.profile == Profile::Omemo2);
    let mut elements = Vec::new();
    // A stanza without a text says nothing that version 0.3 could encrypt: it goes as it is, if somebody needs that.
    if !old.is_empty() {
        let Some(text) = stanza::text_of(&clear) else {
            return push(cx, row, clear);
        };
        let sealed = gcm::seal(text.as_bytes(), &mut SystemEntropy);
        elements.push(Outgoing {
            profile: Profile::Axolotl,
            sender: own.id,
            keys: encrypt_keys(cx, &sealed.material, old)?,
            iv: sealed.iv.to_vec(),
            payload: Some(sealed.ciphertext),
        });
    }
    if !new.is_empty() {
        let content = stanza::content(&clear);
        let envelope = sce::seal(
            content,
            &cx.account.jid,
            &row.peer,
            cx.now,
            &mut SystemEntropy,
        );
        let (material, payload) = cbc::seal(envelope.as_bytes(), &mut SystemEntropy);
        elements.push(Outgoing {
            profile: Profile::Omemo2,
            sender: own.id,
            keys: encrypt_keys(cx, &material, new)?,
            iv: Vec::new(),
            payload: Some(payload),
        });
    }
    if let (Some(message), Some(first)) = (row.message, elements.first()) {
        let seal = MessageSeal {
            version: version(first.profile),
            device: own.id,
            identity: Some(print(&own.identity.public())),
            standing: None,
            unreadable: None,
        };
        cx.txn.set_seal(message, &seal)?;
    }
    let elements = elements
        .iter()
        .map(|outgoing| (outgoing.profile, encrypted::encrypted(outgoing)))
        .collect();
    push(cx, row, stanza::sealed(clear, elements))
}

fn push(cx: &mut Cx<'_, '_>, row: &UnsealedRow, stanza: Message) -> Result<(), StoreError> {
    let xml = String::from(&Element::from(stanza));
    cx.txn.push_outbox(cx.account.id, row.message, &xml)?;
    cx.effects.push(Effect::FlushOutbox);
    Ok(())
}

fn parse(xml: &str) -> Option<Message> {
    Message::try_from(xml.parse::<Element>().ok()?).ok()
}

/// The contact has no device that could read it: that is said, and nothing is sent in clear.
fn give_up(cx: &mut Cx<'_, '_>, row: &UnsealedRow) -> Result<(), StoreError> {
    cx.txn.remove_unsealed(row.id)?;
    let Some(message) = row.message else {
        return Ok(());
    };
    let failed = Delivery::Failed(SendFailure::NoDevices);
    if cx.txn.set_delivery(message, &failed)? {
        let conversation = cx.txn.message(message)?.conversation;
        cx.emit(Event::Messages {
            conversation,
            changed: vec![message],
        });
        cx.emit(Event::Conversations(vec![conversation]));
    }
    Ok(())
}
