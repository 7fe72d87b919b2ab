//! Logins with SASL2 and Bind 2.

use super::*;

/// Starts a login with SCRAM-SHA-256 and goes up to the point where success comes; gives the server's proof.
fn almost(options: LoginOptions, offer: Element) -> (Login, Element, String) {
    let mut login = Login::new(options);
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let request = sent(&login.receive(offer).unwrap());
    let challenge = server.challenge(&initial(&request));
    let response = sent(&login.receive(challenge2(&challenge)).unwrap());
    assert!(response.is("response", "urn:xmpp:sasl:2"));
    let answer = BASE64.decode(response.text()).unwrap();
    let proof = server.finish(&String::from_utf8(answer).unwrap());
    (login, request, proof)
}

fn offer() -> Element {
    offers_sasl2(&["SCRAM-SHA-256"], BIND2, &[])
}

const ENABLED: &str = "<enabled xmlns='urn:xmpp:sm:3' id='s1' resume='true' max='300'/>";

fn with_bound(inner: &str) -> String {
    format!("<bound xmlns='urn:xmpp:bind:0'>{inner}</bound>")
}

#[test]
fn everything_is_asked_for_at_once() {
    let (mut login, request, proof) = almost(options(), offer());
    assert_eq!(request.attr("mechanism"), Some("SCRAM-SHA-256"));
    assert!(initial(&request).starts_with("y,,n=anna,r="));
    let request = String::from(&request);
    for part in [
        "<user-agent id='d4565fa7-4d72-4749-b3d3-740edbf87770'><software>Tessera</software></user-agent>",
        "<bind xmlns='urn:xmpp:bind:0'><tag>Tessera</tag><enable xmlns='urn:xmpp:carbons:2'/>\
         <enable xmlns='urn:xmpp:sm:3' resume='true'/></bind>",
    ] {
        assert!(request.contains(part), "{request}");
    }
    assert!(!request.contains("fast") && !request.contains("resume xmlns"));
    let granted = login
        .receive(success2(proof.as_bytes(), FULL, &with_bound(ENABLED)))
        .unwrap();
    assert_eq!(shown(&granted), ["Binding"], "no new stream");
    let bound = bound(login.receive(element(AFTER)).unwrap());
    assert_eq!(bound.jid.as_str(), FULL);
    assert_eq!(bound.mechanism, "SCRAM-SHA-256");
    assert_eq!(bound.resumption, Resumption::New);
    let management = bound.management.unwrap();
    assert_eq!(management.id.as_deref(), Some("s1"));
    assert_eq!(management.max_seconds, Some(300));
    assert!(bound.features.roster_versions);
    assert!(bound.extras.carbons && bound.extras.client_state && !bound.extras.inactive);
}

#[test]
fn nothing_is_asked_for_that_is_not_offered() {
    let bare = "<bind xmlns='urn:xmpp:bind:0'/>";
    let (_, request, _) = almost(options(), offers_sasl2(&["SCRAM-SHA-256"], bare, &[]));
    assert!(
        String::from(&request).contains("<bind xmlns='urn:xmpp:bind:0'><tag>Tessera</tag></bind>")
    );
    let (_, request, _) = almost(options(), offers_sasl2(&["SCRAM-SHA-256"], "", &[]));
    assert!(!String::from(&request).contains("urn:xmpp:bind:0"));
}

#[test]
fn a_window_nobody_looks_at_begins_inactive() {
    let mut hidden = options();
    hidden.inactive = true;
    let (mut login, request, proof) = almost(hidden, offer());
    assert!(String::from(&request).contains("<inactive xmlns='urn:xmpp:csi:0'/>"));
    login
        .receive(success2(proof.as_bytes(), FULL, &with_bound(ENABLED)))
        .unwrap();
    assert!(
        bound(login.receive(element(AFTER)).unwrap())
            .extras
            .inactive
    );
}

