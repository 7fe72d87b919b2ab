//! What goes out: to whom it is encrypted, when it waits, and that nothing falls back.

use tessera::model::{Delivery, DeviceId, Security, SendFailure, Standing};

use super::*;

#[test]
fn a_message_is_encrypted_and_only_that_goes_out() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        encrypts(&mut alice, BOB);
        alice.writes(BOB, "secret words");
        let stanza = alice.sent("message").pop().expect("a message");
        assert!(!shows(&stanza, "secret"), "{}", String::from(&stanza));
        assert!(has(&stanza, "encryption", "urn:xmpp:eme:0"));
        assert!(has(&stanza, "store", "urn:xmpp:hints"));
        let body = stanza.children().any(|child| child.name() == "body");
        assert_eq!(body, profile == Profile::Axolotl);
        let element = stanza
            .children()
            .find(|c| c.name() == "encrypted")
            .expect("encrypted");
        assert_eq!(
            reads(&mut bob, profile, element).as_deref(),
            Some("secret words")
        );
        let message = alice.messages(BOB).pop().expect("a row");
        assert_eq!(
            (message.body.as_str(), message.security),
            ("secret words", Security::Sealed)
        );
        alice.server_acknowledges();
        assert_eq!(alice.deliveries(BOB), [Delivery::Sent]);
    }
}

#[test]
fn whoever_writes_encrypted_is_answered_so_until_the_person_says_otherwise() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        bob_begins(&alice, &mut bob, profile);
        alice.receives(&from_bob(&seals(&mut bob, profile, "hi"), "1"));
        encrypted(&mut alice);
        alice.writes(BOB, "secret answer");
        let stanza = alice.sent("message").pop().expect("an answer");
        assert!(!shows(&stanza, "secret"));
        let conversation = alice.chat_with(BOB);
        alice.does(ChatCommand::Encrypt {
            conversation,
            encryption: Encryption::None,
        });
        alice.receives(&from_bob(&seals(&mut bob, profile, "still"), "2"));
        alice.writes(BOB, "in clear");
        let stanza = alice.sent("message").pop().expect("an answer");
        assert!(shows(&stanza, "in clear"));
    }
}

#[test]
fn a_retry_sends_the_same_bytes() {
    let (mut alice, mut bob) = alice_and_bob(Profile::Axolotl);
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "once");
    let first = alice.sent("message").pop().expect("a message");
    alice.loses_the_session().comes_online();
    let again = alice.sent("message");
    assert_eq!(again, [first]);
    let element = again[0]
        .children()
        .find(|c| c.name() == "encrypted")
        .expect("encrypted");
    assert_eq!(
        reads(&mut bob, Profile::Axolotl, element).as_deref(),
        Some("once")
    );
}

#[test]
fn what_was_written_offline_is_encrypted_later_in_order() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        encrypts(&mut alice, BOB);
        alice.loses_the_session();
        alice.writes(BOB, "one").writes(BOB, "two");
        assert!(alice.sent("message").is_empty());
        assert_eq!(
            alice.deliveries(BOB),
            [Delivery::Waiting, Delivery::Waiting]
        );
        alice.comes_online();
        let elements = encrypted(&mut alice);
        let texts: Vec<_> = elements
            .iter()
            .filter_map(|element| reads(&mut bob, profile, element))
            .collect();
        assert_eq!(texts, ["one", "two"]);
    }
}

#[test]
fn f53_without_a_device_nothing_is_sent_and_that_is_said() {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both).comes_online();
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "secret");
    assert!(alice.sent("message").is_empty());
    let failed = Delivery::Failed(SendFailure::NoDevices);
    assert_eq!(alice.deliveries(BOB)[..], [failed.clone()][..]);
    // A device that is listed and has no bundle is none.
    alice.nodes.put(
        BOB,
        list_node(Profile::Axolotl),
        "current",
        list(Profile::Axolotl, &[2002]),
    );
    alice.loses_the_session().comes_online();
    alice.writes(BOB, "secret");
    assert!(alice.sent("message").is_empty());
    assert_eq!(alice.deliveries(BOB), [failed.clone(), failed]);
}

#[test]
fn p12_a_dead_device_does_not_hold_up_the_others() {
    let (mut alice, mut bob) = alice_and_bob(Profile::Axolotl);
    let with_dead = list(Profile::Axolotl, &[BOBS.1, 4711]);
    alice
        .nodes
        .put(BOB, list_node(Profile::Axolotl), "current", with_dead);
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "hi");
    let element = encrypted(&mut alice).pop().expect("encrypted");
    assert_eq!(
        reads(&mut bob, Profile::Axolotl, &element).as_deref(),
        Some("hi")
    );
    assert!(!shows(&element, "4711"));
}

