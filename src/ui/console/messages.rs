//! What happens to the console.

use crate::{model::Failure, worker::console::News};

/// What the person does.
#[derive(Debug)]
pub(crate) enum Input {
    /// Show only this kind, by its place in the list.
    Kind(u32),
    /// Show only this way, by its place in the list.
    Way(u32),
    /// Show only what has this text.
    Text(String),
    /// Show nothing new for now, or go on.
    Pause(bool),
    /// Copy what is shown.
    Copy,
    /// Forget what was shown.
    Clear,
    /// The stanza that is typed has changed.
    Typed,
    /// Send it.
    Send,
}

/// What comes from the worker.
#[derive(Debug)]
pub(crate) enum CommandOutput {
    /// Stanzas, oldest first.
    News(Vec<News>),
    /// A stanza was sent, or could not be.
    Sent(Result<(), Failure>),
}
