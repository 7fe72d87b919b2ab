//! Stories of accounts that are created.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::*;
use crate::{
    model::{Field, FieldKind},
    xmpp::stream::scripted::{HEADER, Script},
};

fn element(xml: &str) -> Element {
    xml.parse().unwrap()
}

fn answer(query: &str) -> Element {
    element(&format!(
        "<iq xmlns='jabber:client' type='result' id='form'>\
         <query xmlns='jabber:iq:register'>{query}</query></iq>"
    ))
}

fn png(side: u32) -> String {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(side, side)
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    BASE64.encode(bytes.into_inner())
}

fn captcha(data: &str) -> Element {
    element(&format!(
        "<iq xmlns='jabber:client' type='result' id='form'><query xmlns='jabber:iq:register'>\
         <x xmlns='jabber:x:data' type='form'><field var='ocr' type='text-single'>\
         <media xmlns='urn:xmpp:media-element'><uri type='image/png'>cid:sha1+a@bob.xmpp.org</uri>\
         </media></field></x></query>\
         <data xmlns='urn:xmpp:bob' cid='sha1+a@bob.xmpp.org' type='image/png'>{data}</data></iq>"
    ))
}

#[test]
fn the_form_is_asked_for_only_after_features() {
    let mut ask = Ask {
        domain: "chat.example".into(),
        asked: false,
    };
    let early = "<iq xmlns='jabber:client' type='result' id='form'/>";
    assert!(ask.receive(element(early)).is_err());
    let features = element("<features xmlns='http://etherx.jabber.org/streams'/>");
    let actions = ask.receive(features).unwrap();
    let [Action::Send(request)] = &actions[..] else {
        panic!("{actions:?}")
    };
    assert_eq!(request.attr("to"), Some("chat.example"));
    assert!(matches!(
        &ask.receive(answer("<username/>")).unwrap()[..],
        [Action::Done(_)]
    ));
}

#[test]
fn fixed_fields_become_a_form_and_back() {
    let (mut form, style) = read(&answer(
        "<instructions>Hello</instructions><username/><password/><evil/>",
    ))
    .unwrap();
    assert_eq!(style, Style::Elements);
    assert_eq!(form.instructions, "Hello");
    let kinds: Vec<_> = form.fields.iter().map(|field| &field.kind).collect();
    assert_eq!(kinds, [&FieldKind::Text, &FieldKind::Password]);
    form.fields[0].values = vec!["anna".into()];
    form.fields[1].values = vec!["p<&>".into()];
    let written = fields::write(&form);
    assert_eq!(
        written[0],
        element("<username xmlns='jabber:iq:register'>anna</username>")
    );
    assert_eq!(written[1].text(), "p<&>");
}

#[test]
fn the_picture_of_a_captcha_is_decoded_and_bounded() {
    let kind = |answer: &Element| read(answer).unwrap().0.fields.remove(0).kind;
    let FieldKind::Captcha(Some(picture)) = kind(&captcha(&png(40))) else {
        panic!("no picture")
    };
    assert!(picture.png.starts_with(b"\x89PNG"));
    for bad in [
        png(2001),
        "!!!".into(),
        BASE64.encode("not a picture"),
        String::new(),
    ] {
        assert_eq!(kind(&captcha(&bad)), FieldKind::Captcha(None));
    }
}

#[test]
fn a_page_to_visit_is_shown_only_when_it_is_one() {
    let page = |url: &str| {
        read(&answer(&format!(
            "<x xmlns='jabber:x:oob'><url>{url}</url></x>"
        )))
        .unwrap()
        .0
        .url
    };
    assert_eq!(
        page("https://a.example/join").as_deref(),
        Some("https://a.example/join")
    );
    for bad in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "",
        &"https://".repeat(1000),
    ] {
        assert_eq!(page(bad), None);
    }
}

