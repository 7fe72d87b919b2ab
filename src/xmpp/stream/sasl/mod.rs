//! Which mechanism logs in, and the exchange it makes (RFC 6120, section 6).
//! Knows nothing of XML and of the network.

mod choice;
mod hashed_token;
mod scram;
#[cfg(test)]
mod test_server;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

pub(super) use choice::{Choice, Offer, Policy, choose, is_weaker};
pub(super) use hashed_token::{HashedToken, TokenMechanism};
#[cfg(test)]
pub(crate) use scram::Hash;
#[cfg(not(test))]
use scram::Hash;
pub(super) use scram::ScramError;
use scram::{Binding, Scram};
#[cfg(test)]
pub(crate) use test_server::ScramServer;

use crate::model::{Fingerprint, Secret};

/// What the TLS connection gives: channel binding data by type, and whom it is with.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bindings {
    /// `tls-exporter` (RFC 9266); only of TLS 1.3.
    pub(crate) exporter: Option<Vec<u8>>,
    /// `tls-server-end-point` (RFC 5929, section 4).
    pub(crate) server_end_point: Option<Vec<u8>>,
    /// SHA-256 of the server's certificate.
    pub(crate) certificate: Option<Fingerprint>,
}

impl Bindings {
    /// Whether nothing can be bound to this connection.
    fn are_none(&self) -> bool {
        self.exporter.is_none() && self.server_end_point.is_none()
    }
}

/// An exchange under way.
pub(super) enum Exchange {
    /// The password itself, once.
    Plain(Secret),
    /// Proof without the password.
    Scram(Box<Scram>),
}

impl Exchange {
    /// The first message, sent with the choice of the mechanism.
    pub(super) fn first(&self) -> Secret {
        match self {
            Self::Plain(message) => message.clone(),
            Self::Scram(scram) => Secret::new(String::from_utf8_lossy(&scram.first()).into_owned()),
        }
    }

    /// Answers a challenge; may compute for seconds.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<Vec<u8>, ScramError> {
        match self {
            Self::Plain(_) => Err(ScramError::Malformed),
            Self::Scram(scram) => scram.answer(challenge),
        }
    }

    /// Checks what the server says at the end, so that only the right server is believed.
    pub(super) fn finish(&self, last: &[u8]) -> Result<(), ScramError> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Scram(scram) => scram.finish(last),
        }
    }

    /// Whether the server must still prove that it knows the password.
    pub(super) fn wants_proof(&self) -> bool {
        matches!(self, Self::Scram(_))
    }
}

/// A nonce of 192 random bits.
fn fresh_nonce() -> Option<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).ok()?;
    Some(STANDARD_NO_PAD.encode(bytes))
}
