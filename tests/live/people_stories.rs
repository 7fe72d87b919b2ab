//! People: contacts, presence, names, pictures, profiles, blocking, and the end of an account.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use tessera::{
    command::{AccountCommand, ContactCommand},
    model::{
        ConnectionState, Contact, FailureKind, OwnPresence, Presence, Profile, Request, Secret,
        Show, Subscription,
    },
};

use crate::{
    client::{Session, address},
    peer::Peer,
    prosody::{Prosody, Wishes},
};

/// Two people on one server who see each other's presence.
fn friends(server: &Prosody) -> (Session, Session) {
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    alice.adds("bob");
    asked_by(&bob, "alice");
    bob.approves("alice");
    // Alice added Bob: he may see her in return, without being asked about again.
    for (one, other) in [(&alice, "bob"), (&bob, "alice")] {
        contact(one, other, "both", |contact| {
            contact.item.subscription == Subscription::Both
        });
        shows(one, other, "online", |presence| {
            presence.show == Show::Online
        });
    }
    (alice, bob)
}

/// Waits until somebody asks to be seen.
fn asked_by(session: &Session, name: &str) -> Request {
    session
        .client
        .until(&format!("{} is asked by {name}", session.jid), |handle| {
            let requests = handle.reader().requests().expect("readable");
            requests
                .into_iter()
                .find(|request| request.jid == address(name))
        })
}

/// Waits until a contact is stored like this.
fn contact(session: &Session, name: &str, what: &str, fits: impl Fn(&Contact) -> bool) -> Contact {
    let what = format!("{} knows {name}: {what}", session.jid);
    session.client.until(&what, |handle| {
        let contact = handle.reader().contact(session.account, &address(name));
        contact.expect("readable").filter(|contact| fits(contact))
    })
}

/// Waits until somebody shows this.
fn shows(session: &Session, name: &str, what: &str, fits: impl Fn(&Presence) -> bool) {
    let what = format!("{} sees {name} {what}", session.jid);
    session.client.until(&what, |handle| {
        fits(&handle.live().presence(session.account, &address(name))).then_some(())
    });
}

fn picture(shade: u8) -> Vec<u8> {
    let mut file = std::io::Cursor::new(vec![]);
    DynamicImage::from(RgbImage::from_pixel(300, 200, Rgb([shade, 90, 30])))
        .write_to(&mut file, ImageFormat::Jpeg)
        .expect("a picture");
    file.into_inner()
}

pub(crate) fn contacts_find_each_other_and_see_who_is_there() {
    let server = Prosody::with(&["alice", "bob"]);
    let (alice, bob) = friends(&server);
    alice.account(|account| AccountCommand::SetPresence {
        account: Some(account),
        presence: OwnPresence {
            show: Show::DoNotDisturb,
            status: "on a <b>train</b>".into(),
        },
    });
    shows(&bob, "alice", "busy", |presence| {
        presence.show == Show::DoNotDisturb && presence.status == "on a <b>train</b>"
    });
    shows(&bob, "alice", "with the name of the program", |presence| {
        presence.resources[0].client.as_deref() == Some("Tessera")
    });
    alice.account(AccountCommand::Disconnect);
    shows(&bob, "alice", "offline", |presence| {
        presence.show == Show::Offline
    });
    alice.account(AccountCommand::Connect);
    shows(&bob, "alice", "busy again", |presence| {
        presence.show == Show::DoNotDisturb
    });
    shows(&alice, "bob", "online again", |presence| {
        presence.show == Show::Online
    });
}

pub(crate) fn a_request_brings_words_and_can_be_denied() {
    let server = Prosody::with(&["alice", "bob"]);
    let alice = Session::login("alice", server.endpoint());
    let bob = Session::login("bob", server.endpoint());
    alice.account(|account| AccountCommand::SetNickname {
        account,
        nickname: "Alice L.".into(),
    });
    alice.contact(ContactCommand::Add {
        account: alice.account,
        jid: address("bob"),
        name: "Bobby".into(),
        groups: vec!["Work".into(), "Chess".into()],
        message: "we met yesterday".into(),
    });
    let request = asked_by(&bob, "alice");
    assert_eq!(request.nickname, "Alice L.");
    assert_eq!(request.text, "we met yesterday");
    let found = contact(&alice, "bob", "named", |contact| {
        contact.item.name == "Bobby"
    });
    assert_eq!(found.item.groups, ["Chess", "Work"]);
    assert_eq!(found.item.subscription, Subscription::None);
    bob.contact(ContactCommand::Deny {
        account: bob.account,
        jid: address("alice"),
    });
    contact(&alice, "bob", "denied", |contact| {
        contact.item.ask == tessera::model::Ask::None
    });
    assert_eq!(bob.client.reader().requests().expect("readable"), []);
}

