//! Talking: with ourselves on another profile, and with another client.

use serde_json::json;
use tessera::{
    command::{ChatCommand, Command},
    event::Event,
    model::{ConversationKind, Delivery, RequestKind, Route, SendFailure},
};

use crate::{
    client::{Session, address},
    contacts::{befriend, befriend_peer},
    ejabberd::Ejabberd,
    peer::Peer,
    prosody::Prosody,
};

pub(crate) fn two_of_us_talk_with_receipts_and_markers() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    befriend(&alice, &bob);

    let hello = alice.sends("bob", "hello");
    bob.sees("alice", &["hello"]);
    alice.learns(hello, &Delivery::Delivered);
    bob.reads("alice");
    alice.learns(hello, &Delivery::Read);

    let answer = bob.sends("alice", "hi there\nsecond line & <b>");
    alice.sees("bob", &["hi there\nsecond line & <b>"]);
    bob.learns(answer, &Delivery::Delivered);
    alice.has_sent_everything();
    bob.has_sent_everything();
}

pub(crate) fn another_client_reads_us_and_we_read_it() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    talk_with(&alice, &mut bob);
}

pub(crate) fn another_client_reads_us_and_we_read_it_over_ejabberd() {
    let server = Ejabberd::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    talk_with(&alice, &mut bob);
}

fn talk_with(alice: &Session, bob: &mut Peer) {
    let ours = alice.sends("bob", "from us");
    let seen = bob.reads(&alice.address(), "from us");
    assert_eq!(seen["wants_receipt"], true);
    assert_eq!(seen["markable"], true);
    alice.learns(ours, &Delivery::Delivered);
    bob.has_read(&alice.address(), seen["id"].as_str().expect("an id"));
    alice.learns(ours, &Delivery::Read);

    let theirs = bob.sends(&alice.address(), "from them \u{1f600}");
    alice.sees("bob", &["from them \u{1f600}"]);
    bob.sees("our receipt", |event| {
        event["event"] == "receipt" && event["of"] == theirs.as_str()
    });
    alice.reads("bob");
    bob.sees("our marker", |event| {
        event["event"] == "marker" && event["kind"] == "displayed" && event["of"] == theirs.as_str()
    });
}

pub(crate) fn typing_is_told_to_contacts_and_stops() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    let chat = alice.chat(&address("bob"));
    // Who never talked to us does not hear that we type (XEP-0085, section 5.1).
    alice.sends("bob", "first");
    bob.ask(json!({"do": "chat_state", "to": alice.address(), "state": "composing"}));
    alice.client.until("bob types", |handle| {
        handle.live().is_typing(chat).then_some(())
    });
    bob.ask(json!({"do": "chat_state", "to": alice.address(), "state": "paused"}));
    alice.client.until("bob stopped", |handle| {
        (!handle.live().is_typing(chat)).then_some(())
    });
    for (composing, state) in [(true, "composing"), (false, "paused")] {
        alice.client.does(Command::Chat(ChatCommand::Typing {
            conversation: chat,
            composing,
        }));
        bob.sees(state, |event| {
            event["event"] == "chat_state" && event["state"] == state
        });
    }
}

pub(crate) fn a_message_to_nobody_fails_and_can_be_sent_again() {
    let server = Prosody::with(&["alice"]);
    let alice = Session::login("alice", server.endpoint());
    let lost = alice.sends("nobody", "is anybody there?");
    alice.client.until("it failed", |handle| {
        let found = handle.reader().messages(&[lost]).expect("readable");
        matches!(
            found.first()?.delivery,
            Delivery::Failed(SendFailure::Refused(_))
        )
        .then_some(())
    });
    alice.has_sent_everything();
    alice.client.does(Command::Chat(ChatCommand::Retry(lost)));
    alice.has_sent_everything();
    assert_eq!(alice.texts_to("nobody"), ["is anybody there?"]);
}

