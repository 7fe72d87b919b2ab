//! Seals bytes with a passphrase: argon2id, then XChaCha20-Poly1305.
//! Knows nothing of what the bytes mean or where they are kept.
//!
//! Form: 8 bytes `TSEALED1` · memory in KiB, passes, lanes (4 bytes each, little-endian) · 16 bytes salt · 24 bytes
//! nonce · sealed bytes. Everything before the nonce is authenticated, too.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

use crate::model::Secret;

/// First bytes; the digit is the version of the form.
const MAGIC: &[u8; 8] = b"TSEALED1";
/// Memory in KiB, passes and lanes of argon2id from now on: the second recommendation of RFC 9106, section 4.
const NEW_COST: [u32; 3] = [64 * 1024, 3, 4];
/// What sealed bytes may demand at most; more would only stop the machine.
const MOST_COST: [u32; 3] = [1024 * 1024, 32, 16];

const SALT: usize = 16;
const NONCE: usize = 24;
const HEADER: usize = MAGIC.len() + size_of::<[u32; 3]>() + SALT;

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealedError {
    /// The passphrase is wrong, or the bytes were changed by somebody who does not know it.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// It is not of a known form.
    #[error("not of a known form")]
    Damaged,
    /// The system gives no random bytes.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// A key made of a passphrase and a salt, with the salt.
#[derive(Clone)]
pub(crate) struct Sealer {
    header: [u8; HEADER],
    key: Zeroizing<[u8; 32]>,
}

impl Sealer {
    /// A sealer with a new salt.
    pub(crate) fn new(passphrase: &Secret) -> Result<Self, SealedError> {
        let mut header = [0; HEADER];
        let (start, salt) = header.split_at_mut(HEADER - SALT);
        let (magic, cost) = start.split_at_mut(MAGIC.len());
        magic.copy_from_slice(MAGIC);
        cost.copy_from_slice(NEW_COST.map(u32::to_le_bytes).as_flattened());
        fill_random(salt)?;
        Ok(Self {
            key: derive(passphrase, &header)?,
            header,
        })
    }

    /// Opens what was sealed, with the sealer that can seal it again.
    pub(crate) fn open(
        bytes: &[u8],
        passphrase: &Secret,
    ) -> Result<(Self, Zeroizing<Vec<u8>>), SealedError> {
        let (header, rest) = bytes
            .split_first_chunk::<HEADER>()
            .ok_or(SealedError::Damaged)?;
        let (nonce, sealed) = rest
            .split_first_chunk::<NONCE>()
            .ok_or(SealedError::Damaged)?;
        let key = derive(passphrase, header)?;
        let payload = Payload {
            msg: sealed,
            aad: header,
        };
        let plain = XChaCha20Poly1305::new((&*key).into())
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| SealedError::WrongPassphrase)?;
        let sealer = Self {
            header: *header,
            key,
        };
        Ok((sealer, Zeroizing::new(plain)))
    }

    /// Seals bytes under a new nonce.
    pub(crate) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, SealedError> {
        let mut nonce = [0; NONCE];
        fill_random(&mut nonce)?;
        let payload = Payload {
            msg: plain,
            aad: &self.header,
        };
        let sealed = XChaCha20Poly1305::new((&*self.key).into())
            .encrypt(XNonce::from_slice(&nonce), payload)
            .expect("small texts can be sealed");
        Ok([self.header.as_slice(), &nonce, &sealed].concat())
    }
}

fn fill_random(bytes: &mut [u8]) -> std::io::Result<()> {
    getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string()))
}

/// The key that a passphrase stands for under the costs and the salt of a header.
fn derive(passphrase: &Secret, header: &[u8; HEADER]) -> Result<Zeroizing<[u8; 32]>, SealedError> {
    let (magic, rest) = header.split_at(MAGIC.len());
    let (numbers, salt) = rest.split_at(rest.len() - SALT);
    if magic != MAGIC {
        return Err(SealedError::Damaged);
    }
    let mut cost = [0; 3];
    for ((number, bytes), most) in cost.iter_mut().zip(numbers.chunks_exact(4)).zip(MOST_COST) {
        let bytes = bytes.try_into().map_err(|_| SealedError::Damaged)?;
        *number = u32::from_le_bytes(bytes);
        if *number > most {
            return Err(SealedError::Damaged);
        }
    }
    let [memory, passes, lanes] = cost;
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|_| SealedError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut *key)
        .map_err(|_| SealedError::Damaged)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_passphrase_opens_and_nothing_may_be_changed() {
        let passphrase = Secret::new("correct horse");
        let sealer = Sealer::new(&passphrase).unwrap();
        let sealed = sealer.seal(b"hunter2").unwrap();
        assert!(!sealed.windows(7).any(|bytes| bytes == b"hunter2"));
        assert_ne!(sealed, sealer.seal(b"hunter2").unwrap());
        let (_, plain) = Sealer::open(&sealed, &passphrase).unwrap();
        assert_eq!(*plain, b"hunter2");
        let wrong = Sealer::open(&sealed, &Secret::new("correct house"));
        assert!(matches!(wrong, Err(SealedError::WrongPassphrase)));
        for place in [HEADER - 1, HEADER, HEADER + NONCE, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            let opened = Sealer::open(&changed, &passphrase);
            assert!(
                matches!(opened, Err(SealedError::WrongPassphrase)),
                "{place}"
            );
        }
    }

    #[test]
    fn what_demands_too_much_is_refused_before_it_costs_anything() {
        let passphrase = Secret::new("correct horse");
        let sealed = Sealer::new(&passphrase).unwrap().seal(b"").unwrap();
        for place in [11, 15, 19] {
            let mut greedy = sealed.clone();
            greedy[place] = 0xff;
            let opened = Sealer::open(&greedy, &passphrase);
            assert!(matches!(opened, Err(SealedError::Damaged)), "{place}");
        }
    }

    proptest! {
        #[test]
        fn any_other_bytes_are_damaged(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let opened = Sealer::open(&bytes, &Secret::new("x"));
            prop_assert!(matches!(opened, Err(SealedError::Damaged)));
        }
    }
}
