//! What a message says, encrypted by a key of its own; that key is what the ratchets carry.

use std::fmt;

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, consts::U12, consts::U16},
    aes::Aes128,
};
use zeroize::Zeroizing;

use super::chain::MessageKeys;
use crate::crypto::{Entropy, Key};

/// What a ratchet carries for a payload: its key, and what authenticates it.
#[derive(Clone, Eq, PartialEq)]
pub struct Material(Zeroizing<Vec<u8>>);

impl Material {
    /// The bytes to encrypt for each device.
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Material {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Material(…)")
    }
}

/// Why a payload cannot be read although its key could.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
pub enum PayloadError {
    /// The sender's program is of before 2017: nothing binds the text to the sender's device.
    #[error("the sender's program is outdated")]
    Outdated,
    /// The key or the IV has a length that nobody uses.
    #[error("the key has a wrong length")]
    Length,
    /// The text was changed on its way.
    #[error("the text was changed")]
    Changed,
}

const TAG: usize = 16;

/// Protocol 0.3: AES-128 in Galois/counter mode; the tag travels with the key.
pub mod gcm {
    use super::*;

    /// A text that is encrypted.
    #[derive(Clone, Debug, Eq, PartialEq)]
    pub struct Sealed {
        /// For the ratchets.
        pub material: Material,
        /// For the `<iv/>` element.
        pub iv: [u8; 12],
        /// For the `<payload/>` element.
        pub ciphertext: Vec<u8>,
    }

    /// Encrypts a text by a new key.
    pub fn seal(text: &[u8], entropy: &mut dyn Entropy) -> Sealed {
        let mut material = Zeroizing::new(vec![0; 16]);
        // Room for the tag, so that no copy stays behind.
        material.reserve_exact(TAG);
        entropy.fill(&mut material);
        let mut iv = [0; 12];
        entropy.fill(&mut iv);
        let cipher =
            AesGcm::<Aes128, U12>::new_from_slice(&material).expect("the key has the right length");
        let mut ciphertext = cipher
            .encrypt(&iv.into(), text)
            .expect("a text is shorter than 64 GiB");
        let tag = ciphertext.split_off(text.len());
        material.extend_from_slice(&tag);
        Sealed {
            material: Material(material),
            iv,
            ciphertext,
        }
    }

    /// The key of a message without text: it only moves the ratchets (XEP-0384 0.3, section 4.6).
    pub fn empty(entropy: &mut dyn Entropy) -> (Material, [u8; 12]) {
        let mut material = Zeroizing::new(vec![0; 16]);
        entropy.fill(&mut material);
        let mut iv = [0; 12];
        entropy.fill(&mut iv);
        (Material(material), iv)
    }

    /// Decrypts a text. The IV has 12 bytes, or 16 from older programs.
    ///
    /// # Errors
    /// Says why it cannot be read.
    pub fn open(
        material: &[u8],
        iv: &[u8],
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
        let (key, tag) = material.split_at_checked(16).ok_or(PayloadError::Length)?;
        if tag.is_empty() {
            return Err(PayloadError::Outdated);
        }
        if tag.len() != TAG {
            return Err(PayloadError::Length);
        }
        let whole = [ciphertext, tag].concat();
        let text = match iv.len() {
            12 => AesGcm::<Aes128, U12>::new_from_slice(key)
                .expect("the key has the right length")
                .decrypt(iv.try_into().map_err(|_| PayloadError::Length)?, &whole[..]),
            16 => AesGcm::<Aes128, U16>::new_from_slice(key)
                .expect("the key has the right length")
                .decrypt(iv.try_into().map_err(|_| PayloadError::Length)?, &whole[..]),
            _ => return Err(PayloadError::Length),
        };
        text.map(Zeroizing::new).map_err(|_| PayloadError::Changed)
    }
}

/// Protocol 2: AES-256 in cipher block chaining mode, and HMAC-SHA-256 (XEP-0384, section 4.4).
pub mod cbc {
    use super::*;

    const INFO: &[u8] = b"OMEMO Payload";

