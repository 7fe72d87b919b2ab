//! By what a message of another program is known again at the next import of the same.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::model::{Direction, ImportedFrom};
use crate::store::NewMessage;

/// Makes keys of the messages of one chat, from what they say and when, not from rows or files, which may change.
#[derive(Default)]
pub(super) struct Keys {
    /// How many messages were all the same.
    seen: HashMap<[u8; 16], u32>,
}

impl Keys {
    /// The key of the next message.
    pub(super) fn next(&mut self, from: ImportedFrom, message: &NewMessage) -> String {
        let mut hash = Sha256::new();
        hash.update(match from {
            ImportedFrom::Tessera => "tessera",
            ImportedFrom::Gajim => "gajim",
            ImportedFrom::Dino => "dino",
            ImportedFrom::Pidgin => "pidgin",
        });
        hash.update(match message.direction {
            Direction::Incoming => [0],
            Direction::Outgoing => [1],
        });
        hash.update(message.at.0.to_be_bytes());
        for part in [
            message.origin_id.as_deref().unwrap_or_default(),
            &message.body,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let start: [u8; 16] = std::array::from_fn(|place| hash[place]);
        let count = self.seen.entry(start).or_default();
        *count += 1;
        format!("{:032x}-{count}", u128::from_be_bytes(start))
    }
}
