//! Stories of pictures in profiles.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::VcardAvatars;
use crate::{
    model::{Avatar, Subscription},
    xmpp::{
        picture,
        testing::{Outcome, Stage, bare},
        xep0084_avatar,
    },
};

const CONVERSION: &str = "urn:xmpp:pep-vcard-conversion:0";

fn file(shade: u8) -> Vec<u8> {
    xep0084_avatar::tests::file(shade)
}

fn stage() -> Stage {
    let mut stage = Stage::with(VcardAvatars::default());
    stage.has_contact("bob@example.net", Subscription::Both);
    stage.connect();
    stage.link.announced = true;
    stage
}

fn shows(stage: &mut Stage, from: &str, photo: &str) -> Outcome {
    stage.receive(&format!(
        "<presence from='{from}'><x xmlns='vcard-temp:x:update'>{photo}</x></presence>"
    ))
}

fn photo(file: &[u8]) -> String {
    format!("<photo>{}</photo>", picture::sha1_hex(file).to_uppercase())
}

fn card(from: &str, query: &str, file: &[u8]) -> String {
    let text = BASE64.encode(file);
    format!(
        "<iq type='result' id='{query}' {from}><vCard xmlns='vcard-temp'><ODD/><PHOTO><TYPE>image/odd</TYPE>\
         <BINVAL>{text}\n</BINVAL></PHOTO></vCard></iq>"
    )
}

fn avatar_of(stage: &Stage, jid: &str) -> Option<String> {
    stage.reader().avatar_of(stage.account, &bare(jid)).unwrap()
}

#[test]
fn a_contacts_picture_comes_from_its_vcard() {
    let mut stage = stage();
    let asked = shows(&mut stage, "bob@example.net/a", &photo(&file(1)));
    assert!(asked.sent[0].contains("to='bob@example.net'"), "{asked:?}");
    assert!(
        shows(&mut stage, "bob@example.net/b", &photo(&file(1)))
            .sent
            .is_empty()
    );
    stage.receive(&card("from='bob@example.net'", &asked.query_id(), &file(1)));
    assert_eq!(
        avatar_of(&stage, "bob@example.net"),
        Some(picture::sha1_hex(&file(1)))
    );
    assert!(
        shows(&mut stage, "bob@example.net/a", &photo(&file(1)))
            .sent
            .is_empty()
    );
}

#[test]
fn k87_nothing_is_fetched_for_strangers() {
    let mut stage = stage();
    for from in ["mallory@evil.example/x", "room@muc.example/bob"] {
        assert!(shows(&mut stage, from, &photo(&file(1))).sent.is_empty());
    }
}

#[test]
fn a_picture_with_another_hash_is_not_kept() {
    let mut stage = stage();
    let asked = shows(&mut stage, "bob@example.net/a", &photo(&file(1)));
    stage.receive(&card("from='bob@example.net'", &asked.query_id(), &file(2)));
    assert_eq!(avatar_of(&stage, "bob@example.net"), None);
    assert!(
        shows(&mut stage, "bob@example.net/a", &photo(&file(1)))
            .sent
            .is_empty()
    );
}

#[test]
fn odd_announcements_ask_nobody() {
    let mut stage = stage();
    for photo in [
        "",
        "<photo>../../etc/passwd</photo>",
        "<photo>1234</photo>",
        "<odd/>",
        "<photo/>",
    ] {
        assert!(
            shows(&mut stage, "bob@example.net/a", photo)
                .sent
                .is_empty(),
            "{photo}"
        );
    }
    let twice = format!("<x xmlns='vcard-temp:x:update'>{}</x>", photo(&file(1)));
    let got = stage.receive(&format!(
        "<presence from='bob@example.net/a'>{twice}{twice}</presence>"
    ));
    assert!(got.sent.is_empty());
}

#[test]
fn what_the_account_publishes_goes_before_its_vcard() {
    let mut stage = stage();
    stage.link.pep_avatars.insert(bare("bob@example.net"));
    assert!(
        shows(&mut stage, "bob@example.net/a", &photo(&file(1)))
            .sent
            .is_empty()
    );
    assert!(
        shows(&mut stage, "bob@example.net/a", "<photo/>")
            .sent
            .is_empty()
    );
}