    /// Encrypts an envelope (XEP-0420) by a new key; answers what the ratchets carry, and the ciphertext.
    pub fn seal(text: &[u8], entropy: &mut dyn Entropy) -> (Material, Vec<u8>) {
        let key = entropy.key();
        let keys = MessageKeys::of(&key, INFO);
        let ciphertext = keys.encrypt(text);
        let code = keys.code(&[&ciphertext]);
        let mut material = Zeroizing::new(Vec::with_capacity(32 + TAG));
        material.extend_from_slice(key.reveal());
        material.extend_from_slice(&code[..TAG]);
        (Material(material), ciphertext)
    }

    /// The key of a message without payload: zeros (XEP-0384, section 4.4).
    pub fn empty() -> Material {
        Material(Zeroizing::new(vec![0; 32]))
    }

    /// Decrypts an envelope.
    ///
    /// # Errors
    /// Says why it cannot be read.
    pub fn open(material: &[u8], ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
        let key = Key::of(material).ok_or(PayloadError::Length)?;
        let code = &material[32..];
        if code.len() != TAG {
            return Err(PayloadError::Length);
        }
        let keys = MessageKeys::of(&key, INFO);
        if !keys.fits(&[ciphertext], code, TAG) {
            return Err(PayloadError::Changed);
        }
        keys.decrypt(ciphertext).ok_or(PayloadError::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemEntropy;

    #[test]
    fn p5_an_iv_has_12_or_16_bytes() {
        let sealed = gcm::seal(b"text", &mut SystemEntropy);
        let open = |iv: &[u8]| gcm::open(sealed.material.reveal(), iv, &sealed.ciphertext);
        assert_eq!(&**open(&sealed.iv).unwrap(), b"text");
        // Other bytes, but a length that is in use.
        assert_eq!(open(&[0; 16]), Err(PayloadError::Changed));
        for length in [0, 1, 11, 13, 15, 17, 32] {
            assert_eq!(
                open(&vec![0; length]),
                Err(PayloadError::Length),
                "{length}"
            );
        }
        let key = [1; 16];
        let cipher = AesGcm::<Aes128, U16>::new_from_slice(&key).unwrap();
        let mut old = cipher.encrypt(&[2; 16].into(), &b"old"[..]).unwrap();
        let tag = old.split_off(3);
        let material = [&key[..], &tag].concat();
        assert_eq!(&**gcm::open(&material, &[2; 16], &old).unwrap(), b"old");
    }

    #[test]
    fn p6_a_tag_that_is_not_bound_to_the_device_is_refused() {
        let sealed = gcm::seal(b"text", &mut SystemEntropy);
        let (key, tag) = sealed.material.reveal().split_at(16);
        let appended = [&sealed.ciphertext, tag].concat();
        assert_eq!(
            gcm::open(key, &sealed.iv, &appended),
            Err(PayloadError::Outdated)
        );
        for length in [0, 15, 17, 31, 33, 48] {
            assert_eq!(
                gcm::open(&vec![0; length], &sealed.iv, &sealed.ciphertext),
                Err(PayloadError::Length),
                "{length}"
            );
        }
    }

    #[test]
    fn f49_what_was_changed_is_not_read() {
        let sealed = gcm::seal(b"text", &mut SystemEntropy);
        let mut changed = sealed.ciphertext.clone();
        changed[0] ^= 1;
        assert_eq!(
            gcm::open(sealed.material.reveal(), &sealed.iv, &changed),
            Err(PayloadError::Changed)
        );
        let (material, ciphertext) = cbc::seal(b"envelope", &mut SystemEntropy);
        assert_eq!(
            &**cbc::open(material.reveal(), &ciphertext).unwrap(),
            b"envelope"
        );
        for at in 0..ciphertext.len() {
            let mut changed = ciphertext.clone();
            changed[at] ^= 1;
            assert_eq!(
                cbc::open(material.reveal(), &changed),
                Err(PayloadError::Changed)
            );
        }
        for length in [0, 31, 32, 33, 47, 49] {
            assert_eq!(
                cbc::open(&vec![0; length], &ciphertext),
                Err(PayloadError::Length),
                "{length}"
            );
        }
    }

    #[test]
    fn f56_material_prints_as_nothing() {
        assert_eq!(format!("{:?}", cbc::empty()), "Material(…)");
    }
}
