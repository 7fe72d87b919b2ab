//! Hashes of what a client can do, true and false ones.

use minidom::Element;

use super::{Caps, verify};
use crate::{
    model::Subscription,
    xmpp::{
        rfc6121_presence::PresenceTable,
        testing::{Outcome, Stage, bare},
        xep0030_disco::Info,
    },
};

/// The example of section 5.2.
const EXODUS: &str = "<query xmlns='http://jabber.org/protocol/disco#info' \
    node='http://code.google.com/p/exodus#QgayPKawpkPSDYmwT/WM94uAlu0='>\
    <identity category='client' name='Exodus 0.9.1' type='pc'/>\
    <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>\
    <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/></query>";
const EXODUS_VER: &str = "QgayPKawpkPSDYmwT/WM94uAlu0=";

/// The example of section 5.3.
const PSI: &str = "<query xmlns='http://jabber.org/protocol/disco#info'>\
    <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>\
    <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>\
    <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>\
    <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>\
    <x xmlns='jabber:x:data' type='result'>\
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>\
    <field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>\
    <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>\
    <field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field></x></query>";
const PSI_VER: &str = "q07IKJEyjvHSyhy//CH0CxmKi8w=";

fn proves(info: &str, ver: &str) -> bool {
    verify::proved(&info.parse().unwrap(), "sha-1", ver).is_some()
}

fn query(inside: &str) -> String {
    format!("<query xmlns='http://jabber.org/protocol/disco#info'>{inside}</query>")
}

fn text(inside: &str) -> Option<String> {
    verify::text(&query(inside).parse::<Element>().unwrap())
}

#[test]
fn the_examples_of_the_specification_are_proved() {
    assert!(proves(EXODUS, EXODUS_VER));
    assert!(proves(PSI, PSI_VER));
    let entry = verify::proved(&EXODUS.parse().unwrap(), "sha-1", EXODUS_VER).unwrap();
    assert_eq!(entry.client, "Exodus 0.9.1");
    assert_eq!(entry.features.len(), 4);
}

#[test]
fn the_order_on_the_wire_does_not_matter_and_unknown_children_are_left_out() {
    let shuffled = PSI
        .replace("<field var='os'><value>Mac</value></field>", "")
        .replace(
            "</x>",
            "<field var='os'><value>Mac</value></field><odd xmlns='x'/></x><odd xmlns='x'/>",
        );
    assert!(proves(&shuffled, PSI_VER));
}

#[test]
fn b18_a_hash_that_does_not_fit_proves_nothing() {
    assert!(!proves(EXODUS, PSI_VER));
    assert!(!proves(&EXODUS.replace("Exodus 0.9.1", "Evil"), EXODUS_VER));
    for ver in ["", "1.0", "QgayPKawpkPSDYmwT/WM94uAlu0"] {
        assert!(!proves(EXODUS, ver));
    }
    assert!(verify::proved(&EXODUS.parse().unwrap(), "md5", EXODUS_VER).is_none());
    assert!(verify::proved(&EXODUS.parse().unwrap(), "sha-256", EXODUS_VER).is_none());
}

#[test]
fn b18_separators_inside_of_parts_are_refused() {
    let id = "<identity category='client' type='pc' name='X'/>";
    assert_eq!(text(id).as_deref(), Some("client/pc//X<"));
    // Two features in one, an identity with features in its name, a value with a separator.
    assert_eq!(text(&format!("{id}<feature var='a&lt;b'/>")), None);
    assert_eq!(
        text("<identity category='client' type='pc' name='X&lt;a'/>"),
        None
    );
    let form = |value| {
        format!(
            "{id}<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>f</value></field>\
             <field var='a'><value>{value}</value></field></x>"
        )
    };
    assert!(text(&form("ok")).is_some());
    assert_eq!(text(&form("a&lt;b")), None);
}

