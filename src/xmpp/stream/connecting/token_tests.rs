//! Scripted servers on loopback for devices that come back with a token.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::*;
use crate::xmpp::stream::{
    Resumption, Token,
    sasl::{Hash, ScramServer, TokenMechanism},
    scripted::{HEADER, Peer, Script},
    token::{Inline, Place},
};

const OFFER: &str = "<stream:features><authentication xmlns='urn:xmpp:sasl:2'>\
    <mechanism>SCRAM-SHA-256</mechanism><inline><bind xmlns='urn:xmpp:bind:0'><inline>\
    <feature var='urn:xmpp:carbons:2'/><feature var='urn:xmpp:sm:3'/></inline></bind>\
    <fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism></fast></inline>\
    </authentication></stream:features>";
const AFTER: &str = "<stream:features><sm xmlns='urn:xmpp:sm:3'/></stream:features>";
const BOUND: &str = "<bound xmlns='urn:xmpp:bind:0'>\
    <enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true'/></bound>";
const REFUSED: &str = "<failure xmlns='urn:xmpp:sasl:2'>\
    <not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>";

async fn go(options: &ConnectOptions) -> Result<Connected, Failure> {
    let password = Secret::new("pencil");
    let patience = Patience {
        goodbye: Duration::ZERO,
        ..Patience::default()
    };
    connect_with(options, &password, &patience, |_| {}).await
}

/// An account that comes back with a token for this server.
fn returning(script: &Script) -> ConnectOptions {
    let mut options = script.options();
    options.strongest = Some("SCRAM-SHA-256".into());
    let bindings = Bindings::default();
    let place = Place {
        bindings: &bindings,
        pin: options.pin,
        must_bind: false,
    };
    let inline = Inline {
        bind: true,
        carbons: true,
        management: true,
        ..Inline::default()
    };
    let expiry = "2030-01-01T00:00:00Z";
    options.token = Token::issued("secret", expiry, TokenMechanism::EndPoint, place, inline);
    options
}

fn success(proof: &[u8], more: &str) -> String {
    format!(
        "<success xmlns='urn:xmpp:sasl:2'><additional-data>{}</additional-data>\
         <authorization-identifier>anna@chat.example/Tessera/x1</authorization-identifier>\
         {more}</success>",
        BASE64.encode(proof)
    )
}

fn responder(script: &Script) -> Vec<u8> {
    let said = [b"Responder".to_vec(), script.end_point()].concat();
    Hash::Sha256.hmac(b"secret", &said).to_vec()
}

/// Logs the client in with its password by SASL2, after what it has sent.
async fn logs_in_with_password(peer: &mut Peer, authenticate: &str, more: &str) {
    let field = |xml: &str, name: &str| {
        let inner = xml.split(&format!("<{name}")).nth(1).unwrap();
        let inner = inner.split_once('>').unwrap().1.split('<').next().unwrap();
        String::from_utf8(BASE64.decode(inner).unwrap()).unwrap()
    };
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let challenge = server.challenge(&field(authenticate, "initial-response"));
    let challenge = BASE64.encode(challenge);
    peer.says(&format!(
        "<challenge xmlns='urn:xmpp:sasl:2'>{challenge}</challenge>"
    ))
    .await;
    let response = peer.hears("</response>").await;
    let proof = server.finish(&field(&response, "response"));
    peer.says(&(success(proof.as_bytes(), more) + AFTER)).await;
}

#[tokio::test]
async fn one_round_trip_after_tls() {
    let script = Script::new().await;
    let options = returning(&script);
    let server = async {
        let mut peer = script.accept_secure().await;
        // Everything the client has to say comes before the server has said a word …
        let all = peer.hears("</authenticate>").await;
        assert!(all.contains("from='anna@chat.example'"));
        assert!(all.contains("mechanism='HT-SHA-256-ENDP'") && all.contains("<tag>Tessera</tag>"));
        // … and one answer is enough.
        peer.says(&[HEADER, OFFER, &success(&responder(&script), BOUND), AFTER].concat())
            .await;
        peer
    };
    let (connected, peer) = tokio::join!(go(&options), server);
    let connected = connected.unwrap();
    assert_eq!(connected.jid.as_str(), "anna@chat.example/Tessera/x1");
    assert_eq!(connected.mechanism, "HT-SHA-256-ENDP");
    assert_eq!(
        connected.strongest, "SCRAM-SHA-256",
        "the ledger is as it was"
    );
    assert!(connected.carbons && connected.token.is_some());
    assert_eq!(connected.management.unwrap().id.as_deref(), Some("s1"));
    drop(connected.stream);
    assert_eq!(
        peer.hears_all().await,
        "",
        "nothing was to be said after that"
    );
}

#[tokio::test]
async fn the_password_follows_a_refused_token_on_the_same_connection() {
    let script = Script::new().await;
    let options = returning(&script);
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("</authenticate>").await;
        peer.says(&[HEADER, OFFER, REFUSED].concat()).await;
        let again = peer.hears("</authenticate>").await;
        assert!(again.contains("<request-token") && again.contains("mechanism='HT-SHA-256-ENDP'"));
        let token = "<token xmlns='urn:xmpp:fast:0' token='new' expiry='2031-01-01T00:00:00Z'/>";
        logs_in_with_password(&mut peer, &again, &[BOUND, token].concat()).await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    let connected = connected.unwrap();
    assert_eq!(connected.mechanism, "SCRAM-SHA-256");
    assert!(
        connected
            .token
            .unwrap()
            .to_secret()
            .reveal()
            .contains("\"new\"")
    );
}

