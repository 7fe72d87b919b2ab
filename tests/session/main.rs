//! Scripted sessions: XML in; XML, rows and events out. In-memory store, no network, no clock.

mod archive;
mod changes;
mod displayed;
mod forgetting;
mod history;
mod hostile_changes;
mod keeping;
mod messages;
mod order;
mod provenance;
mod script;
mod scripted_archive;
