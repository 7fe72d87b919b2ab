//! Corrections, retractions, reactions and replies, in both directions and in every order.

use tessera::{
    command::ChatCommand,
    model::{Delivery, Subscription},
};

use crate::script::{Script, attr, has, outbox_len};
use crate::scripted_archive::Archived;

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

fn correction(of: &str, text: &str) -> String {
    format!("<body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{of}'/>")
}

fn retraction(of: &str) -> String {
    format!("<body>fallback</body><retract xmlns='urn:xmpp:message-retract:1' id='{of}'/>")
}

fn reactions(to: &str, emojis: &[&str]) -> String {
    let all: String = emojis
        .iter()
        .map(|e| format!("<reaction>{e}</reaction>"))
        .collect();
    format!("<reactions xmlns='urn:xmpp:reactions:0' id='{to}'>{all}</reactions>")
}

#[test]
fn a_correction_replaces_the_text_and_keeps_the_old_one() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>helo</body>");
    says(&mut alice, BOB, "c1", &correction("m1", "hello"));
    says(&mut alice, BOB, "c2", &correction("m1", "hello!"));
    assert_eq!(alice.texts(BOB), ["hello!"]);
    let message = alice.messages(BOB)[0].clone();
    assert!(message.corrected.is_some());
    let versions = alice.store.reader().versions(message.id).expect("read");
    let bodies: Vec<&str> = versions.iter().map(|v| v.body.as_str()).collect();
    assert_eq!(bodies, ["helo", "hello", "hello!"]);
}

#[test]
fn a_correction_that_comes_first_stands_alone_until_its_message_comes() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "c1", &correction("m1", "hello"));
    assert_eq!(alice.texts(BOB), ["hello"]);
    says(&mut alice, BOB, "m1", "<body>helo</body>");
    assert_eq!(alice.texts(BOB), ["hello"]);
    assert_eq!(alice.store.reader().unread_total().expect("read"), 1);
    says(&mut alice, BOB, "c1", &correction("m1", "hello"));
    assert_eq!(
        alice.texts(BOB),
        ["hello"],
        "seen again, as from the archive"
    );
}

#[test]
fn e37_only_the_author_corrects_and_nothing_corrects_itself() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>mine</body>");
    alice.writes(BOB, "ours");
    let ours = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    says(&mut alice, CAROL, "c1", &correction("m1", "forged"));
    says(&mut alice, BOB, "c2", &correction(&ours, "forged"));
    says(&mut alice, BOB, "c3", &correction("c3", "cycle"));
    let texts = alice.texts(BOB);
    assert_eq!(&texts[..2], ["mine", "ours"]);
    assert!(alice.messages(BOB).iter().all(|m| m.corrected.is_none()));
    assert_eq!(
        alice.texts(CAROL),
        ["forged"],
        "said by Carol, in Carol's chat"
    );
}

#[test]
fn e37_a_chain_of_corrections_ends() {
    let mut alice = alice_and_bob();
    for (id, of) in [("a", "b"), ("b", "c"), ("c", "a")] {
        says(&mut alice, BOB, id, &correction(of, id));
    }
    assert!(alice.texts(BOB).len() <= 3);
}

#[test]
fn our_correction_goes_out_as_a_new_message_that_replaces() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "helo");
    let first = alice.sent("message").pop().expect("sent");
    alice.server_acknowledges();
    let id = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Correct {
        message: id,
        body: "hello".into(),
    });
    let second = alice.sent("message").pop().expect("sent");
    assert_ne!(attr(&first, "id"), attr(&second, "id"));
    let replace = second
        .children()
        .find(|c| c.name() == "replace")
        .expect("replaces");
    assert_eq!(attr(replace, "id"), attr(&first, "id"));
    assert_eq!(alice.texts(BOB), ["hello"]);
    alice.server_acknowledges();
    assert_eq!(outbox_len(&alice), 0);
    let again = alice.does(ChatCommand::Correct {
        message: id,
        body: "hello".into(),
    });
    assert_eq!(alice.outcome(again), Some(&Ok(())));
    assert!(alice.sent("message").is_empty(), "nothing to correct");
}

