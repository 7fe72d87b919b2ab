//! Key derivation: the root, the chains and the keys of single messages (Double Ratchet, sections 3.1 and 5.2).

use aes::Aes256;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{
    curve::{Public, agree},
    profile::Profile,
};
use crate::crypto::Key;

/// HMAC-SHA-256 of parts that belong together.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes any key");
    for part in parts {
        mac.update(part);
    }
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HKDF-SHA-256; `N` is at most 80 here.
pub(super) fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> Zeroizing<[u8; N]> {
    let mut out = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(Some(salt), input)
        .expand(info, out.as_mut_slice())
        .expect("so few bytes can be derived");
    out
}

fn key_of(bytes: &[u8]) -> Key {
    Key::of(bytes).expect("so many bytes were derived")
}

/// A step of the root: the next root and the beginning of a chain; nothing for a key of small order.
pub(super) fn step_root(
    profile: Profile,
    root: &Key,
    ours: &Key,
    theirs: &Public,
) -> Option<(Key, Key)> {
    let shared = agree(ours, theirs)?;
    let both = derive::<64>(root.reveal(), shared.reveal(), profile.root_info());
    Some((key_of(&both[..32]), key_of(&both[32..])))
}

/// A step of a chain: the next chain key and the key of this message.
pub(super) fn step_chain(chain: &Key) -> (Key, Key) {
    let next = hmac(chain.reveal(), &[&[2]]);
    let message = hmac(chain.reveal(), &[&[1]]);
    (Key::new(*next), Key::new(*message))
}

/// The three keys of one message, or of one payload of protocol 2.
pub(super) struct MessageKeys(Zeroizing<[u8; 80]>);

impl MessageKeys {
    pub(super) fn of(key: &Key, info: &[u8]) -> Self {
        Self(derive(&[0; 32], key.reveal(), info))
    }

    pub(super) fn encrypt(&self, text: &[u8]) -> Vec<u8> {
        cbc::Encryptor::<Aes256>::new_from_slices(&self.0[..32], &self.0[64..])
            .expect("key and IV have the right lengths")
            .encrypt_padded_vec::<Pkcs7>(text)
    }

    /// Only after [`Self::fits`]: wrong padding of what nobody authenticated would tell something.
    pub(super) fn decrypt(&self, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        cbc::Decryptor::<Aes256>::new_from_slices(&self.0[..32], &self.0[64..])
            .expect("key and IV have the right lengths")
            .decrypt_padded_vec::<Pkcs7>(ciphertext)
            .ok()
            .map(Zeroizing::new)
    }

    /// The authentication code of parts that belong together.
    pub(super) fn code(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        hmac(&self.0[32..64], parts)
    }

    /// Whether a code, cut to `length` bytes, is right; compared in constant time.
    pub(super) fn fits(&self, parts: &[&[u8]], code: &[u8], length: usize) -> bool {
        code.len() == length && self.code(parts)[..length].ct_eq(code).into()
    }
}
