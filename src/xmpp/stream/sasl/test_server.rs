//! The server's side of SCRAM, for tests: computes from the password, as RFC 5802, section 3 says.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

use super::Hash;

/// A server that knows one password.
pub(crate) struct ScramServer {
    hash: Hash,
    password: &'static str,
    /// Channel binding that it demands, as type and data.
    binding: Option<(&'static str, Vec<u8>)>,
    client_first: String,
    server_first: String,
}

impl ScramServer {
    pub(crate) fn new(
        hash: Hash,
        password: &'static str,
        binding: Option<(&'static str, Vec<u8>)>,
    ) -> Self {
        Self {
            hash,
            password,
            binding,
            client_first: String::new(),
            server_first: String::new(),
        }
    }

    /// Answers the client's first message.
    pub(crate) fn challenge(&mut self, client_first: &str) -> String {
        self.client_first = client_first.to_owned();
        let nonce = client_first.split("r=").nth(1).unwrap();
        self.server_first = format!("r={nonce}server,s={},i=4096", BASE64.encode("salt"));
        self.server_first.clone()
    }

    /// As [`Self::challenge`], with a hash of this list of mechanisms and binding types (XEP-0474).
    pub(crate) fn challenge_signing(&mut self, client_first: &str, offer: &str) -> String {
        self.challenge(client_first);
        let hash = BASE64.encode(self.hash.digest(offer.as_bytes()));
        self.server_first.push_str(&format!(",h={hash}"));
        self.server_first.clone()
    }

    /// Checks the client's proof and channel binding; answers with its own proof.
    pub(crate) fn finish(&self, client_final: &str) -> String {
        let (without_proof, proof) = client_final.rsplit_once(",p=").unwrap();
        let (header, bare) = self
            .client_first
            .match_indices(',')
            .nth(1)
            .map(|(i, _)| self.client_first.split_at(i + 1))
            .unwrap();
        let mut bound = header.as_bytes().to_vec();
        if let Some((name, data)) = &self.binding {
            assert_eq!(header, format!("p={name},,"));
            bound.extend_from_slice(data);
        }
        let c = without_proof
            .split(',')
            .next()
            .and_then(|field| field.strip_prefix("c="))
            .unwrap();
        assert_eq!(BASE64.decode(c).unwrap(), bound, "channel binding");

        let signed = format!("{bare},{},{without_proof}", self.server_first);
        let salted = self.hash.stretch(self.password.as_bytes(), b"salt", 4096);
        let client_key = self.hash.hmac(&salted, b"Client Key");
        let stored_key = self.hash.digest(&client_key);
        let signature = self.hash.hmac(&stored_key, signed.as_bytes());
        let shown: Vec<u8> = BASE64
            .decode(proof)
            .unwrap()
            .iter()
            .zip(signature.iter())
            .map(|(a, b)| a ^ b)
            .collect();
        assert_eq!(self.hash.digest(&shown), stored_key, "client proof");
        let server_key = self.hash.hmac(&salted, b"Server Key");
        let signature = self.hash.hmac(&server_key, signed.as_bytes());
        format!("v={}", BASE64.encode(&*signature))
    }
}
