//! What is removed here stays away, whatever the archive has.

use tessera::{
    command::ChatCommand,
    event::Event,
    model::{Subscription, Timestamp},
};

use crate::script::Script;
use crate::scripted_archive::Archived;

const BOB: &str = "bob@example.org";

/// The message of day `day` of November 2023.
fn entry(day: usize) -> Archived {
    Archived {
        id: format!("a{day}"),
        message: format!(
            "<message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat' id='m{day}'>\
             <body>{day}</body></message>"
        ),
        stamp: format!("2023-11-{day:02}T00:00:00Z"),
    }
}

fn day(day: i64) -> Timestamp {
    const NOVEMBER: i64 = 1_698_796_800_000;
    Timestamp(NOVEMBER + (day - 1) * 86_400_000)
}

fn alice_with_three_days() -> Script {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both);
    alice.archive = (1..=3).map(entry).collect();
    alice.comes_online();
    assert_eq!(alice.texts(BOB), ["1", "2", "3"]);
    alice
}

fn sweep(alice: &Script) {
    while !alice
        .store
        .write(|txn| txn.sweep(100))
        .expect("swept")
        .is_empty()
    {}
}

/// Makes the archive be read from its beginning, as a device does that has lost its place.
fn reads_everything_again(alice: &mut Script) {
    let account = alice.account;
    alice.loses_the_session();
    alice
        .store
        .write(|txn| txn.set_archive_cursor(account, "unknown", Some(day(1))))
        .expect("written");
    alice.comes_online();
    alice.waits(1);
}

#[test]
fn a_removed_chat_does_not_come_back_and_what_is_new_does() {
    let mut alice = alice_with_three_days();
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::Delete(chat));
    assert_eq!(alice.texts(BOB), [""; 0]);
    alice.archive.push(entry(4));
    reads_everything_again(&mut alice);
    assert_eq!(alice.texts(BOB), ["4"]);
    sweep(&alice);
    reads_everything_again(&mut alice);
    assert_eq!(alice.texts(BOB), ["4"]);
    // Scrolling up does not bring it, either.
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.texts(BOB), ["4"]);
}

#[test]
fn a_removed_message_does_not_come_back_nor_does_its_correction() {
    let mut alice = alice_with_three_days();
    let second = alice.messages(BOB)[1].id;
    alice.events.clear();
    alice.does(ChatCommand::DeleteMessage(second));
    assert!(alice.events.contains(&Event::Resync));
    assert_eq!(alice.texts(BOB), ["1", "3"]);
    reads_everything_again(&mut alice);
    alice.receives(&format!(
        "<message xmlns='jabber:client' from='{BOB}/x' to='alice@example.org' type='chat' id='c1'>\
         <body>two</body><replace xmlns='urn:xmpp:message-correct:0' id='m2'/></message>"
    ));
    assert_eq!(alice.texts(BOB), ["1", "3"]);
}

#[test]
fn what_is_forgotten_is_not_fetched_again() {
    let mut alice = alice_with_three_days();
    let account = alice.account;
    alice
        .store
        .write(|txn| {
            txn.set_forget_after(account, Some(10))?;
            txn.apply_forgetting(day(12))
        })
        .expect("written");
    sweep(&alice);
    assert_eq!(alice.texts(BOB), ["2", "3"]);
    reads_everything_again(&mut alice);
    assert_eq!(alice.texts(BOB), ["2", "3"]);
    let chat = alice.chat_with(BOB);
    alice.does(ChatCommand::FetchOlder(chat));
    assert_eq!(alice.texts(BOB), ["2", "3"]);
}
