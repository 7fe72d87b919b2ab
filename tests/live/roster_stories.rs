//! The roster, presence and blocking.

use serde_json::json;
use tessera::{
    command::{AccountCommand, Command, ContactCommand},
    model::{Ask, OwnPresence, Show, Subscription},
};

use crate::{
    client::{Session, address},
    contacts::{befriend, befriend_peer},
    peer::Peer,
    prosody::Prosody,
};

pub(crate) fn a_contact_is_added_approved_renamed_grouped_and_removed() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    alice.contact(ContactCommand::Add {
        account: alice.account,
        jid: address("bob"),
        name: "Bob".into(),
        groups: vec!["Friends".into()],
        message: "it is me".into(),
    });
    alice.client.until("the request is shown as open", |_| {
        (alice.contact_named("bob")?.item.ask == Ask::Subscribe).then_some(())
    });
    assert_eq!(bob.is_asked_by("alice"), "it is me");
    bob.approves("alice");
    alice.is_subscribed("bob", Subscription::Both);
    let contact = alice.contact_named("bob").expect("a contact");
    assert_eq!(contact.item.name, "Bob");
    assert_eq!(contact.item.groups, ["Friends"]);

    alice.contact(ContactCommand::Edit {
        account: alice.account,
        jid: address("bob"),
        name: "Robert <3".into(),
        groups: vec!["Work".into(), "München & Co".into()],
    });
    alice.client.until("the change came back", |_| {
        let contact = alice.contact_named("bob")?;
        let mut groups = contact.item.groups;
        groups.sort();
        (contact.item.name == "Robert <3" && groups == ["München & Co", "Work"]).then_some(())
    });
    let groups = alice.client.reader().groups(alice.account);
    assert_eq!(groups.expect("readable").len(), 2);

    alice.contact(ContactCommand::Remove {
        account: alice.account,
        jid: address("bob"),
    });
    alice.client.until("the contact is gone", |_| {
        alice.contact_named("bob").is_none().then_some(())
    });
    bob.is_subscribed("alice", Subscription::None);
}

pub(crate) fn the_other_clients_roster_shows_what_we_did() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut same = Peer::login("alice", server.port());
    alice.contact(ContactCommand::Add {
        account: alice.account,
        jid: address("bob"),
        name: "Bob".into(),
        groups: vec!["A".into(), "B".into()],
        message: String::new(),
    });
    let roster = same.ask(json!({"do": "roster"}));
    assert_eq!(roster["bob@tessera.test"]["name"], "Bob");
    assert_eq!(roster["bob@tessera.test"]["groups"], json!(["A", "B"]));
}

pub(crate) fn a_refused_request_leaves_nothing() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    alice.adds("bob");
    bob.is_asked_by("alice");
    bob.contact(ContactCommand::Deny {
        account: bob.account,
        jid: address("alice"),
    });
    bob.client.until("nobody asks any more", |handle| {
        handle
            .reader()
            .requests()
            .expect("readable")
            .is_empty()
            .then_some(())
    });
    alice.client.until("the request is not open any more", |_| {
        let item = alice.contact_named("bob")?.item;
        (item.ask == Ask::None && item.subscription == Subscription::None).then_some(())
    });
}

pub(crate) fn a_roster_changed_elsewhere_while_away_is_right_again() {
    let server = Prosody::with(&["alice", "bob", "carol"]);
    let mut alice = Session::login("alice", server.endpoint());
    alice.adds("bob");
    alice
        .client
        .until("bob is there", |_| alice.contact_named("bob"));
    alice.client.quit();
    let mut elsewhere = Peer::login("alice", server.port());
    for item in [
        "<item jid='bob@tessera.test' subscription='remove'/>",
        "<item jid='carol@tessera.test' name='Carol'/>",
    ] {
        elsewhere.raw(&format!(
            "<iq type='set' id='change'><query xmlns='jabber:iq:roster'>{item}</query></iq>"
        ));
    }
    elsewhere.ask(json!({"do": "roster"}));
    drop(elsewhere);
    alice.client.run();
    alice.client.until("the roster is right", |_| {
        (alice.contact_named("bob").is_none() && alice.contact_named("carol").is_some())
            .then_some(())
    });
}

pub(crate) fn presence_is_shown_both_ways() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    bob.ask(json!({"do": "presence", "show": "dnd", "status": "in a meeting"}));
    let presence = alice.sees_presence("bob", Show::DoNotDisturb, "in a meeting");
    assert_eq!(presence.resources.len(), 1);
    bob.ask(json!({"do": "presence", "show": "xa", "status": ""}));
    alice.sees_presence("bob", Show::ExtendedAway, "");

    alice
        .client
        .does(Command::Account(AccountCommand::SetPresence {
            account: None,
            presence: OwnPresence {
                show: Show::Away,
                status: "at lunch".into(),
            },
        }));
    bob.sees("that we are away", |event| {
        event["event"] == "presence"
            && event["from"] == alice.address().as_str()
            && event["type"] == "away"
            && event["status"] == "at lunch"
    });
    drop(bob);
    alice.sees_presence("bob", Show::Offline, "");
}

pub(crate) fn the_best_resource_is_shown() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut phone = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut phone);
    phone.ask(json!({"do": "presence", "show": "away", "status": "phone"}));
    alice.sees_presence("bob", Show::Away, "phone");
    let desk = Peer::login("bob", server.port());
    let presence = alice.sees_presence("bob", Show::Online, "");
    assert_eq!(presence.resources.len(), 2);
    drop(desk);
    alice.sees_presence("bob", Show::Away, "phone");
}

pub(crate) fn a_blocked_contact_reaches_us_no_more() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let mut bob = Peer::login("bob", server.port());
    befriend_peer(&alice, &mut bob);
    alice.contact(ContactCommand::Block {
        account: alice.account,
        jid: address("bob"),
    });
    alice.client.until("bob is blocked", |_| {
        alice.contact_named("bob")?.blocked.then_some(())
    });
    assert_eq!(
        alice
            .client
            .reader()
            .blocked(alice.account)
            .expect("readable"),
        ["bob@tessera.test"]
    );
    bob.sees("that we are gone", |event| {
        event["event"] == "presence"
            && event["from"] == alice.address().as_str()
            && event["type"] == "unavailable"
    });
    let id = bob.sends(&alice.address(), "let me in");
    bob.sees("the refusal", |event| {
        event["event"] == "message_error" && event["id"] == id.as_str()
    });
    alice.contact(ContactCommand::Unblock {
        account: alice.account,
        jid: address("bob").into(),
    });
    alice.client.until("bob is free", |_| {
        (!alice.contact_named("bob")?.blocked).then_some(())
    });
    bob.sends(&alice.address(), "thank you");
    alice.sees("bob", &["thank you"]);
}

pub(crate) fn a_block_made_elsewhere_is_known_here() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let laptop = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    befriend(&alice, &bob);
    laptop.contact(ContactCommand::Block {
        account: laptop.account,
        jid: address("bob"),
    });
    alice.client.until("bob is blocked here, too", |_| {
        alice.contact_named("bob")?.blocked.then_some(())
    });
}
