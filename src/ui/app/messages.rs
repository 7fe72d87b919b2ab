//! What happens to the main window.

use crate::{
    event::Event,
    ui::{conversation, sidebar},
};

/// What the person or a part of the window did.
#[derive(Debug)]
pub enum Input {
    /// The sidebar tells something.
    Sidebar(sidebar::Output),
    /// The conversation tells something.
    Conversation(conversation::Output),
    /// One column became two, or the other way round.
    Folded(bool),
}

/// What the worker tells, off the main thread.
#[derive(Debug)]
pub enum CommandOutput {
    /// Things changed.
    News(Vec<Event>),
}
