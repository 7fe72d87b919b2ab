//! A token that logs a device in without its password (XEP-0484), with everything that decides where it may be used.
//! Knows nothing of where it is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::sasl::{Bindings, HashedToken, TokenMechanism};
use crate::model::{Fingerprint, Secret, Timestamp};

/// Longest token that is kept, in bytes; those in use have about a hundred.
const MAX_TOKEN: usize = 4096;

/// Milliseconds before the end of a token at which it is given up: clocks differ.
const MARGIN: i64 = 60_000;

/// A token of one account on this device. As valuable as the password: it is kept where that is kept.
#[derive(Clone, Eq, PartialEq)]
pub struct Token {
    secret: Secret,
    mechanism: TokenMechanism,
    expiry: Timestamp,
    count: u32,
    certificate: Option<Fingerprint>,
    pin: Option<Fingerprint>,
    inline: Inline,
}

/// What the server does together with the login (XEP-0388, `inline`; XEP-0386).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Inline {
    /// Resumption (XEP-0198).
    pub(super) resume: bool,
    /// Binding (XEP-0386).
    pub(super) bind: bool,
    /// With binding: carbons (XEP-0280).
    pub(super) carbons: bool,
    /// With binding: client state (XEP-0352).
    pub(super) client_state: bool,
    /// With binding: stream management (XEP-0198).
    pub(super) management: bool,
}

/// A token as text.
#[derive(Deserialize, Serialize)]
struct Kept {
    token: String,
    mechanism: String,
    expiry: i64,
    count: u32,
    certificate: Option<[u8; 32]>,
    pin: Option<[u8; 32]>,
    inline: Inline,
}

/// Where a token is issued, or to be used.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// What the TLS connection gives.
    pub(super) bindings: &'a Bindings,
    /// The certificate that is pinned by hand.
    pub(super) pin: Option<Fingerprint>,
    /// Whether a mechanism bound to the channel was ever used with this account: nothing unbound may follow.
    pub(super) must_bind: bool,
}

impl Token {
    /// A token that the server has just issued; `None` when it is none that could be used.
    pub(super) fn issued(
        text: &str,
        expiry: &str,
        mechanism: TokenMechanism,
        place: Place<'_>,
        inline: Inline,
    ) -> Option<Self> {
        let expiry = chrono::DateTime::parse_from_rfc3339(expiry.trim()).ok()?;
        let fits = !text.is_empty() && text.len() <= MAX_TOKEN;
        fits.then(|| Self {
            secret: Secret::new(text),
            mechanism,
            expiry: Timestamp(expiry.timestamp_millis()),
            count: 0,
            certificate: place.bindings.certificate,
            pin: place.pin,
            inline,
        })
    }

    /// The login with this token over one connection; `None` where it must not be used.
    pub(super) fn exchange(&self, username: &str, place: Place<'_>) -> Option<HashedToken> {
        if self.mechanism == TokenMechanism::Unbound {
            // Whoever receives it can use it: only who has issued it may.
            let same = self.certificate.is_some()
                && self.certificate == place.bindings.certificate
                && self.pin == place.pin;
            if !same || place.must_bind {
                return None;
            }
        }
        let data = self.mechanism.data(place.bindings)?;
        Some(HashedToken::new(username, &self.secret, data))
    }

    /// The mechanism it was issued for, the only one it may be used with.
    pub(super) fn mechanism(&self) -> TokenMechanism {
        self.mechanism
    }

    /// How often it has been used, the coming time included.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// What the server did together with the login when it was last seen.
    pub(super) fn inline(&self) -> Inline {
        self.inline
    }

    /// The same after the server has said anew what it does together with the login.
    pub(super) fn with_inline(self, inline: Inline) -> Self {
        Self { inline, ..self }
    }

    /// Counts one more use; before each, so that no count is sent twice.
    pub fn count_use(&mut self) {
        self.count = self.count.saturating_add(1);
    }

    /// Whether the server will refuse it at this moment.
    pub fn has_expired(&self, now: Timestamp) -> bool {
        self.expiry.millis_since(now) < MARGIN
    }

