//! The passwords of a sealed file: a JSON object of address → password, padded with blanks.
//! Knows nothing of where its bytes are kept.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::sealer::{SealedError, Sealer};
use crate::model::{BareJid, Secret};

/// The sealed text is a multiple of this, in bytes, so that its length tells little about the passwords.
const PADDING: usize = 1024;

/// Opened passwords, with what seals them again.
pub(super) struct Passwords {
    sealer: Sealer,
    by_address: BTreeMap<String, Secret>,
}

impl Passwords {
    /// None yet.
    pub(super) fn new(passphrase: &Secret) -> Result<Self, SealedError> {
        Ok(Self {
            sealer: Sealer::new(passphrase)?,
            by_address: BTreeMap::new(),
        })
    }

    /// Opens what was sealed.
    pub(super) fn open(bytes: &[u8], passphrase: &Secret) -> Result<Self, SealedError> {
        let (sealer, plain) = Sealer::open(bytes, passphrase)?;
        let texts: BTreeMap<String, String> =
            serde_json::from_slice(&plain).map_err(|_| SealedError::Damaged)?;
        let by_address = texts
            .into_iter()
            .map(|(jid, text)| (jid, Secret::new(text)))
            .collect();
        Ok(Self { sealer, by_address })
    }

    /// Seals everything.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, SealedError> {
        let texts: BTreeMap<&str, &str> = self
            .by_address
            .iter()
            .map(|(jid, password)| (jid.as_str(), password.reveal()))
            .collect();
        let mut plain = serde_json::to_vec(&texts)
            .map(Zeroizing::new)
            .expect("texts become JSON");
        let padded = plain.len().next_multiple_of(PADDING);
        // A vector that grows leaves its former bytes behind: one of the final length takes its place.
        let mut text = Zeroizing::new(vec![b' '; padded]);
        text[..plain.len()].swap_with_slice(&mut plain);
        self.sealer.seal(&text)
    }

    /// The password of an account.
    pub(super) fn password(&self, jid: &BareJid) -> Option<Secret> {
        self.by_address.get(jid.as_str()).cloned()
    }

    /// The same with another password of this account, or none.
    pub(super) fn with_password(&self, jid: &BareJid, password: Option<&Secret>) -> Self {
        let mut by_address = self.by_address.clone();
        match password {
            Some(password) => by_address.insert(jid.to_string(), password.clone()),
            None => by_address.remove(jid.as_str()),
        };
        Self {
            sealer: self.sealer.clone(),
            by_address,
        }
    }
}
