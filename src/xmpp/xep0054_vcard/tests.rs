//! Stories of profiles.

use minidom::Element;

use super::{CardChange, Profiles, card};
use crate::{
    command::{AccountCommand, Command, ContactCommand},
    event::Event,
    model::{FailureKind, Profile},
    xmpp::testing::{Outcome, Stage, bare},
};

const FULL: &str = "<vCard xmlns='vcard-temp' version='3.0'><FN>Bob B.</FN><N><FAMILY>B.</FAMILY></N>\
    <NICKNAME>bob</NICKNAME><ORG><ORGNAME>Org</ORGNAME><ORGUNIT>Unit</ORGUNIT></ORG>\
    <EMAIL><INTERNET/><USERID>b@x.y</USERID></EMAIL><URL>https://x.y</URL><TEL><HOME/><NUMBER>1</NUMBER></TEL>\
    <TEL><WORK/><NUMBER>2</NUMBER></TEL><DESC>one\ntwo</DESC><X-ODD><DEEP a='1'>t</DEEP></X-ODD></vCard>";

fn full() -> Profile {
    Profile {
        full_name: "Bob B.".into(),
        nickname: "bob".into(),
        organisation: "Org".into(),
        email: "b@x.y".into(),
        url: "https://x.y".into(),
        phone: "1".into(),
        note: "one\ntwo".into(),
    }
}

fn read(xml: &str) -> Profile {
    card::profile(&xml.parse().unwrap())
}

fn changed(xml: &str, profile: Profile) -> String {
    let mut element: Element = xml.parse().unwrap();
    card::apply(&mut element, &CardChange::Profile(profile));
    String::from(&element)
}

#[test]
fn all_fields_are_read() {
    assert_eq!(read(FULL), full());
    assert_eq!(read("<vCard xmlns='vcard-temp'/>"), Profile::default());
    let odd = "<vCard xmlns='vcard-temp'><ORG/><EMAIL><odd/></EMAIL><TEL>7</TEL><FN xmlns='x'>no</FN></vCard>";
    assert_eq!(read(odd), Profile::default());
}

#[test]
fn j78_fields_are_bounded_and_cleaned() {
    let long = "x".repeat(100_000);
    let profile = read(&format!(
        "<vCard xmlns='vcard-temp'><FN>\u{202e}a\nb{long}</FN><DESC>{long}</DESC></vCard>"
    ));
    assert!(profile.full_name.starts_with("a bx"));
    assert_eq!(profile.full_name.chars().count(), 512);
    assert_eq!(profile.note.chars().count(), 4096);
}

