//! What a login asks for, with a thousand contacts: everything once, and nothing that is known already.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sha1::{Digest, Sha1};
use tessera::{
    model::{Avatar, Subscription},
    store::Store,
    xmpp::picture::sha1_hex,
};

use crate::script::Script;

const CONTACTS: usize = 1_000;
/// Programs that contacts use; people use few.
const PROGRAMS: usize = 12;

/// A program as its caps show it: node, hash, and the answer to a question about them.
fn program(number: usize) -> (String, String, String) {
    let features = ["http://jabber.org/protocol/caps", "urn:xmpp:receipts"];
    let text = format!(
        "client/pc//Program {number}<{}<{}<",
        features[0], features[1]
    );
    let ver = BASE64.encode(Sha1::digest(text));
    let node = format!("https://program{number}.example");
    let features: String = features.map(|f| format!("<feature var='{f}'/>")).concat();
    let info = format!(
        "<query xmlns='http://jabber.org/protocol/disco#info' node='{node}#{ver}'>\
         <identity category='client' type='pc' name='Program {number}'/>{features}</query>"
    );
    (node, ver, info)
}

fn picture(number: usize) -> Vec<u8> {
    format!("picture {number}").into_bytes()
}

/// Alice with many contacts, whose pictures she has.
fn alice() -> Script {
    let mut alice = Script::new();
    for n in 0..CONTACTS {
        alice.has_contact(&format!("person{n}@example.org"), Subscription::Both);
    }
    let account = alice.account;
    let pictures = |txn: &tessera::store::Txn<'_>| {
        for n in 0..CONTACTS {
            let jid = format!("person{n}@example.org").parse().expect("JID");
            let png = picture(n);
            let avatar = Avatar {
                sha1: sha1_hex(&png),
                png,
            };
            txn.set_avatar(account, &jid, &avatar)?;
        }
        Ok::<_, tessera::store::StoreError>(())
    };
    alice.store.write(pictures).expect("written");
    alice
}

/// The program was started again.
fn again(store: &Store) -> Script {
    Script::on(store.clone())
}

/// Logs in; then every contact is there, with program and picture.
fn logs_in(alice: &mut Script) {
    let programs: Vec<_> = (0..PROGRAMS).map(program).collect();
    for (node, ver, info) in &programs {
        let node = format!("{node}#{ver}");
        alice.programs.insert(node, info.clone());
    }
    alice.comes_online();
    for n in 0..CONTACTS {
        let (node, ver, _) = &programs[n % PROGRAMS];
        alice.receives(&format!(
            "<presence from='person{n}@example.org/x' to='alice@example.org/Tessera'>\
             <c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='{node}' ver='{ver}'/>\
             <x xmlns='vcard-temp:x:update'><photo>{}</photo></x></presence>",
            sha1_hex(&picture(n))
        ));
    }
}

/// Number and bytes of what was written, by what it is about.
fn traffic(alice: &Script) -> BTreeMap<String, (usize, usize)> {
    let mut all = BTreeMap::new();
    for stanza in &alice.written {
        let element: minidom::Element = stanza.parse().expect("our own XML");
        let about = match element.children().next() {
            Some(payload) if element.name() == "iq" => payload.ns(),
            _ => element.name().to_owned(),
        };
        let to = element
            .attr("to")
            .is_some_and(|to| to.starts_with("person"));
        let about = if to {
            format!("{about} to contacts")
        } else {
            about
        };
        let (count, bytes): &mut (usize, usize) = all.entry(about).or_default();
        *count += 1;
        *bytes += stanza.len();
    }
    all
}

#[test]
fn a_thousand_contacts_cost_one_question_for_each_program_and_no_more_later() {
    let mut first = alice();
    logs_in(&mut first);
    let to_contacts = "http://jabber.org/protocol/disco#info to contacts";
    let learnt = traffic(&first);
    assert_eq!(
        learnt.get(to_contacts).map(|t| t.0),
        Some(PROGRAMS),
        "{learnt:?}"
    );
    let total = |all: &BTreeMap<String, (usize, usize)>| {
        all.values()
            .fold((0, 0), |sum, t| (sum.0 + t.0, sum.1 + t.1))
    };
    let mut second = again(&first.store);
    // The server keeps what was published.
    second.nodes = std::mem::take(&mut first.nodes);
    logs_in(&mut second);
    let known = traffic(&second);
    assert!(
        known.keys().all(|about| !about.ends_with("to contacts")),
        "nobody is asked: {known:?}"
    );
    // A login of a returning device is a handful of stanzas, whoever is on the roster.
    let (stanzas, bytes) = total(&known);
    assert!(
        stanzas <= 12 && bytes < 6_000,
        "{stanzas} stanzas, {bytes} bytes: {known:?}"
    );
    // What follows is silence: nothing is asked again in an hour.
    second.written.clear();
    for _ in 0..60 {
        second.waits(60);
    }
    assert!(second.written.is_empty(), "{:?}", traffic(&second));
    println!("first login: {:?} of {learnt:#?}", total(&learnt));
    println!("returning: {:?} of {known:#?}", total(&known));
}
