//! What was seen on one own device is seen on all (XEP-0490), and nobody else learns it.

use minidom::Element;
use tessera::{
    command::ChatCommand,
    event::Event,
    model::{ConversationId, ConversationKind, Subscription},
};

use crate::script::{Script, attr};
use crate::scripted_archive::Archived;

const BOB: &str = "bob@example.org";
const EVE: &str = "eve@evil.example";
const MDS: &str = "urn:xmpp:mds:displayed:0";

fn alice() -> Script {
    let mut alice = Script::new();
    alice
        .own_features
        .push("http://jabber.org/protocol/pubsub#publish-options");
    alice.has_contact(BOB, Subscription::Both);
    alice
}

fn says(alice: &mut Script, from: &str, number: usize) {
    alice.receives(&format!(
        "<message from='{from}/x' to='alice@example.org' type='chat' id='m{number}'><body>{number}</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='s{number}'/></message>"
    ));
}

fn item(chat: &str, by: &str, id: &str) -> String {
    format!(
        "<item id='{chat}'><displayed xmlns='{MDS}'><stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{id}'/></displayed></item>"
    )
}

fn event(alice: &mut Script, from: &str, items: &str) {
    alice.receives(&format!(
        "<message {from} type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='{MDS}'>{items}</items></event></message>"
    ));
}

const OWN: &str = "from='alice@example.org'";

fn chat(alice: &Script, peer: &str) -> tessera::model::Conversation {
    let reader = alice.store.reader();
    let peer = tessera::model::BareJid::new(peer).expect("JID");
    let id = reader
        .conversation_with(alice.account, &peer)
        .expect("read");
    reader
        .conversation(id.expect("a chat"))
        .expect("read")
        .expect("a chat")
}

fn unread(alice: &Script, peer: &str) -> u32 {
    chat(alice, peer).unread
}

fn reads_all(alice: &mut Script, peer: &str) -> ConversationId {
    let conversation = chat(alice, peer).id;
    let up_to = alice.messages(peer).last().expect("a message").id;
    alice.does(ChatCommand::MarkRead {
        conversation,
        up_to,
    });
    conversation
}

/// What was published since the last call: chat and archive id.
fn published(alice: &mut Script) -> Vec<(String, String)> {
    fn find<'e>(element: &'e Element, name: &str) -> Option<&'e Element> {
        element.children().find_map(|child| {
            (child.name() == name)
                .then_some(child)
                .or_else(|| find(child, name))
        })
    }
    std::mem::take(&mut alice.asked)
        .iter()
        .filter_map(|iq| {
            let item = find(find(iq, "publish")?, "item")?;
            let id = find(item, "stanza-id")?;
            assert_eq!(attr(id, "by"), Some("alice@example.org"));
            let text = String::from(iq);
            assert!(text.contains("publish-options"), "{text}");
            assert!(text.contains("<value>whitelist</value>"), "{text}");
            assert!(text.contains("<value>never</value>"), "{text}");
            Some((attr(item, "id")?.to_owned(), attr(id, "id")?.to_owned()))
        })
        .collect()
}

#[test]
fn what_is_seen_here_is_told_to_own_devices_once() {
    let mut alice = alice();
    alice.comes_online();
    for number in 1..=3 {
        says(&mut alice, BOB, number);
        reads_all(&mut alice, BOB);
    }
    alice.waits(1);
    let expected = vec![(BOB.to_owned(), "s3".to_owned())];
    assert_eq!(published(&mut alice), expected);
    // The echo, and a second look, change nothing.
    event(&mut alice, OWN, &item(BOB, "alice@example.org", "s3"));
    reads_all(&mut alice, BOB);
    alice.waits(1);
    assert_eq!(published(&mut alice), []);
    assert!(!alice.is_waiting());
}

#[test]
fn what_was_seen_without_a_connection_is_told_later() {
    let mut alice = alice();
    alice.comes_online();
    says(&mut alice, BOB, 1);
    alice.loses_the_session();
    reads_all(&mut alice, BOB);
    alice.waits(1);
    assert_eq!(published(&mut alice), []);
    alice.comes_online().waits(1);
    assert_eq!(published(&mut alice), [(BOB.to_owned(), "s1".to_owned())]);
}

#[test]
fn what_own_devices_have_seen_is_seen_here_and_only_forwards() {
    let mut alice = alice();
    alice.comes_online();
    for number in 1..=3 {
        says(&mut alice, BOB, number);
    }
    event(&mut alice, OWN, &item(BOB, "alice@example.org", "s2"));
    assert_eq!(unread(&alice, BOB), 1);
    event(&mut alice, OWN, &item(BOB, "alice@example.org", "s1"));
    assert_eq!(unread(&alice, BOB), 1);
    alice.waits(1);
    assert_eq!(published(&mut alice), [], "it is known already");
}