#[test]
fn refusals_have_their_meaning() {
    let refused = |condition: &str| {
        element(&format!(
            "<iq xmlns='jabber:client' type='error' id='register-1'><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
             <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>words</text></error></iq>"
        ))
    };
    for (condition, kind) in [
        ("conflict", FailureKind::NameTaken),
        ("not-acceptable", FailureKind::FormRejected),
        ("bad-request", FailureKind::FormRejected),
        ("not-allowed", FailureKind::FormRejected),
        (
            "resource-constraint",
            FailureKind::Refused("resource-constraint".into()),
        ),
    ] {
        let failure = rejection(&refused(condition));
        assert_eq!(failure.kind, kind);
        assert_eq!(failure.text.as_deref(), Some("words"));
    }
    for condition in [
        "service-unavailable",
        "not-allowed",
        "feature-not-implemented",
    ] {
        assert_eq!(
            unavailable(&refused(condition)).kind,
            FailureKind::Unsupported
        );
    }
    let empty = element("<iq xmlns='jabber:client' type='error' id='register-1'/>");
    assert_eq!(rejection(&empty).kind, FailureKind::Protocol);
}

#[tokio::test]
async fn a_form_is_corrected_and_sent_again_on_the_same_stream() {
    let (client, mut server) = ElementStream::pair().await.unwrap();
    let (form, style) = read(&answer("<username/><password/>")).unwrap();
    let mut registration = Registration {
        stream: client,
        domain: "chat.example".into(),
        form,
        style,
        patience: Patience::default(),
        count: 0,
    };
    let fill = |name: &str| {
        let mut form = Form::default();
        form.fields.push(Field {
            var: "username".into(),
            label: String::new(),
            kind: FieldKind::Text,
            required: true,
            values: vec![name.into()],
        });
        form
    };
    let serve = async {
        for outcome in [
            "type='error' id='register-1'><error type='cancel'>\
             <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
            "type='result' id='register-2'/>",
        ] {
            let Incoming::Element(_) = server.next().await else {
                panic!("no request")
            };
            let noise = element("<message xmlns='jabber:client'/>");
            server.send(&noise).await.unwrap();
            let answer = element(&format!("<iq xmlns='jabber:client' {outcome}"));
            server.send(&answer).await.unwrap();
        }
    };
    let register = async {
        let refused = registration.submit(fill("anna")).await.unwrap_err();
        assert_eq!(refused.kind, FailureKind::NameTaken);
        assert_eq!(
            registration.submit(fill("a b")).await.unwrap_err().kind,
            FailureKind::BadInput
        );
        let jid = registration.submit(fill("Anna2")).await.unwrap();
        assert_eq!(jid.as_str(), "anna2@chat.example");
    };
    tokio::join!(serve, register);
}

#[tokio::test]
async fn a_new_account_from_the_first_byte_to_the_address() {
    let script = Script::new().await;
    let options = script.options();
    let client = async {
        let mut registration =
            open_registration("chat.example", options.endpoint, None, options.pin).await?;
        let mut form = registration.form().clone();
        form.fields[0].values = vec!["anna".into()];
        form.fields[1].values = vec!["pencil".into()];
        registration.submit(form).await
    };
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, "<stream:features/>"].concat()).await;
        let asked = peer.hears("</iq>").await;
        assert!(asked.contains("to='chat.example'") && asked.contains("jabber:iq:register"));
        let form = String::from(&answer("<username/><password/>"));
        peer.says(&form).await;
        let filled = peer.hears("</iq>").await;
        assert!(filled.contains("<username>anna</username><password>pencil</password>"));
        peer.says("<iq xmlns='jabber:client' type='result' id='register-1'/>")
            .await;
        peer
    };
    let (jid, _peer) = tokio::join!(client, server);
    assert_eq!(jid.unwrap().as_str(), "anna@chat.example");
}

#[tokio::test]
async fn without_encryption_nobody_is_registered() {
    let script = Script::new().await;
    let options = script.options();
    let client = open_registration("chat.example", options.endpoint, None, options.pin);
    let server = async {
        let mut peer = script.accept().await;
        peer.hears("version='1.0'>").await;
        let register = "<stream:features><register xmlns='http://jabber.org/features/iq-register'/></stream:features>";
        peer.says(&[HEADER, register].concat()).await;
        peer.hears("</stream:stream>").await
    };
    let (registration, heard) = tokio::join!(client, server);
    assert_eq!(registration.err().unwrap().kind, FailureKind::NoEncryption);
    assert_eq!(heard, "</stream:stream>");
}
