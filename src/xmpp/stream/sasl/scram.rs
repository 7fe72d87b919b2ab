//! The client's side of SCRAM (RFC 5802, RFC 7677), with bounds on what the server may ask for.
//! Knows nothing of XML.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::model::Secret;

/// Fewest rounds of PBKDF2 that are accepted (RFC 7677, section 4): with less, whoever plays the server could try passwords cheaply.
const MIN_ITERATIONS: u32 = 4096;

/// Most rounds that are computed: seconds of one core; more would only be an attack on us.
const MAX_ITERATIONS: u32 = 5_000_000;

/// Longest salt and nonce of the server, in bytes.
const MAX_FIELD: usize = 1024;

/// Why the exchange stopped.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum ScramError {
    /// What the server sent does not follow the grammar, or has an extension that must be understood.
    #[error("malformed message")]
    Malformed,
    /// The server's nonce does not begin with ours, or adds nothing to it.
    #[error("nonce not extended")]
    Nonce,
    /// The number of rounds is out of bounds.
    #[error("iteration count out of bounds")]
    Iterations,
    /// The list of mechanisms that we saw is not the one that the server sent (XEP-0474).
    #[error("the list of mechanisms was changed on the way")]
    Downgrade,
    /// The server does not know the password.
    #[error("wrong server signature")]
    Signature,
}

/// The hash of a SCRAM mechanism.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Hash {
    /// SCRAM-SHA-1 (RFC 5802).
    Sha1,
    /// SCRAM-SHA-256 (RFC 7677).
    Sha256,
    /// SCRAM-SHA-512 (draft-melnikov-scram-sha-512).
    Sha512,
}

impl Hash {
    pub(super) fn digest(self, data: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(data).to_vec(),
            Self::Sha256 => Sha256::digest(data).to_vec(),
            Self::Sha512 => Sha512::digest(data).to_vec(),
        }
    }

    pub(crate) fn hmac(self, key: &[u8], data: &[u8]) -> Zeroizing<Vec<u8>> {
        /// HMAC takes keys of any length.
        const ANY_LENGTH: &str = "HMAC takes keys of any length";
        Zeroizing::new(match self {
            Self::Sha1 => Hmac::<Sha1>::new_from_slice(key)
                .expect(ANY_LENGTH)
                .chain_update(data)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::Sha256 => Hmac::<Sha256>::new_from_slice(key)
                .expect(ANY_LENGTH)
                .chain_update(data)
                .finalize()
                .into_bytes()
                .to_vec(),
            Self::Sha512 => Hmac::<Sha512>::new_from_slice(key)
                .expect(ANY_LENGTH)
                .chain_update(data)
                .finalize()
                .into_bytes()
                .to_vec(),
        })
    }

    pub(super) fn stretch(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
    ) -> Zeroizing<Vec<u8>> {
        let length = match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        };
        let mut out = Zeroizing::new(vec![0; length]);
        match self {
            Self::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>(password, salt, iterations, &mut out),
            Self::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, iterations, &mut out),
            Self::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>(password, salt, iterations, &mut out),
        }
        out
    }
}

/// What the exchange says of channel binding (RFC 5802, section 6).
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Binding {
    /// We cannot bind: `n`.
    Unable,
    /// We could, but the server does not offer it: `y`; a server that did offer it then knows of a downgrade.
    NotOffered,
    /// Bound to this data of this type: `p`.
    Bound {
        /// Registered name of the type, such as `tls-exporter`.
        name: &'static str,
        /// The data that both sides of the TLS connection know.
        data: Vec<u8>,
    },
}

impl Binding {
    fn header(&self) -> String {
        match self {
            Self::Unable => "n,,".to_owned(),
            Self::NotOffered => "y,,".to_owned(),
            Self::Bound { name, .. } => format!("p={name},,"),
        }
    }
}

/// The list of mechanisms and binding types that we saw, which the server may have hashed and signs in that case (XEP-0474).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct SignedOffer {
    /// The list as XEP-0474 hashes it.
    pub(crate) text: String,
    /// Whether to go on only when the server has hashed it.
    pub(crate) required: bool,
}

/// One exchange.
pub(crate) struct Scram {
    hash: Hash,
    binding: Binding,
    nonce: String,
    first_bare: String,
    password: Secret,
    offer: SignedOffer,
    expected: Option<Zeroizing<Vec<u8>>>,
}

impl Scram {
    /// Starts an exchange; `nonce` must be fresh and random, of printable ASCII without comma.
    pub(crate) fn new(
        hash: Hash,
        binding: Binding,
        username: &str,
        password: Secret,
        nonce: String,
        offer: SignedOffer,
    ) -> Self {
        let username = stringprep::saslprep(username)
            .map_or_else(|_| username.to_owned(), |name| name.into_owned())
            .replace('=', "=3D")
            .replace(',', "=2C");
        Self {
            hash,
            binding,
            first_bare: format!("n={username},r={nonce}"),
            nonce,
            password,
            offer,
            expected: None,
        }
    }

