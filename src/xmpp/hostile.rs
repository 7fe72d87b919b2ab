//! Made-up stanzas for all extensions at once: nothing that comes may panic, break the session or move what is stored
//! by others' word.

use minidom::Element;
use proptest::prelude::*;
use xmpp_parsers::{iq::Iq, message::Message, presence::Presence};

use super::{
    registry,
    testing::{Stage, bare},
};
use crate::{
    command::{AccountCommand, Command, ContactCommand},
    model::{OwnPresence, Profile, Secret, Show, Subscription},
};

/// What extensions look for, and some that none does.
const KNOWN: &[(&str, &str)] = &[
    ("query", "jabber:iq:roster"),
    ("item", "jabber:iq:roster"),
    ("group", "jabber:iq:roster"),
    ("query", "jabber:iq:version"),
    ("ping", "urn:xmpp:ping"),
    ("block", "urn:xmpp:blocking"),
    ("unblock", "urn:xmpp:blocking"),
    ("blocklist", "urn:xmpp:blocking"),
    ("item", "urn:xmpp:blocking"),
    ("x", "jabber:x:data"),
    ("field", "jabber:x:data"),
    ("value", "jabber:x:data"),
    ("vCard", "vcard-temp"),
    ("PHOTO", "vcard-temp"),
    ("BINVAL", "vcard-temp"),
    ("FN", "vcard-temp"),
    ("ORG", "vcard-temp"),
    ("x", "vcard-temp:x:update"),
    ("photo", "vcard-temp:x:update"),
    ("metadata", "urn:xmpp:avatar:metadata"),
    ("info", "urn:xmpp:avatar:metadata"),
    ("data", "urn:xmpp:avatar:data"),
    ("sent", "urn:xmpp:carbons:2"),
    ("received", "urn:xmpp:carbons:2"),
    ("forwarded", "urn:xmpp:forward:0"),
    ("message", "jabber:client"),
    ("body", "jabber:client"),
    ("result", "urn:xmpp:mam:2"),
    ("fin", "urn:xmpp:mam:2"),
    ("set", "http://jabber.org/protocol/rsm"),
    ("delay", "urn:xmpp:delay"),
    ("request", "urn:xmpp:receipts"),
    ("received", "urn:xmpp:receipts"),
    ("displayed", "urn:xmpp:chat-markers:0"),
    ("stanza-id", "urn:xmpp:sid:0"),
    ("c", "http://jabber.org/protocol/caps"),
    ("nick", "http://jabber.org/protocol/nick"),
    ("query", "http://jabber.org/protocol/disco#info"),
    ("feature", "http://jabber.org/protocol/disco#info"),
    ("identity", "http://jabber.org/protocol/disco#info"),
    ("query", "http://jabber.org/protocol/disco#items"),
    ("pubsub", "http://jabber.org/protocol/pubsub"),
    ("items", "http://jabber.org/protocol/pubsub"),
    ("item", "http://jabber.org/protocol/pubsub"),
    ("event", "http://jabber.org/protocol/pubsub#event"),
    ("items", "http://jabber.org/protocol/pubsub#event"),
    ("item", "http://jabber.org/protocol/pubsub#event"),
    ("retract", "http://jabber.org/protocol/pubsub#event"),
    ("purge", "http://jabber.org/protocol/pubsub#event"),
    ("command", "http://jabber.org/protocol/commands"),
    ("odd", "odd"),
];

const VALUES: &[&str] = &[
    "",
    "1",
    "-1",
    "99999999999999999999",
    "alice@example.org",
    "alice@example.org/tessera.1",
    "bob@example.net",
    "bob@example.net/x",
    "mallory@evil.example/x",
    "example.org",
    "@",
    "../../etc/passwd",
    "both",
    "remove",
    "hidden",
    "FORM_TYPE",
    "sha-1",
    "QgayPKawpkPSDYmwT/WM94uAlu0=",
    "a9993e364706816aba3e25717850c26c9cd0d89d",
    "urn:xmpp:avatar:metadata",
    "http://jabber.org/protocol/nick",
    "2026-01-01T00:00:00Z",
    "<b>&\u{202e}",
    "q-1",
    "q-2",
    "q-3",
];

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(VALUES).prop_map(str::to_owned),
        1 => "[ -~äλ😀\u{202e}]{0,20}",
    ]
}

