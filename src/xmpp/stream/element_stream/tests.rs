//! Hostile bytes on a stream in memory.

use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;

const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' from='chat.example' id='1' version='1.0'>";

/// A stream whose other side has said its header and then these bytes; the pipe stays open.
async fn after(bytes: &[u8]) -> (ElementStream, DuplexStream) {
    patiently(bytes, Patience::default()).await
}

async fn patiently(bytes: &[u8], patience: Patience) -> (ElementStream, DuplexStream) {
    let (here, mut there) = tokio::io::duplex(64 * 1024 + bytes.len());
    there.write_all(HEADER.as_bytes()).await.unwrap();
    there.write_all(bytes).await.unwrap();
    let io = wire(Box::new(here), &patience);
    let stream = ElementStream::open(io, "chat.example", None, &patience)
        .await
        .unwrap();
    (stream, there)
}

async fn ends_with(bytes: &[u8]) -> FailureKind {
    let (mut stream, _there) = after(bytes).await;
    stream.trust();
    loop {
        match stream.next().await {
            Incoming::Element(_) => {}
            Incoming::Quiet => panic!("quiet"),
            Incoming::Ended(failure) => return failure.kind,
        }
    }
}

async fn first(bytes: &[u8]) -> Element {
    match after(bytes).await.0.next().await {
        Incoming::Element(element) => element,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_not_restricted_xml_ends_the_stream() {
    for bytes in [
        &b"<!DOCTYPE x><message/>"[..],
        b"<message><!DOCTYPE x></message>",
        b"<message><!ENTITY a 'b'></message>",
        b"<message>&undefined;</message>",
        b"<message>&#0;</message>",
        b"<message>&#xd800;</message>",
        b"<message><?php x ?></message>",
        b"<?xml version='1.0'?><message/>",
        b"<message><!-- c --></message>",
        b"<other:message/>",
        b"<message other:a='1'/>",
        b"<message a='1' a='2'/>",
        b"<message xmlns:x='u' xmlns:y='u' x:a='1' y:a='2'/>",
        b"<message></presence>",
        b"<message a=1/>",
        b"<message a='<'/>",
        b"<message>]]></message>",
        b"text",
        b"<message>\xc0\x80</message>",
        b"<message>\xed\xa0\x80</message>",
        b"<message a='\xc3'/>",
        b"<message>\xff</message>",
        b"<message>\x00</message>",
        b"<message>\x08</message>",
        b"<mess\xf0\x9f\x98\x80ge/>\x01",
    ] {
        let kind = ends_with(bytes).await;
        assert_eq!(
            kind,
            FailureKind::Protocol,
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[tokio::test]
async fn a_stream_inside_a_stream_changes_nothing() {
    let nested = "<message><stream:stream><iq type='set' id='1'/></stream:stream></message>";
    let message = first(nested.as_bytes()).await;
    assert_eq!(message.name(), "message");
    assert_eq!(message.children().count(), 1);
    let kind = ends_with(b"<stream:stream version='1.0'><message/></stream:stream>").await;
    assert_eq!(kind, FailureKind::Protocol);
}

#[tokio::test]
async fn the_end_of_a_stream_in_an_attribute_or_text_is_only_text() {
    let message = first(
        b"<message id='&lt;/stream:stream&gt;'><body>&lt;/stream:stream&gt;</body></message>",
    )
    .await;
    assert_eq!(message.attr("id"), Some("</stream:stream>"));
    let kind = ends_with(b"<message id='</stream:stream>'/>").await;
    assert_eq!(kind, FailureKind::Protocol);
}

#[tokio::test]
async fn the_other_sides_end_is_the_end() {
    assert_eq!(
        ends_with(b"</stream:stream>").await,
        FailureKind::ConnectionLost
    );
    let (mut stream, _there) = after(b"</stream:stream><message/>").await;
    for _ in 0..3 {
        assert!(matches!(stream.next().await, Incoming::Ended(_)));
    }
    assert!(
        stream
            .send(&"<r xmlns='urn:xmpp:sm:3'/>".parse().unwrap())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_cut_is_a_lost_connection() {
    for bytes in [
        &b""[..],
        b"<message",
        b"<message><body>half",
        b"<message/> ",
    ] {
        let (mut stream, there) = after(bytes).await;
        drop(there);
        let failure = loop {
            if let Incoming::Ended(failure) = stream.next().await {
                break failure;
            }
        };
        assert_eq!(failure.kind, FailureKind::ConnectionLost, "{bytes:?}");
    }
}

#[tokio::test]
async fn a_stream_error_ends_it_with_its_meaning() {
    let error =
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    assert_eq!(ends_with(error.as_bytes()).await, FailureKind::Conflict);
    let moved = "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>a.example</see-other-host></stream:error>";
    assert_eq!(ends_with(moved.as_bytes()).await, FailureKind::ServerBusy);
}

#[tokio::test]
async fn depth_is_bounded() {
    let deep = |depth: usize| format!("<a>{}{}</a>", "<b>".repeat(depth), "</b>".repeat(depth));
    assert!(
        first(deep(90).as_bytes())
            .await
            .has_child("b", "jabber:client")
    );
    for depth in [101, 10_000, 100_000] {
        assert_eq!(
            ends_with(deep(depth).as_bytes()).await,
            FailureKind::Protocol
        );
    }
}

#[tokio::test]
async fn attributes_are_bounded() {
    let wide = |count: usize| {
        let attributes: String = (0..count).map(|i| format!(" a{i}=''")).collect();
        format!("<message{attributes}/>")
    };
    assert_eq!(first(wide(50).as_bytes()).await.attrs().len(), 50);
    for count in [101, 100_000] {
        assert_eq!(
            ends_with(wide(count).as_bytes()).await,
            FailureKind::Protocol
        );
        let nested = format!("<a>{}</a>", wide(count));
        assert_eq!(ends_with(nested.as_bytes()).await, FailureKind::Protocol);
    }
}

#[tokio::test]
async fn children_are_bounded() {
    let many = format!("<a>{}</a>", "<b/>".repeat(1_000_000));
    assert_eq!(ends_with(many.as_bytes()).await, FailureKind::Protocol);
}

#[tokio::test]
async fn text_is_bounded_however_much_comes() {
    let (mut stream, mut there) = after(b"<message><body>").await;
    stream.trust();
    let flood = async {
        let block = [b'x'; 64 * 1024];
        let mut sent = 0_usize;
        // 100 MB, or until the other side has had enough.
        while sent < 100_000_000 && there.write_all(&block).await.is_ok() {
            sent += block.len();
        }
        sent
    };
    let read = async {
        let Incoming::Ended(failure) = stream.next().await else {
            panic!("an element")
        };
        drop(stream);
        failure
    };
    let (sent, failure) = tokio::join!(flood, read);
    assert_eq!(failure.kind, FailureKind::Protocol);
    assert!(sent < 2 * BYTES_AFTER_LOGIN, "{sent}");
}

#[tokio::test]
async fn before_login_far_less_is_allowed() {
    let (mut stream, _there) = after(format!("<a>{}</a>", "x".repeat(300_000)).as_bytes()).await;
    assert_eq!(
        stream.negotiate().await.unwrap_err().kind,
        FailureKind::Protocol
    );
    let (mut stream, _there) = after(format!("<a>{}</a>", "x".repeat(300_000)).as_bytes()).await;
    stream.trust();
    assert!(matches!(stream.next().await, Incoming::Element(_)));
}

#[tokio::test]
async fn each_element_has_the_whole_allowance() {
    let (mut stream, _there) = after("<a>xxxxxxxxx</a>".repeat(50_000).as_bytes()).await;
    for _ in 0..50_000 {
        assert!(matches!(stream.next().await, Incoming::Element(_)));
    }
}

#[tokio::test]
async fn an_element_that_takes_for_ever_ends_the_stream() {
    let hasty = Patience {
        element: Duration::ZERO,
        ..Patience::default()
    };
    let (here, mut there) = tokio::io::duplex(1024);
    let io = wire(Box::new(here), &hasty);
    io.reset();
    let slow = async {
        for byte in HEADER.bytes() {
            if there.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    let open = ElementStream::open(io, "chat.example", None, &hasty);
    let (_, opened) = tokio::join!(slow, open);
    assert_eq!(opened.err().unwrap().kind, FailureKind::Protocol);
}

#[tokio::test]
async fn silence_while_logging_in_is_a_timeout() {
    let hasty = Patience {
        answer: Duration::ZERO,
        ..Patience::default()
    };
    let (mut stream, _there) = after(b"").await;
    stream.patience = hasty;
    assert_eq!(
        stream.negotiate().await.unwrap_err().kind,
        FailureKind::Timeout
    );
    let (here, _there) = tokio::io::duplex(1024);
    let opened = ElementStream::open(wire(Box::new(here), &hasty), "chat.example", None, &hasty);
    assert_eq!(opened.await.err().unwrap().kind, FailureKind::Timeout);
}

#[tokio::test]
async fn silence_asks_for_a_sign_of_life_and_then_ends() {
    let hasty = Patience {
        quiet: Duration::ZERO,
        dead: Duration::ZERO,
        ..Patience::default()
    };
    let (mut stream, _there) = patiently(b"<a/>", hasty).await;
    assert!(matches!(stream.next().await, Incoming::Element(_)));
    assert!(matches!(stream.next().await, Incoming::Quiet));
    let Incoming::Ended(failure) = stream.next().await else {
        panic!("not ended")
    };
    assert_eq!(failure.kind, FailureKind::Timeout);
}

#[tokio::test]
async fn what_nobody_reads_is_given_up() {
    let (here, _there) = tokio::io::duplex(16);
    let (mut stream, _pipe) = after(b"").await;
    drop(here);
    stream.patience.send = Duration::ZERO;
    let big: Element = format!("<a xmlns='u'>{}</a>", "x".repeat(1_000_000))
        .parse()
        .unwrap();
    assert_eq!(
        stream.send(&big).await.unwrap_err().kind,
        FailureKind::Timeout
    );
    assert!(matches!(stream.next().await, Incoming::Ended(_)));
}

#[tokio::test]
async fn what_is_no_header_is_no_stream() {
    for (bytes, kind) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            FailureKind::Protocol,
        ),
        (b"<html>", FailureKind::Protocol),
        (b"SSH-2.0-x\r\n", FailureKind::Protocol),
        (b"", FailureKind::ConnectionLost),
        (b"<?xml version='1.0'?>", FailureKind::ConnectionLost),
        (
            b"<stream:stream xmlns:stream='http://etherx.jabber.org/streams'>",
            FailureKind::Protocol,
        ),
    ] {
        let (here, mut there) = tokio::io::duplex(1024);
        there.write_all(bytes).await.unwrap();
        there.shutdown().await.unwrap();
        let patience = Patience::default();
        let io = wire(Box::new(here), &patience);
        let opened = ElementStream::open(io, "chat.example", None, &patience).await;
        assert_eq!(
            opened.err().unwrap().kind,
            kind,
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
}

#[tokio::test]
async fn bytes_behind_the_last_plain_element_are_not_taken_over() {
    let proceed = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
    for behind in ["<message/>", "<", " ", "\u{16}\u{3}\u{1}"] {
        let (mut stream, _there) = after(format!("{proceed}{behind}").as_bytes()).await;
        assert!(stream.negotiate().await.is_ok());
        let refused = stream.into_transport().err().map(|failure| failure.kind);
        assert_eq!(refused, Some(FailureKind::Protocol), "{behind:?}");
    }
    let (mut stream, _there) = after(proceed.as_bytes()).await;
    assert!(stream.negotiate().await.is_ok());
    assert!(stream.into_transport().is_ok());
}

#[tokio::test]
async fn closing_is_polite_and_does_not_wait_for_ever() {
    let (stream, mut there) = after(b"").await;
    let close = stream.close();
    let answer = async {
        let mut heard = String::new();
        while !heard.ends_with("</stream:stream>") {
            heard.push(char::from(there.read_u8().await.unwrap()));
        }
        there
            .write_all(b"<message/></stream:stream>")
            .await
            .unwrap();
    };
    tokio::join!(close, answer);

    let (mut stream, _there) = after(b"").await;
    stream.patience.goodbye = Duration::ZERO;
    stream.close().await;
}

#[tokio::test]
async fn two_ends_in_memory_hear_each_other() {
    let (mut here, mut there) = ElementStream::pair().await.unwrap();
    let message: Element = "<message xmlns='jabber:client'><body>hi</body></message>"
        .parse()
        .unwrap();
    here.send(&message).await.unwrap();
    assert!(matches!(there.next().await, Incoming::Element(element) if element == message));
    there.send(&message).await.unwrap();
    assert!(matches!(here.next().await, Incoming::Element(element) if element == message));
    tokio::join!(here.close(), async {
        assert!(matches!(there.next().await, Incoming::Ended(_)));
        there.close().await;
    });
}

#[tokio::test]
async fn what_xml_cannot_carry_is_replaced_and_the_stream_goes_on() {
    let (mut here, mut there) = ElementStream::pair().await.unwrap();
    let mut bad = Element::builder("message", "jabber:client")
        .attr(rxml::xml_ncname!("id").to_owned(), "a\u{1}")
        .build();
    bad.append_text_node("b\u{0}c");
    here.send(&bad).await.unwrap();
    here.send(&"<presence xmlns='jabber:client'/>".parse().unwrap())
        .await
        .unwrap();
    let Incoming::Element(mended) = there.next().await else {
        panic!("nothing")
    };
    assert_eq!(mended.attr("id"), Some("a\u{fffd}"));
    assert_eq!(mended.text(), "b\u{fffd}c");
    assert!(
        matches!(there.next().await, Incoming::Element(element) if element.name() == "presence")
    );
}

fn any_element() -> impl Strategy<Value = Element> {
    let name = "[a-z][a-z0-9.-]{0,8}";
    let leaf = (name, "[^\u{0}-\u{1f}\u{fffe}\u{ffff}]{0,20}", any::<bool>()).prop_map(
        |(name, text, foreign)| {
            let namespace = if foreign { "urn:x" } else { "jabber:client" };
            let mut element = Element::builder(name.as_str(), namespace)
                .attr(rxml::xml_ncname!("a").to_owned(), text.as_str())
                .build();
            if !text.is_empty() {
                element.append_text_node(text);
            }
            element
        },
    );
    leaf.prop_recursive(4, 20, 4, move |inner| {
        (name, proptest::collection::vec(inner, 0..4)).prop_map(|(name, children)| {
            Element::builder(name.as_str(), "urn:y")
                .append_all(children)
                .build()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever parses what we kept must read the same as the stream did (CVE-2022-22784).
    #[test]
    fn the_stream_and_a_later_parser_agree(element in any_element()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let heard = runtime.block_on(async {
            let (mut here, mut there) = ElementStream::pair().await.unwrap();
            here.send(&element).await.unwrap();
            match there.next().await {
                Incoming::Element(element) => element,
                other => panic!("{other:?}"),
            }
        });
        prop_assert_eq!(&heard, &element);
        let kept = String::from(&heard);
        prop_assert_eq!(kept.parse::<Element>().unwrap(), heard);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (mut stream, there) = after(&bytes).await;
            drop(there);
            while !matches!(stream.next().await, Incoming::Ended(_)) {}
        });
    }
}
