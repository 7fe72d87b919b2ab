//! OMEMO: X3DH and the Double Ratchet, one engine for both versions of the protocol.
//!
//! Written from XEP-0384 and the papers on X3DH and the Double Ratchet. **It has had no outside audit.**
//!
//! ```text
//!   bundle ──initiate──▶ Session ──encrypt──▶ Session' + bytes      (the old state is consumed)
//!                           │
//!   bytes ──Incoming::parse─┤
//!                           ▼
//!   SessionRecord ──decrypt──▶ Received { record', material, … }    (the old state is untouched)
//!                        └───▶ DecryptError
//! ```
//!
//! A [`SessionRecord`] holds all sessions with one device in one [`Profile`]: the current one, which sends, and up to
//! [`MAX_ARCHIVED`] former ones, which still receive. What moves it:
//!
//! | what comes or goes | current session | former sessions |
//! |---|---|---|
//! | we have to write, and have no session | [`initiate`]d; every message carries the exchange | – |
//! | exchange with an unknown base key | a new one, by our prekeys | the current one joins them |
//! | exchange with a known base key | the session of that name opens it | as left |
//! | message that a former session opens | that one, if its chain went on | the current one joins them |
//! | first message that is opened | carries the exchange no longer | – |
//! | anything that is not authentic | unchanged | unchanged |
//!
//! Limits: [`MAX_AHEAD`] messages may be missing before one that is opened, [`MAX_SKIPPED`] keys of missing messages
//! and [`MAX_CHAINS`] receiving chains are kept in a session. The length that a message states of its sender's former
//! chain is ignored, because libsignal and what descends from it state one less than it was.
//!
//! Knows nothing of stanzas, the store, time or trust: a state is a value, and random bytes are an argument.

mod chain;
mod curve;
mod exchange;
mod keys;
pub mod payload;
mod profile;
mod protobuf;
mod record;
mod saved;
mod session;
#[cfg(test)]
mod tests;
mod wire;

pub use curve::{Identity, IdentityKey, Pair, Public};
pub use exchange::initiate;
pub use keys::{Bundle, BundleError, PreKey, SignedPreKey};
pub use profile::{Profile, WireIdentity};
pub use record::{DecryptError, MAX_ARCHIVED, OwnKeys, Received, SessionRecord};
pub use session::{HEARTBEAT, MAX_AHEAD, MAX_CHAINS, MAX_SKIPPED, Sealed, Session};
pub use wire::{Exchange, Incoming, MAX_KEY_MESSAGE, Ratcheted};