#[test]
fn without_bind_2_it_binds_in_the_older_way_on_the_same_stream() {
    let (mut login, _, proof) = almost(options(), offers_sasl2(&["SCRAM-SHA-256"], "", &[]));
    login
        .receive(success2(proof.as_bytes(), "anna@chat.example", ""))
        .unwrap();
    let bind = login.receive(element(AFTER)).unwrap();
    assert!(shown(&bind)[0].contains("<resource>desk</resource>"));
    let enable = login.receive(element(BOUND)).unwrap();
    assert!(shown(&enable)[0].contains("enable"));
    let bound = bound(login.receive(element(ENABLED)).unwrap());
    assert_eq!(bound.jid.as_str(), "anna@chat.example/desk");
    assert!(!bound.extras.carbons);
}

#[test]
fn stream_management_that_could_not_be_asked_for_is_asked_for_after() {
    let bare = "<bind xmlns='urn:xmpp:bind:0'/>";
    let (mut login, _, proof) = almost(options(), offers_sasl2(&["SCRAM-SHA-256"], bare, &[]));
    login
        .receive(success2(proof.as_bytes(), FULL, &with_bound("")))
        .unwrap();
    let enable = login.receive(element(AFTER)).unwrap();
    assert_eq!(
        shown(&enable),
        ["<enable xmlns='urn:xmpp:sm:3' resume='true'/>"]
    );
    let (mut login, _, proof) = almost(options(), offer());
    let failed = "<failed xmlns='urn:xmpp:sm:3'/>";
    login
        .receive(success2(proof.as_bytes(), FULL, &with_bound(failed)))
        .unwrap();
    assert!(
        bound(login.receive(element(AFTER)).unwrap())
            .management
            .is_none()
    );
}

fn resuming() -> LoginOptions {
    let mut options = options();
    options.resume = Some(Resume {
        id: "s1".into(),
        jid: "anna@chat.example/old".parse().unwrap(),
        handled: 7,
        location: None,
    });
    options
}

#[test]
fn a_session_is_resumed_with_the_login() {
    let (mut login, request, proof) = almost(resuming(), offer());
    assert!(String::from(&request).contains("<resume xmlns='urn:xmpp:sm:3' h='7' previd='s1'/>"));
    let resumed = "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='5'/>";
    login
        .receive(success2(proof.as_bytes(), "anna@chat.example", resumed))
        .unwrap();
    // Prosody may send what was missed before the features.
    let missed = element("<message xmlns='jabber:client'><body>hi</body></message>");
    assert!(login.receive(missed.clone()).unwrap().is_empty());
    let bound = bound(login.receive(element(AFTER)).unwrap());
    assert_eq!(bound.resumption, Resumption::Resumed(5));
    assert_eq!(bound.jid.as_str(), "anna@chat.example/old");
    assert_eq!(bound.management.unwrap().id.as_deref(), Some("s1"));
    assert_eq!(bound.ahead, [missed]);
    assert!(bound.early.is_empty() && !bound.extras.carbons);
}

#[test]
fn a_session_that_is_not_resumed_is_followed_by_a_new_one() {
    for (failed, handled) in [
        ("<failed xmlns='urn:xmpp:sm:3' h='4'/>", Some(4)),
        ("<failed xmlns='urn:xmpp:sm:3'/>", None),
        ("", None),
    ] {
        let (mut login, _, proof) = almost(resuming(), offer());
        let more = format!("{failed}{}", with_bound(ENABLED));
        login
            .receive(success2(proof.as_bytes(), FULL, &more))
            .unwrap();
        let bound = bound(login.receive(element(AFTER)).unwrap());
        assert_eq!(bound.resumption, Resumption::Refused(handled));
        assert_eq!(bound.jid.as_str(), FULL);
    }
}

