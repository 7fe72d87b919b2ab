//! Filling the past in the background: page by page, newest first, and never in the way.

use tessera::{
    command::{AccountCommand, ChatCommand, Command},
    event::Event,
    model::{Delivery, Subscription, SyncState},
};

use crate::script::{Script, has};
use crate::scripted_archive::Archived;

const BOB: &str = "bob@example.org";
const CAROL: &str = "carol@example.org";

/// The second `number` of the archive.
fn stamp(number: usize) -> String {
    format!(
        "2023-11-{:02}T{:02}:{:02}:{:02}Z",
        1 + number / 86_400,
        number / 3600 % 24,
        number / 60 % 60,
        number % 60
    )
}

fn entry_with(number: usize, content: &str) -> Archived {
    Archived {
        id: format!("a{number:05}"),
        message: format!(
            "<message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat' id='m{number}'>\
             {content}<request xmlns='urn:xmpp:receipts'/></message>"
        ),
        stamp: stamp(number),
    }
}

fn entry(number: usize) -> Archived {
    entry_with(number, &format!("<body>{number}</body>"))
}

fn alice_with(entries: usize) -> Script {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both);
    alice.archive = (0..entries).map(entry).collect();
    alice
}

fn numbers(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

fn gap_of(alice: &Script) -> Option<String> {
    let account = alice.account;
    let gap = alice.store.write(|txn| txn.archive_gap(account));
    gap.expect("read").map(|gap| gap.before_id)
}

#[test]
fn the_whole_past_comes_after_the_newest_page_and_is_no_news() {
    let mut alice = alice_with(730);
    alice.comes_online();
    assert_eq!(alice.texts(BOB), numbers(630..730), "the newest at once");
    let history = alice.store.reader().history(alice.account).expect("read");
    assert!(!history.complete && !history.paused);
    assert!(matches!(
        alice.live.sync(alice.account),
        SyncState::Filling {
            fetched: 0,
            reached: Some(_),
            ..
        }
    ));
    alice.waits(1);
    assert_eq!(alice.texts(BOB), numbers(0..730));
    assert_eq!(alice.live.sync(alice.account), SyncState::Idle);
    assert!(!alice.is_waiting(), "an idle session wakes nobody");
    assert_eq!(alice.store.reader().unread_total().expect("read"), 0);
    assert!(
        !alice
            .events
            .iter()
            .any(|e| matches!(e, Event::Announce { .. }))
    );
    assert!(
        alice.sent("message").is_empty(),
        "nobody is told that something old has arrived"
    );
    assert!(
        alice
            .store
            .reader()
            .history(alice.account)
            .expect("read")
            .complete
    );
}

#[test]
fn a_crash_after_any_page_costs_nothing() {
    for pages in 1..9 {
        let mut alice = alice_with(730);
        alice.archive_pages = pages;
        alice.comes_online().waits(1);
        let stored = alice.texts(BOB);
        assert_eq!(stored, numbers(730 - (pages * 100).min(730)..730));
        // The program is killed, and started again on the same store.
        let mut again = Script::on(alice.store.clone());
        again.archive = (0..735).map(entry).collect();
        again.comes_online();
        assert_eq!(again.texts(BOB).len(), stored.len() + 5);
        again.waits(1);
        assert_eq!(again.texts(BOB), numbers(0..735), "after {pages} pages");
        assert_eq!(again.store.reader().unread_total().expect("read"), 5);
    }
}

#[test]
fn a_catch_up_that_was_cut_goes_on_where_it_was() {
    let mut alice = alice_with(10);
    alice.comes_online().loses_the_session();
    alice.archive.extend((10..500).map(entry));
    alice.archive_pages = 2;
    alice.comes_online();
    assert_eq!(alice.texts(BOB), numbers(0..210));
    // Live messages meanwhile must not hide what is missing.
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m500'><body>500</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='a00500'/></message>"
    ));
    alice.archive.push(entry(500));
    alice.loses_the_session();
    alice.archive_pages = usize::MAX;
    alice.comes_online();
    let mut texts = alice.texts(BOB);
    texts.sort_by_key(|text| text.parse::<usize>().expect("a number"));
    assert_eq!(texts, numbers(0..501));
}