#[test]
fn what_was_seen_elsewhere_meanwhile_is_not_announced() {
    let mut alice = alice();
    alice.comes_online();
    says(&mut alice, BOB, 1);
    reads_all(&mut alice, BOB);
    alice.loses_the_session();
    alice.events.clear();
    alice.archive = (1..=4)
        .map(|n| Archived {
            id: format!("s{n}"),
            message: format!(
                "<message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat' id='m{n}'><body>{n}</body></message>"
            ),
            stamp: format!("2023-11-14T22:13:2{n}Z"),
        })
        .collect();
    alice.displayed = item(BOB, "alice@example.org", "s4");
    alice.comes_online();
    assert_eq!(alice.texts(BOB).len(), 4);
    assert_eq!(unread(&alice, BOB), 0);
    assert!(
        !alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
}

#[test]
fn nobody_else_says_what_we_have_seen() {
    let mut alice = alice();
    alice.comes_online();
    says(&mut alice, BOB, 1);
    let good = item(BOB, "alice@example.org", "s1");
    for from in [
        "from='bob@example.org'",
        "from='bob@example.org/x'",
        "from='alice@example.org/phone'",
        "from='alice@example.org.evil'",
        "from='example.org'",
    ] {
        event(&mut alice, from, &good);
    }
    for bad in [
        item(BOB, "bob@example.org", "s1"),
        item(BOB, "alice@example.org", ""),
        item("carol@example.org", "alice@example.org", "s1"),
        item("bob@example.org/x", "alice@example.org", "s1"),
        item("@@", "alice@example.org", "s1"),
        format!("<item id='{BOB}'><displayed xmlns='urn:x'/></item>"),
        format!("<item id='{BOB}'><displayed xmlns='{MDS}'/></item>"),
        format!("<retract id='{BOB}'/>"),
        "<item/>".to_owned(),
    ] {
        event(&mut alice, OWN, &bad);
    }
    assert_eq!(unread(&alice, BOB), 1);
    event(&mut alice, OWN, &good);
    assert_eq!(unread(&alice, BOB), 0, "and the test can tell");
}

#[test]
fn strangers_are_never_published_nor_believed() {
    let mut alice = alice();
    alice.comes_online();
    says(&mut alice, EVE, 1);
    assert_eq!(chat(&alice, EVE).kind, ConversationKind::Stranger);
    event(&mut alice, OWN, &item(EVE, "alice@example.org", "s1"));
    assert_eq!(unread(&alice, EVE), 1);
    reads_all(&mut alice, EVE);
    alice.waits(1);
    assert_eq!(published(&mut alice), []);
}

#[test]
fn a_node_that_others_can_read_is_closed_before_anything_is_published() {
    let mut alice = alice();
    alice.comes_online();
    alice.refusals = vec![
        "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error>",
    ];
    says(&mut alice, BOB, 1);
    reads_all(&mut alice, BOB);
    alice.waits(1);
    let sets: Vec<String> = alice.asked.iter().map(String::from).collect();
    let configure = sets
        .iter()
        .position(|iq| iq.contains("<configure"))
        .expect("mended");
    assert!(sets[configure].contains("<value>whitelist</value>"));
    assert!(sets[configure + 1].contains("<publish"));
}

#[test]
fn without_publish_options_nothing_is_published() {
    let mut alice = alice();
    alice
        .own_features
        .retain(|f| !f.ends_with("publish-options"));
    alice.comes_online();
    says(&mut alice, BOB, 1);
    reads_all(&mut alice, BOB);
    alice.waits(1);
    assert_eq!(published(&mut alice), []);
}

#[test]
fn what_was_made_unread_stays_so_until_there_is_news() {
    let mut alice = alice();
    alice.comes_online();
    says(&mut alice, BOB, 1);
    says(&mut alice, BOB, 2);
    let conversation = reads_all(&mut alice, BOB);
    alice.waits(1);
    alice.does(ChatCommand::MarkUnread(conversation));
    assert_eq!(unread(&alice, BOB), 1);
    event(&mut alice, OWN, &item(BOB, "alice@example.org", "s2"));
    alice.displayed = item(BOB, "alice@example.org", "s2");
    alice.loses_the_session().comes_online();
    assert_eq!(unread(&alice, BOB), 1);
}
