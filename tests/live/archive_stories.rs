//! What came while we were away: from the archive and from the server's own store, each message once.

use tessera::{
    command::{AccountCommand, ChatCommand, Command},
    model::{ConnectionState, Route, SyncState},
};

use crate::{
    client::{Client, Session, address, new_account},
    contacts::befriend_peer,
    ejabberd::Ejabberd,
    peer::Peer,
    prosody::{Prosody, Wishes, password_of},
};

/// More than a page of the archive, so that several are fetched.
const MANY: usize = 130;

pub(crate) fn messages_of_an_absence_come_once_and_in_order() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    absence(&alice, &mut bob);
}

pub(crate) fn messages_of_an_absence_come_once_over_ejabberd() {
    let server = Ejabberd::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    absence(&alice, &mut bob);
}

pub(crate) fn without_an_archive_the_servers_own_store_brings_them() {
    let server = Wishes::default()
        .accounts(&["alice", "bob"])
        .without("mam")
        .start();
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    absence(&alice, &mut bob);
    assert_eq!(alice.messages("bob")[1].route, Route::Offline);
}

fn absence(alice: &Session, bob: &mut Peer) {
    bob.sends(&alice.address(), "before");
    alice.sees("bob", &["before"]);
    alice.account(AccountCommand::Disconnect);
    alice.reaches("being offline", |state| {
        (*state == ConnectionState::Offline).then_some(())
    });
    bob.sees("that we are gone", |event| {
        event["event"] == "presence"
            && event["from"] == alice.address().as_str()
            && event["type"] == "unavailable"
    });
    let mut texts = vec!["before".to_owned()];
    for number in 0..MANY {
        let text = format!("while away {number}");
        bob.sends(&alice.address(), &text);
        texts.push(text);
    }
    // The server has everything when it answers what was sent after it.
    bob.ask(serde_json::json!({"do": "roster"}));
    alice.account(AccountCommand::Connect);
    alice.is_online();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    alice.sees("bob", &texts);
    alice.client.until("history is fetched", |handle| {
        (handle.live().sync(alice.account) == SyncState::Idle).then_some(())
    });
    bob.sends(&alice.address(), "after");
    alice.sees("bob", &[&texts[..], &["after"]].concat());
}

pub(crate) fn a_new_device_gets_the_history_when_it_is_asked_for() {
    let server = Prosody::with(&["alice", "bob"]);
    {
        let alice = Session::login("alice", server.endpoint());
        let mut bob = Peer::login("bob", server.port());
        befriend_peer(&alice, &mut bob);
        for number in 0..60 {
            bob.sends(&alice.address(), &format!("old {number}"));
        }
        alice.sends("bob", "old answer");
        bob.reads(&alice.address(), "old answer");
    }
    let client = Client::start();
    let account = client.adds(
        new_account("alice", server.endpoint()),
        &password_of("alice"),
    );
    let laptop = Session {
        jid: address("alice"),
        client,
        account,
    };
    laptop.is_online();
    let chat = laptop.chat(&address("bob"));
    // What the server has is known only some moments after the login.
    laptop.client.until("the archive is known", |_| {
        laptop
            .client
            .store()
            .write(|txn| txn.archive_cursor(laptop.account))
            .expect("readable")
    });
    // As the window does it when it is scrolled to the top.
    for _ in 0..10 {
        if laptop.messages("bob").len() == 61 {
            break;
        }
        laptop
            .client
            .does(Command::Chat(ChatCommand::FetchOlder(chat)));
    }
    let expected: Vec<String> = (0..60).map(|number| format!("old {number}")).collect();
    assert_eq!(laptop.texts_from("bob"), expected);
    assert_eq!(laptop.texts_to("bob"), ["old answer"]);
    assert_eq!(
        laptop.client.reader().unread_total().expect("readable"),
        0,
        "history is not news"
    );
}