#[test]
fn a_catch_up_that_is_refused_is_tried_again_and_hides_no_gap() {
    let mut alice = alice_with(10);
    alice.comes_online().loses_the_session();
    alice.archive.extend((10..30).map(entry));
    alice.archive_refuses = Some("internal-server-error");
    alice.writes(BOB, "hi").comes_online();
    assert_eq!(alice.sent("message").len(), 1, "what waits is sent");
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='m30'><body>30</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='a00030'/></message>"
    ));
    alice.archive.push(entry(30));
    alice.archive_refuses = None;
    alice.waits(31);
    assert_eq!(alice.texts(BOB).len(), 32, "31 of the archive and our own");
}

#[test]
fn a_forgotten_cursor_is_a_gap_that_is_filled_by_time() {
    let mut alice = alice_with(30);
    alice.comes_online().waits(1).loses_the_session();
    // The archive has given everything new ids.
    alice.archive = (0..350)
        .map(|n| Archived {
            id: format!("b{n:05}"),
            ..entry(n)
        })
        .collect();
    alice.comes_online();
    assert_eq!(alice.texts(BOB).last().map(String::as_str), Some("349"));
    assert_eq!(
        alice.store.reader().unread_total().expect("read"),
        320,
        "those that were missed, and none again under its new id"
    );
}

#[test]
fn a_forgotten_edge_of_the_past_is_found_by_time() {
    let mut alice = alice_with(250);
    alice.comes_online();
    assert_eq!(gap_of(&alice).as_deref(), Some("a00150"));
    // The archive has lost the message at the edge.
    alice.archive.retain(|entry| entry.id != "a00150");
    alice.waits(1);
    assert_eq!(alice.texts(BOB), numbers(0..250));
    assert_eq!(gap_of(&alice), None);
}

#[test]
fn the_person_stops_it_and_goes_on_later() {
    let mut alice = alice_with(450);
    alice.comes_online();
    let account = alice.account;
    let stop = alice.asks(Command::Account(AccountCommand::FetchHistory {
        account,
        on: false,
    }));
    assert_eq!(alice.outcome(stop), Some(&Ok(())));
    alice.waits(1).waits(1);
    assert_eq!(alice.texts(BOB).len(), 100);
    assert_eq!(alice.live.sync(account), SyncState::Idle);
    assert!(!alice.is_waiting());
    let history = alice.store.reader().history(account).expect("read");
    assert!(history.paused && !history.complete);
    // It stays so over a restart, and older messages of one chat still come when they are wanted.
    let mut again = Script::on(alice.store.clone());
    again.archive = (0..450).map(entry).collect();
    again.comes_online().waits(1);
    assert_eq!(again.texts(BOB).len(), 100);
    let chat = again.chat_with(BOB);
    again.does(ChatCommand::FetchOlder(chat));
    assert_eq!(again.texts(BOB).len(), 200);
    again.asks(Command::Account(AccountCommand::FetchHistory {
        account,
        on: true,
    }));
    again.waits(1);
    assert_eq!(again.texts(BOB), numbers(0..450));
    assert_eq!(
        again.store.reader().history(account).expect("read").fetched,
        0
    );
}

#[test]
fn live_messages_come_first() {
    let mut alice = alice_with(450);
    alice.comes_online();
    alice.archive_pages = 0;
    alice.waits(1);
    alice.receives(&format!(
        "<message from='{BOB}/x' to='alice@example.org' type='chat' id='live'><body>live</body></message>"
    ));
    assert_eq!(
        alice.texts(BOB).len(),
        101,
        "the page that is under way is still awaited"
    );
    alice.archive_pages = 1;
    alice.waits(61); // The question is given up, and asked again after a while.
    alice.waits(61);
    assert_eq!(alice.texts(BOB).len(), 201);
    assert_eq!(alice.store.reader().unread_total().expect("read"), 1);
}

