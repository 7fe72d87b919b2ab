//! Corrections, reactions, receipts and bodies as nobody should send them.

use tessera::{
    command::ChatCommand,
    model::{Delivery, FailureKind, Security, Subscription},
};

use crate::script::{Script, attr};

const BOB: &str = "bob@example.org";
const CAROL: &str = "carol@example.org";

fn alice_and_bob() -> Script {
    let mut alice = Script::new();
    alice
        .has_contact(BOB, Subscription::Both)
        .has_contact(CAROL, Subscription::Both)
        .comes_online();
    alice
}

fn says(alice: &mut Script, from: &str, id: &str, content: &str) {
    alice.receives(&format!(
        "<message from='{from}/x' to='alice@example.org' type='chat' id='{id}'>{content}</message>"
    ));
}

const ENCRYPTED: &str = "<body>an encrypted message</body>\
    <encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted>";

fn replaces(id: &str) -> String {
    format!("<replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>")
}

#[test]
fn e37_plain_text_does_not_take_the_place_of_what_was_encrypted() {
    for is_correction_first in [false, true] {
        let mut alice = alice_and_bob();
        let plain = format!("<body>harmless</body>{}", replaces("m1"));
        if is_correction_first {
            says(&mut alice, BOB, "c1", &plain);
            says(&mut alice, BOB, "m1", ENCRYPTED);
        } else {
            says(&mut alice, BOB, "m1", ENCRYPTED);
            says(&mut alice, BOB, "c1", &plain);
        }
        // Seen again, as from the archive.
        says(&mut alice, BOB, "c1", &plain);
        let messages = alice.messages(BOB);
        assert_eq!(messages.len(), 2, "{messages:?}");
        for message in messages {
            assert!(message.corrected.is_none());
            let is_encrypted = message.origin_id.as_deref() == Some("m1");
            let (security, body) = if is_encrypted {
                (Security::Unreadable, "")
            } else {
                (Security::Clear, "harmless")
            };
            assert_eq!((message.security, message.body.as_str()), (security, body));
        }
    }
}

#[test]
fn e37_what_is_encrypted_does_not_take_the_place_of_plain_text() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>plain</body>");
    let correction = format!("{ENCRYPTED}{}", replaces("m1"));
    says(&mut alice, BOB, "c1", &correction);
    assert_eq!(alice.texts(BOB), ["plain", ""]);
    assert!(alice.messages(BOB)[0].corrected.is_none());
}

#[test]
fn e37_any_message_of_ones_own_can_be_corrected_however_late() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>helo</body>");
    says(&mut alice, BOB, "m2", "<body>there</body>");
    alice.waits(400 * 24 * 3600);
    let correction = format!("<body>hello</body>{}", replaces("m1"));
    says(&mut alice, BOB, "c1", &correction);
    assert_eq!(alice.texts(BOB), ["hello", "there"]);
}

#[test]
fn e38_taking_back_what_is_not_there_makes_no_row() {
    let mut alice = alice_and_bob();
    for n in 0..50 {
        let retract = format!(
            "<body>fallback</body><retract xmlns='urn:xmpp:message-retract:1' id='unknown-{n}'/>"
        );
        says(&mut alice, BOB, &format!("r{n}"), &retract);
    }
    assert!(alice.messages(BOB).is_empty());
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
}

#[test]
fn e39_ten_thousand_reactions_are_bounded() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>party</body>");
    let all: String = (0x1F300_u32..)
        .filter_map(char::from_u32)
        .take(10_000)
        .map(|emoji| format!("<reaction>{emoji}</reaction>"))
        .collect();
    let flood = format!("<reactions xmlns='urn:xmpp:reactions:0' id='m1'>{all}</reactions>");
    says(&mut alice, BOB, "e1", &flood);
    let count = alice.messages(BOB)[0].reactions.len();
    assert!((1..=20).contains(&count), "{count}");
}

#[test]
fn nothing_is_sent_as_a_reaction_to_who_is_blocked_or_to_what_is_gone() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>party</body>");
    let message = alice.messages(BOB)[0].id;
    let react = |alice: &mut Script, emoji: &str| {
        alice.does(ChatCommand::React {
            message,
            emoji: emoji.into(),
            on: true,
        })
    };
    let refused = |alice: &Script, request| matches!(alice.outcome(request), Some(Err(f)) if f.kind == FailureKind::BadInput);
    let request = react(&mut alice, "no emoji");
    assert!(refused(&alice, request));
    let account = alice.account;
    let block = alice
        .store
        .write(|txn| txn.change_blocked(account, &[BOB.to_owned()], &[]));
    block.expect("written");
    let request = react(&mut alice, "👍");
    assert!(refused(&alice, request));
    let unblock = alice
        .store
        .write(|txn| txn.change_blocked(account, &[], &[BOB.to_owned()]));
    unblock.expect("written");
    let retract = "<body>fallback</body><retract xmlns='urn:xmpp:message-retract:1' id='m1'/>";
    says(&mut alice, BOB, "r1", retract);
    let request = react(&mut alice, "👍");
    assert!(refused(&alice, request));
    assert!(alice.sent("message").is_empty());
    assert!(alice.messages(BOB)[0].reactions.is_empty());
}

#[test]
fn e41_copies_are_not_answered_and_their_receipts_are_only_their_senders() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "hi");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    alice.server_acknowledges();
    let copy = |from: &str, content: &str| {
        format!(
            "<message from='alice@example.org' to='alice@example.org/Tessera'><received xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{from}/x' \
             to='alice@example.org/phone' type='chat' id='c1'>{content}</message></forwarded></received></message>"
        )
    };
    alice.receives(&copy(
        BOB,
        "<body>to the phone</body><request xmlns='urn:xmpp:receipts'/>",
    ));
    assert!(
        alice.sent("message").is_empty(),
        "the device that got it answers"
    );
    for content in [
        format!("<received xmlns='urn:xmpp:receipts' id='{id}'/>"),
        format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/>"),
    ] {
        alice.receives(&copy(CAROL, &content));
    }
    let ours = alice
        .messages(BOB)
        .into_iter()
        .find(|message| message.body == "hi")
        .expect("ours");
    assert_eq!(ours.delivery, Delivery::Sent);
}

#[test]
fn e42_one_rule_says_what_a_message_is() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "s1", "<subject>only a subject</subject>");
    assert!(alice.messages(BOB).is_empty());
    says(
        &mut alice,
        BOB,
        "o1",
        "<body>look here</body><x xmlns='jabber:x:oob'><url>https://evil.example/</url></x>",
    );
    assert_eq!(alice.texts(BOB), ["look here"], "the body counts");
    // Forbidden (RFC 6121, section 5.2.3): never joined, and the same one however often it is seen.
    let forbidden = "<body>one</body><body>two</body>";
    says(&mut alice, BOB, "b1", forbidden);
    says(&mut alice, BOB, "b2", forbidden);
    assert_eq!(alice.texts(BOB), ["look here", "two", "two"]);
}
