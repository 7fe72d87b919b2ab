//! Stories of pictures.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::Avatars;
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{FailureKind, Subscription},
    xmpp::{
        picture,
        testing::{Outcome, Stage, bare},
        xep0153_vcard_avatar::VcardAvatars,
    },
};

const CONVERSION: &str = "urn:xmpp:pep-vcard-conversion:0";

/// A picture file of one colour.
pub(crate) fn file(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(vec![]);
    image::DynamicImage::from(image::RgbImage::from_pixel(8, 8, image::Rgb([shade, 0, 0])))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn stage() -> Stage {
    let mut stage = Stage::with(Avatars::default());
    stage.has_contact("bob@example.net", Subscription::Both);
    stage.connect();
    stage.link.pep = true;
    stage
}

fn announces(stage: &mut Stage, from: &str, infos: &str) -> Outcome {
    stage.receive(&format!(
        "<message from='{from}' type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'>\
         <items node='urn:xmpp:avatar:metadata'><item id='x'><metadata xmlns='urn:xmpp:avatar:metadata'>{infos}</metadata>\
         </item></items></event></message>"
    ))
}

fn info(file: &[u8]) -> String {
    let (bytes, id) = (file.len(), picture::sha1_hex(file));
    format!("<info bytes='{bytes}' id='{id}' type='image/png' width='8' height='8'/>")
}

fn data(from: &str, query: &str, file: &[u8]) -> String {
    let text = BASE64.encode(file);
    let (a, b) = text.split_at(20);
    format!(
        "<iq type='result' id='{query}' from='{from}'><pubsub xmlns='http://jabber.org/protocol/pubsub'>\
         <items node='urn:xmpp:avatar:data'><item id='x'><data xmlns='urn:xmpp:avatar:data'>{a}\n {b}</data></item></items></pubsub></iq>"
    )
}

fn avatar_of(stage: &Stage, jid: &str) -> Option<String> {
    stage.reader().avatar_of(stage.account, &bare(jid)).unwrap()
}

fn set(stage: &mut Stage, picture: Option<Vec<u8>>) -> Outcome {
    let account = stage.account;
    stage.command(&Command::Account(AccountCommand::SetAvatar {
        account,
        picture,
    }))
}

fn result(stage: &mut Stage, to: &Outcome) -> Outcome {
    stage.receive(&format!("<iq type='result' id='{}'/>", to.query_id()))
}

#[test]
fn a_contacts_picture_is_fetched_once_from_its_account() {
    let mut stage = stage();
    let asked = announces(&mut stage, "bob@example.net", &info(&file(1)));
    assert!(asked.sent[0].contains("to='bob@example.net'"), "{asked:?}");
    assert!(asked.sent[0].contains("node='urn:xmpp:avatar:data'"));
    assert!(
        announces(&mut stage, "bob@example.net", &info(&file(1)))
            .sent
            .is_empty()
    );
    let got = stage.receive(&data("bob@example.net", &asked.query_id(), &file(1)));
    let (account, jid) = (stage.account, bare("bob@example.net"));
    assert!(got.events.contains(&Event::Profile { account, jid }));
    let sha1 = avatar_of(&stage, "bob@example.net").unwrap();
    assert_eq!(sha1, picture::sha1_hex(&file(1)));
    assert!(
        stage
            .reader()
            .avatar(&sha1)
            .unwrap()
            .unwrap()
            .png
            .starts_with(b"\x89PNG")
    );
    assert!(
        announces(&mut stage, "bob@example.net", &info(&file(1)))
            .sent
            .is_empty()
    );
}

#[test]
fn a_picture_that_is_kept_is_not_fetched_again() {
    let mut stage = stage();
    stage.has_contact("carol@example.net", Subscription::To);
    let asked = announces(&mut stage, "bob@example.net", &info(&file(1)));
    stage.receive(&data("bob@example.net", &asked.query_id(), &file(1)));
    assert!(
        announces(&mut stage, "carol@example.net", &info(&file(1)))
            .sent
            .is_empty()
    );
    assert!(avatar_of(&stage, "carol@example.net").is_some());
}

#[test]
fn k87_nothing_is_fetched_for_strangers_the_blocked_or_devices() {
    let mut stage = stage();
    stage.has_contact("carol@example.net", Subscription::From);
    stage.has_contact("dan@example.net", Subscription::Both);
    stage.write(|txn, account| txn.change_blocked(account, &["dan@example.net".into()], &[]));
    for from in [
        "mallory@evil.example",
        "carol@example.net",
        "dan@example.net",
        "bob@example.net/phone",
    ] {
        let got = announces(&mut stage, from, &info(&file(1)));
        assert!(got.sent.is_empty() && got.events.is_empty(), "{from}");
    }
}

#[test]
fn a_picture_with_another_hash_or_from_somebody_else_is_not_kept() {
    let mut stage = stage();
    let asked = announces(&mut stage, "bob@example.net", &info(&file(1)));
    let query = asked.query_id();
    assert!(
        stage
            .receive(&data("mallory@evil.example", &query, &file(1)))
            .events
            .is_empty()
    );
    assert!(
        stage
            .receive(&data("bob@example.net", &query, &file(2)))
            .events
            .is_empty()
    );
    assert_eq!(avatar_of(&stage, "bob@example.net"), None);
}

#[test]
fn i75_what_is_no_picture_is_not_kept() {
    let mut stage = stage();
    let bad = b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec();
    let asked = announces(&mut stage, "bob@example.net", &info(&bad));
    stage.receive(&data("bob@example.net", &asked.query_id(), &bad));
    assert_eq!(avatar_of(&stage, "bob@example.net"), None);
    // And is not asked for again in this session.
    assert!(
        announces(&mut stage, "bob@example.net", &info(&bad))
            .sent
            .is_empty()
    );
}

#[test]
fn announcements_that_cannot_be_used_ask_nobody() {
    let mut stage = stage();
    let good = info(&file(1));
    for bad in [
        good.replace("<info", "<info url='https://evil.example/track.png'"),
        good.replace("bytes='", "bytes='9999999"),
        good.replace(" id='", " id='../"),
        "<info bytes='1' type='image/png'/>".to_owned(),
        "<odd xmlns='x'/><pointer/>".to_owned(),
    ] {
        assert!(
            announces(&mut stage, "bob@example.net", &bad)
                .sent
                .is_empty(),
            "{bad}"
        );
    }
    let other = good.replace("image/png", "image/webp");
    let both = format!("<odd xmlns='x'/>{}{good}", other);
    assert_eq!(
        announces(&mut stage, "bob@example.net", &both).sent.len(),
        1
    );
}

#[test]
fn a_picture_can_be_taken_back() {
    for gone in [
        "",
        "<items node='urn:xmpp:avatar:metadata'><retract id='x'/></items>",
    ] {
        let mut stage = stage();
        let asked = announces(&mut stage, "bob@example.net", &info(&file(1)));
        stage.receive(&data("bob@example.net", &asked.query_id(), &file(1)));
        if gone.is_empty() {
            announces(&mut stage, "bob@example.net", "");
        } else {
            stage.receive(&format!(
                "<message from='bob@example.net'><event xmlns='http://jabber.org/protocol/pubsub#event'>{gone}</event></message>"
            ));
        }
        assert_eq!(avatar_of(&stage, "bob@example.net"), None);
    }
}

#[test]
fn many_pictures_are_fetched_a_few_at_a_time() {
    let mut stage = stage();
    let mut sent = vec![];
    for n in 0..20 {
        let jid = format!("c{n}@example.net");
        stage.has_contact(&jid, Subscription::Both);
        sent.extend(announces(&mut stage, &jid, &info(&file(n))).sent);
    }
    assert_eq!(sent.len(), 4);
    let refilled = stage.time_out();
    assert_eq!(refilled.sent.len(), 4);
    assert!(stage.disconnect().sent.is_empty());
}

#[test]
fn our_picture_is_published_as_data_then_metadata() {
    let mut stage = stage();
    stage.link.own.insert(CONVERSION.into());
    let first = set(&mut stage, Some(file(9)));
    assert!(
        first.sent[0].contains("<publish node='urn:xmpp:avatar:data'"),
        "{first:?}"
    );
    let second = result(&mut stage, &first);
    assert!(second.sent[0].contains("<publish node='urn:xmpp:avatar:metadata'"));
    assert!(second.sent[0].contains("width='8'") && second.finished.is_none());
    let done = result(&mut stage, &second);
    assert_eq!(done.finished, Some(Ok(())));
    assert!(done.sent.is_empty(), "the server converts: {done:?}");
    let sha1 = avatar_of(&stage, "alice@example.org").unwrap();
    assert!(second.sent[0].contains(&format!("id='{sha1}'")));
}

#[test]
fn where_the_server_does_not_convert_the_vcard_gets_it_too() {
    let mut stage = Stage::new(vec![
        Box::new(Avatars::default()),
        Box::new(VcardAvatars::default()),
    ]);
    stage.connect();
    stage.link.pep = true;
    stage.link.announced = true;
    let first = set(&mut stage, Some(file(9)));
    let second = result(&mut stage, &first);
    let read = result(&mut stage, &second);
    assert!(read.sent[0].contains("<vCard ") && read.sent[0].contains("type='get'"));
    let write = stage.receive(&format!(
        "<iq type='result' id='{}'><vCard xmlns='vcard-temp'><FN>Alice</FN><X-ODD>1</X-ODD></vCard></iq>",
        read.query_id()
    ));
    for part in [
        "<FN>Alice</FN>",
        "<X-ODD>1</X-ODD>",
        "<TYPE>image/png</TYPE>",
        "<BINVAL>",
    ] {
        assert!(write.sent[0].contains(part), "{part}: {write:?}");
    }
    let done = result(&mut stage, &write);
    assert_eq!(done.finished, Some(Ok(())));
    let sha1 = avatar_of(&stage, "alice@example.org").unwrap();
    assert!(
        done.sent[0].starts_with("<presence") && done.sent[0].contains(&sha1),
        "{done:?}"
    );
}

#[test]
fn our_picture_can_be_removed() {
    let mut stage = stage();
    stage.link.own.insert(CONVERSION.into());
    let first = set(&mut stage, Some(file(9)));
    let second = result(&mut stage, &first);
    result(&mut stage, &second);
    let asked = set(&mut stage, None);
    assert!(
        asked.sent[0].contains("<metadata xmlns='urn:xmpp:avatar:metadata'/>"),
        "{asked:?}"
    );
    assert_eq!(result(&mut stage, &asked).finished, Some(Ok(())));
    assert_eq!(avatar_of(&stage, "alice@example.org"), None);
}

#[test]
fn a_file_that_is_no_picture_and_a_refusal_are_told() {
    let mut stage = stage();
    let done = set(&mut stage, Some(b"text".to_vec()));
    assert_eq!(done.finished, Some(Err(FailureKind::BadInput.into())));
    assert!(done.sent.is_empty());
    let asked = set(&mut stage, Some(file(9)));
    let done = stage.receive(&format!(
        "<iq type='error' id='{}'><error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
        asked.query_id()
    ));
    assert!(done.finished.unwrap().is_err());
    assert_eq!(avatar_of(&stage, "alice@example.org"), None);
    stage.disconnect();
    assert_eq!(
        set(&mut stage, None).finished,
        Some(Err(FailureKind::Offline.into()))
    );
}

#[test]
fn our_picture_from_another_device_is_known_here() {
    let mut stage = stage();
    let asked = announces(&mut stage, "alice@example.org", &info(&file(3)));
    stage.receive(&data("alice@example.org", &asked.query_id(), &file(3)));
    assert!(avatar_of(&stage, "alice@example.org").is_some());
}
