//! Logins with tokens.

use super::*;
use crate::xmpp::stream::{
    Token,
    sasl::TokenMechanism,
    token::{Inline, Place},
};

const INLINE: Inline = Inline {
    resume: true,
    bind: true,
    carbons: true,
    client_state: true,
    management: true,
};

/// An account that has logged in before and was given a token.
fn returning(mechanism: TokenMechanism) -> LoginOptions {
    let mut options = options();
    options.strongest = Some("SCRAM-SHA-256".into());
    let place = Place {
        bindings: &options.bindings,
        pin: None,
        must_bind: false,
    };
    let mut token =
        Token::issued("secret", "2030-01-01T00:00:00Z", mechanism, place, INLINE).unwrap();
    token.count_use();
    options.token = Some(token);
    options
}

fn offer() -> Element {
    offers_sasl2(&["SCRAM-SHA-256"], &format!("{BIND2}{FAST}"), &[])
}

fn proof(who: &str, binding: &str) -> Vec<u8> {
    Hash::Sha256
        .hmac(b"secret", format!("{who}{binding}").as_bytes())
        .to_vec()
}

const GRANTED: &str =
    "<bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:sm:3' id='s1' resume='1'/></bound>";
const REFUSED: &str = "<failure xmlns='urn:xmpp:sasl:2'><credentials-expired xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>";

#[test]
fn a_token_is_asked_for_where_it_can_be_bound() {
    for (strongest, bindings, mechanism) in [
        (None, options().bindings, Some("HT-SHA-256-EXPR")),
        (
            None,
            Bindings {
                exporter: None,
                ..options().bindings
            },
            Some("HT-SHA-256-ENDP"),
        ),
        (None, Bindings::default(), Some("HT-SHA-256-NONE")),
    ] {
        let mut options = options();
        options.strongest = strongest;
        options.bindings = bindings;
        let request = sent(&Login::new(options).receive(offer()).unwrap());
        let asked = request.get_child("request-token", "urn:xmpp:fast:0");
        assert_eq!(asked.and_then(|asked| asked.attr("mechanism")), mechanism);
    }
}

#[test]
fn a7_nothing_unbound_is_asked_for_where_the_login_is_bound() {
    let unbound = "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast>";
    let types = ["tls-exporter"];
    let offer = offers_sasl2(&["SCRAM-SHA-256-PLUS"], unbound, &types);
    let request = sent(&Login::new(options()).receive(offer).unwrap());
    assert!(!request.has_child("request-token", "urn:xmpp:fast:0"));
}

fn first_login(token: &str) -> Bound {
    let mut login = Login::new(options());
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let request = sent(&login.receive(offer()).unwrap());
    let challenge = server.challenge(&initial(&request));
    let response = sent(&login.receive(challenge2(&challenge)).unwrap());
    let answer = BASE64.decode(response.text()).unwrap();
    let proof = server.finish(&String::from_utf8(answer).unwrap());
    let more = format!("{GRANTED}{token}");
    login
        .receive(success2(proof.as_bytes(), FULL, &more))
        .unwrap();
    bound(login.receive(element(AFTER)).unwrap())
}

#[test]
fn the_token_that_comes_logs_in_the_next_time() {
    let token = "<token xmlns='urn:xmpp:fast:0' token='secret' expiry='2030-01-01T00:00:00Z'/>";
    let mut again = options();
    again.strongest = Some("SCRAM-SHA-256".into());
    again.token = first_login(token).extras.token;
    again.token.as_mut().unwrap().count_use();
    let mut login = Login::new(again);
    let request = login.opening().unwrap();
    assert_eq!(request.attr("mechanism"), Some("HT-SHA-256-EXPR"));
    let initial = request
        .get_child("initial-response", "urn:xmpp:sasl:2")
        .unwrap();
    let expected = [b"anna\0".to_vec(), proof("Initiator", "exported")].concat();
    assert_eq!(BASE64.decode(initial.text()).unwrap(), expected);
    let request = String::from(&request);
    assert!(request.contains("<fast xmlns='urn:xmpp:fast:0' count='1'/>"));
    assert!(request.contains("<tag>Tessera</tag><enable xmlns='urn:xmpp:carbons:2'/>"));
    assert!(!request.contains("pencil") && !request.contains("secret"));
}