/// Attributes with values that mean something.
const USUAL: &[(&str, &str)] = &[
    ("jid", "bob@example.net"),
    ("jid", "mallory@evil.example"),
    ("node", "urn:xmpp:avatar:metadata"),
    ("node", "urn:xmpp:avatar:data"),
    ("node", "http://jabber.org/protocol/nick"),
    ("subscription", "both"),
    ("subscription", "remove"),
    ("ver", "QgayPKawpkPSDYmwT/WM94uAlu0="),
    ("hash", "sha-1"),
    ("var", "FORM_TYPE"),
    ("type", "hidden"),
    ("category", "client"),
    ("id", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("bytes", "10"),
    ("by", "alice@example.org"),
    ("queryid", "q-1"),
    ("stamp", "2026-01-01T00:00:00Z"),
];

fn attributes() -> impl Strategy<Value = Vec<(usize, String)>> {
    let usual = prop::sample::select(USUAL).prop_map(|(name, value)| {
        let at = ATTRIBUTES.iter().position(|known| known.as_str() == name);
        (at.unwrap_or(0), value.to_owned())
    });
    prop::collection::vec(
        prop_oneof![2 => usual, 1 => (0..ATTRIBUTES.len(), value())],
        0..5,
    )
}

const ATTRIBUTES: &[&rxml::NcNameStr] = &[
    rxml::xml_ncname!("jid"),
    rxml::xml_ncname!("node"),
    rxml::xml_ncname!("ver"),
    rxml::xml_ncname!("hash"),
    rxml::xml_ncname!("var"),
    rxml::xml_ncname!("id"),
    rxml::xml_ncname!("by"),
    rxml::xml_ncname!("from"),
    rxml::xml_ncname!("to"),
    rxml::xml_ncname!("type"),
    rxml::xml_ncname!("category"),
    rxml::xml_ncname!("subscription"),
    rxml::xml_ncname!("ask"),
    rxml::xml_ncname!("name"),
    rxml::xml_ncname!("bytes"),
    rxml::xml_ncname!("url"),
    rxml::xml_ncname!("stamp"),
    rxml::xml_ncname!("queryid"),
    rxml::xml_ncname!("complete"),
];

type Name = (&'static str, &'static str);
type Head = (Name, Vec<(usize, String)>, String);

/// Mostly a name in its own namespace, sometimes in another one.
fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        8 => prop::sample::select(KNOWN),
        1 => (prop::sample::select(KNOWN), prop::sample::select(KNOWN)).prop_map(|(a, b)| (a.0, b.1)),
    ]
}

/// A payload of which a part usually fits together: children in the namespace of their parent.
fn payload() -> impl Strategy<Value = Element> {
    (
        name(),
        attributes(),
        prop::collection::vec(
            (any::<prop::sample::Index>(), attributes(), element()),
            0..5,
        ),
    )
        .prop_map(|((name, namespace), attributes, children)| {
            let siblings: Vec<Name> = KNOWN
                .iter()
                .filter(|known| known.1 == namespace)
                .copied()
                .collect();
            let mut outer = with_attributes(Element::builder(name, namespace), attributes);
            for (which, attributes, inner) in children {
                let name = if siblings.is_empty() {
                    name
                } else {
                    which.get(&siblings).0
                };
                let child = with_attributes(Element::builder(name, namespace), attributes);
                outer = outer.append(child.append(inner).build());
            }
            outer.build()
        })
}

fn with_attributes(
    mut builder: minidom::ElementBuilder,
    attributes: Vec<(usize, String)>,
) -> minidom::ElementBuilder {
    for (attribute, value) in attributes {
        builder = builder.attr(ATTRIBUTES[attribute].to_owned(), value);
    }
    builder
}

fn element() -> impl Strategy<Value = Element> {
    let head = || (name(), attributes(), value());
    let build = |((name, namespace), attributes, text): Head, children: Vec<Element>| {
        with_attributes(Element::builder(name, namespace), attributes)
            .append(text)
            .append_all(children)
            .build()
    };
    let leaf = head().prop_map(move |head| build(head, vec![]));
    leaf.prop_recursive(4, 40, 6, move |inner| {
        (head(), prop::collection::vec(inner, 0..6))
            .prop_map(move |(head, children)| build(head, children))
    })
}

fn stanza() -> impl Strategy<Value = Element> {
    let kinds: &[(&str, &str)] = &[
        ("iq", "get"),
        ("iq", "set"),
        ("iq", "result"),
        ("iq", "error"),
        ("presence", ""),
        ("presence", ""),
        ("presence", "subscribe"),
        ("presence", "unavailable"),
        ("presence", "error"),
        ("message", "headline"),
        ("message", "chat"),
        ("message", ""),
    ];
    (
        prop::sample::select(kinds),
        prop::option::of(prop::sample::select(FROM)),
        prop::sample::select(&["q-1", "q-2", "q-3", "q-4", "q-5", "q-6", "other"][..]),
        prop::collection::vec(payload(), 1..4),
    )
        .prop_map(|((name, kind), from, id, mut children)| {
            let mut builder = Element::builder(name, "jabber:client")
                .attr(rxml::xml_ncname!("id").to_owned(), id);
            if !kind.is_empty() {
                builder = builder.attr(rxml::xml_ncname!("type").to_owned(), kind);
            }
            if let Some(from) = from {
                builder = builder.attr(rxml::xml_ncname!("from").to_owned(), from);
            }
            if name == "iq" {
                children.truncate(1);
            }
            if kind == "error" {
                let condition = "<error xmlns='jabber:client' type='cancel'>\
                    <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
                children.extend(condition.parse::<Element>());
            }
            builder.append_all(children).build()
        })
}

