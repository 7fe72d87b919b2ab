//! Sending, receiving, receipts, markers, typing, copies, strangers.

use tessera::{
    command::{ChatCommand, Command, ContactCommand},
    event::Event,
    model::{
        ConversationKind, Delivery, Direction, FailureKind, RequestKind, Route, SendFailure,
        Settings, Subscription,
    },
};

use crate::script::{Script, attr, has, outbox_len};

const BOB: &str = "bob@example.org";

fn alice_and_bob() -> Script {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both).comes_online();
    alice
}

#[test]
fn a_message_is_a_row_first_then_sent_then_delivered_then_read() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "hi");
    assert_eq!(alice.deliveries(BOB), [Delivery::Waiting]);
    let stanza = alice.sent("message").pop().expect("a message went out");
    let id = attr(&stanza, "id").expect("an id").to_owned();
    assert!(has(&stanza, "request", "urn:xmpp:receipts"));
    assert!(has(&stanza, "markable", "urn:xmpp:chat-markers:0"));
    assert!(has(&stanza, "origin-id", "urn:xmpp:sid:0"));

    alice.server_acknowledges();
    assert_eq!(alice.deliveries(BOB), [Delivery::Sent]);
    assert_eq!(outbox_len(&alice), 0);

    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>"
    ));
    assert_eq!(alice.deliveries(BOB), [Delivery::Delivered]);
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>"
    ));
    assert_eq!(alice.deliveries(BOB), [Delivery::Read]);
}

#[test]
fn what_was_written_offline_goes_out_with_the_connection_in_order() {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both);
    alice.writes(BOB, "one").writes(BOB, "two");
    assert!(alice.sent("message").is_empty());
    alice.comes_online();
    let bodies: Vec<String> = alice
        .sent("message")
        .iter()
        .filter_map(|m| {
            m.children()
                .find(|c| c.name() == "body")
                .map(minidom::Element::text)
        })
        .collect();
    assert_eq!(bodies, ["one", "two"]);
}

#[test]
fn an_unacknowledged_message_is_sent_again_with_the_same_bytes() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "hi");
    let first = String::from(&alice.sent("message")[0]);
    alice.loses_the_session().comes_online();
    let again = alice.sent("message");
    assert_eq!(again.len(), 1);
    assert_eq!(String::from(&again[0]), first);
}

#[test]
fn a_message_that_the_archive_has_is_not_sent_again() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "hi");
    let stanza = alice.sent("message").pop().expect("sent");
    let message =
        String::from(&stanza).replacen("<message", "<message from='alice@example.org/Tessera'", 1);
    alice.loses_the_session();
    alice.archive.push(crate::scripted_archive::Archived {
        id: "a1".into(),
        message,
        stamp: "2023-11-14T22:13:20Z".into(),
    });
    alice.comes_online();
    assert!(alice.sent("message").is_empty(), "it had arrived");
    assert_eq!(alice.deliveries(BOB), [Delivery::Sent]);
    assert_eq!(outbox_len(&alice), 0);
    assert_eq!(alice.texts(BOB), ["hi"]);
}

#[test]
fn a_message_to_a_contact_is_answered_with_a_receipt_and_announced() {
    let mut alice = alice_and_bob();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m1'><body>hi</body>\
         <request xmlns='urn:xmpp:receipts'/></message>"
    ));
    let receipt = alice.sent("message").pop().expect("a receipt");
    assert_eq!(attr(&receipt, "to"), Some("bob@example.org/x"));
    assert!(has(&receipt, "received", "urn:xmpp:receipts"));
    assert!(
        alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
    let message = &alice.messages(BOB)[0];
    assert_eq!(
        (message.direction, message.route),
        (Direction::Incoming, Route::Live)
    );
}

