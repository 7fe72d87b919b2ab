//! The key of a database, random or from a passphrase.
//! Knows nothing of where it is kept.

use std::fmt::Write as _;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use crate::model::Secret;

/// Memory in KiB, passes and lanes of argon2id: the second recommendation of RFC 9106, section 4, for machines that
/// cannot spare 2 GiB. Another choice would lock out every profile with a passphrase.
const ARGON2: (u32, u32, u32) = (64 * 1024, 3, 4);

/// The key of a profile's database: 32 random bytes.
#[derive(Clone)]
pub struct DatabaseKey(pub(crate) Zeroizing<[u8; 32]>);

impl DatabaseKey {
    /// A new random key.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> std::io::Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|error| std::io::Error::other(error.to_string()))?;
        Ok(Self(key))
    }

    /// The key that a passphrase stands for (argon2id with the profile's salt).
    pub fn from_passphrase(passphrase: &Secret, salt: &[u8; 16]) -> Self {
        let (memory, passes, lanes) = ARGON2;
        let params = Params::new(memory, passes, lanes, Some(32)).expect("parameters are in range");
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.reveal().as_bytes(), salt, &mut *key)
            .expect("salt and output have lengths that argon2 takes");
        Self(key)
    }

    /// The key as 64 digits, as SQLCipher and the keyring take it.
    pub(crate) fn hex(&self) -> Zeroizing<String> {
        let mut hex = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            write!(hex, "{byte:02x}").expect("a string takes everything");
        }
        hex
    }

    /// The key of 64 digits, `None` for anything else.
    pub(crate) fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16)?;
            let low = char::from(pair[1]).to_digit(16)?;
            *byte = u8::try_from(high * 16 + low).ok()?;
        }
        Some(Self(key))
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseKey;
    use crate::model::Secret;

    #[test]
    fn hex_and_back() {
        let key = DatabaseKey::random().unwrap();
        assert_eq!(DatabaseKey::from_hex(&key.hex()).unwrap().0, key.0);
        for wrong in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert!(DatabaseKey::from_hex(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn a_passphrase_and_a_salt_make_one_key() {
        let of = |words, salt| DatabaseKey::from_passphrase(&Secret::new(words), &[salt; 16]).0;
        assert_eq!(of("correct horse", 1), of("correct horse", 1));
        assert_ne!(of("correct horse", 1), of("correct horse", 2));
        assert_ne!(of("correct horse", 1), of("correct house", 1));
    }
}
