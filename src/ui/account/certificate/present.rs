//! A certificate that does not validate, in words.

use crate::{
    i18n::{gettext, gettext_f},
    model::{CertificateProblem, CertificateReason, CertificateSummary, Fingerprint},
    ui::untrusted_text::{isolated, one_line},
};

/// Longest name that is shown, in characters; names of DNS have at most 253.
const MAX_NAME: usize = 253;

/// Most names that are listed.
const MAX_NAMES: usize = 10;

/// Bytes of a fingerprint on one line: two of them stand side by side in the narrowest window.
const BYTES_PER_LINE: usize = 4;

/// What is wrong, in one sentence.
pub(super) fn reason(problem: &CertificateProblem) -> String {
    match &problem.reason {
        CertificateReason::UnknownIssuer => gettext(
            "The certificate was issued by nobody that this system knows, perhaps by the server itself.",
        ),
        CertificateReason::WrongName { names } if names.is_empty() => {
            gettext("The certificate does not say which server it is for.")
        }
        CertificateReason::WrongName { names } => gettext_f(
            "The certificate is for another server: {names}.",
            &[("names", &list(names))],
        ),
        CertificateReason::Expired => gettext("The certificate has expired."),
        CertificateReason::NotYetValid => {
            gettext("The certificate is not valid yet. Is the clock of this computer right?")
        }
        CertificateReason::Revoked => {
            gettext("Its issuer has revoked the certificate, as is done when a key was stolen.")
        }
        CertificateReason::PinChanged => {
            gettext("The server shows another certificate than the one you pinned.")
        }
        CertificateReason::Unusable => {
            gettext("The certificate is of an old or broken kind that cannot be checked.")
        }
        CertificateReason::Other(words) => gettext_f(
            "The certificate could not be checked: “{words}”",
            &[("words", &isolated(words, MAX_NAME))],
        ),
    }
}

/// What could be behind it.
pub(super) fn meaning(problem: &CertificateProblem) -> String {
    match &problem.reason {
        CertificateReason::UnknownIssuer => gettext(
            "This is usual for servers that groups run for themselves. But somebody who listens on the way would show you a certificate like this, too.",
        ),
        CertificateReason::WrongName { .. } => gettext(
            "Either the server is not set up for this address, or you are connected to somebody else's.",
        ),
        CertificateReason::Expired => gettext(
            "Often it was only forgotten to renew it. But an old certificate may also be in the wrong hands.",
        ),
        CertificateReason::NotYetValid => {
            gettext("A wrong clock is the usual reason. Otherwise, ask those who run the server.")
        }
        CertificateReason::Revoked => gettext(
            "Somebody else may have its key. Do not connect before the server has a new one.",
        ),
        CertificateReason::PinChanged => gettext(
            "The server may have a new certificate. Or somebody stands between you and the server and could read everything, your password included.",
        ),
        CertificateReason::Unusable => gettext(
            "Nobody can tell who holds its key, so it cannot be pinned either. Those who run the server must replace it.",
        ),
        CertificateReason::Other(_) => gettext("It does not prove which server this is."),
    }
}

/// Whether pinning is possible at all.
pub(super) fn can_be_pinned(problem: &CertificateProblem) -> bool {
    problem.reason != CertificateReason::Unusable
}

/// What the person says before pinning.
pub(super) fn compared() -> String {
    gettext("I have compared the fingerprint with the one that those who run the server gave me")
}

/// What the certificate says of itself: labels and values, the values untrusted but bounded.
pub(super) fn rows(
    summary: &CertificateSummary,
    date: impl Fn(i64) -> String,
) -> Vec<(String, String)> {
    vec![
        (gettext("Belongs to"), one_line(&summary.subject, MAX_NAME)),
        (gettext("Issued by"), one_line(&summary.issuer, MAX_NAME)),
        (gettext("Valid for"), list(&summary.names)),
        (gettext("Valid from"), date(summary.not_before.0)),
        (gettext("Valid until"), date(summary.not_after.0)),
    ]
}

/// A fingerprint in short lines, as administrators' tools print it.
pub(super) fn lines(fingerprint: Fingerprint, bytes_per_line: usize) -> String {
    let hex = fingerprint.to_hex();
    let pairs: Vec<_> = hex.split(':').collect();
    let lines: Vec<_> = pairs
        .chunks(bytes_per_line)
        .map(|line| line.join(":"))
        .collect();
    lines.join("\n")
}

/// A fingerprint in lines so short that two fingerprints stand side by side.
pub(super) fn narrow_lines(fingerprint: Fingerprint) -> String {
    lines(fingerprint, BYTES_PER_LINE)
}

fn list(names: &[String]) -> String {
    let mut shown: Vec<_> = names
        .iter()
        .take(MAX_NAMES)
        .map(|name| isolated(name, MAX_NAME))
        .collect();
    if names.is_empty() {
        shown.push("–".into());
    }
    if names.len() > MAX_NAMES {
        shown.push("…".into());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(reason: CertificateReason) -> CertificateProblem {
        CertificateProblem {
            domain: "example.org".into(),
            chain: vec![],
            sha256: Fingerprint([0xAB; 32]),
            reason,
            summary: None,
            pinned: None,
        }
    }

    fn all() -> Vec<CertificateProblem> {
        [
            CertificateReason::UnknownIssuer,
            CertificateReason::WrongName { names: vec![] },
            CertificateReason::WrongName {
                names: vec!["evil\u{202e}\n<b>.example".into(); 500],
            },
            CertificateReason::Expired,
            CertificateReason::NotYetValid,
            CertificateReason::Revoked,
            CertificateReason::PinChanged,
            CertificateReason::Unusable,
            CertificateReason::Other("x".repeat(100_000)),
        ]
        .map(problem)
        .into()
    }

    #[test]
    fn every_reason_has_its_own_bounded_words() {
        let texts: Vec<_> = all().iter().map(reason).collect();
        for (place, text) in texts.iter().enumerate() {
            assert!(!texts[..place].contains(text), "{text}");
            assert!(text.chars().count() < MAX_NAME * (MAX_NAMES + 1));
            assert!(!text.contains(['\n', '\u{202e}']));
        }
        assert!(all().iter().all(|p| meaning(p).ends_with('.')));
    }

    #[test]
    fn only_what_can_be_checked_can_be_pinned() {
        for problem in all() {
            let unusable = problem.reason == CertificateReason::Unusable;
            assert_eq!(can_be_pinned(&problem), !unusable);
        }
    }

    #[test]
    fn fingerprints_are_in_even_lines() {
        let text = narrow_lines(Fingerprint([0xAB; 32]));
        assert_eq!(text.lines().count(), 8);
        assert!(text.lines().all(|line| line == "AB:AB:AB:AB"));
    }
}
