//! A server certificate as a person is shown it.

use super::time::Timestamp;

/// SHA-256 of a certificate in DER.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Upper-case hex in pairs with colons, the form that server tools print.
    pub fn to_hex(self) -> String {
        self.0
            .iter()
            .map(|b| format!("{b:02X}"))
            .collect::<Vec<_>>()
            .join(":")
    }
}

/// Everything a certificate dialog needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateProblem {
    /// The domain of the account, which the certificate must be valid for.
    pub domain: String,
    /// The chain as the server sent it, end-entity first, bounded.
    pub chain: Vec<ChainCertificate>,
    /// SHA-256 of the end-entity certificate.
    pub sha256: Fingerprint,
    /// Why it does not validate.
    pub reason: CertificateReason,
    /// What the end-entity certificate says of itself, where it could be read.
    pub summary: Option<CertificateSummary>,
    /// The fingerprint that was pinned before, if another one was.
    pub pinned: Option<Fingerprint>,
}

/// One certificate of a chain.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainCertificate {
    /// SHA-256 of it in DER.
    pub sha256: Fingerprint,
    /// What it says of itself, where it could be read.
    pub summary: Option<CertificateSummary>,
}

/// Why a certificate does not validate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CertificateReason {
    /// Signed by itself or by an authority that this system does not know.
    UnknownIssuer,
    /// Valid, but for other names.
    WrongName {
        /// The names it is valid for, bounded.
        names: Vec<String>,
    },
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// Revoked by its issuer.
    Revoked,
    /// Another certificate was pinned for this account.
    PinChanged,
    /// Of a kind that cannot be checked and thus not pinned either (such as X.509 version 1).
    Unusable,
    /// Any other reason, in the words of the TLS library.
    Other(String),
}

/// What a certificate says of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CertificateSummary {
    /// Subject as text.
    pub subject: String,
    /// Issuer as text.
    pub issuer: String,
    /// Names it is valid for.
    pub names: Vec<String>,
    /// Start of its time.
    pub not_before: Timestamp,
    /// End of its time.
    pub not_after: Timestamp,
}
