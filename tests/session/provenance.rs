//! Messages and requests that try to be what they are not, and the rules by which they are read.

use tessera::{
    command::{Command, ContactCommand},
    model::{Security, Subscription},
};

use crate::script::{Script, attr};

const BOB: &str = "bob@example.org";

fn alice_and_bob() -> Script {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both).comes_online();
    alice
}

#[test]
fn c24_a_stranger_cannot_rewrite_history_by_dates() {
    let mut alice = alice_and_bob();
    for (id, stamp) in [
        ("m1", ""),
        ("m2", "2001-01-01T00:00:00Z"),
        ("m3", "2099-01-01T00:00:00Z"),
    ] {
        let delay = if stamp.is_empty() {
            String::new()
        } else {
            format!("<delay xmlns='urn:xmpp:delay' from='example.org' stamp='{stamp}'/>")
        };
        alice.receives(&format!(
            "<message from='{BOB}/x' to='alice@example.org' type='chat' id='{id}'><body>{id}</body>{delay}</message>"
        ));
    }
    assert_eq!(alice.texts(BOB), ["m1", "m2", "m3"]);
    assert!(alice.messages(BOB).iter().all(|m| m.at == alice.now));
}

#[test]
fn c25_repeating_an_id_suppresses_nothing() {
    let mut alice = alice_and_bob();
    alice.has_contact("carol@example.org", Subscription::Both);
    for (from, body) in [
        ("bob@example.org/x", "one"),
        ("bob@example.org/x", "two"),
        ("carol@example.org/x", "three"),
    ] {
        alice.receives(&format!(
            "<message from='{from}' to='alice@example.org' type='chat' id='same'><body>{body}</body>\
             <origin-id xmlns='urn:xmpp:sid:0' id='same'/></message>"
        ));
    }
    assert_eq!(alice.texts(BOB), ["one", "two"]);
    assert_eq!(alice.texts("carol@example.org"), ["three"]);
}

#[test]
fn b13_answers_of_the_wrong_sender_are_ignored() {
    let mut alice = alice_and_bob();
    let request = alice.asks(Command::Contact(ContactCommand::FetchProfile {
        account: alice.account,
        jid: BOB.parse().expect("JID"),
    }));
    // The scripted server answered; a second answer and one from elsewhere find no open question.
    assert!(alice.outcome(request).is_some());
    alice.receives("<iq from='eve@evil.example' type='result' id='t-1'/>");
    alice.receives("<iq type='result' id='t-1'/>");
    assert!(alice.sent("iq").is_empty());
}

#[test]
fn an_unknown_request_is_refused_politely() {
    let mut alice = alice_and_bob();
    alice.receives("<iq from='bob@example.org/x' type='get' id='q'><query xmlns='jabber:iq:private-joke'/></iq>");
    let answer = alice.sent("iq").pop().expect("an answer");
    assert_eq!(attr(&answer, "type"), Some("error"));
    assert_eq!(attr(&answer, "id"), Some("q"));
}

#[test]
fn b17_remote_control_is_not_there() {
    let mut alice = alice_and_bob();
    for payload in [
        "<command xmlns='http://jabber.org/protocol/commands' node='http://jabber.org/protocol/rc#forward' action='execute'/>",
        "<x xmlns='http://jabber.org/protocol/rosterx'/>",
    ] {
        alice.receives(&format!(
            "<iq from='bob@example.org/x' to='alice@example.org/Tessera' type='set' id='q'>{payload}</iq>"
        ));
        let answer = alice.sent("iq").pop().expect("an answer");
        assert_eq!(attr(&answer, "type"), Some("error"));
    }
}

#[test]
fn d26_messages_of_rooms_that_were_not_joined_are_not_shown() {
    let mut alice = alice_and_bob();
    alice.receives("<message from='room@muc.example/nick' to='alice@example.org' type='groupchat'><body>x</body></message>");
    assert!(alice.messages("room@muc.example").is_empty());
}

#[test]
fn e42_of_several_bodies_the_one_without_a_language_counts() {
    let mut alice = alice_and_bob();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'><body xml:lang='de'>nein</body><body>yes</body></message>"
    ));
    assert_eq!(alice.texts(BOB), ["yes"]);
}

#[test]
fn an_encrypted_message_is_a_row_that_says_so() {
    let mut alice = alice_and_bob();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m'><body>I sent you an encrypted message</body>\
         <encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='1'/></encrypted></message>"
    ));
    let message = &alice.messages(BOB)[0];
    assert_eq!(
        (message.security, message.body.as_str()),
        (Security::Unreadable, "")
    );
}