#[test]
fn a_corrected_message_is_not_doubled_by_the_archive() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "helo");
    let first = String::from(&alice.sent("message")[0]);
    let id = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Correct {
        message: id,
        body: "hello".into(),
    });
    let second = String::from(&alice.sent("message")[0]);
    for (n, message) in [first, second].into_iter().enumerate() {
        let message = message.replacen("<message", "<message from='alice@example.org/Tessera'", 1);
        let stamp = format!("2023-11-14T22:13:2{n}Z");
        alice.archive.push(Archived {
            id: format!("a{n}"),
            message,
            stamp,
        });
    }
    alice.loses_the_session().comes_online();
    assert_eq!(alice.texts(BOB), ["hello"]);
}

#[test]
fn a_retracted_message_is_erased_but_leaves_a_row() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>oops</body>");
    says(&mut alice, BOB, "c1", &correction("m1", "oops!"));
    says(&mut alice, BOB, "r1", &retraction("m1"));
    let message = alice.messages(BOB)[0].clone();
    assert!(message.retracted.is_some());
    assert_eq!(message.body, "");
    assert!(
        alice
            .store
            .reader()
            .versions(message.id)
            .expect("read")
            .iter()
            .all(|v| v.body.is_empty())
    );
    says(&mut alice, BOB, "c2", &correction("m1", "back again"));
    assert_eq!(alice.texts(BOB), [""], "what was taken back stays so");
}

#[test]
fn a_retraction_that_comes_first_counts_when_its_message_comes() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "x", "<body>first</body>");
    says(&mut alice, BOB, "r1", &retraction("m1"));
    assert_eq!(alice.texts(BOB), ["first"]);
    says(&mut alice, BOB, "m1", "<body>oops</body>");
    assert_eq!(alice.texts(BOB), ["first", ""]);
}

#[test]
fn e38_nobody_takes_back_what_another_said() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>mine</body>");
    alice.writes(BOB, "ours");
    let ours = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    says(&mut alice, CAROL, "r1", &retraction("m1"));
    says(&mut alice, BOB, "r2", &retraction(&ours));
    says(&mut alice, BOB, "r3", &retraction("r3"));
    says(&mut alice, BOB, "r4", &retraction("r2"));
    assert_eq!(&alice.texts(BOB)[..2], ["mine", "ours"]);
}

#[test]
fn our_retraction_erases_here_and_asks_the_peer() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "oops");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    alice.server_acknowledges();
    let row = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Retract(row));
    let stanza = alice.sent("message").pop().expect("sent");
    let retract = stanza
        .children()
        .find(|c| c.name() == "retract")
        .expect("retracts");
    assert_eq!(attr(retract, "id"), Some(id.as_str()));
    assert!(has(&stanza, "fallback", "urn:xmpp:fallback:0"));
    assert_eq!(alice.texts(BOB), [""]);
}

#[test]
fn what_was_never_sent_is_not_sent_to_be_taken_back() {
    let mut alice = Script::new();
    alice
        .has_contact(BOB, Subscription::Both)
        .writes(BOB, "oops");
    let row = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Retract(row));
    alice.comes_online();
    assert!(alice.sent("message").is_empty());
}