pub(crate) fn a_stranger_learns_nothing() {
    let server = Prosody::with(&["alice", "mallory"]);
    let alice = Session::login("alice", server.endpoint());
    let mut mallory = Peer::login("mallory", server.port());
    mallory.presence(Some(&alice.address()), Some("subscribe"), Some("let me in"));
    mallory.ask(json!({"do": "chat_state", "to": alice.address(), "state": "composing"}));
    mallory.sends(&alice.address(), "are you there? https://evil.example/");
    alice.sees("mallory", &["are you there? https://evil.example/"]);
    assert_eq!(
        alice.is_asked_by("mallory"),
        "let me in\nare you there? https://evil.example/"
    );

    let reader = alice.client.reader();
    let requests = reader.requests().expect("readable");
    assert_eq!(requests.len(), 1, "{requests:?}");
    let RequestKind::Both(chat) = requests[0].kind else {
        panic!("{requests:?}");
    };
    let conversation = reader.conversation(chat).expect("readable").expect("there");
    assert_eq!(conversation.kind, ConversationKind::Stranger);
    assert_eq!(reader.conversations().expect("readable"), []);
    assert_eq!(reader.unread_total().expect("readable"), 0);
    alice.reads("mallory");
    let announced = alice
        .client
        .events(|event| matches!(event, Event::Announce { .. }));
    assert_eq!(announced, []);

    // Whatever might go to the stranger goes out before this.
    alice.sends("alice", "a note to myself");
    alice.has_sent_everything();
    let sent = server.received_from(&alice.address());
    assert!(
        sent.iter()
            .any(|stanza| stanza.contains("a note to myself"))
    );
    let told: Vec<String> = sent
        .into_iter()
        .filter(|stanza| stanza.contains("mallory"))
        .collect();
    assert_eq!(
        told,
        Vec::<String>::new(),
        "the stranger was told something"
    );
    let from_us = mallory.find_all(|event| {
        event["event"] != "done" && event.to_string().contains(&format!("{}/", alice.address()))
    });
    assert_eq!(from_us, Vec::<serde_json::Value>::new());
}

pub(crate) fn a_stranger_who_is_accepted_becomes_a_chat() {
    let server = Prosody::with(&["alice", "carol"]);
    let alice = Session::login("alice", server.endpoint());
    let mut carol = Peer::login("carol", server.port());
    carol.sends(&alice.address(), "we met yesterday");
    alice.sees("carol", &["we met yesterday"]);
    let chat = alice.find_chat(&address("carol")).expect("a chat");
    alice
        .client
        .does(Command::Chat(ChatCommand::AcceptStranger(chat)));
    let conversations = alice.client.reader().conversations().expect("readable");
    assert_eq!(conversations.len(), 1);
    assert_eq!(conversations[0].kind, ConversationKind::Person);
    let answer = alice.sends("carol", "yes");
    carol.reads(&alice.address(), "yes");
    alice.learns(answer, &Delivery::Delivered);
}

pub(crate) fn a_new_message_of_a_contact_is_announced_once() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    bob.sends(&alice.address(), "news");
    alice.sees("bob", &["news"]);
    let message = alice.messages("bob").pop().expect("it is stored");
    assert_eq!(message.route, Route::Live);
    let announces =
        |event: &Event| matches!(event, Event::Announce { message: id, .. } if *id == message.id);
    alice.client.is_told("it", announces);
    bob.sends(&alice.address(), "more news");
    alice.sees("bob", &["news", "more news"]);
    assert_eq!(alice.client.events(announces).len(), 1);
    assert_eq!(alice.client.reader().unread_total().expect("readable"), 2);
    alice.reads("bob");
    assert_eq!(alice.client.reader().unread_total().expect("readable"), 0);
}

pub(crate) fn two_devices_of_one_account_see_the_same() {
    let server = Prosody::with(&["alice", "bob"]);
    let desk = Session::login("alice", server.endpoint());
    let laptop = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&desk, &mut bob);
    desk.sends("bob", "from the desk");
    bob.reads(&desk.address(), "from the desk");
    laptop.sees_sent("bob", &["from the desk"]);
    assert_eq!(laptop.messages("bob")[0].route, Route::Carbon);
    laptop.sends("bob", "from the laptop");
    desk.sees_sent("bob", &["from the desk", "from the laptop"]);
    let id = bob.sends(&desk.address(), "to both");
    desk.sees("bob", &["to both"]);
    laptop.sees("bob", &["to both"]);
    // What was read on one is read on the other.
    laptop.reads("bob");
    bob.sees("the marker", |event| {
        event["event"] == "marker" && event["of"] == id.as_str() && event["kind"] == "displayed"
    });
    desk.client.until("it is read here, too", |handle| {
        (handle.reader().unread_total().expect("readable") == 0).then_some(())
    });
}

pub(crate) fn everything_is_still_there_after_a_restart() {
    let server = Prosody::with(&["alice", "bob"]);
    let mut alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    alice.sends("bob", "one");
    bob.reads(&alice.address(), "one");
    bob.sends(&alice.address(), "two");
    alice.sees("bob", &["two"]);
    let chat = alice.find_chat(&address("bob")).expect("a chat");
    alice.client.does(Command::Chat(ChatCommand::SaveDraft {
        conversation: chat,
        text: "not yet".into(),
    }));
    let before = alice.messages("bob");
    alice.client.restart();
    assert_eq!(alice.messages("bob").len(), before.len());
    alice.is_online();
    let conversation = alice.client.reader().conversation(chat).expect("readable");
    assert_eq!(conversation.expect("the chat").draft, "not yet");
    alice.sends("bob", "three");
    bob.reads(&alice.address(), "three");
    assert_eq!(alice.texts_to("bob"), ["one", "three"]);
    assert_eq!(alice.texts_from("bob"), ["two"]);
}
