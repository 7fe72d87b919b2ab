//! OMEMO: elements, key messages, stored sessions and envelopes.

use tessera::{
    crypto::{
        SystemEntropy,
        omemo::{
            Bundle, IdentityKey, Incoming, OwnKeys, Pair, PreKey, Profile, SessionRecord,
            SignedPreKey, initiate,
            payload::{cbc, gcm},
        },
    },
    model::{BareJid, DeviceId},
    xmpp::{
        xep0384_omemo::{bundles, devices, encrypted},
        xep0420_sce as sce,
    },
};

use super::stream::elements;

/// Key messages, stored sessions and payloads: bytes of somebody.
pub(super) fn keys(bytes: &[u8]) {
    let identity = IdentityKey::new(&mut SystemEntropy);
    let signed = SignedPreKey {
        id: 1,
        pair: Pair::new(&mut SystemEntropy),
    };
    let prekey = PreKey {
        id: 1,
        pair: Pair::new(&mut SystemEntropy),
    };
    for profile in Profile::ALL {
        if let Some(incoming) = Incoming::parse(profile, bytes) {
            let prekeys = [(prekey.id, prekey.pair.public)];
            let bundle = Bundle::of(profile, &identity, &signed, prekeys);
            let session = initiate(&identity, &bundle, 1, &mut SystemEntropy).expect("a bundle");
            let record = SessionRecord::default().with(session);
            let own = OwnKeys {
                identity: &identity,
                signed_prekey: Some(&signed),
                prekey: Some(&prekey),
            };
            for record in [SessionRecord::default(), record] {
                let received = record.decrypt(profile, &incoming, own, &mut SystemEntropy);
                assert!(received.is_err(), "somebody knows new keys");
            }
        }
    }
    if let Some(record) = SessionRecord::load(bytes) {
        assert_eq!(SessionRecord::load(&record.save()), Some(record));
    }
    let (head, tail) = bytes.split_at(bytes.len().min(48));
    let _ = gcm::open(&head[..head.len().min(32)], &[0; 12], tail);
    let _ = cbc::open(head, tail);
}

/// Elements of a server or a contact.
pub(super) fn xml(bytes: &[u8]) {
    let account = BareJid::new("bob@example.org").expect("an address");
    let device = DeviceId::new(2002).expect("a device");
    for element in elements(bytes) {
        for profile in Profile::ALL {
            if let Some(list) = devices::parse(profile, &element) {
                assert!(
                    list.len() <= devices::MAX_DEVICES,
                    "an endless list is read"
                );
                let written = devices::list(profile, &list);
                assert_eq!(devices::parse(profile, &written), Some(list));
            }
            if let Some(bundle) = bundles::parse(profile, &element) {
                let _ = bundle.check();
                let written = bundles::bundle(&bundle);
                assert_eq!(bundles::parse(profile, &written), Some(bundle));
            }
            if let Ok(message) = encrypted::parse(profile, &element, &account, device) {
                assert!(message.keys.len() <= 64, "endless keys are tried");
            }
        }
    }
}

/// What is inside an envelope.
pub(super) fn envelope(bytes: &[u8]) {
    let anna = BareJid::new("anna@example.org").expect("an address");
    let bob = BareJid::new("bob@example.org").expect("an address");
    if let Ok(opened) = sce::open(bytes, &anna, &bob) {
        assert!(opened.content.len() <= 100, "endless content is read");
        for element in &opened.content {
            assert_ne!(element.ns(), "urn:xmpp:hints", "a hint counts");
        }
    }
}