#[test]
fn resumption_that_is_not_offered_inline_is_tried_after() {
    let (mut login, request, proof) = almost(resuming(), offers_sasl2(&["SCRAM-SHA-256"], "", &[]));
    assert!(!String::from(&request).contains("previd"));
    login
        .receive(success2(proof.as_bytes(), "anna@chat.example", ""))
        .unwrap();
    let resume = login.receive(element(AFTER)).unwrap();
    assert!(shown(&resume)[0].contains("previd='s1'"));
}

#[test]
fn a_success_that_contradicts_itself_is_none() {
    let resumed = "<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='5'/>";
    let other = "<resumed xmlns='urn:xmpp:sm:3' previd='s2' h='5'/>";
    let uncounted = "<resumed xmlns='urn:xmpp:sm:3' previd='s1'/>";
    let both = format!("{resumed}{}", with_bound(""));
    for (jid, more) in [
        ("bert@chat.example/x", with_bound("").as_str()),
        ("anna@chat.example.evil/x", &with_bound("")),
        ("anna@chat.example", &with_bound("")),
        ("", &with_bound("")),
        ("anna@chat.example", other),
        ("anna@chat.example", uncounted),
        (FULL, &both),
    ] {
        let (mut login, _, proof) = almost(resuming(), offer());
        let result = login.receive(success2(proof.as_bytes(), jid, more));
        assert_eq!(failed(result), FailureKind::Protocol, "{jid} {more}");
    }
    let (mut login, _, proof) = almost(options(), offer());
    let unasked = login.receive(success2(proof.as_bytes(), "anna@chat.example", resumed));
    assert_eq!(failed(unasked), FailureKind::Protocol);
}

#[test]
fn a5_a_server_that_proves_nothing_is_not_believed() {
    for proof in ["", "v=AAAA", "e=other-error"] {
        let (mut login, _, _) = almost(options(), offer());
        let result = login.receive(success2(proof.as_bytes(), FULL, &with_bound("")));
        assert_eq!(failed(result), FailureKind::ServerNotAuthentic, "{proof}");
    }
    let mut login = Login::new(options());
    login.receive(offer()).unwrap();
    let at_once = success2(b"v=AAAA", FULL, &with_bound(""));
    assert_eq!(
        failed(login.receive(at_once)),
        FailureKind::ServerNotAuthentic
    );
}

#[test]
fn a6_the_same_policy_decides() {
    let refused = Login::new(options()).receive(offers_sasl2(&["PLAIN"], BIND2, &[]));
    assert_eq!(failed(refused), FailureKind::PlainRefused);
    let mut remembering = options();
    remembering.strongest = Some("SCRAM-SHA-256-PLUS".into());
    assert!(matches!(
        failed(Login::new(remembering).receive(offer())),
        FailureKind::WeakerLogin { .. }
    ));
}

#[test]
fn a6_without_sasl2_it_logs_in_as_before_and_no_weaker() {
    let mut remembering = options();
    remembering.strongest = Some("SCRAM-SHA-256".into());
    let mut login = Login::new(remembering);
    let auth = sent(&login.receive(offers(&["SCRAM-SHA-256"])).unwrap());
    assert!(auth.is("auth", SASL));
    let mut remembering = options();
    remembering.strongest = Some("SCRAM-SHA-256-PLUS".into());
    let result = Login::new(remembering).receive(offers(&["SCRAM-SHA-256", "PLAIN"]));
    assert!(matches!(failed(result), FailureKind::WeakerLogin { .. }));
}

#[test]
fn sasl2_that_offers_less_than_the_older_way_is_not_taken() {
    let mut both = offers_sasl2(&["PLAIN"], BIND2, &[]);
    let classic = offers(&["SCRAM-SHA-256"]);
    for child in classic.children() {
        both.append_child(child.clone());
    }
    let auth = sent(&Login::new(options()).receive(both).unwrap());
    assert!(auth.is("auth", SASL));
}

