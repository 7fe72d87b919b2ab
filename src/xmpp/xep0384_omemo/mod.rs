//! XEP-0384: OMEMO, version 0.3 and version 2.
//!
//! What a message says goes through here on both ways, inside the transaction of its input: a message that comes is
//! opened before anything looks at what it says ([`Extension::open`](super::Extension::open)), and what we say waits as
//! it is until it can be encrypted ([`Extension::finish`](super::Extension::finish)). Then sessions, and the stanza in
//! the outbox, change together; it is sent with these bytes however often.

mod base64_text;
pub mod bundles;
pub mod devices;
pub mod encrypted;
mod extension;
mod lists;
mod own;
mod receiving;
mod sending;
mod sessions;
mod stanza;
#[cfg(test)]
mod tests;

pub use extension::Omemo;

use crate::{crypto::omemo::Profile, model::OmemoVersion};

/// The version that the rest of the program speaks of.
fn version(profile: Profile) -> OmemoVersion {
    match profile {
        Profile::Axolotl => OmemoVersion::V03,
        Profile::Omemo2 => OmemoVersion::V2,
    }
}
