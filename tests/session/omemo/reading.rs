//! What comes in: texts, reasons, and nothing twice.

use tessera::model::{Security, Standing, Unreadable};

use super::*;

/// Bob has written one message; its element.
fn first_message(profile: Profile, text: &str) -> (Script, OurDevice, String) {
    let (alice, mut bob) = alice_and_bob(profile);
    bob_begins(&alice, &mut bob, profile);
    let element = seals(&mut bob, profile, text);
    (alice, bob, element)
}

fn why(alice: &Script) -> Option<Unreadable> {
    assert_eq!(
        alice.messages(BOB).pop().expect("a row").security,
        Security::Unreadable
    );
    last_seal(alice, BOB)?.unreadable
}

#[test]
fn a_message_is_read_and_its_device_hears_of_us() {
    for profile in Profile::ALL {
        let (mut alice, mut bob, element) = first_message(profile, "hello");
        alice.receives(&from_bob(&element, "1"));
        assert_eq!(alice.texts(BOB), ["hello"]);
        let message = alice.messages(BOB).pop().expect("a row");
        assert_eq!(message.security, Security::Sealed);
        let seal = last_seal(&alice, BOB).expect("a seal");
        assert_eq!(seal.device.number(), BOBS.1);
        assert_eq!(
            (seal.standing, seal.unreadable),
            (Some(Standing::Accepted), None)
        );
        // A word that only moves the ratchet: Bob need not begin again and again.
        let answers = encrypted(&mut alice);
        assert_eq!(answers.len(), 1);
        assert!(is_empty_message(&answers[0]));
        assert_eq!(bob.reads(&String::from(&answers[0])), Ok(None));
        let next = seals(&mut bob, profile, "next");
        assert!(!next.contains("prekey=") && !next.contains("kex="));
        alice.receives(&from_bob(&next, "2"));
        assert_eq!(alice.texts(BOB), ["hello", "next"]);
        assert!(encrypted(&mut alice).is_empty(), "said once");
    }
}

#[test]
fn a_stranger_learns_nothing_by_writing() {
    let profile = Profile::Axolotl;
    let mut alice = Script::new();
    alice.comes_online();
    let own = listed(&alice, "", profile)[0];
    let mut bob = OurDevice::new(profile, BOBS, (ALICE, own));
    bob_begins(&alice, &mut bob, profile);
    alice.receives(&from_bob(&seals(&mut bob, profile, "hello"), "1"));
    assert_eq!(alice.texts(BOB), ["hello"]);
    assert!(alice.sent("message").is_empty());
}

#[test]
fn p15_a_copy_is_neither_a_second_row_nor_a_failure() {
    for profile in Profile::ALL {
        let (mut alice, _, element) = first_message(profile, "hello");
        let live = from_bob(&element, "1");
        alice.receives(&live);
        alice.receives(&live);
        // The same message without its ids, and as a copy of another device.
        let bare =
            format!("<message from='{BOB}/phone' to='{ALICE}' type='chat'>{element}</message>");
        alice.receives(&bare);
        alice.receives(&format!(
            "<message from='{ALICE}' to='{ALICE}/Tessera'><received xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'>{}</forwarded></received></message>",
            bare.replacen("<message", "<message xmlns='jabber:client'", 1)
        ));
        assert_eq!(alice.texts(BOB), ["hello"]);
    }
}

#[test]
fn p16_our_other_devices_messages_are_read() {
    for profile in Profile::ALL {
        let (mut alice, _) = alice_and_bob(profile);
        let own = listed(&alice, "", profile)[0];
        let phone: Where = (ALICE, 77);
        let mut other = OurDevice::new(profile, phone, (ALICE, own));
        bob_begins(&alice, &mut other, profile);
        let element = match profile {
            Profile::Axolotl => other.sends(Some("from my phone")),
            Profile::Omemo2 => {
                let jid = |text| BareJid::new(text).expect("JID");
                let body = vec![sce::body("from my phone")];
                let at = Timestamp(1);
                let envelope = sce::seal(body, &jid(ALICE), &jid(BOB), at, &mut SystemEntropy);
                other.sends(Some(&envelope))
            }
        };
        alice.receives(&format!(
            "<message from='{ALICE}' to='{ALICE}/Tessera'><sent xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{ALICE}/phone' \
             to='{BOB}' type='chat' id='c1'>{element}</message></forwarded></sent></message>"
        ));
        assert_eq!(alice.texts(BOB), ["from my phone"]);
    }
}

#[test]
fn p17_what_we_wrote_ourselves_is_recognised() {
    let (mut alice, _) = alice_and_bob(Profile::Axolotl);
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "mine");
    let stanza = alice.sent("message").pop().expect("a message");
    let inner =
        String::from(&stanza).replacen("<message", &format!("<message from='{ALICE}/Tessera'"), 1);
    alice.receives(&format!(
        "<message from='{ALICE}' to='{ALICE}/Tessera'><sent xmlns='urn:xmpp:carbons:2'>\
         <forwarded xmlns='urn:xmpp:forward:0'>{inner}</forwarded></sent></message>"
    ));
    assert_eq!(alice.texts(BOB), ["mine"]);
    assert_eq!(alice.messages(BOB)[0].security, Security::Sealed);
}