#[test]
fn nothing_older_is_asked_for_when_everything_is_here() {
    let mut alice = alice_with(150);
    alice.comes_online().waits(1);
    let chat = alice.chat_with(BOB);
    alice.archive_pages = 0;
    let request = alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.outcome(request), Some(&Ok(())));
}

#[test]
fn chats_of_the_past_come_onto_the_list_but_closed_ones_stay_closed() {
    let mut alice = alice_with(350);
    alice.has_contact(CAROL, Subscription::Both);
    alice.archive[10].message = alice.archive[10].message.replace(BOB, CAROL);
    alice.comes_online();
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::Close(chat));
    alice.waits(1);
    let listed = alice.store.reader().conversations().expect("read");
    let peers: Vec<&str> = listed.iter().map(|c| c.peer.as_str()).collect();
    assert_eq!(peers, [CAROL]);
}

#[test]
fn changes_whose_messages_are_on_an_older_page_are_applied() {
    let mut alice = alice_with(350);
    // All on the newest page, about messages of the page before it.
    alice.archive[340] = entry_with(
        340,
        "<body>fallback</body><retract xmlns='urn:xmpp:message-retract:1' id='m200'/>",
    );
    alice.archive[341] = entry_with(
        341,
        "<body>corrected</body><replace xmlns='urn:xmpp:message-correct:0' id='m201'/>",
    );
    alice.archive[342] = entry_with(
        342,
        "<reactions xmlns='urn:xmpp:reactions:0' id='m202'><reaction>👍</reaction></reactions>",
    );
    alice.comes_online().waits(1);
    let find = |id: &str| {
        let id = Some(id.to_owned());
        alice
            .messages(BOB)
            .into_iter()
            .find(|m| m.origin_id == id)
            .expect("stored")
    };
    assert!(find("m200").retracted.is_some());
    assert_eq!(find("m201").body, "corrected");
    assert_eq!(find("m202").reactions.len(), 1);
    assert_eq!(alice.texts(BOB).len(), 347);
}

#[test]
fn ours_that_were_read_are_read_though_the_marker_comes_first() {
    let mut alice = alice_with(350);
    for n in [100, 150] {
        alice.archive[n].message = format!(
            "<message xmlns='jabber:client' from='alice@example.org/p' to='{BOB}' type='chat' id='m{n}'>\
             <body>{n}</body></message>"
        );
    }
    alice.archive[155] = entry_with(
        155,
        "<displayed xmlns='urn:xmpp:chat-markers:0' id='m150'/>",
    );
    alice.comes_online().waits(1);
    let ours: Vec<Delivery> = alice
        .messages(BOB)
        .into_iter()
        .filter(|m| m.author.as_str() == "alice@example.org")
        .map(|m| m.delivery)
        .collect();
    assert_eq!(ours, [Delivery::Read, Delivery::Read]);
}

#[test]
fn c22_an_archive_that_goes_in_circles_is_left() {
    let mut alice = alice_with(350);
    alice.comes_online();
    // Whatever is asked for, the newest messages come again, under new ids.
    for round in 0..200 {
        let from = alice.archive.len();
        for entry in &mut alice.archive[from - 100..] {
            entry.id = format!("r{round}-{}", entry.id);
        }
        let newest = alice.archive.split_off(from - 100);
        alice.archive.splice(0..0, newest);
        alice.waits(1);
        if !alice.is_waiting() {
            break;
        }
    }
    assert!(!alice.is_waiting(), "it ends");
    let mut texts = alice.texts(BOB);
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), 350);
}

