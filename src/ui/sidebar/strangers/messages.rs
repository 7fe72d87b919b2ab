//! What happens to the inbox of strangers, and what it tells.

use crate::{
    model::{ConversationId, Failure, Request},
    ui::News,
};

/// What the sidebar or the person tells the inbox.
#[derive(Debug)]
pub(crate) enum Input {
    /// Something changed.
    News(News),
    /// Answer a stranger.
    Answer(Box<Request>, Answer),
    /// Refuse everybody who waits.
    RefuseAll,
    /// Take the keyboard focus.
    Focus,
}

/// What the person answers a stranger.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    /// Become a contact, or talk.
    Accept,
    /// No; the stranger may ask again.
    Refuse,
    /// No, and never again.
    Block,
}

/// What the inbox tells the sidebar.
#[derive(Debug)]
pub(crate) enum Output {
    /// So many strangers wait.
    Waiting(u32),
    /// Back to the chats.
    Back,
    /// Show this chat, which is no stranger's any more.
    Open(ConversationId),
    /// Something could not be done.
    Failed(Failure),
}

/// What was found out off the main thread.
#[derive(Debug)]
pub(crate) enum CommandOutput {
    /// Who waits, and the address of the account that is asked, where there are several; `None` when the store could
    /// not be read.
    Loaded(Option<Vec<(Request, Option<String>)>>),
    /// An answer was given, or could not be.
    Answered {
        /// How it went.
        outcome: Result<(), Failure>,
        /// The chat to show now.
        open: Option<ConversationId>,
    },
}
