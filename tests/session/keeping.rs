//! What a person does with chats and messages: puts away, makes unread, forwards, hides a text, is called.

use tessera::{
    command::ChatCommand,
    event::Event,
    model::{Settings, Subscription},
};

use crate::script::{Script, has};

const BOB: &str = "bob@example.org";
const CAROL: &str = "carol@example.org";

fn alice() -> Script {
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

#[test]
fn a_chat_that_is_put_away_comes_back_with_the_next_message() {
    let mut alice = alice();
    says(&mut alice, BOB, "m1", "<body>hi</body>");
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::Archive(chat));
    let reader = alice.store.reader();
    assert!(reader.conversations().expect("read").is_empty());
    assert_eq!(reader.archived_conversations().expect("read")[0].id, chat);
    says(&mut alice, BOB, "m2", "<body>still there?</body>");
    assert!(reader.archived_conversations().expect("read").is_empty());
    assert_eq!(reader.conversations().expect("read")[0].id, chat);
}

#[test]
fn a_closed_chat_is_not_among_those_put_away() {
    let mut alice = alice();
    says(&mut alice, BOB, "m1", "<body>hi</body>");
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::Archive(chat));
    alice.does(ChatCommand::Close(chat));
    let reader = alice.store.reader();
    assert!(reader.conversations().expect("read").is_empty());
    assert!(reader.archived_conversations().expect("read").is_empty());
}

#[test]
fn a_chat_of_our_words_only_cannot_be_unread() {
    let mut alice = alice();
    alice.writes(BOB, "hi");
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::MarkUnread(chat));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
    says(&mut alice, BOB, "m1", "<body>hello</body>");
    alice.writes(BOB, "bye");
    alice.does(ChatCommand::MarkUnread(chat));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 1);
    says(&mut alice, BOB, "m2", "<body>bye</body>");
    assert_eq!(alice.store.reader().unread_total().expect("read"), 2);
}

#[test]
fn a_forwarded_message_says_who_wrote_it_by_a_public_name() {
    let mut alice = alice();
    says(&mut alice, BOB, "m1", "<body>the news</body>");
    let message = alice.messages(BOB)[0].id;
    let to = alice.chat_with(CAROL);
    alice.does(ChatCommand::Forward { message, to });
    assert_eq!(alice.texts(CAROL), ["Forwarded from bob:\nthe news"]);
    let sent = alice.sent("message").pop().expect("sent");
    assert!(!String::from(&sent).contains(BOB), "no address is told");
    // Our own words need no name.
    let ours = alice.messages(CAROL)[0].id;
    let to = alice.chat_with(BOB);
    alice.does(ChatCommand::Forward { message: ours, to });
    assert_eq!(alice.texts(BOB)[1], "Forwarded from bob:\nthe news");
}

#[test]
fn forwarding_to_a_chat_is_not_reading_it() {
    let mut alice = alice();
    says(&mut alice, BOB, "m1", "<body>the news</body>");
    says(&mut alice, CAROL, "m2", "<body>not seen yet</body>");
    let message = alice.messages(BOB)[0].id;
    let to = alice.chat_with(CAROL);
    alice.does(ChatCommand::Forward { message, to });
    let chat = alice.store.reader().conversation(to).expect("read");
    assert_eq!(chat.expect("there").unread, 1);
    alice.writes(CAROL, "hello");
    let chat = alice.store.reader().conversation(to).expect("read");
    assert_eq!(chat.expect("there").unread, 0, "who writes has seen it");
}

#[test]
fn what_was_taken_back_or_cannot_be_read_is_not_forwarded() {
    let mut alice = alice();
    says(&mut alice, BOB, "m1", "<body>oops</body>");
    says(
        &mut alice,
        BOB,
        "r1",
        "<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>",
    );
    says(
        &mut alice,
        BOB,
        "m2",
        "<encrypted xmlns='eu.siacs.conversations.axolotl'/>",
    );
    let to = alice.chat_with(CAROL);
    for message in alice.messages(BOB) {
        let request = alice.does(ChatCommand::Forward {
            message: message.id,
            to,
        });
        assert!(alice.outcome(request).expect("ended").is_err());
    }
    assert!(alice.messages(CAROL).is_empty());
}