    /// The client's first message.
    pub(crate) fn first(&self) -> Vec<u8> {
        format!("{}{}", self.binding.header(), self.first_bare).into_bytes()
    }

    /// Answers the server's first message; computes for up to seconds.
    ///
    /// # Errors
    /// When the message breaks a rule; nothing that depends on the password is sent then.
    pub(crate) fn answer(&mut self, server_first: &[u8]) -> Result<Vec<u8>, ScramError> {
        let server_first = std::str::from_utf8(server_first).map_err(|_| ScramError::Malformed)?;
        let challenge = Challenge::parse(server_first)?;
        if !challenge.nonce.starts_with(&self.nonce)
            || challenge.nonce.len() == self.nonce.len()
            || challenge.nonce.len() > MAX_FIELD
        {
            return Err(ScramError::Nonce);
        }
        if !(MIN_ITERATIONS..=MAX_ITERATIONS).contains(&challenge.iterations) {
            return Err(ScramError::Iterations);
        }
        match &challenge.offer_hash {
            Some(hash) => {
                let ours = self.hash.digest(self.offer.text.as_bytes());
                if !bool::from(ours.ct_eq(hash)) {
                    return Err(ScramError::Downgrade);
                }
            }
            None if self.offer.required => return Err(ScramError::Downgrade),
            None => {}
        }
        let mut bound = self.binding.header().into_bytes();
        if let Binding::Bound { data, .. } = &self.binding {
            bound.extend_from_slice(data);
        }
        let without_proof = format!("c={},r={}", BASE64.encode(bound), challenge.nonce);
        let signed = format!("{},{server_first},{without_proof}", self.first_bare);

        let prepared = Secret::new(stringprep::saslprep(self.password.reveal()).map_or_else(
            |_| self.password.reveal().to_owned(),
            |text| text.into_owned(),
        ));
        let salted = self.hash.stretch(
            prepared.reveal().as_bytes(),
            &challenge.salt,
            challenge.iterations,
        );
        let client_key = self.hash.hmac(&salted, b"Client Key");
        let stored_key = self.hash.digest(&client_key);
        let signature = self.hash.hmac(&stored_key, signed.as_bytes());
        let proof: Zeroizing<Vec<u8>> = Zeroizing::new(
            client_key
                .iter()
                .zip(signature.iter())
                .map(|(a, b)| a ^ b)
                .collect(),
        );
        let server_key = self.hash.hmac(&salted, b"Server Key");
        self.expected = Some(self.hash.hmac(&server_key, signed.as_bytes()));
        Ok(format!("{without_proof},p={}", BASE64.encode(&*proof)).into_bytes())
    }

    /// Checks the server's last message: only who knows the password can have signed it.
    ///
    /// # Errors
    /// When the signature is missing or wrong, or the server signals an error.
    pub(crate) fn finish(&self, server_final: &[u8]) -> Result<(), ScramError> {
        let expected = self.expected.as_ref().ok_or(ScramError::Signature)?;
        let text = std::str::from_utf8(server_final).map_err(|_| ScramError::Malformed)?;
        let signature = text
            .split(',')
            .next()
            .and_then(|field| field.strip_prefix("v="))
            .ok_or(ScramError::Signature)?;
        let signature = BASE64
            .decode(signature)
            .map_err(|_| ScramError::Signature)?;
        if bool::from(expected.ct_eq(&signature)) {
            Ok(())
        } else {
            Err(ScramError::Signature)
        }
    }
}

/// The server's first message.
struct Challenge<'a> {
    nonce: &'a str,
    salt: Vec<u8>,
    iterations: u32,
    offer_hash: Option<Vec<u8>>,
}

