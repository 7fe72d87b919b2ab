//! Components of the window, driven in process with made-up data.
//!
//! Needs a display: `xvfb-run -a dbus-run-session -- env GTK_A11Y=none GSK_RENDERER=cairo cargo test --test ui`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account_history;
mod account_windows;
mod chat_menu;
mod chat_scene;
mod composer;
mod console;
mod contacts;
mod conversation;
mod finding;
mod history;
mod login;
mod message_actions;
mod message_menu;
mod registration;
mod script;
mod search;
mod selecting;
mod sidebar;
mod stage;
mod window;