#[test]
fn a6_the_signed_list_is_checked() {
    let list = "SCRAM-SHA-1\u{1e}SCRAM-SHA-256-PLUS\u{1f}tls-exporter\u{1e}tls-server-end-point";
    let offer = || {
        let types = ["tls-server-end-point", "tls-exporter"];
        let mut offer = offers_sasl2(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1"], BIND2, &types);
        // The older list is another one, and does not count here.
        for child in offers(&["SCRAM-SHA-512"]).children() {
            offer.append_child(child.clone());
        }
        offer
    };
    for (signed, good) in [(list, true), ("SCRAM-SHA-512", false), ("", false)] {
        let mut login = Login::new(options());
        let binding = Some(("tls-exporter", b"exported".to_vec()));
        let mut server = ScramServer::new(Hash::Sha256, "pencil", binding);
        let request = sent(&login.receive(offer()).unwrap());
        assert_eq!(request.attr("mechanism"), Some("SCRAM-SHA-256-PLUS"));
        let challenge = server.challenge_signing(&initial(&request), signed);
        let result = login.receive(challenge2(&challenge));
        if good {
            let answer = BASE64.decode(sent(&result.unwrap()).text()).unwrap();
            server.finish(&String::from_utf8(answer).unwrap());
        } else {
            assert_eq!(failed(result), FailureKind::ServerNotAuthentic, "{signed}");
        }
    }
}

/// XEP-0440, section 4, rules 4 and 5, as XEP-0474 relaxes them.
#[test]
fn a6_mechanisms_that_bind_and_binding_types_come_together_or_are_signed() {
    for (mechanisms, types, list) in [
        (
            vec!["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"],
            vec![],
            "SCRAM-SHA-256\u{1e}SCRAM-SHA-256-PLUS",
        ),
        (
            vec!["SCRAM-SHA-256"],
            vec!["tls-exporter"],
            "SCRAM-SHA-256\u{1f}tls-exporter",
        ),
    ] {
        for signed in [true, false] {
            let mut login = Login::new(options());
            let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
            let request = sent(
                &login
                    .receive(offers_sasl2(&mechanisms, "", &types))
                    .unwrap(),
            );
            let challenge = if signed {
                server.challenge_signing(&initial(&request), list)
            } else {
                server.challenge(&initial(&request))
            };
            let result = login.receive(challenge2(&challenge));
            if signed {
                assert!(result.is_ok(), "{mechanisms:?}");
            } else {
                assert_eq!(failed(result), FailureKind::ServerNotAuthentic);
            }
        }
    }
}

#[test]
fn failures_have_their_meaning_and_more_steps_are_not_taken() {
    for (xml, kind) in [
        (
            "<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><text>words</text></failure>",
            FailureKind::WrongPassword,
        ),
        (
            "<failure xmlns='urn:xmpp:sasl:2'><of-our-own xmlns='urn:own'/><account-disabled xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/><text>words</text></failure>",
            FailureKind::AccountDisabled,
        ),
        (
            "<continue xmlns='urn:xmpp:sasl:2'><tasks><task>TOTP</task><task>HOTP</task></tasks><text>words</text></continue>",
            FailureKind::MoreSteps("TOTP, HOTP".into()),
        ),
    ] {
        let (mut login, _, _) = almost(options(), offer());
        match login.receive(element(xml)) {
            Err(Halt::Failed(failure)) => {
                assert_eq!(failure.kind, kind);
                assert_eq!(failure.text.as_deref(), Some("words"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_has_no_place_ends_it() {
    for xml in [
        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
        "<message xmlns='jabber:client'/>",
    ] {
        let (mut login, _, _) = almost(options(), offer());
        assert_eq!(failed(login.receive(element(xml))), FailureKind::Protocol);
    }
    let (mut login, _, proof) = almost(options(), offers_sasl2(&["SCRAM-SHA-256"], "", &[]));
    login
        .receive(success2(proof.as_bytes(), "anna@chat.example", ""))
        .unwrap();
    let early = login.receive(element("<message xmlns='jabber:client'/>"));
    assert_eq!(failed(early), FailureKind::Protocol);
}