#[test]
fn b18_features_cannot_be_passed_off_as_something_else() {
    let id = "<identity category='client' type='pc'/>";
    // A feature as identity: the same text as with the feature.
    assert_eq!(
        text("<identity category='http:' type='' lang='' name='jabber.org/protocol/muc'/>"),
        None
    );
    assert_eq!(text("<feature var='client/pc//'/>"), None);
    // The last features as a form.
    let moved = format!(
        "{id}<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:a</value></field>{{}}</x>"
    );
    assert_eq!(text(&moved.replace("{}", "")), None);
    assert_eq!(
        text(&moved.replace("{}", "<field var='urn:b'><value>urn:c</value></field>")),
        None
    );
}

#[test]
fn ill_formed_answers_prove_nothing() {
    let id = "<identity category='client' type='pc'/>";
    assert_eq!(text(""), None);
    assert_eq!(text("<identity type='pc'/>"), None);
    assert_eq!(text(&format!("{id}{id}")), None);
    assert_eq!(text(&format!("{id}<feature/>")), None);
    assert_eq!(
        text(&format!("{id}<feature var='a'/><feature var='a'/>")),
        None
    );
    let form = "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>f</value></field>\
                <field var='a'><value>1</value></field></x>";
    assert_eq!(text(&format!("{id}{form}{form}")), None);
    // A form without a hidden FORM_TYPE is ignored (section 5.4, item 3.6).
    let ignored = form.replace(" type='hidden'", "");
    assert_eq!(text(&format!("{id}{ignored}")), text(id));
    let many: String = (0..2000)
        .map(|n| format!("<feature var='f{n}'/>"))
        .collect();
    assert_eq!(text(&format!("{id}{many}")), None);
}

fn stage() -> Stage {
    let mut stage = Stage::new(vec![
        Box::new(PresenceTable::default()),
        Box::new(Caps::new(&Info::default())),
    ]);
    for jid in [
        "bob@example.net",
        "carol@example.net",
        "dan@example.net",
        "eve@example.net",
    ] {
        stage.has_contact(jid, Subscription::Both);
    }
    stage.connect();
    stage
}

fn shows(stage: &mut Stage, from: &str, ver: &str) -> Outcome {
    stage.receive(&format!(
        "<presence from='{from}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='{ver}'/></presence>"
    ))
}

fn answers(stage: &mut Stage, from: &str, id: &str, info: &str) -> Outcome {
    stage.receive(&format!(
        "<iq type='result' id='{id}' from='{from}'>{info}</iq>"
    ))
}

fn client(stage: &Stage, jid: &str) -> Option<String> {
    stage.live.presence(stage.account, &bare(jid)).resources[0]
        .client
        .clone()
}

fn known(stage: &mut Stage, ver: &str) -> bool {
    stage.write(|txn, _| txn.caps("sha-1", ver)).is_some()
}

#[test]
fn a_hash_is_asked_for_once_and_names_the_program_of_all() {
    let mut stage = stage();
    let asked = shows(&mut stage, "bob@example.net/a", EXODUS_VER);
    assert!(
        asked.sent[0].contains("to='bob@example.net/a'"),
        "{asked:?}"
    );
    assert!(asked.sent[0].contains(&format!("node='n#{EXODUS_VER}'")));
    assert!(
        shows(&mut stage, "carol@example.net/b", EXODUS_VER)
            .sent
            .is_empty()
    );
    assert!(
        shows(&mut stage, "bob@example.net/a", EXODUS_VER)
            .sent
            .is_empty()
    );
    answers(&mut stage, "bob@example.net/a", &asked.query_id(), EXODUS);
    assert!(known(&mut stage, EXODUS_VER));
    for jid in ["bob@example.net", "carol@example.net"] {
        assert_eq!(client(&stage, jid).as_deref(), Some("Exodus 0.9.1"));
    }
    assert!(
        shows(&mut stage, "dan@example.net/c", EXODUS_VER)
            .sent
            .is_empty()
    );
    assert_eq!(
        client(&stage, "dan@example.net").as_deref(),
        Some("Exodus 0.9.1")
    );
    stage.disconnect();
    stage.connect();
    assert!(
        shows(&mut stage, "bob@example.net/a", EXODUS_VER)
            .sent
            .is_empty()
    );
}