#[test]
fn e41_strangers_learn_nothing() {
    let mut alice = alice_and_bob();
    assert!(
        !alice.sent("presence").is_empty(),
        "only contacts are sent the initial presence"
    );
    alice.receives(
        "<message from='eve@evil.example/x' to='alice@example.org' type='chat' id='m1'><body>psst</body>\
         <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>",
    );
    assert!(
        alice.sent("message").is_empty()
            && alice.sent("presence").is_empty()
            && alice.sent("iq").is_empty()
    );
    assert!(
        !alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
    let reader = alice.store.reader();
    let requests = reader.requests().expect("read");
    assert_eq!(requests.len(), 1);
    let RequestKind::Chat(conversation) = requests[0].kind else {
        panic!("a chat request, not {:?}", requests[0].kind);
    };
    assert!(
        reader.conversations().expect("read").is_empty(),
        "not among the chats"
    );

    // Looking at it tells nothing either; accepting takes it among the chats.
    let up_to = reader.newest_messages(conversation, 1).expect("read")[0].id;
    alice.does(ChatCommand::Typing {
        conversation,
        composing: true,
    });
    alice.does(ChatCommand::MarkRead {
        conversation,
        up_to,
    });
    assert!(alice.sent("message").is_empty());
    alice.does(ChatCommand::AcceptStranger(conversation));
    assert_eq!(alice.store.reader().conversations().expect("read").len(), 1);
}

#[test]
fn e41_receipts_and_markers_of_third_parties_change_nothing() {
    let mut alice = alice_and_bob();
    alice.has_contact("carol@example.org", Subscription::Both);
    alice.writes(BOB, "hi");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    alice.server_acknowledges();
    for from in ["carol@example.org/x", "eve@evil.example/x"] {
        alice.receives(&format!(
            "<message from='{from}' to='alice@example.org' type='chat'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>"
        ));
        alice.receives(&format!(
            "<message from='{from}' to='alice@example.org' type='chat'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/></message>"
        ));
    }
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'><received xmlns='urn:xmpp:receipts' id='never-sent'/></message>"
    ));
    assert_eq!(alice.deliveries(BOB), [Delivery::Sent]);
}

#[test]
fn settings_silence_receipts_markers_and_typing() {
    let mut alice = alice_and_bob();
    let quiet = Settings {
        send_receipts: false,
        send_read_markers: false,
        send_typing: false,
        ..Settings::default()
    };
    alice.applies(quiet);
    alice.receives(&format!(
        "<presence from='{BOB}/x' to='alice@example.org'/>"
    ));
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m1'><body>hi</body>\
         <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>"
    ));
    let conversation = alice.chat_with(BOB);
    let up_to = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Typing {
        conversation,
        composing: true,
    });
    alice.does(ChatCommand::MarkRead {
        conversation,
        up_to,
    });
    assert!(alice.sent("message").is_empty());
}

#[test]
fn reading_is_told_to_the_contact_who_asked_once() {
    let mut alice = alice_and_bob();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m1'><body>hi</body>\
         <markable xmlns='urn:xmpp:chat-markers:0'/></message>"
    ));
    let conversation = alice.chat_with(BOB);
    let up_to = alice.messages(BOB)[0].id;
    assert_eq!(alice.store.reader().unread_total().expect("read"), 1);
    alice.does(ChatCommand::MarkRead {
        conversation,
        up_to,
    });
    alice.does(ChatCommand::MarkRead {
        conversation,
        up_to,
    });
    let marks = alice.sent("message");
    assert_eq!(marks.len(), 1);
    assert!(has(&marks[0], "displayed", "urn:xmpp:chat-markers:0"));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
}

#[test]
fn another_own_device_reads_and_writes_too() {
    let mut alice = alice_and_bob();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m1'><body>hi</body></message>"
    ));
    let copy = |content: &str| {
        format!(
            "<message from='alice@example.org' to='alice@example.org/Tessera'><sent xmlns='urn:xmpp:carbons:2'>\
             <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='alice@example.org/phone' \
             to='{BOB}' type='chat' id='c1'>{content}</message></forwarded></sent></message>"
        )
    };
    alice.receives(&copy(
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>",
    ));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
    alice.receives(&copy("<body>from my phone</body>"));
    assert_eq!(alice.texts(BOB), ["hi", "from my phone"]);
    let own = &alice.messages(BOB)[1];
    assert_eq!(
        (own.direction, own.route),
        (Direction::Outgoing, Route::Carbon)
    );
}

#[test]
fn typing_shows_and_ends_by_itself() {
    let mut alice = alice_and_bob();
    let conversation = alice.chat_with(BOB);
    let composing = format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'>\
         <composing xmlns='http://jabber.org/protocol/chatstates'/></message>"
    );
    alice.receives(&composing);
    assert!(alice.live.is_typing(conversation));
    alice.waits(61);
    assert!(!alice.live.is_typing(conversation));
    alice.receives(&composing);
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat'><body>done</body></message>"
    ));
    assert!(!alice.live.is_typing(conversation));
}

#[test]
fn typing_is_told_to_contacts_who_are_there() {
    let mut alice = alice_and_bob();
    let conversation = alice.chat_with(BOB);
    alice.does(ChatCommand::Typing {
        conversation,
        composing: true,
    });
    assert!(alice.sent("message").is_empty(), "Bob is not there");
    alice.receives(&format!(
        "<presence from='{BOB}/x' to='alice@example.org'/>"
    ));
    alice.does(ChatCommand::Typing {
        conversation,
        composing: true,
    });
    alice.does(ChatCommand::Typing {
        conversation,
        composing: true,
    });
    alice.does(ChatCommand::Typing {
        conversation,
        composing: false,
    });
    let told = alice.sent("message");
    assert_eq!(told.len(), 2);
    assert!(has(
        &told[0],
        "composing",
        "http://jabber.org/protocol/chatstates"
    ));
    assert!(has(
        &told[1],
        "paused",
        "http://jabber.org/protocol/chatstates"
    ));
}

