//! Stories of the roster.

use super::{Change, ContactList, MAX_GROUPS, change, changes, item};
use crate::{
    command::{Command, ContactCommand},
    event::Event,
    model::{
        Ask, ConversationKind, FailureKind, Presence, RosterItem, Show, Subscription, Timestamp,
    },
    xmpp::{
        rfc6121_presence::PresenceTable,
        testing::{Outcome, Stage, bare},
    },
};

const BOB: &str =
    "<item jid='bob@example.net' name='Bob' subscription='both'><group>Work</group></item>";

fn stage() -> Stage {
    Stage::with(ContactList::default())
}

/// Connected, with this roster.
fn with_roster(items: &str) -> Stage {
    let mut stage = stage();
    let query = stage.connect().query_id();
    stage.receive(&format!(
        "<iq type='result' id='{query}'><query xmlns='jabber:iq:roster' ver='v1'>{items}</query></iq>"
    ));
    stage
}

fn push(stage: &mut Stage, from: &str, item: &str) -> Outcome {
    stage.receive(&format!(
        "<iq type='set' id='p' {from}><query xmlns='jabber:iq:roster' ver='v2'>{item}</query></iq>"
    ))
}

fn names(stage: &Stage) -> Vec<String> {
    let contacts = stage.reader().roster(stage.account).unwrap();
    contacts
        .into_iter()
        .map(|c| c.item.jid.to_string())
        .collect()
}

fn version(stage: &mut Stage) -> String {
    stage.write(|txn, account| txn.roster_version(account))
}

fn read(xml: &str) -> Option<Change> {
    let xml = xml.replacen("<item", "<item xmlns='jabber:iq:roster'", 1);
    change(&xml.parse().unwrap())
}

#[test]
fn an_item_is_read_with_all_it_says() {
    let expected = RosterItem {
        jid: bare("bob@example.net"),
        name: "Bob".into(),
        groups: vec!["Work".into()],
        subscription: Subscription::Both,
        ask: Ask::None,
    };
    assert_eq!(read(BOB), Some(Change::Put(expected)));
    let Some(Change::Put(item)) = read("<item jid='c@d.e' ask='subscribe'/>") else {
        panic!()
    };
    assert_eq!(
        (item.subscription, item.ask),
        (Subscription::None, Ask::Subscribe)
    );
}

#[test]
fn what_cannot_be_read_of_an_item_spoils_nothing_else() {
    assert_eq!(read("<item name='Nobody'/>"), None);
    assert_eq!(read("<item jid='not a jid'/>"), None);
    assert_eq!(read("<item jid='bob@example.net/phone'/>"), None);
    let Some(Change::Put(item)) = read(
        "<item jid='c@d.e' subscription='odd' ask='odd' odd='1'><odd xmlns='x'/><group/><group>A</group></item>",
    ) else {
        panic!()
    };
    assert_eq!(item.groups, ["A"]);
    let roster = format!(
        "<query xmlns='jabber:iq:roster'><item/><odd/>{BOB}<item xmlns='x' jid='c@d.e'/></query>"
    );
    assert_eq!(changes(&roster.parse().unwrap()).len(), 1);
}

#[test]
fn an_item_is_sent_without_what_only_the_server_decides() {
    let groups = ["Work".into(), " Work ".into(), String::new()];
    let xml = String::from(&minidom::Element::from(item(
        &bare("bob@example.net"),
        " Bob\u{7} ",
        &groups,
    )));
    assert!(
        xml.contains("jid='bob@example.net'") && xml.contains("name='Bob'"),
        "{xml}"
    );
    assert_eq!(xml.matches("Work</group>").count(), 1);
}

#[test]
fn the_roster_is_fetched_and_presence_follows() {
    let mut stage = stage();
    let asked = stage.connect();
    assert_eq!(asked.sent.len(), 1);
    assert!(!asked.sent[0].contains("ver="), "{asked:?}");
    let got = stage.receive(&format!(
        "<iq type='result' id='{}'><query xmlns='jabber:iq:roster' ver='v1'>{BOB}</query></iq>",
        asked.query_id()
    ));
    assert_eq!(names(&stage), ["bob@example.net"]);
    assert!(got.sent[0].starts_with("<presence "), "{got:?}");
    assert!(stage.link.announced);
    let changed = vec![bare("bob@example.net")];
    let account = stage.account;
    assert!(got.events.contains(&Event::Roster { account, changed }));
}

