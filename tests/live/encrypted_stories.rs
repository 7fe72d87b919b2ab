//! Encrypted chats of two of our own sessions over a real server: what each publishes is what the other one needs.

use tessera::{
    command::{ChatCommand, Command},
    model::{Delivery, Encryption, Message, Security},
};

use crate::{
    client::{Session, address},
    contacts::befriend,
    ejabberd::Ejabberd,
    prosody::Prosody,
};

/// Encrypts the chat with somebody.
pub(crate) fn encrypts(session: &Session, peer: &str) {
    let conversation = session.chat(&address(peer));
    let encryption = Encryption::Omemo;
    session.client.does(Command::Chat(ChatCommand::Encrypt {
        conversation,
        encryption,
    }));
}

fn are_all_sealed(messages: &[Message]) -> bool {
    messages
        .iter()
        .all(|message| message.security == Security::Sealed)
}

fn talk(alice: &Session, bob: &Session) {
    befriend(alice, bob);
    encrypts(alice, "bob");
    let hello = alice.sends("bob", "hello");
    bob.sees("alice", &["hello"]);
    alice.learns(hello, &Delivery::Delivered);
    // Whoever is written to so answers so.
    bob.sends("alice", "hello yourself");
    alice.sees("bob", &["hello yourself"]);
    for number in 0..10 {
        alice.sends("bob", &format!("a{number}"));
        bob.sends("alice", &format!("b{number}"));
    }
    for (session, peer) in [(alice, "bob"), (bob, "alice")] {
        session.client.until("22 messages", |_| {
            (session.messages(peer).len() == 22).then_some(())
        });
        assert!(are_all_sealed(&session.messages(peer)));
    }
    alice.has_sent_everything();
    bob.has_sent_everything();
}

pub(crate) fn two_of_us_talk_encrypted() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    talk(&alice, &bob);
}

pub(crate) fn two_of_us_talk_encrypted_over_ejabberd() {
    let server = Ejabberd::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    talk(&alice, &bob);
}

pub(crate) fn what_is_encrypted_in_an_absence_is_read_later() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Session::login("bob", server.endpoint());
    befriend(&alice, &bob);
    encrypts(&alice, "bob");
    alice.sends("bob", "before");
    bob.sees("alice", &["before"]);
    bob.client.quit();
    for number in 0..5 {
        alice.sends("bob", &format!("meanwhile {number}"));
    }
    alice.has_sent_everything();
    bob.client.run();
    let texts = [
        "before",
        "meanwhile 0",
        "meanwhile 1",
        "meanwhile 2",
        "meanwhile 3",
        "meanwhile 4",
    ];
    bob.sees("alice", &texts);
    assert!(are_all_sealed(&bob.messages("alice")));
}
