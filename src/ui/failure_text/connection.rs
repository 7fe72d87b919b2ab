//! Failures of connections and requests: which sentences belong to which.

use super::{Explanation, condition_quote, conditions, login, network, request, server_quote};
use crate::model::{Failure, FailureKind};

/// A failure of a connection or a request in sentences.
pub fn describe(failure: &Failure) -> Explanation {
    let mut text = describe_kind(&failure.kind);
    if let Some(words) = failure.text.as_deref().and_then(server_quote) {
        text.quote = Some(words);
    }
    text
}

fn describe_kind(kind: &FailureKind) -> Explanation {
    use FailureKind as F;
    match kind {
        F::PasswordNeeded => login::password_needed(),
        F::WrongPassword => login::wrong_password(),
        F::AccountDisabled => login::account_disabled(),
        F::MoreSteps(steps) => login::more_steps(steps),
        F::PlainRefused => login::plain_refused(),
        F::WeakerLogin { before, now } => login::weaker_login(before, now),
        F::ServerNotAuthentic => login::server_not_authentic(),
        F::NoMechanism => login::no_mechanism(),
        F::Certificate(problem) => network::certificate(problem),
        F::NoEncryption => network::no_encryption(),
        F::Tls => network::tls(),
        F::NoSuchServer => network::no_such_server(),
        F::Unreachable => network::unreachable(),
        F::Proxy => network::proxy(),
        F::Timeout => network::timeout(),
        F::ConnectionLost => network::connection_lost(),
        F::HostUnknown => network::host_unknown(),
        F::Conflict => network::conflict(),
        F::PolicyViolation => network::policy_violation(),
        F::RedirectLoop => network::redirect_loop(),
        F::ServerBusy => network::server_busy(),
        F::Protocol => network::protocol(),
        F::Stream(condition) => Explanation {
            quote: Some(condition_quote(condition)),
            ..network::stream(conditions::of_stream(condition))
        },
        F::Refused(condition) => Explanation {
            quote: Some(condition_quote(condition)),
            ..request::refused(conditions::of_request(condition))
        },
        F::Unsupported => request::unsupported(),
        F::Offline => request::offline(),
        F::NameTaken => request::name_taken(),
        F::FormRejected => request::form_rejected(),
        F::Cancelled => request::cancelled(),
        F::BadInput => request::bad_input(),
        F::Keyring => login::keyring(),
        F::PasswordsLocked => login::passwords_locked(),
        F::WrongPassphrase => login::wrong_passphrase(),
        F::DiskFull => request::disk_full(),
        F::Storage => request::storage(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CertificateProblem, CertificateReason, Fingerprint};

    /// One of each; `describe_kind` does not compile when a new one has no sentence.
    fn all() -> Vec<FailureKind> {
        use FailureKind as F;
        let certificate = CertificateProblem {
            domain: "example.org".into(),
            chain: vec![],
            sha256: Fingerprint([7; 32]),
            reason: CertificateReason::Expired,
            summary: None,
            pinned: None,
        };
        vec![
            F::PasswordNeeded,
            F::WrongPassword,
            F::AccountDisabled,
            F::MoreSteps("HOTP\u{202e}".into()),
            F::PlainRefused,
            F::WeakerLogin {
                before: "SCRAM-SHA-256".into(),
                now: "PLAIN".into(),
            },
            F::ServerNotAuthentic,
            F::NoMechanism,
            F::Certificate(Box::new(certificate)),
            F::NoEncryption,
            F::Tls,
            F::NoSuchServer,
            F::Unreachable,
            F::Proxy,
            F::Timeout,
            F::ConnectionLost,
            F::HostUnknown,
            F::Conflict,
            F::PolicyViolation,
            F::RedirectLoop,
            F::ServerBusy,
            F::Protocol,
            F::Stream("reset".into()),
            F::Refused("forbidden".into()),
            F::Unsupported,
            F::Offline,
            F::NameTaken,
            F::FormRejected,
            F::Cancelled,
            F::BadInput,
            F::Keyring,
            F::PasswordsLocked,
            F::WrongPassphrase,
            F::DiskFull,
            F::Storage,
        ]
    }

    #[test]
    fn every_failure_says_what_it_means_and_what_to_do() {
        let texts: Vec<_> = all().iter().map(describe_kind).collect();
        for (place, text) in texts.iter().enumerate() {
            assert!(!text.title.ends_with('.'), "{}", text.title);
            assert!(text.meaning.ends_with('.'), "{}", text.meaning);
            assert!(text.advice.ends_with('.'), "{}", text.advice);
            for other in &texts[..place] {
                assert_ne!(other.title, text.title);
                assert_ne!(other.meaning, text.meaning);
            }
        }
    }

    #[test]
    fn words_of_the_server_stay_a_bounded_quotation() {
        for kind in all() {
            let words = "\u{202e}Call <b>+1 900</b>\n".repeat(50);
            let text = describe(&Failure::with_text(kind, words));
            let quote = text.quote.unwrap();
            assert!(quote.chars().count() <= 240, "{quote}");
            assert!(!quote.contains(['\n', '\u{202e}']), "{quote:?}");
            for ours in [text.title, text.meaning, text.advice] {
                assert!(!ours.contains("900"), "{ours}");
            }
        }
        let silent = describe(&Failure::with_text(FailureKind::Timeout, " "));
        assert_eq!(silent.quote, None);
    }

    #[test]
    fn a_name_of_a_mechanism_cannot_be_a_sentence() {
        let text = describe_kind(&FailureKind::WeakerLogin {
            before: "A".repeat(10_000),
            now: "\u{2069}everything is fine\u{202e}".into(),
        });
        assert!(text.meaning.chars().count() < 400);
        assert!(!text.meaning.contains('\u{202e}'));
    }
}
