//! How sessions begin, are repeated, cross and are refused.

use super::{Device, Seeded, device::pair};
use crate::crypto::omemo::{
    BundleError, DecryptError, Incoming, MAX_ARCHIVED, Profile, SessionRecord, initiate,
};

#[test]
fn a_session_begins_with_a_message_and_is_answered() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 1);
        let (first, is_exchange) = alice.says(b"one");
        assert!(is_exchange);
        let (second, is_exchange) = alice.says(b"two");
        assert!(is_exchange, "until the other side is heard");
        assert_eq!(bob.reads(&first).unwrap(), b"one");
        assert_eq!(bob.reads(&second).unwrap(), b"two");
        assert_eq!(bob.prekeys.len(), 9, "one prekey was used, once");
        let (reply, is_exchange) = bob.says(b"three");
        assert!(!is_exchange);
        assert_eq!(alice.reads(&reply).unwrap(), b"three");
        let (third, is_exchange) = alice.says(b"four");
        assert!(!is_exchange, "the other side has the session");
        assert_eq!(bob.reads(&third).unwrap(), b"four");
    }
}

#[test]
fn f48_a_repeated_beginning_uses_no_second_prekey_and_is_seen_as_repeated() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 2);
        let (first, _) = alice.says(b"one");
        assert_eq!(bob.reads(&first).unwrap(), b"one");
        assert_eq!(bob.reads(&first), Err(DecryptError::Duplicate));
        assert_eq!(bob.prekeys.len(), 9);
    }
}

#[test]
fn a_beginning_under_another_name_of_its_key_is_refused() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 12);
        let base_key = alice.record.current().unwrap().base_key;
        let (first, _) = alice.says(b"one");
        let place = first.windows(32).position(|part| part == base_key).unwrap();
        let mut renamed = first.clone();
        // The agreement ignores this bit, so that the message would be authentic.
        renamed[place + 31] ^= 0x80;
        assert_eq!(bob.reads(&renamed), Err(DecryptError::Malformed));
        assert_eq!(bob.reads(&first).unwrap(), b"one");
        assert_eq!(bob.reads(&alice.says(b"two").0).unwrap(), b"two");
    }
}

#[test]
fn f48_a_prekey_serves_one_session() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 3);
        let (first, _) = alice.says(b"one");
        bob.reads(&first).unwrap();
        // The session was lost, the message is sent again.
        bob.record = SessionRecord::default();
        assert_eq!(bob.reads(&first), Err(DecryptError::UnknownPreKey));
        bob.signed.id = 2;
        assert_eq!(bob.reads(&first), Err(DecryptError::UnknownSignedPreKey));
        // While old messages are fetched, keys that were used are kept (hidden): two may have picked the same one.
        let mut bob = Device::new(profile, !3);
        let (mut alice, mut carol) = (Device::new(profile, 4), Device::new(profile, 5));
        bob.prekeys.truncate(1);
        alice.begins(&bob);
        carol.begins(&bob);
        let hidden = bob.prekeys.clone();
        assert_eq!(bob.reads(&alice.says(b"a").0).unwrap(), b"a");
        bob.prekeys = hidden;
        bob.record = SessionRecord::default();
        assert_eq!(bob.reads(&carol.says(b"c").0).unwrap(), b"c");
    }
}

#[test]
fn both_begin_at_once_and_nothing_is_lost() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 6);
        bob.begins(&alice);
        let (a1, _) = alice.says(b"a1");
        let (b1, _) = bob.says(b"b1");
        let (a2, _) = alice.says(b"a2");
        assert_eq!(alice.reads(&b1).unwrap(), b"b1");
        assert_eq!(bob.reads(&a1).unwrap(), b"a1");
        // Each writes by the session that the other one began, and reads by its own.
        let (a3, _) = alice.says(b"a3");
        let (b3, _) = bob.says(b"b3");
        assert_eq!(bob.reads(&a3).unwrap(), b"a3");
        assert_eq!(alice.reads(&b3).unwrap(), b"b3");
        assert_eq!(bob.reads(&a2).unwrap(), b"a2");
        for round in 0..20 {
            let text = [round];
            let (from_alice, _) = alice.says(&text);
            assert_eq!(bob.reads(&from_alice).unwrap(), text);
            let (from_bob, is_exchange) = bob.says(&text);
            assert_eq!(alice.reads(&from_bob).unwrap(), text);
            assert!(!is_exchange);
        }
    }
}

#[test]
fn former_sessions_are_kept_and_bounded() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 7);
        let mut late = Vec::new();
        for round in 0..=MAX_ARCHIVED + 1 {
            let (early, _) = alice.says(b"early");
            bob.reads(&early).unwrap();
            late.push(alice.says(&[round as u8]).0);
            alice.begins(&bob);
        }
        bob.reads(&alice.says(b"now").0).unwrap();
        assert_eq!(bob.record.archived.len(), MAX_ARCHIVED);
        let results: Vec<_> = late.iter().map(|bytes| bob.reads(bytes)).collect();
        assert_eq!(
            results.iter().filter(|result| result.is_ok()).count(),
            MAX_ARCHIVED
        );
        assert!(results.contains(&Err(DecryptError::UnknownPreKey)));
    }
}