impl<'a> Challenge<'a> {
    fn parse(text: &'a str) -> Result<Self, ScramError> {
        let mut fields = text.split(',');
        let mut next = |prefix: &str| {
            fields
                .next()
                .and_then(|field| field.strip_prefix(prefix))
                .ok_or(ScramError::Malformed)
        };
        // A mandatory extension `m=` would stand here and thus fails (RFC 5802, section 5.1).
        let nonce = next("r=")?;
        let salt = BASE64
            .decode(next("s=")?)
            .map_err(|_| ScramError::Malformed)?;
        let count = next("i=")?;
        if salt.is_empty() || salt.len() > MAX_FIELD {
            return Err(ScramError::Malformed);
        }
        if count.is_empty() || !count.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ScramError::Malformed);
        }
        let iterations = count.parse().map_err(|_| ScramError::Iterations)?;
        let offer_hash = fields
            .find_map(|field| field.strip_prefix("h="))
            .map(|hash| BASE64.decode(hash).map_err(|_| ScramError::Malformed))
            .transpose()?;
        Ok(Self {
            nonce,
            salt,
            iterations,
            offer_hash,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The exchange of RFC 7677, section 3.
    fn rfc7677() -> Scram {
        Scram::new(
            Hash::Sha256,
            Binding::Unable,
            "user",
            Secret::new("pencil"),
            "rOprNGfwEbeRWgbNEkqO".to_owned(),
            SignedOffer::default(),
        )
    }

    const FIRST: &str = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                         s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

    #[test]
    fn the_example_of_rfc_7677() {
        let mut scram = rfc7677();
        assert_eq!(scram.first(), b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
        assert_eq!(
            String::from_utf8(scram.answer(FIRST.as_bytes()).unwrap()).unwrap(),
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
             p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        );
        scram
            .finish(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
            .unwrap();
    }

    #[test]
    fn the_example_of_rfc_5802() {
        let mut scram = Scram::new(
            Hash::Sha1,
            Binding::Unable,
            "user",
            Secret::new("pencil"),
            "fyko+d2lbbFgONRv9qkxdawL".to_owned(),
            SignedOffer::default(),
        );
        let answer = scram
            .answer(b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096")
            .unwrap();
        assert!(answer.ends_with(b",p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="));
        scram.finish(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").unwrap();
    }

    #[test]
    fn iteration_counts_out_of_bounds_are_refused_before_anything_is_computed() {
        for count in [
            "1",
            "4095",
            "5000001",
            "2147483648",
            "4294967296",
            "99999999999999999999",
        ] {
            let first = FIRST.replace("i=4096", &format!("i={count}"));
            assert_eq!(
                rfc7677().answer(first.as_bytes()),
                Err(ScramError::Iterations),
                "{count}"
            );
        }
        for count in ["", "-4096", "+4096", "4096x", "0x1000"] {
            let first = FIRST.replace("i=4096", &format!("i={count}"));
            assert_eq!(
                rfc7677().answer(first.as_bytes()),
                Err(ScramError::Malformed),
                "{count}"
            );
        }
    }

    #[test]
    fn a_nonce_that_is_not_ours_extended_is_refused() {
        for nonce in [
            "rOprNGfwEbeRWgbNEkqO",
            "",
            "another",
            "xrOprNGfwEbeRWgbNEkqOy",
        ] {
            let first = format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
            assert_eq!(
                rfc7677().answer(first.as_bytes()),
                Err(ScramError::Nonce),
                "{nonce}"
            );
        }
    }

    #[test]
    fn a_server_without_the_password_is_found_out() {
        let mut scram = rfc7677();
        assert_eq!(
            scram.finish(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="),
            Err(ScramError::Signature),
            "a signature before the proof proves nothing"
        );
        scram.answer(FIRST.as_bytes()).unwrap();
        for last in [
            &b""[..],
            b"v=",
            b"v=AAAA",
            b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=",
            b"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            b"e=invalid-proof",
            b"\xff",
        ] {
            assert!(scram.finish(last).is_err(), "{last:?}");
        }
    }

    #[test]
    fn malformed_challenges_are_refused() {
        for first in [
            &b""[..],
            b"\xff\xfe",
            b"r=",
            b"m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=AAAA,i=4096",
            b"r=rOprNGfwEbeRWgbNEkqOx,i=4096,s=AAAA",
            b"r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
            b"r=rOprNGfwEbeRWgbNEkqOx,s=!!!,i=4096",
            b"r=rOprNGfwEbeRWgbNEkqOx,s=AAAA",
        ] {
            assert_eq!(rfc7677().answer(first), Err(ScramError::Malformed));
        }
    }

    #[test]
    fn a_changed_list_of_mechanisms_is_found_out() {
        let offer = "SCRAM-SHA-1\u{1e}SCRAM-SHA-256";
        let hash = BASE64.encode(Sha256::digest(offer));
        let first = format!("{FIRST},h={hash}");
        let scram = |offer: &str, required| {
            Scram::new(
                Hash::Sha256,
                Binding::Unable,
                "user",
                Secret::new("pencil"),
                "rOprNGfwEbeRWgbNEkqO".to_owned(),
                SignedOffer {
                    text: offer.to_owned(),
                    required,
                },
            )
        };
        assert!(scram(offer, true).answer(first.as_bytes()).is_ok());
        assert!(scram(offer, false).answer(FIRST.as_bytes()).is_ok());
        assert_eq!(
            scram("SCRAM-SHA-1", false).answer(first.as_bytes()),
            Err(ScramError::Downgrade)
        );
        assert_eq!(
            scram(offer, true).answer(FIRST.as_bytes()),
            Err(ScramError::Downgrade)
        );
    }

    #[test]
    fn the_header_says_the_truth_about_binding() {
        let first = |binding| {
            let scram = Scram::new(
                Hash::Sha512,
                binding,
                "a=b,c",
                Secret::new(""),
                "N".into(),
                SignedOffer::default(),
            );
            String::from_utf8(scram.first()).unwrap()
        };
        assert_eq!(first(Binding::Unable), "n,,n=a=3Db=2Cc,r=N");
        assert_eq!(first(Binding::NotOffered), "y,,n=a=3Db=2Cc,r=N");
        assert_eq!(
            first(Binding::Bound {
                name: "tls-exporter",
                data: vec![1]
            }),
            "p=tls-exporter,,n=a=3Db=2Cc,r=N"
        );
    }
}
