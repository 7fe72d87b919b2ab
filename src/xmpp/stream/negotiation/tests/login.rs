//! Logging in, and whom not to log in to.

use super::*;

#[test]
fn binding_is_honest() {
    for (offer, name, header) in [
        (
            offers(&["SCRAM-SHA-1", "SCRAM-SHA-512"]),
            "SCRAM-SHA-512",
            "y,,",
        ),
        (
            offers_with_bindings(&["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"], &["tls-exporter"]),
            "SCRAM-SHA-1-PLUS",
            "p=tls-exporter,,",
        ),
        (
            offers_with_bindings(&["SCRAM-SHA-1-PLUS"], &["tls-server-end-point"]),
            "SCRAM-SHA-1-PLUS",
            "p=tls-server-end-point,,",
        ),
        (
            offers_with_bindings(
                &["SCRAM-SHA-256-PLUS"],
                &["tls-server-end-point", "tls-exporter"],
            ),
            "SCRAM-SHA-256-PLUS",
            "p=tls-exporter,,",
        ),
        (
            offers_with_bindings(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], &["tls-unique"]),
            "SCRAM-SHA-256",
            "n,,",
        ),
        (
            offers(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]),
            "SCRAM-SHA-256",
            "n,,",
        ),
    ] {
        let (auth, first) = said(&Login::new(options()).receive(offer).unwrap());
        assert_eq!(auth.attr("mechanism"), Some(name));
        assert!(first.starts_with(&format!("{header}n=anna,r=")), "{first}");
    }
}

#[test]
fn a_connection_that_cannot_bind_says_so() {
    let mut unable = options();
    unable.bindings = Bindings::default();
    let offer = offers(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]);
    let (auth, first) = said(&Login::new(unable).receive(offer).unwrap());
    assert_eq!(auth.attr("mechanism"), Some("SCRAM-SHA-256"));
    assert!(first.starts_with("n,,"));
}

#[test]
fn unusable_binding_types_need_a_signed_list() {
    let mut login = Login::new(options());
    let offer = offers_with_bindings(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], &["dummy"]);
    let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
    let challenge = server.challenge(&said(&login.receive(offer).unwrap()).1);
    let result = login.receive(sasl("challenge", &challenge));
    assert_eq!(failed(result), FailureKind::ServerNotAuthentic);
}

#[test]
fn plain_only_when_allowed_and_only_when_nothing_better_is_offered() {
    let refused = Login::new(options()).receive(offers(&["PLAIN"]));
    assert_eq!(failed(refused), FailureKind::PlainRefused);
    let mut allowing = options();
    allowing.allow_plain = true;
    let (auth, text) = said(&Login::new(allowing).receive(offers(&["PLAIN"])).unwrap());
    assert_eq!(auth.attr("mechanism"), Some("PLAIN"));
    assert_eq!(text, "\0anna\0pencil");
    let mut allowing = options();
    allowing.allow_plain = true;
    let better = Login::new(allowing).receive(offers(&["PLAIN", "SCRAM-SHA-1"]));
    assert_eq!(
        said(&better.unwrap()).0.attr("mechanism"),
        Some("SCRAM-SHA-1")
    );
}

#[test]
fn no_mechanism_in_common() {
    let nothing = element("<features></features>");
    for offer in [offers(&[]), offers(&["DIGEST-MD5", "X-OWN"]), nothing] {
        assert_eq!(
            failed(Login::new(options()).receive(offer)),
            FailureKind::NoMechanism
        );
    }
}

#[test]
fn less_than_was_once_seen_is_refused_before_anything_is_sent() {
    for (before, offered, weaker) in [
        ("SCRAM-SHA-512", vec!["SCRAM-SHA-256"], true),
        ("SCRAM-SHA-1-PLUS", vec!["SCRAM-SHA-512"], true),
        ("SCRAM-SHA-1", vec!["PLAIN"], true),
        ("SCRAM-SHA-256", vec!["SCRAM-SHA-256", "PLAIN"], false),
        ("SCRAM-SHA-256", vec!["SCRAM-SHA-1-PLUS"], false),
        ("OF-A-LATER-VERSION", vec!["SCRAM-SHA-1"], false),
    ] {
        let mut remembering = options();
        remembering.strongest = Some(before.into());
        remembering.allow_plain = true;
        let result =
            Login::new(remembering).receive(offers_with_bindings(&offered, &["tls-exporter"]));
        if weaker {
            let now = offered[0].to_owned();
            assert_eq!(
                failed(result),
                FailureKind::WeakerLogin {
                    before: before.into(),
                    now
                }
            );
        } else {
            assert!(result.is_ok(), "{before} {offered:?}");
        }
    }
}