#[tokio::test]
async fn a_first_login_takes_its_time_and_brings_a_token() {
    let script = Script::new().await;
    let options = script.options();
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, OFFER].concat()).await;
        let authenticate = peer.hears("</authenticate>").await;
        let token = "<token xmlns='urn:xmpp:fast:0' token='new' expiry='2031-01-01T00:00:00Z'/>";
        logs_in_with_password(&mut peer, &authenticate, &[BOUND, token].concat()).await;
        peer.says("<message xmlns='jabber:client'/>").await;
        peer
    };
    let (connected, _peer) = tokio::join!(go(&options), server);
    let mut connected = connected.unwrap();
    assert_eq!(connected.resumption, Resumption::New);
    assert!(connected.token.is_some() && connected.carbons);
    assert!(matches!(
        connected.stream.next().await,
        super::super::Incoming::Element(element) if element.name() == "message"
    ));
}

/// However a server that has no tokens any more takes it: the login goes on in the older way, with a new connection.
#[tokio::test]
async fn a6_a_server_that_knows_no_tokens_any_more_is_logged_in_to_as_before() {
    let classic = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
        <mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>";
    let error = "<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    for answer in [
        [HEADER, classic, error].concat(),
        [HEADER, error, "</stream:stream>"].concat(),
        HEADER.to_owned(),
        String::new(),
        "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
    ] {
        let script = Script::new().await;
        let options = returning(&script);
        let server = async {
            let mut peer = script.accept_secure().await;
            peer.hears("</authenticate>").await;
            peer.says(&answer).await;
            drop(peer);
            let mut peer = script.accept_secure().await;
            peer.logs_in().await;
            peer.binds().await;
            peer
        };
        let (connected, _peer) = tokio::join!(go(&options), server);
        let connected = connected.unwrap();
        assert_eq!(connected.mechanism, "SCRAM-SHA-256");
        assert_eq!(connected.token, None, "the token is given up");
    }
}

#[tokio::test]
async fn a7_no_weaker_login_after_a_token_that_got_no_answer() {
    let script = Script::new().await;
    let mut options = returning(&script);
    options.strongest = Some("SCRAM-SHA-512".into());
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("</authenticate>").await;
        drop(peer);
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, OFFER].concat()).await;
        peer.hears_all().await
    };
    let (connected, heard) = tokio::join!(go(&options), server);
    assert!(matches!(
        connected.err().unwrap().kind,
        FailureKind::WeakerLogin { .. }
    ));
    assert!(!heard.contains("authenticate"), "{heard}");
}

#[tokio::test]
async fn a7_a_server_that_does_not_know_the_token_is_left() {
    let script = Script::new().await;
    let options = returning(&script);
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("</authenticate>").await;
        peer.says(&[HEADER, OFFER, &success(b"", BOUND), AFTER].concat())
            .await;
        peer.hears_all().await
    };
    let (connected, _) = tokio::join!(go(&options), server);
    assert_eq!(
        connected.err().unwrap().kind,
        FailureKind::ServerNotAuthentic
    );
}

async fn takes_back(options: &ConnectOptions) -> Result<(), Failure> {
    let patience = Patience {
        goodbye: Duration::ZERO,
        ..Patience::default()
    };
    revoke_token(options, &patience).await
}

#[tokio::test]
async fn a_token_is_taken_back_without_a_session() {
    let script = Script::new().await;
    let mut options = returning(&script);
    options.token.as_mut().unwrap().count_use();
    for answer in [success(&responder(&script), ""), REFUSED.to_owned()] {
        let server = async {
            let mut peer = script.accept_secure().await;
            let all = peer.hears("</authenticate>").await;
            assert!(
                all.contains("<fast") && all.contains("invalidate='true'"),
                "{all}"
            );
            assert!(all.contains("count='1'"), "{all}");
            assert!(
                !all.contains("bind") && !all.contains("request-token"),
                "{all}"
            );
            peer.says(&[HEADER, OFFER, &answer].concat()).await;
            peer.hears_all().await
        };
        let (done, rest) = tokio::join!(takes_back(&options), server);
        assert_eq!(done, Ok(()));
        assert!(!rest.contains("<iq") && !rest.contains("<enable"), "{rest}");
    }
}

#[tokio::test]
async fn a7_nobody_is_believed_to_have_taken_back_what_they_do_not_know() {
    let script = Script::new().await;
    let options = returning(&script);
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("</authenticate>").await;
        peer.says(&[HEADER, OFFER, &success(b"", "")].concat())
            .await;
        peer.hears_all().await
    };
    let (done, _) = tokio::join!(takes_back(&options), server);
    assert_eq!(done.unwrap_err().kind, FailureKind::ServerNotAuthentic);
    // Where there is no token there is nothing to say, and no password goes out instead.
    let mut without = script.options();
    without.strongest = Some("SCRAM-SHA-256".into());
    let server = async {
        let mut peer = script.accept_secure().await;
        peer.hears("version='1.0'>").await;
        peer.says(&[HEADER, OFFER].concat()).await;
        peer.hears_all().await
    };
    let (done, heard) = tokio::join!(takes_back(&without), server);
    assert!(done.is_err());
    assert!(!heard.contains("authenticate"), "{heard}");
}