#[test]
fn reactions_come_change_and_go() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "party?");
    let id = attr(&alice.sent("message")[0], "id")
        .expect("id")
        .to_owned();
    says(&mut alice, BOB, "e1", &reactions(&id, &["🎉", "👍"]));
    let row = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::React {
        message: row,
        emoji: "👍".into(),
        on: true,
    });
    let shown = |alice: &Script| -> Vec<(String, usize)> {
        let message = alice.messages(BOB)[0].clone();
        message
            .reactions
            .into_iter()
            .map(|r| (r.emoji, r.authors.len()))
            .collect()
    };
    assert_eq!(shown(&alice), [("👍".to_owned(), 2), ("🎉".to_owned(), 1)]);
    let sent = alice.sent("message").pop().expect("sent");
    assert!(has(&sent, "reactions", "urn:xmpp:reactions:0"));
    says(&mut alice, BOB, "e2", &reactions(&id, &[]));
    assert_eq!(shown(&alice), [("👍".to_owned(), 1)]);
    alice.does(ChatCommand::React {
        message: row,
        emoji: "👍".into(),
        on: false,
    });
    assert!(shown(&alice).is_empty());
}

#[test]
fn reactions_wait_for_their_message() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "x", "<body>first</body>");
    says(&mut alice, BOB, "e1", &reactions("m1", &["🎉"]));
    says(&mut alice, BOB, "m1", "<body>party</body>");
    assert_eq!(alice.messages(BOB)[1].reactions.len(), 1);
}

#[test]
fn e39_reactions_are_their_senders_and_in_their_chat() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>party</body>");
    says(&mut alice, CAROL, "x", "<body>hi</body>");
    says(&mut alice, CAROL, "e1", &reactions("m1", &["👎"]));
    says(&mut alice, BOB, "e2", &reactions("m1", &["text", "🎉"]));
    let message = alice.messages(BOB)[0].clone();
    assert_eq!(message.reactions.len(), 1);
    assert_eq!(message.reactions[0].authors[0].as_str(), BOB);
}

#[test]
fn a_reply_quotes_our_own_copy_and_carries_a_quote_for_others() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>cake?</body>");
    let to = alice.messages(BOB)[0].id;
    alice.does(ChatCommand::Reply {
        to,
        body: "yes".into(),
    });
    let stanza = alice.sent("message").pop().expect("sent");
    let body = stanza
        .children()
        .find(|c| c.name() == "body")
        .expect("a body")
        .text();
    assert_eq!(body, "> cake?\nyes");
    let ours = alice.messages(BOB)[1].clone();
    assert_eq!(
        (ours.body.as_str(), ours.delivery),
        ("yes", Delivery::Waiting)
    );
    let quoted = ours.reply_to.and_then(|r| r.quoted).expect("quoted");
    assert_eq!((quoted.message, quoted.text.as_str()), (to, "cake?"));
}

#[test]
fn e40_the_quote_is_never_what_the_reply_claims() {
    let mut alice = alice_and_bob();
    says(&mut alice, BOB, "m1", "<body>I like cake</body>");
    says(
        &mut alice,
        BOB,
        "m2",
        "<body>&gt; I hate cake\nme too</body><reply xmlns='urn:xmpp:reply:0' to='alice@example.org' id='m1'/>\
         <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='14'/></fallback>",
    );
    let reply = alice.messages(BOB)[1].clone();
    assert_eq!(reply.body, "me too");
    let quoted = reply.reply_to.and_then(|r| r.quoted).expect("quoted");
    assert_eq!(
        (quoted.author.as_str(), quoted.text.as_str()),
        (BOB, "I like cake")
    );
    says(
        &mut alice,
        BOB,
        "m3",
        "<body>visible</body><reply xmlns='urn:xmpp:reply:0' to='bob@example.org' id='elsewhere'/>\
         <fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='7'/></fallback>",
    );
    let hiding = alice.messages(BOB)[2].clone();
    assert_eq!(
        hiding.body, "visible",
        "a fallback cannot hide a whole message"
    );
    assert!(hiding.reply_to.expect("a reply").quoted.is_none());
}

#[test]
fn characters_that_xml_cannot_carry_do_not_break_the_stream() {
    let mut alice = alice_and_bob();
    alice.writes(BOB, "a\u{1}b\u{0}c");
    assert_eq!(alice.texts(BOB), ["abc"]);
    assert_eq!(alice.sent("message").len(), 1);
}
