//! The background worker: one session task per account on a runtime of its own.

mod handle;

pub use crate::xmpp::Live;
pub use handle::{Events, Handle};
