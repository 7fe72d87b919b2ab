//! Tessera, a desktop XMPP client: the architecture.

pub mod command;
pub mod event;
pub mod model;
pub mod store;
pub mod worker;
pub mod xmpp;