#[test]
fn c22_stamps_of_the_future_and_one_id_with_two_texts_change_nothing() {
    let mut alice = alice_with(150);
    alice.archive[20] = Archived {
        stamp: "2099-01-01T00:00:00Z".into(),
        ..entry(20)
    };
    let mut twice = entry_with(30, "<body>another text</body>");
    twice.id = entry(120).id;
    alice.archive[30] = twice;
    alice.comes_online().waits(1);
    let now = alice.now;
    let messages = alice.messages(BOB);
    assert!(messages.iter().all(|m| m.at <= now));
    assert!(messages.iter().any(|m| m.body == "120"));
    assert!(messages.iter().all(|m| m.body != "another text"));
}

#[test]
fn a_refused_page_is_tried_again_but_not_for_ever() {
    let mut alice = alice_with(350);
    alice.comes_online();
    alice.archive_refuses = Some("policy-violation");
    let mut asked = 0;
    for _ in 0..2000 {
        let before = alice.archive_pages;
        alice.waits(1);
        asked += before - alice.archive_pages;
    }
    assert!((2..=6).contains(&asked), "{asked}");
    assert!(!alice.is_waiting());
    alice.archive_refuses = None;
    alice.loses_the_session().comes_online().waits(1);
    assert_eq!(alice.texts(BOB), numbers(0..350));
}

#[test]
fn no_question_is_sent_when_there_is_no_archive() {
    let mut alice = alice_with(10);
    alice.own_features.retain(|f| *f != "urn:xmpp:mam:2");
    alice.archive_pages = 0;
    alice.comes_online().waits(1);
    assert!(
        !alice
            .sent("iq")
            .iter()
            .any(|iq| has(iq, "query", "urn:xmpp:mam:2"))
    );
    assert!(!alice.is_waiting());
}

/// What programs add to a conversation that shows nothing.
fn receipt(number: usize) -> Archived {
    entry_with(number, "<received xmlns='urn:xmpp:receipts' id='other'/>")
}

#[test]
fn pages_without_texts_are_passed_when_older_messages_are_wanted() {
    let mut alice = alice_with(250);
    alice.archive.extend((250..900).map(receipt));
    alice.archive.extend((900..1000).map(entry));
    alice.comes_online();
    let chat = alice.chat_with(BOB);
    assert_eq!(alice.texts(BOB), numbers(900..1000));
    let account = alice.account;
    alice.asks(Command::Account(AccountCommand::FetchHistory {
        account,
        on: false,
    }));
    alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.texts(BOB).len(), 150, "the page with the next texts");
}

#[test]
fn a_search_for_older_messages_goes_on_where_the_last_one_ended() {
    let mut alice = alice_with(250);
    alice.archive.extend((250..3350).map(receipt));
    alice.archive.extend((3350..3450).map(entry));
    alice.comes_online();
    let chat = alice.chat_with(BOB);
    let account = alice.account;
    alice.asks(Command::Account(AccountCommand::FetchHistory {
        account,
        on: false,
    }));
    let first = alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(
        alice.outcome(first),
        Some(&Ok(())),
        "it ends, to go on later"
    );
    assert_eq!(alice.texts(BOB).len(), 100);
    alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.texts(BOB).len(), 200);
    alice.does(ChatCommand::FetchOlder(chat));
    alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.texts(BOB).len(), 350);
}

#[test]
fn a_newest_page_without_texts_is_passed_at_once() {
    let mut alice = alice_with(150);
    alice.archive.extend((150..400).map(receipt));
    alice.comes_online();
    assert!(!alice.texts(BOB).is_empty());
}

#[test]
fn pages_of_one_second_keep_their_order() {
    for on_demand in [false, true] {
        let mut alice = alice_with(250);
        for entry in &mut alice.archive {
            entry.stamp = stamp(7);
        }
        alice.comes_online();
        if on_demand {
            let chat = alice.chat_with(BOB);
            alice.does(ChatCommand::FetchOlder(chat));
            alice.does(ChatCommand::FetchOlder(chat));
        }
        alice.waits(1);
        assert_eq!(alice.texts(BOB), numbers(0..250));
    }
}