#[test]
fn a_known_version_is_not_fetched_again() {
    let mut stage = with_roster(BOB);
    stage.disconnect();
    stage.link.roster_versions = true;
    let asked = stage.connect();
    assert!(asked.sent[0].contains("ver='v1'"), "{asked:?}");
    let got = stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert_eq!(names(&stage), ["bob@example.net"]);
    assert!(!got.events.iter().any(|e| matches!(e, Event::Roster { .. })));
    assert!(stage.link.announced);
}

#[test]
fn presence_follows_also_when_there_is_no_roster() {
    let mut stage = stage();
    stage.connect();
    assert!(stage.time_out().sent[0].starts_with("<presence "));
    let mut stage = self::stage();
    let query = stage.connect().query_id();
    stage.disconnect();
    assert!(!stage.link.announced);
    let late = stage.receive(&format!(
        "<iq type='result' id='{query}'><query xmlns='jabber:iq:roster'>{BOB}</query></iq>"
    ));
    assert!(late.events.is_empty() && names(&stage).is_empty());
}

#[test]
fn a_resumed_session_keeps_its_roster() {
    let mut stage = with_roster(BOB);
    assert!(stage.resume().sent.is_empty());
}

#[test]
fn a_push_of_the_own_account_changes_one_contact() {
    for from in ["", "from='alice@example.org'"] {
        let mut stage = with_roster("");
        let pushed = push(&mut stage, from, BOB);
        assert_eq!(names(&stage), ["bob@example.net"]);
        assert!(pushed.sent[0].contains("type='result'"), "{pushed:?}");
        assert_eq!(version(&mut stage), "v2");
        push(
            &mut stage,
            from,
            "<item jid='bob@example.net' subscription='remove'/>",
        );
        assert!(names(&stage).is_empty());
    }
}

#[test]
fn b14_roster_push_of_anybody_else_is_ignored() {
    for from in [
        "bob@example.net",
        "bob@example.net/x",
        "alice@example.org/other",
        "alice@example.org/tessera.1",
        "example.org",
        "alice@example.org.evil.example",
        "ALICE@example.org/x",
    ] {
        let mut stage = with_roster(BOB);
        let pushed = push(
            &mut stage,
            &format!("from='{from}'"),
            "<item jid='mallory@evil.example' subscription='both'/>",
        );
        assert!(!pushed.handled, "{from}");
        assert!(pushed.events.is_empty());
        assert_eq!(names(&stage), ["bob@example.net"], "{from}");
        assert_eq!(version(&mut stage), "v1");
    }
}

#[test]
fn b13_a_roster_from_somebody_else_with_the_right_id_is_ignored() {
    let mut stage = stage();
    let query = stage.connect().query_id();
    let roster = format!("<query xmlns='jabber:iq:roster'>{BOB}</query>");
    stage.receive(&format!(
        "<iq type='result' id='{query}' from='mallory@evil.example'>{roster}</iq>"
    ));
    assert!(names(&stage).is_empty());
    stage.receive(&format!(
        "<iq type='result' id='{query}' from='alice@example.org'>{roster}</iq>"
    ));
    assert_eq!(names(&stage).len(), 1);
}

#[test]
fn a_push_has_exactly_one_item() {
    let mut stage = with_roster("");
    for items in ["", &format!("{BOB}<item jid='c@d.e'/>"), "<item/>"] {
        assert!(push(&mut stage, "", items).is_refused_with("bad-request"));
        assert!(names(&stage).is_empty());
    }
}

#[test]
fn b15_hostile_items_are_bounded() {
    let groups = "<group>../</group>".to_owned()
        + &(0..200)
            .map(|n| format!("<group>g{n}</group>"))
            .collect::<String>();
    let name = format!("&lt;b&gt;{}", "x".repeat(5000));
    let mut stage = with_roster(&format!(
        "<item jid='bob@example.net' name='{name}'>{groups}</item>\
         <item jid='bob@example.net' subscription='to'/>\
         <item jid='gone@example.net' subscription='remove'/>"
    ));
    let contacts = stage.reader().roster(stage.account).unwrap();
    assert_eq!(contacts.len(), 1); // The later of two items counts.
    assert_eq!(contacts[0].item.subscription, Subscription::To);
    push(
        &mut stage,
        "",
        &format!("<item jid='bob@example.net' name='{name}'>{groups}</item>"),
    );
    let contact = stage
        .reader()
        .contact(stage.account, &bare("bob@example.net"));
    let item = contact.unwrap().unwrap().item;
    assert_eq!(item.name.chars().count(), 128);
    assert!(item.name.starts_with("<b>x"));
    assert_eq!(item.groups.len(), MAX_GROUPS);
    assert!(item.groups.contains(&"../".to_owned()));
}