#[test]
fn what_is_no_token_is_not_kept() {
    for token in [
        "",
        "<token xmlns='urn:xmpp:fast:0' token='' expiry='2030-01-01T00:00:00Z'/>",
        "<token xmlns='urn:xmpp:fast:0' token='secret'/>",
        "<token xmlns='urn:xmpp:fast:0' expiry='2030-01-01T00:00:00Z'/>",
        "<token xmlns='urn:xmpp:fast:0' token='secret' expiry='soon'/>",
        "<token xmlns='urn:xmpp:other' token='secret' expiry='2030-01-01T00:00:00Z'/>",
    ] {
        assert_eq!(first_login(token).extras.token, None, "{token}");
    }
}

#[test]
fn one_round_trip() {
    let mut login = Login::new(returning(TokenMechanism::Exporter));
    assert!(login.opening().is_some());
    assert_eq!(shown(&login.receive(offer()).unwrap()), ["Authenticating"]);
    let success = success2(&proof("Responder", "exported"), FULL, GRANTED);
    assert_eq!(shown(&login.receive(success).unwrap()), ["Binding"]);
    let bound = bound(login.receive(element(AFTER)).unwrap());
    assert_eq!(bound.jid.as_str(), FULL);
    assert_eq!(bound.mechanism, "HT-SHA-256-EXPR");
    assert!(bound.extras.carbons);
    assert_eq!(bound.extras.token.unwrap().count(), 1, "still good");
}

#[test]
fn a_new_token_takes_the_place_of_the_old_one() {
    let mut login = Login::new(returning(TokenMechanism::EndPoint));
    login.opening();
    login.receive(offer()).unwrap();
    let token = "<token xmlns='urn:xmpp:fast:0' token='newer' expiry='2031-01-01T00:00:00Z'/>";
    let more = format!("{GRANTED}{token}");
    let success = success2(&proof("Responder", "hashed"), FULL, &more);
    login.receive(success).unwrap();
    let token = bound(login.receive(element(AFTER)).unwrap()).extras.token;
    let token = token.unwrap();
    assert_eq!(token.count(), 0);
    assert_eq!(token.mechanism(), TokenMechanism::EndPoint);
    assert!(token.to_secret().reveal().contains("newer"));
}

#[test]
fn a_refused_token_is_followed_by_the_password_on_the_same_stream() {
    let mut login = Login::new(returning(TokenMechanism::Exporter));
    login.opening();
    login.receive(offer()).unwrap();
    let request = sent(&login.receive(element(REFUSED)).unwrap());
    assert_eq!(request.attr("mechanism"), Some("SCRAM-SHA-256"));
    assert!(request.has_child("request-token", "urn:xmpp:fast:0"));
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let challenge = server.challenge(&initial(&request));
    let response = sent(&login.receive(challenge2(&challenge)).unwrap());
    let answer = BASE64.decode(response.text()).unwrap();
    let proof = server.finish(&String::from_utf8(answer).unwrap());
    login
        .receive(success2(proof.as_bytes(), FULL, GRANTED))
        .unwrap();
    let bound = bound(login.receive(element(AFTER)).unwrap());
    assert_eq!(bound.mechanism, "SCRAM-SHA-256");
    assert_eq!(bound.extras.token, None, "the refused one is worth nothing");
}

#[test]
fn a7_after_a_refused_token_nothing_weaker_is_used() {
    let mut options = returning(TokenMechanism::Exporter);
    options.strongest = Some("SCRAM-SHA-256-PLUS".into());
    let mut login = Login::new(options);
    login.opening();
    login.receive(offer()).unwrap();
    assert!(matches!(
        failed(login.receive(element(REFUSED))),
        FailureKind::WeakerLogin { .. }
    ));
}

