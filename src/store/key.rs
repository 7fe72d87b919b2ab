//! The key of a database: random, whatever opens it for a person.
//! Knows nothing of where it is kept.

use std::fmt::Write as _;

use zeroize::Zeroizing;

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

    /// The key as 64 digits, as SQLCipher and the keyring take it.
    pub fn hex(&self) -> Zeroizing<String> {
        let mut hex = Zeroizing::new(String::with_capacity(64));
        for byte in self.0.iter() {
            write!(hex, "{byte:02x}").expect("a string takes everything");
        }
        hex
    }

    /// The key of 64 digits, `None` for anything else.
    pub fn from_hex(hex: &str) -> Option<Self> {
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

    #[test]
    fn hex_and_back() {
        let key = DatabaseKey::random().unwrap();
        assert_eq!(DatabaseKey::from_hex(&key.hex()).unwrap().0, key.0);
        for wrong in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert!(DatabaseKey::from_hex(wrong).is_none(), "{wrong:?}");
        }
    }
}