#[test]
fn a_binding_type_that_disappears_is_a_weaker_login() {
    let mut remembering = options();
    remembering.strongest = Some("SCRAM-SHA-256-PLUS".into());
    let offer = offers_with_bindings(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], &["dummy"]);
    assert!(matches!(
        failed(Login::new(remembering).receive(offer)),
        FailureKind::WeakerLogin { .. }
    ));
}

#[test]
fn a_server_that_proves_nothing_is_not_believed() {
    for last in ["", "v=AAAA", "e=other-error"] {
        let mut login = Login::new(options());
        let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
        let first = login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
        let challenge = server.challenge(&said(&first).1);
        login.receive(sasl("challenge", &challenge)).unwrap();
        let result = login.receive(sasl("success", last));
        assert_eq!(failed(result), FailureKind::ServerNotAuthentic, "{last}");
    }
    let mut login = Login::new(options());
    login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
    let at_once = login.receive(sasl("success", "v=AAAA"));
    assert_eq!(failed(at_once), FailureKind::ServerNotAuthentic);
}

#[test]
fn a_server_with_another_password_is_not_believed() {
    let mut login = Login::new(options());
    let first = login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
    let nonce = said(&first).1.split("r=").nth(1).unwrap().to_owned();
    let challenge = format!("r={nonce}x,s=c2FsdA==,i=4096");
    login.receive(sasl("challenge", &challenge)).unwrap();
    let forged = format!("v={}", BASE64.encode([7; 32]));
    let result = login.receive(sasl("challenge", &forged));
    assert_eq!(failed(result), FailureKind::ServerNotAuthentic);
}

#[test]
fn too_few_or_too_many_rounds_are_refused() {
    for rounds in ["1", "4095", "2147483648"] {
        let mut login = Login::new(options());
        let first = login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
        let nonce = said(&first).1.split("r=").nth(1).unwrap().to_owned();
        let challenge = format!("r={nonce}x,s=c2FsdA==,i={rounds}");
        let result = login.receive(sasl("challenge", &challenge));
        assert_eq!(failed(result), FailureKind::ServerNotAuthentic, "{rounds}");
    }
}

#[test]
fn the_proof_may_come_as_a_last_challenge() {
    let mut login = Login::new(options());
    let mut server = ScramServer::new(Hash::Sha1, "pencil", None);
    let first = login.receive(offers(&["SCRAM-SHA-1"])).unwrap();
    let challenge = server.challenge(&said(&first).1);
    let second = login.receive(sasl("challenge", &challenge)).unwrap();
    let last = server.finish(&said(&second).1);
    let third = login.receive(sasl("challenge", &last)).unwrap();
    assert_eq!(said(&third).1, "");
    let done = login.receive(sasl("success", "")).unwrap();
    assert_eq!(shown(&done), ["restart", "Binding"]);
}

#[test]
fn bound_to_the_channel() {
    for (offer, binding) in [
        (
            offers_with_bindings(&["SCRAM-SHA-512-PLUS"], &["tls-exporter"]),
            ("tls-exporter", b"exported".to_vec()),
        ),
        (
            offers_with_bindings(&["SCRAM-SHA-512-PLUS"], &["tls-server-end-point"]),
            ("tls-server-end-point", b"hashed".to_vec()),
        ),
    ] {
        let mut login = Login::new(options());
        let mut server = ScramServer::new(Hash::Sha512, "pencil", Some(binding));
        let challenge = server.challenge(&said(&login.receive(offer).unwrap()).1);
        let answer = login.receive(sasl("challenge", &challenge)).unwrap();
        let last = server.finish(&said(&answer).1);
        assert!(login.receive(sasl("success", &last)).is_ok());
    }
}

#[test]
fn failures_have_their_meaning() {
    for (condition, kind) in [
        ("not-authorized", FailureKind::WrongPassword),
        ("account-disabled", FailureKind::AccountDisabled),
        ("credentials-expired", FailureKind::AccountDisabled),
        ("temporary-auth-failure", FailureKind::ServerBusy),
        ("mechanism-too-weak", FailureKind::NoMechanism),
        ("malformed-request", FailureKind::Protocol),
        (
            "of-the-future",
            FailureKind::Refused("of-the-future".into()),
        ),
    ] {
        let mut login = Login::new(options());
        login.receive(offers(&["SCRAM-SHA-256"])).unwrap();
        let failure = element(&format!(
            "<failure xmlns='{SASL}'><{condition}/><text>words</text></failure>"
        ));
        match login.receive(failure) {
            Err(Halt::Failed(failure)) => {
                assert_eq!(failure.kind, kind);
                assert_eq!(failure.text.as_deref(), Some("words"));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_is_sent_is_not_printed() {
    let mut allowing = options();
    allowing.allow_plain = true;
    let actions = Login::new(allowing).receive(offers(&["PLAIN"])).unwrap();
    assert_eq!(
        format!("{actions:?}"),
        "[Step(Authenticating), Send(<auth>)]"
    );
}