/// Whom stanzas come from.
const FROM: &[&str] = &[
    "alice@example.org",
    "alice@example.org/phone",
    "bob@example.net",
    "bob@example.net/x",
    "bob@example.net/y",
    "example.org",
    "mallory@evil.example/x",
];

/// What the session would take as a stanza at all.
fn is_stanza(element: &Element) -> bool {
    match element.name() {
        "iq" => Iq::try_from(element.clone()).is_ok(),
        "presence" => Presence::try_from(element.clone()).is_ok(),
        _ => Message::try_from(element.clone()).is_ok(),
    }
}

fn stage() -> Stage {
    let mut stage = Stage::new(registry::extensions());
    stage.has_contact("bob@example.net", Subscription::Both);
    stage.connect();
    stage.discover(
        &["urn:xmpp:blocking", "urn:xmpp:carbons:2"],
        &["urn:xmpp:mam:2"],
    );
    stage
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_comes_panics(stanzas in prop::collection::vec(stanza(), 1..20)) {
        let mut stage = stage();
        for stanza in stanzas.iter().filter(|stanza| is_stanza(stanza)) {
            stage.receive(&String::from(stanza));
        }
        stage.time_out();
        stage.disconnect();
    }

    /// XML cannot carry every character that a person can paste: what cannot be sent must not reach the writer.
    #[test]
    fn whatever_a_person_types_can_be_sent(words in prop::collection::vec(any::<String>(), 4)) {
        let mut stage = stage();
        stage.link.pep = true;
        let (account, jid) = (stage.account, bare("carol@example.net"));
        let word = |at: usize| format!("\u{1b}{}\u{0}\u{ffff}", words[at]);
        for command in [
            Command::Contact(ContactCommand::Add {
                account,
                jid: jid.clone(),
                name: word(0),
                groups: vec![word(1), word(2)],
                message: word(3),
            }),
            Command::Contact(ContactCommand::Edit { account, jid, name: word(1), groups: vec![word(2)] }),
            Command::Account(AccountCommand::SetNickname { account, nickname: word(0) }),
            Command::Account(AccountCommand::SetPresence {
                account: Some(account),
                presence: OwnPresence { show: Show::Away, status: word(1) },
            }),
            Command::Account(AccountCommand::SetProfile {
                account,
                profile: Profile { full_name: word(0), note: word(1), email: word(2), ..Profile::default() },
            }),
            Command::Account(AccountCommand::ChangePassword { account, password: Secret::new(word(3)) }),
        ] {
            let sent = stage.command(&command).sent; // Written as XML: that panics when it cannot be.
            let ids = sent.iter().filter_map(|xml| xml.parse::<Element>().ok());
            let ids: Vec<String> = ids.filter_map(|e| e.attr(rxml::xml_ncname!("id")).map(str::to_owned)).collect();
            for id in ids {
                stage.receive(&format!("<iq type='result' id='{id}'/>"));
            }
        }
        for xml in stage.outbox() {
            prop_assert!(xml.parse::<Element>().is_ok());
        }
    }

    #[test]
    fn b12_strangers_change_neither_roster_nor_block_list(stanzas in prop::collection::vec(stanza(), 1..20)) {
        let mut stage = stage();
        for stanza in &stanzas {
            let mut stanza = stanza.clone();
            let from = rxml::xml_ncname!("from").to_owned();
            stanza.set_attr(rxml::Namespace::NONE, from, "mallory@evil.example/x");
            if is_stanza(&stanza) {
                let got = stage.receive(&String::from(&stanza));
                prop_assert!(got.sent.is_empty(), "{got:?}");
            }
        }
        let contacts = stage.reader().roster(stage.account).unwrap();
        prop_assert_eq!(contacts.len(), 1);
        prop_assert!(stage.reader().blocked(stage.account).unwrap().is_empty());
        prop_assert!(stage.outbox().is_empty());
        prop_assert!(stage.live.presences(stage.account).is_empty());
    }
}
