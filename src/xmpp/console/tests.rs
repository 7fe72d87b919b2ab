//! Stories of the console.

use futures::FutureExt;

use super::*;

fn element(xml: &str) -> Element {
    xml.parse().unwrap_or_else(|error| panic!("{error}: {xml}"))
}

fn message(body: &str) -> Element {
    element(&format!(
        "<message xmlns='jabber:client'><body>{body}</body></message>"
    ))
}

fn next(reader: &mut ConsoleReader) -> Option<News> {
    reader.next().now_or_never()
}

#[test]
fn nothing_is_kept_while_nobody_reads() {
    let console = Console::default();
    console.record(Way::Sent, &message("before"));
    let mut first = console.read();
    assert!(first.take_kept().is_empty());
    console.record(Way::Received, &message("hi"));
    let mut second = console.read();
    let kept = second.take_kept();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].way, Way::Received);
    assert!(kept[0].xml.contains("<body>hi</body>"));
    assert_eq!(next(&mut first), Some(News::Entry(kept[0].clone())));
    assert_eq!(next(&mut second), None, "it has that already");
    drop(first);
    drop(second);
    assert!(console.read().take_kept().is_empty());
}

#[test]
fn what_is_kept_is_bounded_and_a_slow_reader_is_told() {
    let console = Console::default();
    let mut slow = console.read();
    for number in 0..MAX_ENTRIES + 24 {
        console.record(Way::Sent, &message(&number.to_string()));
    }
    let kept = console.read().take_kept();
    assert_eq!(kept.len(), MAX_ENTRIES);
    assert!(kept[0].xml.contains("<body>24</body>"));
    let missed = u64::try_from(MAX_ENTRIES + 24 - MAX_BEHIND).unwrap();
    assert_eq!(next(&mut slow), Some(News::Missed(missed)));
    // Many pieces of text, each of the longest that is shown.
    let long = format!("<b>{}</b>", "x".repeat(MAX_TEXT)).repeat(9);
    let long = message(&long);
    for _ in 0..70 {
        console.record(Way::Sent, &long);
    }
    let kept = console.read().take_kept();
    assert!(kept.iter().map(|entry| entry.xml.len()).sum::<usize>() <= MAX_BYTES);
    assert!(kept[kept.len() - 1].xml.ends_with("bytes)"));
    console.record(Way::Sent, &message(&"x".repeat(MAX_TEXT + 1)));
    let kept = console.read().take_kept();
    assert!(kept[kept.len() - 1].xml.contains("x… (8193 characters)"));
}

#[test]
fn secrets_are_not_shown() {
    for xml in [
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>hunter2</auth>",
        "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>hunter2</challenge>",
        "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>hunter2</response>",
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>hunter2</success>",
        "<challenge xmlns='urn:xmpp:sasl:2'>hunter2</challenge>",
        "<response xmlns='urn:xmpp:sasl:2'>hunter2</response>",
        "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>hunter2</initial-response></authenticate>",
        "<success xmlns='urn:xmpp:sasl:2'><additional-data>hunter2</additional-data>\
         <token xmlns='urn:xmpp:fast:0' token='hunter2' expiry='2030-01-01T00:00:00Z'/></success>",
        "<iq xmlns='jabber:client'><query xmlns='jabber:iq:register'><username>anna</username><password>hunter2</password><key>hunter2</key></query></iq>",
        "<iq xmlns='jabber:client'><x xmlns='jabber:x:data'><field var='new_password'><value>hunter2</value></field></x></iq>",
        "<iq xmlns='jabber:client'><x xmlns='jabber:x:data'><field type='text-private' var='a'><value>hunter2</value></field></x></iq>",
        "<iq xmlns='jabber:client'><x xmlns='jabber:x:data'><field var='muc#roomconfig_roomsecret'><value>hunter2</value></field></x></iq>",
        "<presence xmlns='jabber:client'><x xmlns='http://jabber.org/protocol/muc'><password>hunter2</password></x></presence>",
        "<message xmlns='jabber:client'><x xmlns='jabber:x:conference' jid='a@b' password='hunter2'/></message>",
        "<iq xmlns='jabber:client'><services xmlns='urn:xmpp:extdisco:2'><service host='a' password='hunter2'/></services></iq>",
        "<iq xmlns='jabber:client'><slot xmlns='urn:xmpp:http:upload:0'><put url='u'><header name='Authorization'>hunter2</header></put></slot></iq>",
    ] {
        let shown = shown(&element(xml));
        assert!(!shown.contains("hunter2") && shown.contains('…'), "{shown}");
    }
}

#[test]
fn everything_else_is_shown() {
    for xml in [
        "<message xmlns='jabber:client' to='bert@chat.example'><body>my password</body></message>",
        "<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-EXPR'/>",
        "<resume xmlns='urn:xmpp:sm:3' previd='s1' h='3'/>",
        "<iq xmlns='jabber:client'><x xmlns='jabber:x:data'><field var='username'><value>anna</value></field></x></iq>",
    ] {
        assert_eq!(element(&shown(&element(xml))), element(xml));
    }
    assert_eq!(format!("{:?}", Console::default()), "Console");
}

#[test]
fn pictures_are_shortened() {
    let long = "A".repeat(100_000);
    for xml in [
        format!("<vCard xmlns='vcard-temp'><PHOTO><BINVAL>{long}</BINVAL></PHOTO></vCard>"),
        format!("<data xmlns='urn:xmpp:avatar:data'>{long}</data>"),
    ] {
        let shown = shown(&element(&xml));
        assert!(shown.contains("AAA… (100000 characters)") && shown.len() < 300);
    }
}

#[test]
fn a_stanza_that_was_typed_is_checked() {
    let stanza =
        typed_stanza("  <iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>\n").unwrap();
    assert!(stanza.is("iq", "jabber:client") && stanza.has_child("ping", "urn:xmpp:ping"));
    assert!(typed_stanza("<message xmlns='jabber:client'/>").is_ok());
    for text in [
        "<message>",
        "<message></presence>",
        "<message a='1' a='2'/>",
        "<message>&x;</message>",
        "<a:message/>",
        "<!DOCTYPE x><message/>",
        "<?xml version='1.0'?><message/>",
    ] {
        assert!(
            matches!(typed_stanza(text), Err(NotAStanza::Malformed(_))),
            "{text}: {:?}",
            typed_stanza(text)
        );
    }
    for text in [
        "",
        "hello",
        "<message/>hello",
        "<message/></typed>",
        "</typed>",
        "<message/><message/>",
        "<body/>",
        "<message xmlns='urn:other'/>",
        "<r xmlns='urn:xmpp:sm:3'/>",
    ] {
        assert_eq!(typed_stanza(text), Err(NotAStanza::OtherElement), "{text}");
    }
    let twice = "<message/></typed><typed xmlns='jabber:client'><presence/>";
    assert!(typed_stanza(twice).is_err());
    assert_eq!(
        typed_stanza(&"<a>".repeat(20_000)),
        Err(NotAStanza::TooLong)
    );
    assert_eq!(typed_stanza(&"x".repeat(70_000)), Err(NotAStanza::TooLong));
}
