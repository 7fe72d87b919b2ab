//! Tessera, a desktop XMPP client: the architecture.

pub mod command;
pub mod config;
#[cfg(feature = "ui")]
pub mod demo;
pub mod event;
#[cfg(feature = "ui")]
pub mod i18n;
pub mod model;
pub mod profile;
pub mod secrets;
pub mod store;
pub mod timeline;
#[cfg(feature = "ui")]
pub mod ui;
pub mod worker;
pub mod xmpp;
