//! What is wrong with a certificate, in the terms that a person is shown.
//! Decides nothing.

use sha2::{Digest, Sha256, Sha384, Sha512};
use tokio_rustls::rustls::{self, CertificateError, pki_types::CertificateDer};
use x509_parser::{
    certificate::X509Certificate,
    extensions::GeneralName,
    prelude::{FromDer, X509Version},
};

use crate::model::{
    CertificateProblem, CertificateReason, CertificateSummary, ChainCertificate, Fingerprint,
    Timestamp,
};

/// Most names shown of one certificate; hosting providers put hundreds into one.
const MAX_NAMES: usize = 20;

/// Longest name or subject shown, in characters.
const MAX_TEXT: usize = 256;

/// Most certificates of a chain that are kept; real chains have two to four.
const MAX_CHAIN: usize = 10;

/// Everything about a certificate that did not validate.
pub(super) fn problem(
    domain: &str,
    end_entity: &CertificateDer<'_>,
    intermediates: &[CertificateDer<'_>],
    error: &rustls::Error,
    pin: Option<Fingerprint>,
) -> CertificateProblem {
    let sha256 = Fingerprint(Sha256::digest(end_entity).into());
    let parsed = parse(end_entity);
    let reason = match reason(error, parsed.as_ref()) {
        CertificateReason::Unusable => CertificateReason::Unusable,
        _ if pin.is_some_and(|pin| pin != sha256) => CertificateReason::PinChanged,
        reason => reason,
    };
    CertificateProblem {
        domain: domain.to_owned(),
        chain: std::iter::once(end_entity)
            .chain(intermediates)
            .take(MAX_CHAIN)
            .map(|certificate| ChainCertificate {
                sha256: Fingerprint(Sha256::digest(certificate).into()),
                summary: parse(certificate).as_ref().map(summary),
            })
            .collect(),
        sha256,
        reason,
        summary: parsed.as_ref().map(summary),
        pinned: pin.filter(|pin| *pin != sha256),
    }
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    X509Certificate::from_der(certificate)
        .ok()
        .map(|(_, parsed)| parsed)
}

fn reason(error: &rustls::Error, parsed: Option<&X509Certificate<'_>>) -> CertificateReason {
    // Without version 3 its signature cannot be checked by the TLS library, so that even a pin would be of no use.
    if parsed.is_none_or(|certificate| certificate.version() != X509Version::V3) {
        return CertificateReason::Unusable;
    }
    let rustls::Error::InvalidCertificate(error) = error else {
        return CertificateReason::Other(bounded(&error.to_string()));
    };
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateReason::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateReason::NotYetValid
        }
        CertificateError::Revoked => CertificateReason::Revoked,
        // The second: by somebody who only has the name of an authority that we know.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateReason::UnknownIssuer
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateReason::WrongName {
                names: parsed.map(names).unwrap_or_default(),
            }
        }
        CertificateError::BadEncoding => CertificateReason::Unusable,
        other => {
            // An authority's certificate in the server's place: what `openssl req -x509` makes.
            if parsed.is_some_and(is_self_signed) {
                CertificateReason::UnknownIssuer
            } else {
                CertificateReason::Other(bounded(&other.to_string()))
            }
        }
    }
}

fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw()
}

fn summary(certificate: &X509Certificate<'_>) -> CertificateSummary {
    let validity = certificate.validity();
    let millis =
        |time: x509_parser::time::ASN1Time| Timestamp(time.timestamp().saturating_mul(1000));
    CertificateSummary {
        subject: bounded(&certificate.subject().to_string()),
        issuer: bounded(&certificate.issuer().to_string()),
        names: names(certificate),
        not_before: millis(validity.not_before),
        not_after: millis(validity.not_after),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else {
        return Vec::new();
    };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(bounded(name)),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .take(MAX_NAMES)
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(v4) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(v4).to_string());
    }
    let v6 = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(v6).to_string())
}

fn bounded(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}

/// Data of the channel binding `tls-server-end-point` (RFC 5929, section 4.1); `None` when it is not defined for the signature.
pub(super) fn end_point_hash(certificate: &CertificateDer<'_>) -> Option<Vec<u8>> {
    let parsed = parse(certificate)?;
    let algorithm = parsed.signature_algorithm.algorithm.to_id_string();
    Some(match algorithm.as_str() {
        // MD5 and SHA-1 are replaced by SHA-256.
        "1.2.840.113549.1.1.4"
        | "1.2.840.113549.1.1.5"
        | "1.2.840.10045.4.1"
        | "1.2.840.113549.1.1.11"
        | "1.2.840.10045.4.3.2" => Sha256::digest(certificate).to_vec(),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Sha384::digest(certificate).to_vec(),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Sha512::digest(certificate).to_vec(),
        _ => return None,
    })
}