    /// As text for where secrets are kept.
    pub fn to_secret(&self) -> Secret {
        let kept = Kept {
            token: self.secret.reveal().to_owned(),
            mechanism: self.mechanism.name().to_owned(),
            expiry: self.expiry.0,
            count: self.count,
            certificate: self.certificate.map(|sha256| sha256.0),
            pin: self.pin.map(|sha256| sha256.0),
            inline: self.inline,
        };
        let text = Secret::new(serde_json::to_string(&kept).expect("a token becomes JSON"));
        drop(zeroize::Zeroizing::new(kept.token));
        text
    }

    /// Reads what [`Self::to_secret`] wrote; anything else is no token.
    pub fn from_secret(text: &Secret) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text.reveal()).ok()?;
        Some(Self {
            secret: Secret::new(kept.token),
            mechanism: TokenMechanism::named(&kept.mechanism)?,
            expiry: Timestamp(kept.expiry),
            count: kept.count,
            certificate: kept.certificate.map(Fingerprint),
            pin: kept.pin.map(Fingerprint),
            inline: kept.inline,
        })
    }
}

/// Without the token.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("mechanism", &self.mechanism.name())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bindings() -> Bindings {
        Bindings {
            exporter: Some(b"exported".to_vec()),
            server_end_point: Some(b"hashed".to_vec()),
            certificate: Some(Fingerprint([1; 32])),
        }
    }

    fn place(bindings: &Bindings) -> Place<'_> {
        Place {
            bindings,
            pin: None,
            must_bind: false,
        }
    }

    fn issued(mechanism: TokenMechanism) -> Token {
        let inline = Inline::default();
        let expiry = "2026-12-01T00:00:00Z";
        Token::issued("abc", expiry, mechanism, place(&bindings()), inline).unwrap()
    }

    #[test]
    fn survives_as_text_and_does_not_print_itself() {
        let mut token = issued(TokenMechanism::EndPoint);
        token.count_use();
        let text = token.to_secret();
        assert_eq!(Token::from_secret(&text), Some(token.clone()));
        assert!(!format!("{token:?}").contains("abc"));
        for text in ["", "{}", "null", "hunter2"] {
            assert_eq!(Token::from_secret(&Secret::new(text)), None);
        }
    }

    #[test]
    fn ends_when_the_server_said() {
        let token = issued(TokenMechanism::Exporter);
        let end = 1_796_083_200_000;
        assert!(!token.has_expired(Timestamp(end - 2 * MARGIN)));
        assert!(token.has_expired(Timestamp(end)));
        assert!(token.has_expired(Timestamp(i64::MAX)));
    }

    #[test]
    fn what_is_no_token_is_not_kept() {
        let bindings = bindings();
        let issue = |text: &str, expiry: &str| {
            let inline = Inline::default();
            Token::issued(
                text,
                expiry,
                TokenMechanism::Exporter,
                place(&bindings),
                inline,
            )
        };
        assert!(issue("", "2026-12-01T00:00:00Z").is_none());
        assert!(issue(&"x".repeat(MAX_TOKEN + 1), "2026-12-01T00:00:00Z").is_none());
        for expiry in ["", "never", "2026-13-01T00:00:00Z", "99999999"] {
            assert!(issue("abc", expiry).is_none(), "{expiry}");
        }
    }

    #[test]
    fn a7_an_unbound_token_goes_only_to_the_certificate_and_pin_it_came_from() {
        let token = issued(TokenMechanism::Unbound);
        let mut here = bindings();
        assert!(token.exchange("anna", place(&here)).is_some());
        let pinned = Place {
            pin: Some(Fingerprint([1; 32])),
            ..place(&here)
        };
        assert!(token.exchange("anna", pinned).is_none());
        let bound_before = Place {
            must_bind: true,
            ..place(&here)
        };
        assert!(token.exchange("anna", bound_before).is_none());
        for other in [Some(Fingerprint([2; 32])), None] {
            here.certificate = other;
            assert!(token.exchange("anna", place(&here)).is_none());
        }
    }

    #[test]
    fn a6_a_bound_token_is_not_used_without_its_binding() {
        let without = Bindings {
            exporter: None,
            ..bindings()
        };
        let [exporter, end_point] = [TokenMechanism::Exporter, TokenMechanism::EndPoint];
        assert!(issued(exporter).exchange("anna", place(&without)).is_none());
        assert!(
            issued(end_point)
                .exchange("anna", place(&without))
                .is_some()
        );
        let nothing = Bindings::default();
        assert!(
            issued(end_point)
                .exchange("anna", place(&nothing))
                .is_none()
        );
    }
}