#[test]
fn f53_a_rejected_key_reads_nothing() {
    let (mut alice, mut bob) = alice_and_bob(Profile::Axolotl);
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "one");
    let element = encrypted(&mut alice).pop().expect("encrypted");
    reads(&mut bob, Profile::Axolotl, &element);
    let (account, jid) = (alice.account, BareJid::new(BOB).expect("JID"));
    let devices = alice
        .store
        .reader()
        .omemo_devices(account, &jid)
        .expect("read");
    let identity = devices[0].identity.expect("a key");
    assert_eq!(devices[0].standing, Some(Standing::Accepted));
    alice
        .store
        .write(|txn| txn.set_standing(account, &jid, &identity, Standing::Rejected))
        .expect("written");
    alice.writes(BOB, "two");
    assert!(alice.sent("message").is_empty());
    assert_eq!(
        alice.deliveries(BOB)[1],
        Delivery::Failed(SendFailure::NoDevices)
    );
}

#[test]
fn our_other_devices_read_along_and_this_one_does_not() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        let own = listed(&alice, "", profile)[0];
        let phone: Where = (ALICE, 77);
        let mut other = OurDevice::new(profile, phone, (ALICE, own));
        publishes(&mut alice, &other, phone, profile, &[own, phone.1]);
        alice.loses_the_session().comes_online();
        encrypts(&mut alice, BOB);
        alice.writes(BOB, "to all");
        let element = encrypted(&mut alice).pop().expect("encrypted");
        assert!(!shows(&element, &format!("rid='{own}'")));
        assert_eq!(
            reads(&mut bob, profile, &element).as_deref(),
            Some("to all")
        );
        assert_eq!(
            reads(&mut other, profile, &element).as_deref(),
            Some("to all")
        );
    }
}

#[test]
fn devices_of_both_versions_read_one_stanza() {
    let (mut alice, mut old) = alice_and_bob(Profile::Axolotl);
    let own = listed(&alice, "", Profile::Omemo2)[0];
    let second: Where = (BOB, 3003);
    let mut new = OurDevice::new(Profile::Omemo2, second, (ALICE, own));
    publishes(&mut alice, &new, second, Profile::Omemo2, &[second.1]);
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "to both");
    let stanza = alice.sent("message").pop().expect("a message");
    assert!(!shows(&stanza, "to both"));
    let of = |ns: &str| {
        stanza
            .get_child("encrypted", ns)
            .expect("encrypted")
            .clone()
    };
    let element = of("eu.siacs.conversations.axolotl");
    assert_eq!(
        reads(&mut old, Profile::Axolotl, &element).as_deref(),
        Some("to both")
    );
    let element = of("urn:xmpp:omemo:2");
    assert_eq!(
        reads(&mut new, Profile::Omemo2, &element).as_deref(),
        Some("to both")
    );
}

#[test]
fn a_cancelled_message_is_never_encrypted() {
    let (mut alice, _) = alice_and_bob(Profile::Axolotl);
    encrypts(&mut alice, BOB);
    alice.loses_the_session();
    alice.writes(BOB, "no");
    let id = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Cancel(id));
    alice.comes_online();
    assert!(alice.sent("message").is_empty());
    let device = DeviceId::new(BOBS.1).expect("a device");
    let jid = BareJid::new(BOB).expect("JID");
    let session = alice.store.write(|txn| {
        txn.omemo_session(
            alice.account,
            &jid,
            device,
            tessera::model::OmemoVersion::V03,
        )
    });
    assert!(session.expect("read").is_none());
}

#[test]
fn f53_a_correction_is_encrypted_too() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        encrypts(&mut alice, BOB);
        alice.writes(BOB, "wrong");
        reads(&mut bob, profile, &encrypted(&mut alice)[0]);
        let message = alice.messages(BOB)[0].id;
        alice.does(ChatCommand::Correct {
            message,
            body: "right".into(),
        });
        let stanza = alice.sent("message").pop().expect("a correction");
        assert!(!shows(&stanza, "right"));
        let element = stanza
            .children()
            .find(|c| c.name() == "encrypted")
            .expect("encrypted");
        assert_eq!(reads(&mut bob, profile, element).as_deref(), Some("right"));
        assert_eq!(alice.texts(BOB), ["right"]);
    }
}
