//! The window: components that send commands, receive news and show snapshots.

pub mod list;
