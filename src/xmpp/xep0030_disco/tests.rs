//! Questions about what others and we can do.

use super::{Disco, Info};
use crate::{
    model::Subscription,
    xmpp::{
        registry,
        testing::{Outcome, Stage},
    },
};

fn stage() -> Stage {
    let mut stage = Stage::with(Disco::new(Info::of(&registry::extensions())));
    stage.has_contact("bob@example.net", Subscription::From);
    stage.has_contact("carol@other.example", Subscription::To);
    stage
}

fn asks(stage: &mut Stage, from: &str, query: &str) -> Outcome {
    stage.receive(&format!("<iq type='get' id='i' from='{from}'>{query}</iq>"))
}

fn ids(outcome: &Outcome) -> Vec<String> {
    let id = |xml: &String| {
        let element: minidom::Element = xml.parse().unwrap();
        element.attr(rxml::xml_ncname!("id")).unwrap().to_owned()
    };
    outcome.sent.iter().map(id).collect()
}

const INFO: &str = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

#[test]
fn contacts_ourselves_and_our_server_learn_what_we_can_do() {
    for from in [
        "bob@example.net/x",
        "bob@example.net",
        "example.net",
        "example.org",
        "alice@example.org",
        "alice@example.org/phone",
    ] {
        let mut stage = stage();
        let told = asks(&mut stage, from, INFO);
        assert!(
            told.sent[0].contains("category='client'"),
            "{from}: {told:?}"
        );
        assert!(told.sent[0].contains(&format!("to='{from}'")));
        assert!(told.sent[0].contains("var='urn:xmpp:ping'"));
        assert!(told.sent[0].contains("var='http://jabber.org/protocol/caps'"));
        assert!(!told.sent[0].contains("jabber:iq:time"));
    }
}

#[test]
fn k87_strangers_learn_nothing() {
    for from in [
        "mallory@evil.example/x",
        "evil.example",
        "carol@other.example/x",
        "other.example",
        "example.org.evil.example",
    ] {
        let mut stage = stage();
        let told = asks(&mut stage, from, INFO);
        // Left to the session, which answers everything unknown in the same way.
        assert!(!told.handled && told.sent.is_empty(), "{from}: {told:?}");
    }
    let mut stage = stage();
    stage.write(|txn, account| txn.change_blocked(account, &["bob@example.net".into()], &[]));
    assert!(!asks(&mut stage, "bob@example.net/x", INFO).handled);
}

#[test]
fn only_our_own_node_is_known() {
    let mut stage = stage();
    let node = crate::xmpp::xep0115_caps::own_node(&Info::of(&registry::extensions()));
    let query = |node: &str| {
        format!("<query xmlns='http://jabber.org/protocol/disco#info' node='{node}'/>")
    };
    let told = asks(&mut stage, "bob@example.net/x", &query(&node));
    assert!(told.sent[0].contains(&format!("node='{node}'")), "{told:?}");
    let told = asks(
        &mut stage,
        "bob@example.net/x",
        &query("https://tessera.im#other"),
    );
    assert!(told.is_refused_with("item-not-found"));
    let items = "<query xmlns='http://jabber.org/protocol/disco#items'/>";
    assert!(asks(&mut stage, "bob@example.net/x", items).sent[0].contains("type='result'"));
    let commands = "<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>";
    assert!(asks(&mut stage, "bob@example.net/x", commands).is_refused_with("item-not-found"));
}

#[test]
fn b17_nothing_can_be_controlled_from_outside() {
    let features = Info::of(&registry::extensions()).features;
    for absent in [
        "http://jabber.org/protocol/commands",
        "http://jabber.org/protocol/rc",
        "http://jabber.org/protocol/rosterx",
        "urn:xmpp:time",
        "jabber:iq:last",
    ] {
        assert!(!features.contains(absent), "{absent}");
    }
}

#[test]
fn b17_commands_and_roster_exchange_are_not_handled_by_anybody() {
    for (kind, payload) in [
        (
            "set",
            "<command xmlns='http://jabber.org/protocol/commands' node='http://jabber.org/protocol/rc#forward' action='execute'/>",
        ),
        (
            "set",
            "<x xmlns='http://jabber.org/protocol/rosterx'><item action='add' jid='m@evil.example'/></x>",
        ),
        ("get", "<query xmlns='jabber:iq:last'/>"),
        ("get", "<time xmlns='urn:xmpp:time'/>"),
    ] {
        for from in [
            "mallory@evil.example/x",
            "bob@example.net/x",
            "alice@example.org/phone",
        ] {
            let mut stage = Stage::new(registry::extensions());
            stage.has_contact("bob@example.net", Subscription::Both);
            stage.connect();
            let got = stage.receive(&format!(
                "<iq type='{kind}' id='c' from='{from}'>{payload}</iq>"
            ));
            assert!(
                !got.handled && got.sent.is_empty() && got.events.is_empty(),
                "{from}: {got:?}"
            );
        }
    }
}

#[test]
fn what_the_server_can_do_is_told_once_both_have_answered() {
    let mut stage = stage();
    let asked = stage.connect();
    assert_eq!(asked.sent.len(), 2);
    assert!(asked.sent[0].contains("to='example.org'"));
    assert!(asked.sent[1].contains("to='alice@example.org'"));
    let ids = ids(&asked);
    stage.receive(&format!(
        "<iq type='result' id='{}' from='example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <identity category='server' type='im'/><feature var='urn:xmpp:blocking'/><feature/>\
         <odd xmlns='x'/><feature xmlns='x' var='no'/><feature var='urn:xmpp:blocking'/></query></iq>",
        ids[0]
    ));
    assert_eq!(
        stage.link.server.iter().collect::<Vec<_>>(),
        ["urn:xmpp:blocking"]
    );
    assert!(!stage.link.pep);
    stage.receive(&format!(
        "<iq type='result' id='{}' from='alice@example.org'><query xmlns='http://jabber.org/protocol/disco#info'>\
         <identity category='pubsub' type='pep'/><feature var='{}'/></query></iq>",
        ids[1],
        "x".repeat(1000)
    ));
    assert!(stage.link.pep && stage.link.own.is_empty());
    assert!(!stage.link.newly_discovered, "settled");
}

#[test]
fn discovery_ends_also_when_nobody_answers() {
    /// Counts how often it is told.
    struct Told(std::sync::Arc<std::sync::atomic::AtomicU32>);
    impl crate::xmpp::Extension for Told {
        fn xep(&self) -> &'static str {
            "test"
        }
        fn discovered(
            &mut self,
            _cx: &mut crate::xmpp::Cx<'_, '_>,
        ) -> Result<(), crate::store::StoreError> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(())
        }
    }
    let told = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let mut stage = Stage::new(vec![
        Box::new(Disco::new(Info::default())),
        Box::new(Told(told.clone())),
    ]);
    stage.connect();
    stage.time_out();
    assert_eq!(told.load(std::sync::atomic::Ordering::Relaxed), 1);
    stage.connect();
    stage.disconnect();
    assert_eq!(told.load(std::sync::atomic::Ordering::Relaxed), 1);
}

#[test]
fn a_resumed_session_asks_nothing() {
    assert!(stage().resume().sent.is_empty());
}