#[test]
fn adding_waits_for_the_server_and_then_asks() {
    let mut stage = with_roster("");
    let account = stage.account;
    let asked = stage.command(&Command::Contact(ContactCommand::Add {
        account,
        jid: bare("carol@example.net"),
        name: "Carol".into(),
        groups: vec!["Work".into()],
        message: "It is me".into(),
    }));
    assert!(asked.finished.is_none() && asked.events.is_empty());
    assert!(names(&stage).is_empty());
    let done = stage.receive(&format!("<iq type='result' id='{}'/>", asked.query_id()));
    assert_eq!(done.finished, Some(Ok(())));
    let outbox = stage.outbox();
    assert_eq!(outbox.len(), 1);
    assert!(
        outbox[0].contains("type='subscribe'") && outbox[0].contains("It is me"),
        "{outbox:?}"
    );
}

#[test]
fn a_refused_change_is_told_and_changes_nothing() {
    let mut stage = with_roster(BOB);
    let account = stage.account;
    let jid = bare("bob@example.net");
    let asked = stage.command(&Command::Contact(ContactCommand::Remove { account, jid }));
    assert!(asked.sent[0].contains("subscription='remove'"), "{asked:?}");
    let done = stage.receive(&format!(
        "<iq type='error' id='{}'><error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        asked.query_id()
    ));
    let failure = done.finished.unwrap().unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused("not-allowed".into()));
    assert_eq!(names(&stage).len(), 1);
    assert!(stage.outbox().is_empty());
}

#[test]
fn changes_without_a_connection_end_at_once() {
    let mut stage = stage();
    let account = stage.account;
    let done = stage.command(&Command::Contact(ContactCommand::Edit {
        account,
        jid: bare("bob@example.net"),
        name: String::new(),
        groups: vec![],
    }));
    assert_eq!(done.finished, Some(Err(FailureKind::Offline.into())));
    assert!(done.sent.is_empty());
}

#[test]
fn a_change_that_nobody_answers_ends_with_the_session() {
    let mut stage = with_roster(BOB);
    let account = stage.account;
    let jid = bare("bob@example.net");
    stage.command(&Command::Contact(ContactCommand::Remove { account, jid }));
    assert!(stage.disconnect().finished.unwrap().is_err());
}

#[test]
fn a_new_name_shows_in_the_chat_and_a_lost_subscription_in_presence() {
    let mut stage = with_roster(BOB);
    let (account, jid) = (stage.account, bare("bob@example.net"));
    let chat = stage.write(|txn, account| {
        txn.conversation_with(account, &bare("bob@example.net"), ConversationKind::Person)
    });
    stage.live.set_presence(
        account,
        &jid,
        Some(Presence {
            show: Show::Online,
            ..Presence::default()
        }),
    );
    let pushed = push(
        &mut stage,
        "",
        "<item jid='bob@example.net' name='Robert'/>",
    );
    assert!(
        pushed.events.contains(&Event::Conversations(vec![chat])),
        "{pushed:?}"
    );
    assert_eq!(stage.live.presence(account, &jid), Presence::default());
}

#[test]
fn a_request_answered_on_another_device_leaves_the_inbox() {
    let mut stage = with_roster("");
    stage.write(|txn, account| {
        txn.add_subscription_request(account, &bare("carol@example.net"), "", "", Timestamp(1))
    });
    let pushed = push(
        &mut stage,
        "",
        "<item jid='carol@example.net' subscription='from'/>",
    );
    assert!(pushed.events.contains(&Event::Requests));
    assert!(stage.reader().requests().unwrap().is_empty());
}

#[test]
fn a_large_roster_is_one_event() {
    let items: String = (0..5000)
        .map(|n| format!("<item jid='c{n}@example.net' subscription='both'/>"))
        .collect();
    let mut stage = Stage::new(vec![
        Box::new(ContactList::default()),
        Box::new(PresenceTable::default()),
    ]);
    let query = stage.connect().query_id();
    let got = stage.receive(&format!(
        "<iq type='result' id='{query}'><query xmlns='jabber:iq:roster'>{items}</query></iq>"
    ));
    let (account, changed) = (stage.account, vec![]);
    assert!(
        got.events.contains(&Event::Roster { account, changed }),
        "{:?}",
        got.events
    );
    assert_eq!(names(&stage).len(), 5000);
}