#[test]
fn f44_another_identity_is_no_new_session() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 8);
        bob.reads(&alice.says(b"hello").0).unwrap();
        let before = bob.record.clone();
        let mut mallory = Device::new(profile, 9);
        mallory.begins(&bob);
        assert_eq!(
            bob.reads(&mallory.says(b"it is me, Alice").0),
            Err(DecryptError::IdentityChanged)
        );
        assert!(bob.record == before);
        assert_eq!(
            bob.reads(&alice.says(b"still here").0).unwrap(),
            b"still here"
        );
    }
}

#[test]
fn f48_a_beginning_without_one_time_prekey_is_refused() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 10);
        let (bytes, _) = alice.says(b"hello");
        let Some(Incoming::Exchange(mut exchange)) = Incoming::parse(profile, &bytes) else {
            panic!("an exchange")
        };
        exchange.prekey = None;
        let own = crate::crypto::omemo::OwnKeys {
            identity: &bob.identity,
            signed_prekey: Some(&bob.signed),
            prekey: bob.prekeys.first(),
        };
        let refused = bob.record.decrypt(
            profile,
            &Incoming::Exchange(exchange),
            own,
            &mut bob.entropy,
        );
        assert_eq!(refused.err(), Some(DecryptError::WithoutPreKey));
    }
}

#[test]
fn f43_bundles_that_lie_are_refused() {
    for profile in Profile::ALL {
        let bob = Device::new(profile, 11);
        let other = Device::new(profile, 12);
        let alice = Device::new(profile, 13);
        let mut entropy = Seeded(14);
        let mut try_with = |change: &dyn Fn(&mut crate::crypto::omemo::Bundle)| {
            let mut bundle = bob.bundle();
            change(&mut bundle);
            initiate(&alice.identity, &bundle, 1, &mut entropy).map(|_| ())
        };
        assert_eq!(try_with(&|_| {}), Ok(()));
        assert_eq!(
            try_with(&|bundle| bundle.signature[5] ^= 1),
            Err(BundleError::Signature)
        );
        assert_eq!(
            try_with(&|bundle| bundle.signed_prekey = other.signed.pair.public),
            Err(BundleError::Signature)
        );
        assert_eq!(
            try_with(&|bundle| bundle.identity = profile.own_identity(&other.identity)),
            Err(BundleError::Signature)
        );
        assert_eq!(
            try_with(&|bundle| bundle.identity.0.fill(0)),
            Err(BundleError::Identity)
        );
        assert_eq!(
            try_with(&|bundle| bundle.identity.0.truncate(31)),
            Err(BundleError::Identity)
        );
        assert_eq!(
            try_with(&|bundle| bundle.prekeys.clear()),
            Err(BundleError::NoPreKeys)
        );
        assert_eq!(
            try_with(&|bundle| bundle.prekeys = vec![(1, [0; 32])]),
            Err(BundleError::PreKey)
        );
    }
}

#[test]
fn f46_sessions_of_the_versions_are_apart() {
    let (mut old, _) = pair(Profile::Axolotl, 15);
    let mut new = Device::new(Profile::Omemo2, !15);
    let (bytes, _) = old.says(b"hello");
    assert_eq!(new.reads(&bytes), Err(DecryptError::Malformed));
    let (mut new, _) = pair(Profile::Omemo2, 15);
    let mut old = Device::new(Profile::Axolotl, !15);
    assert_eq!(
        old.reads(&new.says(b"hello").0),
        Err(DecryptError::Malformed)
    );
}

#[test]
fn p4_what_begins_a_session_is_seen_in_its_bytes() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = pair(profile, 16);
        let (first, _) = alice.says(b"one");
        assert!(matches!(
            Incoming::parse(profile, &first),
            Some(Incoming::Exchange(_))
        ));
        bob.reads(&first).unwrap();
        let (reply, _) = bob.says(b"two");
        assert!(matches!(
            Incoming::parse(profile, &reply),
            Some(Incoming::Message(_))
        ));
    }
}

#[test]
fn f56_no_key_is_printed() {
    for profile in Profile::ALL {
        let (alice, _) = pair(profile, 17);
        let text = format!(
            "{:?} {:?} {:?} {:?}",
            alice.identity, alice.signed, alice.prekeys, alice.record
        );
        assert!(!alice.is_told_in(&text), "{text}");
        assert_eq!(
            format!("{:?}", alice.record.current().unwrap()),
            format!(
                "Session {{ profile: {profile:?}, number: 0, pending: true, unanswered: 0, .. }}"
            )
        );
    }
}
