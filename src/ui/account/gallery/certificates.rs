//! Certificates that do not validate.

use relm4::prelude::*;

use crate::{
    model::{
        CertificateProblem, CertificateReason, CertificateSummary, ChainCertificate, Fingerprint,
        Timestamp,
    },
    ui::{account::certificate::CertificatePage, gallery::keep},
};

fn fingerprint(seed: u8) -> Fingerprint {
    let mut bytes = [0; 32];
    let mut value = seed;
    for byte in &mut bytes {
        value = value.wrapping_mul(73).wrapping_add(41);
        *byte = value;
    }
    Fingerprint(bytes)
}

/// A certificate that a group made for its own server.
pub(crate) fn problem() -> CertificateProblem {
    let summary = |subject: &str, issuer: &str| CertificateSummary {
        subject: subject.into(),
        issuer: issuer.into(),
        names: vec!["chat.example.org".into(), "example.org".into()],
        not_before: Timestamp(1_767_225_600_000),
        not_after: Timestamp(1_830_297_600_000),
    };
    let own = summary(
        "CN=example.org, O=River Collective",
        "CN=River Collective CA",
    );
    let authority = summary("CN=River Collective CA", "CN=River Collective CA");
    CertificateProblem {
        domain: "example.org".into(),
        chain: vec![
            ChainCertificate {
                sha256: fingerprint(7),
                summary: Some(own.clone()),
            },
            ChainCertificate {
                sha256: fingerprint(9),
                summary: Some(authority),
            },
        ],
        sha256: fingerprint(7),
        reason: CertificateReason::UnknownIssuer,
        summary: Some(own),
        pinned: None,
    }
}

fn open(problem: CertificateProblem) -> gtk::Window {
    keep(CertificatePage::builder().launch(problem).detach())
}

pub(super) fn unknown_issuer() -> gtk::Window {
    open(problem())
}

pub(super) fn changed() -> gtk::Window {
    open(CertificateProblem {
        reason: CertificateReason::PinChanged,
        pinned: Some(fingerprint(8)),
        ..problem()
    })
}

pub(super) fn unusable() -> gtk::Window {
    open(CertificateProblem {
        reason: CertificateReason::Unusable,
        summary: None,
        chain: vec![],
        ..problem()
    })
}