fn bob_has_a_picture(stage: &mut Stage) {
    let (sha1, png) = (picture::sha1_hex(&file(1)), file(1));
    stage.write(|txn, account| {
        txn.set_avatar(account, &bare("bob@example.net"), &Avatar { sha1, png })
    });
}

#[test]
fn no_picture_in_presence_is_checked_before_it_is_believed() {
    let mut stage = stage();
    bob_has_a_picture(&mut stage);
    let asked = shows(&mut stage, "bob@example.net/a", "<photo/>");
    assert!(
        asked.sent[0].contains("urn:xmpp:avatar:metadata"),
        "{asked:?}"
    );
    assert!(
        shows(&mut stage, "bob@example.net/b", "<photo/>")
            .sent
            .is_empty()
    );
    stage.receive(&format!(
        "<iq type='result' id='{}' from='bob@example.net'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <items node='urn:xmpp:avatar:metadata'><item><metadata xmlns='urn:xmpp:avatar:metadata'><info/></metadata></item></items></pubsub></iq>",
        asked.query_id()
    ));
    assert!(avatar_of(&stage, "bob@example.net").is_some());
    let asked = shows(&mut stage, "bob@example.net/a", "<photo/>");
    stage.receive(&format!(
        "<iq type='error' id='{}' from='bob@example.net'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        asked.query_id()
    ));
    assert_eq!(avatar_of(&stage, "bob@example.net"), None);
}

#[test]
fn silence_removes_no_picture() {
    let mut stage = stage();
    bob_has_a_picture(&mut stage);
    shows(&mut stage, "bob@example.net/a", "<photo/>");
    stage.time_out();
    assert!(avatar_of(&stage, "bob@example.net").is_some());
}

#[test]
fn a_server_that_converts_fills_in_our_hash() {
    let mut stage = stage();
    assert!(stage.discover(&[], &[CONVERSION]).sent.is_empty());
    assert!(
        stage
            .own_presence()
            .contains("<x xmlns='vcard-temp:x:update'/>")
    );
}

#[test]
fn without_conversion_we_announce_what_our_vcard_holds() {
    let mut stage = stage();
    assert!(
        stage
            .own_presence()
            .contains("<x xmlns='vcard-temp:x:update'/>")
    );
    let asked = stage.discover(&[], &[]);
    let got = stage.receive(&card("", &asked.query_id(), &file(4)));
    let sha1 = picture::sha1_hex(&file(4));
    assert!(
        got.sent[0].contains(&format!("<photo>{sha1}</photo>")),
        "{got:?}"
    );
    assert_eq!(avatar_of(&stage, "alice@example.org"), Some(sha1));
}

#[test]
fn an_empty_vcard_has_no_picture_and_an_unreadable_one_is_not_known() {
    let mut stage = stage();
    let asked = stage.discover(&[], &[]);
    stage.receive(&format!(
        "<iq type='error' id='{}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        asked.query_id()
    ));
    assert!(stage.own_presence().contains("<photo/>"));
    let mut stage = self::stage();
    let asked = stage.discover(&[], &[]);
    stage.receive(&format!(
        "<iq type='result' id='{}'><vCard xmlns='vcard-temp'><PHOTO><BINVAL>%%%</BINVAL></PHOTO></vCard></iq>",
        asked.query_id()
    ));
    assert!(
        stage
            .own_presence()
            .contains("<x xmlns='vcard-temp:x:update'/>")
    );
}

#[test]
fn another_device_with_another_picture_makes_us_look_again() {
    let mut stage = stage();
    let asked = stage.discover(&[], &[]);
    stage.receive(&card("", &asked.query_id(), &file(4)));
    assert!(
        shows(&mut stage, "alice@example.org/phone", &photo(&file(4)))
            .sent
            .is_empty()
    );
    assert!(
        shows(&mut stage, "alice@example.org/phone", "")
            .sent
            .is_empty()
    );
    let again = shows(&mut stage, "alice@example.org/phone", &photo(&file(5)));
    assert_eq!(
        again.sent.len(),
        2,
        "a presence that is not ready, and the question: {again:?}"
    );
    let got = stage.receive(&card("", &again.query_id(), &file(5)));
    assert!(got.sent[0].contains(&picture::sha1_hex(&file(5))));
    // A program that knows nothing of this may have changed the vCard unseen.
    let unsure = stage.receive("<presence from='alice@example.org/old'/>");
    assert!(unsure.sent[0].contains("<x xmlns='vcard-temp:x:update'/>"));
}