#[test]
fn a7_who_does_not_know_the_token_on_this_channel_is_not_believed() {
    for answer in [
        vec![],
        proof("Initiator", "exported"),
        proof("Responder", ""),
        proof("Responder", "another channel"),
    ] {
        let mut login = Login::new(returning(TokenMechanism::Exporter));
        login.opening();
        login.receive(offer()).unwrap();
        let result = login.receive(success2(&answer, FULL, GRANTED));
        assert_eq!(failed(result), FailureKind::ServerNotAuthentic);
    }
    let mut login = Login::new(returning(TokenMechanism::Exporter));
    login.opening();
    login.receive(offer()).unwrap();
    let unproven = "<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>anna@chat.example/x</authorization-identifier></success>";
    assert_eq!(
        failed(login.receive(element(unproven))),
        FailureKind::ServerNotAuthentic
    );
}

#[test]
fn a7_a_token_is_not_sent_where_its_binding_is_gone() {
    let mut tls12 = returning(TokenMechanism::Exporter);
    tls12.bindings.exporter = None;
    assert!(Login::new(tls12).opening().is_none());
    let mut elsewhere = returning(TokenMechanism::Unbound);
    elsewhere.bindings.certificate = Some(Fingerprint([2; 32]));
    assert!(Login::new(elsewhere).opening().is_none());
    let mut pinned = returning(TokenMechanism::Unbound);
    pinned.pin = Some(Fingerprint([1; 32]));
    assert!(Login::new(pinned).opening().is_none());
    let mut bound_before = returning(TokenMechanism::Unbound);
    bound_before.strongest = Some("SCRAM-SHA-1-PLUS".into());
    assert!(Login::new(bound_before).opening().is_none());
    let mut unknown = returning(TokenMechanism::Exporter);
    unknown.strongest = None;
    assert!(Login::new(unknown).opening().is_none());
    assert!(
        Login::new(returning(TokenMechanism::Unbound))
            .opening()
            .is_some()
    );
}

#[test]
fn a_server_without_tokens_is_asked_on_another_connection() {
    for features in [
        offers(&["SCRAM-SHA-256"]),
        offers_sasl2(&["SCRAM-SHA-256"], BIND2, &[]),
        offers_sasl2(
            &["SCRAM-SHA-256"],
            "<fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast>",
            &[],
        ),
        element(
            "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
             <unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        ),
    ] {
        let mut login = Login::new(returning(TokenMechanism::Exporter));
        login.opening();
        assert!(matches!(login.receive(features), Err(Halt::Again)));
    }
}

#[test]
fn a7_nothing_is_believed_before_the_features() {
    for element in [
        success2(&proof("Responder", "exported"), FULL, GRANTED),
        element(REFUSED),
        element("<message xmlns='jabber:client'/>"),
    ] {
        let mut login = Login::new(returning(TokenMechanism::Exporter));
        login.opening();
        assert_eq!(failed(login.receive(element)), FailureKind::Protocol);
    }
}

#[test]
fn a_session_is_resumed_with_a_token() {
    let mut options = returning(TokenMechanism::Exporter);
    options.resume = Some(Resume {
        id: "s1".into(),
        jid: "anna@chat.example/old".parse().unwrap(),
        handled: 7,
        location: None,
    });
    let mut login = Login::new(options);
    let request = String::from(&login.opening().unwrap());
    assert!(request.contains("<resume xmlns='urn:xmpp:sm:3' h='7' previd='s1'/>"));
    login.receive(offer()).unwrap();
    let resumed = "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='5'/>";
    let success = success2(
        &proof("Responder", "exported"),
        "anna@chat.example",
        resumed,
    );
    login.receive(success).unwrap();
    let bound = bound(login.receive(element(AFTER)).unwrap());
    assert_eq!(bound.resumption, Resumption::Resumed(5));
    assert!(bound.extras.token.is_some());
}