#[test]
fn b18_a_poisoned_answer_is_not_kept_and_somebody_else_is_asked() {
    let mut stage = stage();
    let asked = shows(&mut stage, "eve@example.net/a", EXODUS_VER);
    shows(&mut stage, "bob@example.net/a", EXODUS_VER);
    let poison = EXODUS.replace("Exodus 0.9.1", "Poison");
    let again = answers(&mut stage, "eve@example.net/a", &asked.query_id(), &poison);
    assert!(!known(&mut stage, EXODUS_VER));
    assert!(
        again.sent[0].contains("to='bob@example.net/a'"),
        "{again:?}"
    );
    answers(&mut stage, "bob@example.net/a", &again.query_id(), EXODUS);
    assert!(known(&mut stage, EXODUS_VER));
    assert_eq!(
        client(&stage, "bob@example.net").as_deref(),
        Some("Exodus 0.9.1")
    );
    assert_eq!(client(&stage, "eve@example.net"), None);
}

#[test]
fn a_hash_that_nobody_proves_is_given_up() {
    let mut stage = stage();
    let mut asked = shows(&mut stage, "bob@example.net/a", "AAAA");
    for jid in [
        "carol@example.net/a",
        "dan@example.net/a",
        "eve@example.net/a",
    ] {
        shows(&mut stage, jid, "AAAA");
    }
    for jid in [
        "bob@example.net/a",
        "carol@example.net/a",
        "dan@example.net/a",
    ] {
        asked = answers(&mut stage, jid, &asked.query_id(), EXODUS);
    }
    assert!(asked.sent.is_empty());
    assert!(
        shows(&mut stage, "bob@example.net/a", "AAAA")
            .sent
            .is_empty()
    );
}

#[test]
fn strangers_are_not_asked_and_a_flood_of_hashes_is_a_trickle() {
    let mut stage = stage();
    assert!(
        shows(&mut stage, "mallory@evil.example/x", EXODUS_VER)
            .sent
            .is_empty()
    );
    let mut sent = 0;
    for n in 0..2000 {
        sent += shows(&mut stage, "bob@example.net/a", &format!("AAA{n}"))
            .sent
            .len();
    }
    assert_eq!(sent, 4);
    let lost = stage.disconnect();
    assert!(lost.sent.is_empty());
}

#[test]
fn presence_without_usable_caps_is_no_question() {
    let mut stage = stage();
    for c in [
        "<c xmlns='http://jabber.org/protocol/caps'/>",
        "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='1.0' ext='a b'/>",
        "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='odd'/>",
        "<c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='sha-1'/>\
         <c xmlns='http://jabber.org/protocol/caps' node='n' ver='v' hash='sha-1'/>",
    ] {
        let got = stage.receive(&format!(
            "<presence from='bob@example.net/a'>{c}</presence>"
        ));
        assert!(got.sent.is_empty(), "{c}");
    }
}

#[test]
fn our_own_presence_carries_a_hash_that_our_own_answer_proves() {
    let info = Info::of(&crate::xmpp::registry::extensions());
    let mut stage = Stage::with(Caps::new(&info));
    let presence: Element = stage.own_presence().parse().unwrap();
    let caps = presence.get_child("c", xmpp_parsers::ns::CAPS).unwrap();
    let ver = caps.attr(rxml::xml_ncname!("ver")).unwrap();
    let answer = Element::from(info.result(None));
    assert!(verify::proved(&answer, "sha-1", ver).is_some());
    // The same as the library computes it.
    let result = xmpp_parsers::disco::DiscoInfoResult::try_from(answer).unwrap();
    let text = xmpp_parsers::caps::compute_disco(&result);
    let hash = xmpp_parsers::caps::hash_caps(&text, xmpp_parsers::hashes::Algo::Sha_1).unwrap();
    assert_eq!(hash.to_base64(), ver);
}
