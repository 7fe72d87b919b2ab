//! What can go wrong, as choices that a caller or a person has, not as texts.

use super::certificate::CertificateProblem;

/// A typed failure with the server's own words, where there were any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    /// What happened; the window turns it into a sentence.
    pub kind: FailureKind,
    /// The other side's own text: untrusted, bounded, shown as plain text only.
    pub text: Option<String>,
}

impl Failure {
    /// A failure without words of the other side.
    pub fn new(kind: FailureKind) -> Self {
        Self { kind, text: None }
    }

    /// A failure with words of the other side, cut to a length that can be shown.
    pub fn with_text(kind: FailureKind, text: impl Into<String>) -> Self {
        let text: String = text.into();
        Self {
            kind,
            text: Some(text.chars().take(MAX_TEXT).collect()),
        }
    }
}

impl From<FailureKind> for Failure {
    fn from(kind: FailureKind) -> Self {
        Self::new(kind)
    }
}

/// Longest text of the other side that is kept, in characters: enough for a sentence, too little for an attack.
const MAX_TEXT: usize = 300;

/// Every failure of a connection or a request that has a sentence of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FailureKind {
    /// The password is not known and must be asked for.
    PasswordNeeded,
    /// The server refused user name or password (`not-authorized`).
    WrongPassword,
    /// The server says the account is disabled or expired.
    AccountDisabled,
    /// The server wants more than the password to log in, such as a code (XEP-0388, section 2.6.3); the names of these
    /// steps as it gives them, which may be none.
    MoreSteps(String),
    /// The server offers only mechanisms that send the password itself, and the account does not allow that.
    PlainRefused,
    /// The server offers a weaker login than it did before: a possible downgrade.
    WeakerLogin {
        /// The strongest mechanism ever seen for this account.
        before: String,
        /// The strongest mechanism offered now.
        now: String,
    },
    /// The server could not prove that it knows the password (SCRAM server signature).
    ServerNotAuthentic,
    /// No login mechanism in common.
    NoMechanism,
    /// The certificate does not validate; see what it carries.
    Certificate(Box<CertificateProblem>),
    /// The server does not offer encryption on the way (TLS).
    NoEncryption,
    /// The TLS handshake failed for a reason other than the certificate.
    Tls,
    /// The name of the server is not known to DNS.
    NoSuchServer,
    /// No address of the server accepted a connection.
    Unreachable,
    /// The proxy did not answer or refused.
    Proxy,
    /// The other side did not answer in time.
    Timeout,
    /// The connection ended.
    ConnectionLost,
    /// The server does not serve this domain (`host-unknown`).
    HostUnknown,
    /// Another session took this resource (`conflict`).
    Conflict,
    /// The server says we broke a rule of its (`policy-violation`).
    PolicyViolation,
    /// The server sends us to another host too often or without a usable name (`see-other-host`).
    RedirectLoop,
    /// The server is shutting down or overloaded.
    ServerBusy,
    /// What arrived is not XMPP.
    Protocol,
    /// Another stream error; its condition name.
    Stream(String),
    /// The server or the person at the other end answered with an error; its condition name (RFC 6120, section 8.3).
    Refused(String),
    /// The server cannot do what was asked.
    Unsupported,
    /// The account is not connected.
    Offline,
    /// The chosen name is taken (registration).
    NameTaken,
    /// The registration form was not accepted.
    FormRejected,
    /// The keyring or the sealed password file is not available.
    Keyring,
    /// The password is in the sealed file, whose passphrase has not been given in this run.
    PasswordsLocked,
    /// The passphrase is wrong.
    WrongPassphrase,
    /// The disk is full.
    DiskFull,
    /// The database could not be written or read.
    Storage,
    /// The person cancelled.
    Cancelled,
    /// A picture or text is too large or of a kind that is not used.
    BadInput,
}

/// Why a message could not be sent; stored with the message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SendFailure {
    /// The other side or the server answered with an error; its condition name.
    Refused(String),
    /// The contact is blocked.
    Blocked,
    /// The person cancelled it before it went out.
    Cancelled,
    /// The chat is encrypted, and the contact has no device that it could be encrypted for.
    NoDevices,
}