#[test]
fn what_is_not_changed_stays_as_it_is() {
    assert_eq!(
        changed(FULL, full()),
        String::from(&FULL.parse::<Element>().unwrap())
    );
    let new = Profile {
        full_name: "Robert".into(),
        organisation: String::new(),
        phone: "3".into(),
        email: String::new(),
        ..full()
    };
    let xml = changed(FULL, new.clone());
    for part in [
        "<FN>Robert</FN>",
        "<FAMILY>B.</FAMILY>",
        "<ORGUNIT>Unit</ORGUNIT>",
        "<NUMBER>3</NUMBER>",
        "<NUMBER>2</NUMBER>",
        "<HOME/>",
        "<X-ODD><DEEP a='1'>t</DEEP></X-ODD>",
        "version='3.0'",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    for part in ["ORGNAME", "USERID", "EMAIL", "<NUMBER>1<"] {
        assert!(!xml.contains(part), "{part}: {xml}");
    }
    assert_eq!(read(&xml), new);
}

#[test]
fn an_empty_vcard_gets_every_field_and_loses_them_again() {
    let xml = changed("<vCard xmlns='vcard-temp'/>", full());
    assert_eq!(read(&xml), full());
    let empty = changed(&xml, Profile::default());
    assert_eq!(read(&empty), Profile::default());
    assert!(!empty.contains("<TEL") && !empty.contains("<FN"), "{empty}");
}

#[test]
fn a_longer_field_than_we_read_is_not_cut_by_another_change() {
    let long = "x".repeat(1000);
    let xml = format!("<vCard xmlns='vcard-temp'><FN>{long}</FN></vCard>");
    let mut profile = read(&xml);
    profile.nickname = "n".into();
    assert!(changed(&xml, profile).contains(&long));
}

#[test]
fn a_description_that_comes_back_as_a_note_stays_one() {
    let xml = "<vCard xmlns='vcard-temp'><NOTE>one</NOTE></vCard>";
    assert_eq!(read(xml).note, "one");
    let mut profile = read(xml);
    profile.note = "two".into();
    let xml = changed(xml, profile);
    assert_eq!(xml, "<vCard xmlns='vcard-temp'><NOTE>two</NOTE></vCard>");
}

#[test]
fn a_picture_is_replaced_and_removed() {
    let mut element: Element =
        "<vCard xmlns='vcard-temp'><PHOTO/><FN>A</FN><PHOTO><EXTVAL>u</EXTVAL></PHOTO></vCard>"
            .parse()
            .unwrap();
    assert_eq!(card::photo(&element), None);
    card::apply(&mut element, &CardChange::Photo(Some(b"png".to_vec())));
    assert_eq!(card::photo(&element).as_deref(), Some("cG5n"));
    assert_eq!(String::from(&element).matches("<PHOTO").count(), 1);
    card::apply(&mut element, &CardChange::Photo(None));
    assert_eq!(
        String::from(&element),
        "<vCard xmlns='vcard-temp'><FN>A</FN></vCard>"
    );
}

fn stage() -> Stage {
    let mut stage = Stage::with(Profiles::default());
    stage.connect();
    stage
}

fn fetch(stage: &mut Stage, jid: &str) -> Outcome {
    let (account, jid) = (stage.account, bare(jid));
    stage.command(&Command::Contact(ContactCommand::FetchProfile {
        account,
        jid,
    }))
}

fn set(stage: &mut Stage, profile: Profile) -> Outcome {
    let account = stage.account;
    stage.command(&Command::Account(AccountCommand::SetProfile {
        account,
        profile,
    }))
}

fn error(id: &str, condition: &str) -> String {
    format!(
        "<iq type='error' id='{id}'><error type='cancel'><{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    )
}

#[test]
fn a_profile_is_fetched_when_the_person_asks() {
    let mut stage = stage();
    assert!(stage.discover(&[], &[]).sent.is_empty());
    let asked = fetch(&mut stage, "bob@example.net");
    assert!(asked.sent[0].contains("to='bob@example.net'"));
    let done = stage.receive(&format!(
        "<iq type='result' id='{}' from='bob@example.net'>{FULL}</iq>",
        asked.query_id()
    ));
    assert_eq!(done.finished, Some(Ok(())));
    let (account, jid) = (stage.account, bare("bob@example.net"));
    assert_eq!(stage.reader().profile(account, &jid).unwrap(), Some(full()));
    assert_eq!(done.events, [Event::Profile { account, jid }]);
    let own = fetch(&mut stage, "alice@example.org");
    assert!(!own.sent[0].contains(" to="));
}

#[test]
fn who_has_no_profile_and_who_is_not_connected_is_told() {
    let mut stage = stage();
    let query = fetch(&mut stage, "bob@example.net").query_id();
    let done = stage
        .receive(&error(&query, "item-not-found").replace("<iq", "<iq from='bob@example.net'"));
    assert!(done.finished.unwrap().is_err());
    stage.disconnect();
    let done = fetch(&mut stage, "bob@example.net");
    assert_eq!(done.finished, Some(Err(FailureKind::Offline.into())));
}

#[test]
fn our_profile_is_read_changed_and_written() {
    for absent in ["item-not-found", "service-unavailable"] {
        let mut stage = stage();
        let read = set(&mut stage, full());
        let write = stage.receive(&error(&read.query_id(), absent));
        assert!(write.sent[0].contains("<FN>Bob B.</FN>"), "{write:?}");
        let done = stage.receive(&format!("<iq type='result' id='{}'/>", write.query_id()));
        assert_eq!(done.finished, Some(Ok(())));
        let own = stage
            .reader()
            .profile(stage.account, &bare("alice@example.org"));
        assert_eq!(own.unwrap(), Some(full()));
    }
}

#[test]
fn a_vcard_that_could_not_be_read_is_not_overwritten() {
    let mut stage = stage();
    let read = set(&mut stage, full());
    let done = stage.receive(&error(&read.query_id(), "internal-server-error"));
    assert!(done.sent.is_empty() && done.finished.unwrap().is_err());
    set(&mut stage, full());
    assert!(stage.time_out().sent.is_empty());
}

#[test]
fn two_changes_at_once_do_not_undo_each_other() {
    let mut stage = stage();
    let first = set(&mut stage, full());
    let other = Profile {
        full_name: "Robert".into(),
        ..full()
    };
    let second = set(&mut stage, other);
    let card = |query: &str| {
        format!("<iq type='result' id='{query}'><vCard xmlns='vcard-temp'><X-ODD/></vCard></iq>")
    };
    let write = stage.receive(&card(&first.query_id()));
    assert!(write.sent[0].contains("type='set'"));
    let again = stage.receive(&card(&second.query_id()));
    assert!(
        again.sent[0].contains("type='get'"),
        "what was read is old: {again:?}"
    );
    let write = stage.receive(&format!(
        "<iq type='result' id='{}'>{FULL}</iq>",
        again.query_id()
    ));
    assert!(write.sent[0].contains("<FN>Robert</FN>"));
}