#[test]
fn a_spoiler_is_kept_with_its_hint_and_sent_with_it() {
    let mut alice = alice();
    says(
        &mut alice,
        BOB,
        "m1",
        "<body>both die</body><spoiler xmlns='urn:xmpp:spoiler:0'>the film</spoiler>",
    );
    assert_eq!(alice.messages(BOB)[0].spoiler.as_deref(), Some("the film"));
    let conversation = alice.chat_with(BOB);
    alice.does(ChatCommand::SendSpoiler {
        conversation,
        body: "I know".into(),
        hint: String::new(),
    });
    let sent = alice.sent("message").pop().expect("sent");
    assert!(has(&sent, "spoiler", "urn:xmpp:spoiler:0"));
    let ours = alice.messages(BOB)[1].clone();
    assert_eq!(ours.spoiler.as_deref(), Some(""));
    alice.does(ChatCommand::Correct {
        message: ours.id,
        body: "I knew".into(),
    });
    let sent = alice.sent("message").pop().expect("sent");
    assert!(has(&sent, "spoiler", "urn:xmpp:spoiler:0"), "stays hidden");
    // A reply quotes the hint, not the text.
    alice.does(ChatCommand::Reply {
        to: alice.messages(BOB)[0].id,
        body: "sad".into(),
    });
    let sent = String::from(&alice.sent("message").pop().expect("sent"));
    assert!(sent.contains("the film") && !sent.contains("both die"));
    alice.writes(BOB, "plain");
    assert!(!has(
        &alice.sent("message").pop().expect("sent"),
        "spoiler",
        "urn:xmpp:spoiler:0"
    ));
}

const CALL: &str = "<attention xmlns='urn:xmpp:attention:0'/>";

fn calls(alice: &Script) -> usize {
    let is_call = |event: &&Event| matches!(event, Event::Attention(_));
    alice.events.iter().filter(is_call).count()
}

#[test]
fn nobody_calls_for_attention_unless_it_is_allowed() {
    let mut alice = alice();
    let shown = |alice: &mut Script| {
        let presence = alice.sent("presence").pop();
        presence.map(|presence| String::from(&presence))
    };
    let before = shown(&mut alice).expect("announced");
    says(&mut alice, BOB, "m1", CALL);
    assert_eq!(calls(&alice), 0);
    let allowed = Settings {
        receive_attention: true,
        ..Settings::default()
    };
    alice.applies(allowed);
    let after = shown(&mut alice).expect("contacts learn of it");
    assert_ne!(before, after);
    alice.receives(
        "<iq type='get' id='i' from='bob@example.org/x'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    );
    let told = String::from(&alice.sent("iq").pop().expect("answered"));
    assert!(told.contains("urn:xmpp:attention:0"));
    says(&mut alice, BOB, "m2", CALL);
    says(&mut alice, BOB, "m3", CALL);
    assert_eq!(calls(&alice), 1, "not again and again");
    alice.waits(31);
    says(&mut alice, BOB, "m4", CALL);
    assert_eq!(calls(&alice), 2);
}

#[test]
fn strangers_old_messages_and_copies_do_not_call() {
    let mut alice = alice();
    alice.has_contact("dan@example.org", Subscription::To);
    alice.applies(Settings {
        receive_attention: true,
        ..Settings::default()
    });
    says(&mut alice, "eve@evil.example", "m1", CALL);
    says(&mut alice, "dan@example.org", "m2", CALL);
    let late = format!(
        "{CALL}<delay xmlns='urn:xmpp:delay' from='example.org' stamp='2023-11-14T00:00:00Z'/>"
    );
    says(&mut alice, BOB, "m3", &late);
    alice.receives(&format!(
        "<message from='alice@example.org' to='alice@example.org/Tessera'><received xmlns='urn:xmpp:carbons:2'>\
         <forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org/p' type='chat'>\
         {CALL}</message></forwarded></received></message>"
    ));
    assert_eq!(calls(&alice), 0);
}
