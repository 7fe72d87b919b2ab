//! Scripted servers on loopback, from the first byte to the bound stream.

use std::{net::Ipv4Addr, time::Duration};

use tokio::net::TcpListener;

use super::*;
use crate::xmpp::stream::{
    Enabled, Resume, Resumption,
    scripted::{BIND, HEADER, PROCEED, Peer, STARTTLS, Script},
};

async fn go(options: &ConnectOptions) -> Result<Connected, Failure> {
    let password = Secret::new("pencil");
    // Scripted servers do not say goodbye.
    let patience = Patience {
        goodbye: Duration::ZERO,
        ..Patience::default()
    };
    connect_with(options, &password, &patience, |_| {}).await
}

fn kind(result: Result<Connected, Failure>) -> FailureKind {
    result.err().expect("refused").kind
}

#[tokio::test]
async fn the_whole_way() {
    let script = Script::new().await;
    let options = script.options();
    let mut steps = Vec::new();
    let password = Secret::new("pencil");
    let patience = Patience::default();
    let client = connect_with(&options, &password, &patience, |step| steps.push(step));
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.logs_in().await;
        peer.binds().await;
        peer.says("<message xmlns='jabber:client'><body>hi</body></message>")
            .await;
        peer
    };
    let (connected, _peer) = tokio::join!(client, server);
    let mut connected = connected.unwrap();
    assert_eq!(connected.jid.as_str(), "anna@chat.example/desk");
    assert_eq!(connected.mechanism, "SCRAM-SHA-256");
    assert_eq!(connected.strongest, "SCRAM-SHA-256");
    assert_eq!(connected.resumption, Resumption::New);
    assert_eq!(
        connected.management,
        Some(Enabled {
            id: Some("s1".into()),
            max_seconds: None,
            location: None
        })
    );
    assert!(matches!(
        connected.stream.next().await,
        super::super::Incoming::Element(element) if element.name() == "message"
    ));
    assert_eq!(
        steps,
        [
            ConnectStep::Resolving,
            ConnectStep::Connecting,
            ConnectStep::Authenticating,
            ConnectStep::Binding
        ]
    );
}

#[tokio::test]
async fn a_session_is_resumed() {
    let script = Script::new().await;
    let mut options = script.options();
    options.resume = Some(Resume {
        id: "s1".into(),
        jid: "anna@chat.example/desk".parse().unwrap(),
        handled: 3,
        location: Some(format!("127.0.0.1:{}", script.port())),
    });
    // Where DNS would lead nobody is; the place that the server named is tried first.
    options.endpoint.as_mut().unwrap().port = 9;
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.logs_in().await;
        peer.says(BIND).await;
        let resume = peer.hears("</resume>").await;
        assert!(resume.contains("h='3'") && resume.contains("previd='s1'"));
        peer.says("<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='7'/>")
            .await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    assert_eq!(connected.unwrap().resumption, Resumption::Resumed(7));
}

#[tokio::test]
async fn encryption_that_is_stripped_gets_no_credentials() {
    for features in [
        "<stream:features/>",
        "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
         <mechanism>PLAIN</mechanism></mechanisms></stream:features>",
    ] {
        let script = Script::new().await;
        let mut options = script.options();
        options.allow_plain = true;
        let server = async {
            let mut peer = script.accept().await;
            peer.hears("version='1.0'>").await;
            peer.says(&[HEADER, features].concat()).await;
            peer.hears_all().await
        };
        let (connected, rest) = tokio::join!(go(&options), server);
        assert_eq!(kind(connected), FailureKind::NoEncryption);
        assert_eq!(rest, "</stream:stream>");
    }
}

#[tokio::test]
async fn encryption_that_fails_to_start_gets_no_credentials() {
    let script = Script::new().await;
    let options = script.options();
    let server = async {
        let mut peer = script.accept().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        peer.says("<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>")
            .await;
        peer.hears_all().await
    };
    let (connected, rest) = tokio::join!(go(&options), server);
    assert_eq!(kind(connected), FailureKind::NoEncryption);
    assert_eq!(rest, "</stream:stream>");
}

#[tokio::test]
async fn bytes_slipped_in_before_the_handshake_are_not_believed() {
    let script = Script::new().await;
    let options = script.options();
    let server = async {
        let mut peer = script.accept().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        let injected = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
        peer.says(&[PROCEED, HEADER, injected].concat()).await;
        peer.hears_all().await
    };
    let (connected, rest) = tokio::join!(go(&options), server);
    assert_eq!(kind(connected), FailureKind::Protocol);
    assert_eq!(rest, "", "not even a handshake is begun");
}

#[tokio::test]
async fn a_certificate_of_somebody_else_gets_no_credentials() {
    let script = Script::new().await;
    let mut options = script.options();
    options.pin = None;
    let server = async {
        let mut peer = script.accept().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        peer.says(PROCEED).await;
        assert!(script.acceptor.accept(peer.io).await.is_err());
    };
    let (connected, ()) = tokio::join!(go(&options), server);
    let FailureKind::Certificate(problem) = kind(connected) else {
        panic!("let in")
    };
    assert_eq!(problem.domain, "chat.example");
}

fn moved(host: &str) -> String {
    format!(
        "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{host}</see-other-host></stream:error>"
    )
}