pub(crate) fn contacts_are_changed_and_removed_on_all_devices() {
    let server = Prosody::with(&["alice", "bob"]);
    let (alice, bob) = friends(&server);
    let laptop = Session::login("alice", server.endpoint());
    alice.contact(ContactCommand::Edit {
        account: alice.account,
        jid: address("bob"),
        name: "Bob & <Co>".into(),
        groups: vec!["../Work".into()],
    });
    for device in [&alice, &laptop] {
        let found = contact(device, "bob", "renamed", |c| c.item.name == "Bob & <Co>");
        assert_eq!(found.item.groups, ["../Work"]);
    }
    alice.contact(ContactCommand::Remove {
        account: alice.account,
        jid: address("bob"),
    });
    for device in [&alice, &laptop] {
        device.client.until("bob is gone", |handle| {
            let found = handle.reader().contact(device.account, &address("bob"));
            found.expect("readable").is_none().then_some(())
        });
        shows(device, "bob", "no more", |presence| {
            presence.show == Show::Offline
        });
    }
    contact(&bob, "alice", "one-sided", |contact| {
        contact.item.subscription == Subscription::None
    });
}

pub(crate) fn the_roster_is_there_after_a_restart_and_asked_for_by_version() {
    let server = Prosody::with(&["alice", "bob"]);
    let (mut alice, _bob) = friends(&server);
    alice.client.restart();
    contact(&alice, "bob", "stored", |_| true);
    alice.is_online();
    shows(&alice, "bob", "online", |presence| {
        presence.show == Show::Online
    });
    let asked = server.received_stanzas();
    let by_version =
        |stanza: &&String| stanza.contains("jabber:iq:roster") && stanza.contains("ver='");
    assert!(asked.iter().filter(by_version).count() >= 2, "{asked:?}");
}

pub(crate) fn names_pictures_and_profiles_reach_contacts_and_other_devices() {
    let server = Prosody::with(&["alice", "bob"]);
    let (alice, bob) = friends(&server);
    let laptop = Session::login("alice", server.endpoint());
    alice.account(|account| AccountCommand::SetNickname {
        account,
        nickname: "Alice L.".into(),
    });
    alice.account(|account| AccountCommand::SetAvatar {
        account,
        picture: Some(picture(200)),
    });
    let avatar = contact(&bob, "alice", "named and pictured", |contact| {
        contact.nickname == "Alice L." && contact.avatar.is_some()
    })
    .avatar
    .expect("there is one");
    let kept = bob
        .client
        .reader()
        .avatar(&avatar)
        .expect("readable")
        .expect("kept");
    let kept = image::load_from_memory(&kept.png).expect("a picture");
    assert_eq!((kept.width(), kept.height()), (192, 192));
    laptop.client.until(
        "the other device knows the picture and the name",
        |handle| {
            let reader = handle.reader();
            let own = reader
                .avatar_of(laptop.account, &laptop.jid)
                .expect("readable");
            let name = reader.account(laptop.account).expect("readable").nickname;
            (own.as_ref() == Some(&avatar) && name == "Alice L.").then_some(())
        },
    );
    let profile = Profile {
        full_name: "Alice Liddell".into(),
        note: "Down the\nrabbit hole".into(),
        email: "alice@example.org".into(),
        ..Profile::default()
    };
    alice.account(|account| AccountCommand::SetProfile {
        account,
        profile: profile.clone(),
    });
    bob.contact(ContactCommand::FetchProfile {
        account: bob.account,
        jid: address("alice"),
    });
    let fetched = bob.client.reader().profile(bob.account, &address("alice"));
    assert_eq!(fetched.expect("readable"), Some(profile));
    alice.account(|account| AccountCommand::SetAvatar {
        account,
        picture: None,
    });
    contact(&bob, "alice", "without picture", |contact| {
        contact.avatar.is_none()
    });
}

pub(crate) fn pictures_reach_programs_that_only_know_vcards() {
    let server = Prosody::with(&["alice", "bob"]);
    let (alice, bob) = friends(&server);
    alice.account(|account| AccountCommand::SetAvatar {
        account,
        picture: Some(picture(100)),
    });
    let avatar = contact(&bob, "alice", "pictured", |contact| {
        contact.avatar.is_some()
    })
    .avatar
    .expect("there is one");
    // The server puts the hash into our presence (XEP-0398).
    let phone = Peer::login("bob", server.port());
    phone.sees("the hash of the picture in presence", |event| {
        let xml = event["xml"].as_str().unwrap_or_default();
        xml.contains("vcard-temp:x:update") && xml.contains(&avatar)
    });
}

