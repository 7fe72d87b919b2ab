//! The client's side of HT-SHA-256: a token proves both sides in one round trip (draft-schmaus-kitten-sasl-ht, XEP-0484).
//! Knows nothing of XML.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{Bindings, Hash, ScramError};
use crate::model::Secret;

/// What a token is bound to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TokenMechanism {
    /// `HT-SHA-256-EXPR`: to this TLS connection (`tls-exporter`).
    Exporter,
    /// `HT-SHA-256-ENDP`: to the certificate of the server (`tls-server-end-point`).
    EndPoint,
    /// `HT-SHA-256-NONE`: to nothing; whoever sees what is sent can send it again.
    Unbound,
}

impl TokenMechanism {
    /// From the best to the worst.
    const ALL: [Self; 3] = [Self::Exporter, Self::EndPoint, Self::Unbound];

    /// Its SASL name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exporter => "HT-SHA-256-EXPR",
            Self::EndPoint => "HT-SHA-256-ENDP",
            Self::Unbound => "HT-SHA-256-NONE",
        }
    }

    /// The mechanism of this SASL name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|mechanism| mechanism.name() == name)
    }

    /// Channel binding data of this connection, `None` when it has none of the type.
    pub(crate) fn data(self, bindings: &Bindings) -> Option<&[u8]> {
        match self {
            Self::Exporter => bindings.exporter.as_deref(),
            Self::EndPoint => bindings.server_end_point.as_deref(),
            Self::Unbound => Some(&[]),
        }
    }

    /// The best of those offered that this connection can do; an unbound one only where it may be.
    pub(crate) fn best(
        offered: impl Fn(&str) -> bool,
        bindings: &Bindings,
        unbound_allowed: bool,
    ) -> Option<Self> {
        Self::ALL.into_iter().find(|mechanism| {
            offered(mechanism.name())
                && mechanism.data(bindings).is_some()
                && (unbound_allowed || *mechanism != Self::Unbound)
        })
    }
}

/// One login with a token.
pub(crate) struct HashedToken {
    first: Zeroizing<Vec<u8>>,
    expected: Zeroizing<Vec<u8>>,
}

impl HashedToken {
    /// `binding`: channel binding data, empty without.
    pub(crate) fn new(username: &str, token: &Secret, binding: &[u8]) -> Self {
        let key = token.reveal().as_bytes();
        let proof = |who: &[u8]| Hash::Sha256.hmac(key, &[who, binding].concat());
        let mut first = Zeroizing::new(username.as_bytes().to_vec());
        first.push(0);
        first.extend_from_slice(&proof(b"Initiator"));
        Self {
            first,
            expected: proof(b"Responder"),
        }
    }

    /// The one message of the client.
    pub(crate) fn first(&self) -> &[u8] {
        &self.first
    }

    /// Checks the one message of the server: only who knows the token, on this channel, can have made it.
    ///
    /// # Errors
    /// [`ScramError::Signature`] when it is anything else.
    pub(crate) fn finish(&self, last: &[u8]) -> Result<(), ScramError> {
        if bool::from(self.expected.ct_eq(last)) {
            Ok(())
        } else {
            Err(ScramError::Signature)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// HMAC-SHA-256 computed with another program:
    /// `printf 'Initiatorexported' | openssl dgst -sha256 -hmac secret-token:fast-abc`.
    #[test]
    fn both_proofs_are_hmacs_over_name_and_channel() {
        let token = HashedToken::new("anna", &Secret::new("secret-token:fast-abc"), b"exported");
        let (name, proof) = token.first().split_at(5);
        assert_eq!(name, b"anna\0");
        assert_eq!(hex(proof), INITIATOR);
        assert_eq!(hex(&token.expected), RESPONDER);
        assert!(token.finish(&token.expected).is_ok());
    }

    const INITIATOR: &str = "7d737734c1ecfa367911f0fa25cefe90daf58b24aec37909debfef3dd7e31286";
    const RESPONDER: &str = "5a9833b09cbc991fa20f43f6d9589714ff7ac135c7791a971ab65e6945b502ee";

    #[test]
    fn another_answer_is_not_believed() {
        let token = HashedToken::new("anna", &Secret::new("t"), b"exported");
        let elsewhere = HashedToken::new("anna", &Secret::new("t"), b"other channel");
        let other = HashedToken::new("anna", &Secret::new("u"), b"exported");
        let own = token.first()[5..].to_vec();
        for answer in [
            &[][..],
            &own,
            &elsewhere.expected,
            &other.expected,
            &token.expected[..31],
        ] {
            assert_eq!(token.finish(answer), Err(ScramError::Signature));
        }
    }

    #[test]
    fn the_strongest_binding_that_both_can_do_is_taken() {
        let all = |_: &str| true;
        let mut bindings = Bindings {
            exporter: Some(b"e".to_vec()),
            server_end_point: Some(b"s".to_vec()),
            certificate: None,
        };
        let best = TokenMechanism::best;
        assert_eq!(best(all, &bindings, true), Some(TokenMechanism::Exporter));
        bindings.exporter = None;
        assert_eq!(best(all, &bindings, true), Some(TokenMechanism::EndPoint));
        bindings.server_end_point = None;
        assert_eq!(best(all, &bindings, true), Some(TokenMechanism::Unbound));
        assert_eq!(best(all, &bindings, false), None);
        assert_eq!(
            TokenMechanism::best(|name| name == "HT-SHA-512-NONE", &bindings, true),
            None
        );
    }
}
