//! The passwords and tokens of a sealed file: a JSON object of name → secret, padded with blanks.
//! Knows nothing of where its bytes are kept.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::sealer::{SealedError, Sealer};
use crate::model::Secret;

/// The sealed text is a multiple of this, in bytes, so that its length tells little about the passwords.
const PADDING: usize = 1024;

/// Opened passwords, with what seals them again.
pub(super) struct Passwords {
    sealer: Sealer,
    by_name: BTreeMap<String, Secret>,
}

impl Passwords {
    /// None yet.
    pub(super) fn new(passphrase: &Secret) -> Result<Self, SealedError> {
        Ok(Self {
            sealer: Sealer::new(passphrase)?,
            by_name: BTreeMap::new(),
        })
    }

    /// Opens what was sealed.
    pub(super) fn open(bytes: &[u8], passphrase: &Secret) -> Result<Self, SealedError> {
        let (sealer, plain) = Sealer::open(bytes, passphrase)?;
        let texts: BTreeMap<String, String> =
            serde_json::from_slice(&plain).map_err(|_| SealedError::Damaged)?;
        let by_name = texts
            .into_iter()
            .map(|(name, text)| (name, Secret::new(text)))
            .collect();
        Ok(Self { sealer, by_name })
    }

    /// Seals everything.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>, SealedError> {
        let texts: BTreeMap<&str, &str> = self
            .by_name
            .iter()
            .map(|(name, secret)| (name.as_str(), secret.reveal()))
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

    /// The secret of this name.
    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.by_name.get(name).cloned()
    }

    /// The same with other secrets of these names, or none.
    pub(super) fn with(&self, changes: &[(String, Option<&Secret>)]) -> Self {
        let mut by_name = self.by_name.clone();
        for (name, secret) in changes {
            match secret {
                Some(secret) => by_name.insert(name.clone(), (*secret).clone()),
                None => by_name.remove(name),
            };
        }
        Self {
            sealer: self.sealer.clone(),
            by_name,
        }
    }
}