pub(crate) fn a_server_without_conversion_gets_the_picture_in_the_vcard_too() {
    let server = Wishes::default()
        .accounts(&["alice", "bob"])
        .without("vcard_legacy")
        .without("vcard4")
        .start();
    let (alice, bob) = friends(&server);
    alice.account(|account| AccountCommand::SetProfile {
        account,
        profile: Profile {
            full_name: "Alice".into(),
            ..Profile::default()
        },
    });
    alice.account(|account| AccountCommand::SetAvatar {
        account,
        picture: Some(picture(50)),
    });
    let avatar = contact(&bob, "alice", "pictured", |contact| {
        contact.avatar.is_some()
    })
    .avatar
    .expect("there is one");
    server.logs(&["RECV", "vcard-temp:x:update", &avatar]);
    bob.contact(ContactCommand::FetchProfile {
        account: bob.account,
        jid: address("alice"),
    });
    let fetched = bob.client.reader().profile(bob.account, &address("alice"));
    assert_eq!(fetched.expect("readable").expect("kept").full_name, "Alice");
}

pub(crate) fn the_blocked_are_silent_and_see_nothing() {
    let server = Prosody::with(&["alice", "bob"]);
    let (alice, bob) = friends(&server);
    let (account, jid) = (alice.account, address("bob"));
    alice.contact(ContactCommand::Block {
        account,
        jid: jid.clone(),
    });
    let blocked = || alice.client.reader().blocked(account).expect("readable");
    assert_eq!(blocked(), [jid.to_string()]);
    shows(&alice, "bob", "hidden", |presence| {
        presence.show == Show::Offline
    });
    shows(&bob, "alice", "gone", |presence| {
        presence.show == Show::Offline
    });
    alice.contact(ContactCommand::Unblock {
        account,
        jid: jid.into(),
    });
    assert!(blocked().is_empty());
    shows(&bob, "alice", "back", |presence| {
        presence.show == Show::Online
    });
}

pub(crate) fn strangers_learn_nothing_of_a_device_they_can_name() {
    let server = Prosody::with(&["alice", "mallory"]);
    let alice = Session::login("alice", server.endpoint());
    let ConnectionState::Online { jid } = alice.state() else {
        panic!("she is online")
    };
    let mut mallory = Peer::login("mallory", server.port());
    for (id, payload) in [
        (
            "a",
            "<query xmlns='http://jabber.org/protocol/disco#info'/>",
        ),
        ("b", "<query xmlns='jabber:iq:version'/>"),
        ("c", "<ping xmlns='urn:xmpp:ping'/>"),
        ("d", "<made-up xmlns='nobody:knows'/>"),
    ] {
        mallory.raw(&format!(
            "<iq type='get' id='ask-{id}' to='{jid}'>{payload}</iq>"
        ));
        let answer = mallory.sees("an answer", |event| {
            let xml = event["xml"].as_str().unwrap_or_default();
            xml.starts_with("<iq") && xml.contains(&format!("ask-{id}"))
        });
        let xml = answer["xml"].as_str().unwrap_or_default();
        assert!(xml.contains("service-unavailable"), "{xml}");
    }
    let answers = server.received_stanzas();
    let to_mallory: Vec<_> = answers
        .iter()
        .filter(|stanza| stanza.contains("ask-") && stanza.contains("type='error'"))
        .map(|stanza| {
            stanza
                .replace("ask-a", "")
                .replace("ask-b", "")
                .replace("ask-c", "")
                .replace("ask-d", "")
        })
        .collect();
    assert_eq!(to_mallory.len(), 4, "{answers:?}");
    assert!(
        to_mallory.iter().all(|answer| *answer == to_mallory[0]),
        "{to_mallory:?}"
    );
}

pub(crate) fn a_changed_password_is_used_from_then_on() {
    let server = Prosody::with(&["alice"]);
    let mut alice = Session::login("alice", server.endpoint());
    alice.account(|account| AccountCommand::ChangePassword {
        account,
        password: Secret::new("another <one>"),
    });
    alice.client.restart();
    alice.is_online();
    let old = Session::begin(crate::client::Client::start(), "alice", server.endpoint());
    assert_eq!(old.stops(), FailureKind::WrongPassword);
}

pub(crate) fn a_deleted_account_is_gone_on_both_sides() {
    let server = Prosody::with(&["alice"]);
    let alice = Session::login("alice", server.endpoint());
    alice.account(|account| AccountCommand::Remove {
        account,
        on_server: true,
    });
    alice.client.until("no account is left", |handle| {
        handle
            .reader()
            .accounts()
            .expect("readable")
            .is_empty()
            .then_some(())
    });
    let again = Session::begin(crate::client::Client::start(), "alice", server.endpoint());
    assert_eq!(again.stops(), FailureKind::WrongPassword);
}