#[test]
fn a_bounce_fails_the_message_and_retry_sends_it_with_the_same_id() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "hi");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    alice.server_acknowledges();
    let bounce = format!(
        "<message from='{BOB}' to='alice@example.org/Tessera' type='error' id='{id}'><error type='cancel'>\
         <service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    );
    alice.receives(&bounce);
    assert_eq!(
        alice.deliveries(BOB),
        [Delivery::Failed(SendFailure::Refused(
            "service-unavailable".into()
        ))]
    );
    let failed = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Retry(failed));
    assert_eq!(attr(&alice.sent("message")[0], "id"), Some(id.as_str()));
    assert_eq!(alice.deliveries(BOB), [Delivery::Waiting]);
    assert_eq!(alice.messages(BOB).len(), 1);
}

#[test]
fn a_bounce_of_somebody_else_changes_nothing() {
    let mut alice = alice_and_bob();
    alice.has_contact("carol@example.org", Subscription::Both);
    alice.writes(BOB, "hi");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    alice.receives(&format!(
        "<message from='carol@example.org' to='alice@example.org/Tessera' type='error' id='{id}'>\
         <error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    ));
    assert_eq!(alice.deliveries(BOB), [Delivery::Waiting]);
}

#[test]
fn a_message_can_be_cancelled_only_before_it_goes_out() {
    let mut alice = Script::new();
    alice
        .has_contact(BOB, Subscription::Both)
        .writes(BOB, "never mind");
    let waiting = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Cancel(waiting));
    assert_eq!(
        alice.deliveries(BOB),
        [Delivery::Failed(SendFailure::Cancelled)]
    );
    alice.comes_online();
    assert!(alice.sent("message").is_empty());

    alice.writes(BOB, "too late");
    let on_its_way = alice.messages(BOB)[1].id;
    let request = alice.does(ChatCommand::Cancel(on_its_way));
    assert!(matches!(alice.outcome(request), Some(Err(_))));
    assert_eq!(alice.deliveries(BOB)[1], Delivery::Waiting);
}

#[test]
fn k90_a_blocked_contact_is_neither_heard_nor_answered() {
    let mut alice = alice_and_bob();
    let account = alice.account;
    alice
        .store
        .write(|txn| txn.change_blocked(account, &[BOB.to_owned()], &[]))
        .expect("written");
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m1'><body>hi</body>\
         <request xmlns='urn:xmpp:receipts'/></message>"
    ));
    assert!(alice.messages(BOB).is_empty());
    assert!(alice.sent("message").is_empty());
    alice.writes(BOB, "hello?");
    assert_eq!(
        alice.deliveries(BOB),
        [Delivery::Failed(SendFailure::Blocked)]
    );
    assert!(alice.sent("message").is_empty());
}

#[test]
fn what_needs_the_server_fails_at_once_without_one() {
    let mut alice = Script::new();
    let request = alice.asks(Command::Contact(ContactCommand::Block {
        account: alice.account,
        jid: BOB.parse().expect("JID"),
    }));
    let outcome = alice.outcome(request).expect("answered").clone();
    assert_eq!(outcome.expect_err("refused").kind, FailureKind::Offline);
}

#[test]
fn a_draft_survives_and_a_sent_message_opens_the_chat() {
    let mut alice = Script::new();
    let conversation = alice.chat_with(BOB);
    alice.does(ChatCommand::SaveDraft {
        conversation,
        text: "half a".into(),
    });
    let reader = alice.store.reader();
    assert_eq!(
        reader
            .conversation(conversation)
            .expect("read")
            .expect("there")
            .draft,
        "half a"
    );
    alice.writes(BOB, "whole");
    let chats = reader.conversations().expect("read");
    assert_eq!(chats.len(), 1);
    assert_eq!(chats[0].kind, ConversationKind::Person);
    assert_eq!(
        chats[0].last.as_ref().map(|m| m.body.as_str()),
        Some("whole")
    );
}

#[test]
fn what_cannot_be_a_message_is_refused() {
    let mut alice = alice_and_bob();
    let conversation = alice.chat_with(BOB);
    for body in ["", "  \n ", &"x".repeat(200_000)] {
        let request = alice.does(ChatCommand::Send {
            conversation,
            body: body.to_owned(),
        });
        assert!(matches!(alice.outcome(request), Some(Err(f)) if f.kind == FailureKind::BadInput));
    }
    assert!(alice.messages(BOB).is_empty());
}