#[test]
fn f48_what_cannot_be_read_is_a_row_with_its_reason() {
    let profile = Profile::Axolotl;
    // For another device.
    let (mut alice, mut bob) = alice_and_bob(profile);
    bob_begins(&alice, &mut bob, profile);
    let own = listed(&alice, "", profile)[0];
    let element = seals(&mut bob, profile, "hello");
    let other = element.replace(&format!("rid='{own}'"), "rid='5'");
    alice.receives(&from_bob(&other, "1"));
    assert_eq!(why(&alice), Some(Unreadable::NotForThisDevice));
    // Changed by somebody on the way.
    let (mut alice, _, element) = first_message(profile, "a text");
    let at = element.rfind("</payload>").expect("a payload") - 4;
    let mut changed = element.clone();
    let letter = if &element[at..=at] == "A" { "B" } else { "A" };
    changed.replace_range(at..=at, letter);
    alice.receives(&from_bob(&changed, "1"));
    assert_eq!(why(&alice), Some(Unreadable::Forged));
    // A session that is not here.
    let (mut alice, mut bob, first) = first_message(profile, "hello");
    alice.receives(&from_bob(&first, "1"));
    let answer = encrypted(&mut alice).pop().expect("an answer");
    bob.reads(&String::from(&answer)).expect("read");
    let (mut other_alice, _) = alice_and_bob(profile);
    let own = listed(&other_alice, "", profile)[0];
    let later = seals(&mut bob, profile, "later");
    let old_own = listed(&alice, "", profile)[0];
    let moved = later.replace(&format!("rid='{old_own}'"), &format!("rid='{own}'"));
    other_alice.receives(&from_bob(&moved, "1"));
    assert_eq!(why(&other_alice), Some(Unreadable::NoSession));
    // No element at all that keeps the rules.
    other_alice.receives(&from_bob("<encrypted xmlns='urn:xmpp:omemo:2'/>", "2"));
    let row = other_alice.messages(BOB).pop().expect("a row");
    assert_eq!(
        (row.body.as_str(), row.security),
        ("", Security::Unreadable)
    );
}

#[test]
fn f44_another_identity_key_is_never_taken_silently() {
    for profile in Profile::ALL {
        let (mut alice, _, element) = first_message(profile, "it is me");
        alice.receives(&from_bob(&element, "1"));
        let own = listed(&alice, "", profile)[0];
        let mut mallory = OurDevice::new(profile, BOBS, (ALICE, own));
        bob_begins(&alice, &mut mallory, profile);
        let forged = seals(&mut mallory, profile, "send money");
        alice.receives(&from_bob(&forged, "2"));
        assert_eq!(alice.texts(BOB), ["it is me", ""]);
        assert_eq!(why(&alice), Some(Unreadable::OtherIdentity));
    }
}

#[test]
fn f51_a_session_is_with_one_address() {
    let profile = Profile::Axolotl;
    let (mut alice, mut bob, first) = first_message(profile, "hello");
    alice.receives(&from_bob(&first, "1"));
    let second = seals(&mut bob, profile, "only from Bob");
    let relayed = from_bob(&second, "2").replace(BOB, "eve@example.org");
    alice.receives(&relayed);
    // It begins a session that Bob began: nobody else can have begun it.
    assert_eq!(alice.texts("eve@example.org"), [""]);
    let answer = encrypted(&mut alice).remove(0);
    bob.reads(&String::from(&answer)).expect("read");
    let third = seals(&mut bob, profile, "only from Bob");
    alice.receives(&from_bob(&third, "4").replace(BOB, "eve@example.org"));
    assert_eq!(alice.texts("eve@example.org"), ["", ""]);
    alice.receives(&from_bob(&second, "3"));
    alice.receives(&from_bob(&third, "5"));
    assert_eq!(
        alice.texts(BOB),
        ["hello", "only from Bob", "only from Bob"]
    );
}

#[test]
fn g57_an_envelope_for_somebody_else_is_not_shown() {
    let profile = Profile::Omemo2;
    let (mut alice, mut bob) = alice_and_bob(profile);
    bob_begins(&alice, &mut bob, profile);
    let jid = |text| BareJid::new(text).expect("JID");
    let body = vec![sce::body("for Carol")];
    let (from, to) = (jid(BOB), jid("carol@example.org"));
    let envelope = sce::seal(body, &from, &to, Timestamp(1), &mut SystemEntropy);
    let element = bob.sends(Some(&envelope));
    alice.receives(&from_bob(&element, "1"));
    assert_eq!(alice.texts(BOB), [""]);
    assert_eq!(why(&alice), Some(Unreadable::Forged));
}

#[test]
fn e37_a_plain_correction_of_an_encrypted_message_is_refused() {
    let (mut alice, _, element) = first_message(Profile::Axolotl, "pay Bob");
    alice.receives(&from_bob(&element, "m1"));
    alice.receives(&format!(
        "<message from='{BOB}/phone' to='{ALICE}' type='chat' id='m2'><body>pay Eve</body>\
         <replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>"
    ));
    // It stands alone, as what came in clear.
    assert_eq!(alice.texts(BOB), ["pay Bob", "pay Eve"]);
    assert_eq!(alice.messages(BOB)[1].security, Security::Clear);
}

#[test]
fn f52_a_message_that_only_moves_the_ratchet_is_no_row() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        bob_begins(&alice, &mut bob, profile);
        alice.receives(&from_bob(&bob.sends(None), "1"));
        assert!(alice.messages(BOB).is_empty());
    }
}

#[test]
fn f48_a_long_chain_gets_one_word_in_between() {
    let profile = Profile::Axolotl;
    let (mut alice, mut bob, first) = first_message(profile, "0");
    alice.receives(&from_bob(&first, "0"));
    for element in encrypted(&mut alice) {
        bob.reads(&String::from(&element)).expect("read");
    }
    for number in 1..=60 {
        let element = seals(&mut bob, profile, &number.to_string());
        alice.receives(&from_bob(&element, &number.to_string()));
    }
    assert_eq!(encrypted(&mut alice).len(), 1);
    assert_eq!(alice.messages(BOB).len(), 61);
}
