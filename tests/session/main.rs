//! Scripted sessions: XML in; XML, rows and events out. In-memory store, no network, no clock.

mod archive;
mod changes;
mod displayed;
mod forgetting;
mod history;
mod hostile_changes;
mod keeping;
mod messages;
mod omemo;
mod order;
#[path = "../live/our_device.rs"]
mod our_device;
mod provenance;
mod script;
mod scripted_archive;
mod scripted_pep;
mod traffic;
