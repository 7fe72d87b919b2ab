//! End-to-end encryption as pure computing: keys, ratchets, wire formats.
//! Knows nothing of stanzas, SQL, trust decisions, clocks or the network.

pub mod omemo;
mod secret;

pub use secret::{Entropy, Key, SystemEntropy};