#[tokio::test]
async fn another_host_is_followed_with_the_same_certificate() {
    let script = Script::new().await;
    let mut options = script.options();
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    options.endpoint.as_mut().unwrap().port = first.local_addr().unwrap().port();
    let server = async {
        let (socket, _) = first.accept().await.unwrap();
        let mut peer = Peer::new(socket);
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, &moved(&format!("127.0.0.1:{}", script.port()))].concat())
            .await;
        let mut peer = script.accept_secure().await;
        peer.logs_in().await;
        peer.binds().await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    assert!(connected.is_ok());
}

#[tokio::test]
async fn another_host_needs_the_certificate_of_the_own_domain() {
    let script = Script::new().await;
    let stranger = Script::new().await;
    let options = script.options();
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, &moved(&format!("127.0.0.1:{}", stranger.port()))].concat())
            .await;
        let mut peer = stranger.accept().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        peer.says(PROCEED).await;
        assert!(stranger.acceptor.accept(peer.io).await.is_err());
    };
    let (connected, ()) = tokio::join!(go(&options), server);
    assert!(matches!(kind(connected), FailureKind::Certificate(_)));
}

#[tokio::test]
async fn a_loop_of_hosts_ends() {
    let script = Script::new().await;
    let options = script.options();
    let here = format!("127.0.0.1:{}", script.port());
    let server = async {
        for _ in 0..=MAX_REDIRECTS {
            let mut peer = script.accept().await;
            peer.hears("version='1.0'>").await;
            peer.says(&[HEADER, &moved(&here)].concat()).await;
        }
    };
    let (connected, ()) = tokio::join!(go(&options), server);
    assert_eq!(kind(connected), FailureKind::RedirectLoop);
}

#[tokio::test]
async fn stream_errors_at_any_stage_have_their_meaning() {
    let error = |name: &str| {
        format!(
            "<stream:error><{name} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>words</text></stream:error>"
        )
    };
    for (name, expected) in [
        ("host-unknown", FailureKind::HostUnknown),
        ("policy-violation", FailureKind::PolicyViolation),
        ("system-shutdown", FailureKind::ServerBusy),
    ] {
        let script = Script::new().await;
        let options = script.options();
        let server = async {
            let mut peer = script.accept().await;
            peer.hears("version='1.0'>").await;
            peer.says(&[HEADER, &error(name)].concat()).await;
            peer
        };
        let (connected, _peer) = tokio::join!(go(&options), server);
        let failure = connected.err().unwrap();
        assert_eq!(failure.kind, expected);
        assert_eq!(failure.text.as_deref(), Some("words"));

        let server = async {
            let mut peer = script.accept_secure().await;
            peer.logs_in().await;
            peer.says(&error(name)).await;
            peer
        };
        let (connected, _peer) = tokio::join!(go(&options), server);
        assert_eq!(kind(connected), expected);
    }
}

#[tokio::test]
async fn a_wrong_password_is_told() {
    let script = Script::new().await;
    let options = script.options();
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(HEADER).await;
        peer.says("<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-1</mechanism></mechanisms></stream:features>").await;
        peer.hears("</auth>").await;
        peer.says("<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>")
            .await;
        peer.hears("</stream:stream>").await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    assert_eq!(kind(connected), FailureKind::WrongPassword);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let script = Script::new().await;
    let options = script.options();
    let hasty = Patience {
        login: Duration::ZERO,
        ..Patience::default()
    };
    let password = Secret::new("pencil");
    let client = connect_with(&options, &password, &hasty, |_| {});
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(HEADER).await;
        peer
    };
    let (connected, _peer) = tokio::join!(client, server);
    assert_eq!(kind(connected), FailureKind::Timeout);
}

#[test]
fn the_most_telling_failure_of_several_servers_is_reported() {
    let order = [
        FailureKind::NoSuchServer,
        FailureKind::Unreachable,
        FailureKind::Timeout,
        FailureKind::ServerBusy,
        FailureKind::HostUnknown,
        FailureKind::NoEncryption,
    ];
    assert!(
        order
            .windows(2)
            .all(|pair| weight(&pair[0]) < weight(&pair[1]))
    );
    for last in [
        FailureKind::WrongPassword,
        FailureKind::ServerNotAuthentic,
        FailureKind::PlainRefused,
        FailureKind::NoMechanism,
    ] {
        assert_eq!(weight(&last), None);
    }
}

#[tokio::test]
async fn the_place_to_come_back_to_needs_the_certificate_of_the_own_domain() {
    let script = Script::new().await;
    let stranger = Script::new().await;
    let mut options = script.options();
    options.resume = Some(Resume {
        id: "s1".into(),
        jid: "anna@chat.example/desk".parse().unwrap(),
        handled: 0,
        location: Some(format!("127.0.0.1:{}", stranger.port())),
    });
    let server = async {
        let mut peer = stranger.accept().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, STARTTLS].concat()).await;
        peer.hears("</starttls>").await;
        peer.says(PROCEED).await;
        assert!(stranger.acceptor.accept(peer.io).await.is_err());
        let mut peer = script.accept_secure().await;
        peer.logs_in().await;
        peer.says(BIND).await;
        peer.hears("</resume>").await;
        peer.says("<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='0'/>")
            .await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    assert_eq!(connected.unwrap().resumption, Resumption::Resumed(0));
}
