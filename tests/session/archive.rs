//! Catching up with the archive, and older pages.

use tessera::{
    command::ChatCommand,
    event::Event,
    model::{Direction, Route, Subscription},
};

use crate::script::Script;
use crate::scripted_archive::Archived;

const BOB: &str = "bob@example.org";

fn entry(number: usize) -> Archived {
    Archived {
        id: format!("a{number:05}"),
        message: format!(
            "<message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat' id='m{number}'>\
             <body>{number}</body></message>"
        ),
        stamp: format!(
            "2023-11-{:02}T{:02}:{:02}:{:02}Z",
            1 + number / 86_400,
            number / 3600 % 24,
            number / 60 % 60,
            number % 60
        ),
    }
}

fn alice() -> Script {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both);
    alice
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

#[test]
fn the_first_login_shows_the_newest_page_as_read_and_without_a_sound() {
    let mut alice = alice();
    alice.archive = (0..250).map(entry).collect();
    alice.comes_online();
    assert_eq!(alice.texts(BOB), numbers(150..250));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
    assert!(
        !alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
    assert!(
        alice
            .messages(BOB)
            .iter()
            .all(|m| m.route == Route::Archive)
    );
}

#[test]
fn a_gap_is_filled_page_by_page_and_is_news() {
    let mut alice = alice();
    alice.archive = (0..10).map(entry).collect();
    alice.comes_online().loses_the_session();
    alice.archive.extend((10..345).map(entry));
    alice.comes_online();
    assert_eq!(alice.texts(BOB), numbers(0..345));
    assert_eq!(alice.store.reader().unread_total().expect("read"), 335);
    assert!(
        alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
}

#[test]
fn live_messages_move_the_cursor_and_come_only_once() {
    let mut alice = alice();
    alice.archive = (0..3).map(entry).collect();
    alice.comes_online();
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m3'><body>3</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='a00003'/></message>"
    ));
    alice.archive.push(entry(3));
    let account = alice.account;
    let cursor = alice
        .store
        .write(|txn| txn.archive_cursor(account))
        .expect("read");
    assert_eq!(cursor.as_deref(), Some("a00003"));
    alice.loses_the_session().comes_online();
    assert_eq!(alice.texts(BOB), numbers(0..4));
}

#[test]
fn older_pages_come_on_demand_until_there_are_no_more() {
    let mut alice = alice();
    alice.archive = (0..250).map(entry).collect();
    alice.comes_online();
    let conversation = alice.chat_with(BOB);
    let request = alice.does(ChatCommand::FetchOlder(conversation));
    assert_eq!(alice.outcome(request), Some(&Ok(())));
    assert_eq!(alice.texts(BOB), numbers(50..250));
    alice.does(ChatCommand::FetchOlder(conversation));
    assert_eq!(alice.texts(BOB), numbers(0..250));
    let asked = alice.does(ChatCommand::FetchOlder(conversation));
    assert_eq!(alice.outcome(asked), Some(&Ok(())));
    assert_eq!(
        alice.store.reader().unread_total().expect("read"),
        0,
        "old messages are not news"
    );
}

#[test]
fn a_cursor_that_the_archive_has_forgotten_costs_no_message_that_it_still_has() {
    let mut alice = alice();
    alice.archive = (0..5).map(entry).collect();
    alice.comes_online().loses_the_session();
    alice.archive = (20..25).map(entry).collect();
    alice.comes_online();
    assert_eq!(alice.texts(BOB).len(), 10);
}

#[test]
fn without_an_archive_what_waits_is_sent_at_once() {
    let mut alice = alice();
    alice.own_features.retain(|f| *f != "urn:xmpp:mam:2");
    alice.writes(BOB, "hi");
    alice.comes_online();
    assert_eq!(alice.sent("message").len(), 1);
}

#[test]
fn c21_results_nobody_asked_for_are_ignored() {
    let mut alice = alice();
    alice.comes_online();
    for from in [
        "",
        "from='alice@example.org' ",
        "from='bob@example.org' ",
        "from='room@muc.example' ",
    ] {
        alice.receives(&format!(
            "<message {from}to='alice@example.org/Tessera'><result xmlns='urn:xmpp:mam:2' queryid='guess' id='x'>\
             <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2023-01-01T00:00:00Z'/>\
             <message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat'><body>forged</body></message>\
             </forwarded></result></message>"
        ));
    }
    assert!(alice.messages(BOB).is_empty());
}

#[test]
fn c23_an_archive_entry_is_ours_only_if_it_is_from_us() {
    let mut alice = alice();
    for (n, (from, to)) in [
        ("alice@example.org/phone", BOB),
        ("alice@example.org.evil/x", "alice@example.org"),
        ("eve@evil.example", BOB),
    ]
    .into_iter()
    .enumerate()
    {
        alice.archive.push(Archived {
            id: format!("a{n}"),
            message: format!(
                "<message xmlns='jabber:client' from='{from}' to='{to}' type='chat' id='i{n}'><body>{n}</body></message>"
            ),
            stamp: "2023-11-14T00:00:00Z".into(),
        });
    }
    alice.comes_online();
    let with_bob = alice.messages(BOB);
    assert_eq!(with_bob.len(), 1, "the one of eve to bob is nobody's");
    assert_eq!(with_bob[0].direction, Direction::Outgoing);
    assert_eq!(
        alice.messages("alice@example.org.evil")[0].direction,
        Direction::Incoming
    );
}

#[test]
fn c22_an_archive_that_lies_does_not_hold_us_for_ever() {
    let mut alice = alice();
    alice.archive = (0..10).map(entry).collect();
    alice.comes_online().loses_the_session();
    // Two entries with one id: a page after the cursor ends where it began.
    alice.archive.extend([entry(9), entry(9)]);
    alice.comes_online();
    assert_eq!(alice.texts(BOB), numbers(0..10));
    assert_eq!(
        alice.live.sync(alice.account),
        tessera::model::SyncState::Idle
    );
}

#[test]
fn older_pages_wanted_before_the_archive_is_known_come_when_it_is() {
    let mut alice = alice();
    alice.archive = (0..5).map(entry).collect();
    let conversation = alice.chat_with(BOB);
    alice.binds();
    let request = alice.does(ChatCommand::FetchOlder(conversation));
    assert_eq!(alice.outcome(request), Some(&Ok(())));
    assert_eq!(alice.texts(BOB), numbers(0..5));

    let mut again = self::alice();
    let conversation = again.chat_with(BOB);
    again.binds();
    let request = again.asks_without_answer(ChatCommand::FetchOlder(conversation));
    assert_eq!(again.outcome(request), None);
    again.loses_the_session();
    assert!(matches!(again.outcome(request), Some(Err(_))));
}

#[test]
fn more_messages_than_a_page_that_had_arrived_are_not_sent_again() {
    let mut alice = alice();
    alice.comes_online();
    for number in 0..150 {
        alice.writes(BOB, &number.to_string());
    }
    for (number, stanza) in alice.sent("message").iter().enumerate() {
        let from = "<message from='alice@example.org/Tessera'";
        alice.archive.push(Archived {
            id: format!("b{number:05}"),
            message: String::from(stanza).replacen("<message", from, 1),
            stamp: "2023-11-14T22:13:20Z".into(),
        });
    }
    alice.loses_the_session().comes_online();
    assert!(alice.sent("message").is_empty(), "all of them had arrived");
    assert_eq!(alice.texts(BOB), numbers(0..150));
}
