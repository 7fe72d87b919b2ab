//! What the bar is told and what it tells.

use crate::{
    model::{ConversationId, MessageId},
    ui::{News, search::Answer},
};

/// What the chat or the person tells the bar.
#[derive(Debug)]
pub(crate) enum Input {
    /// This chat is shown now, or none.
    Chat(Option<ConversationId>),
    /// Something changed.
    News(News),
    /// Let the person type.
    Open,
    /// Go away.
    Close,
    /// This was typed.
    Typed(String),
    /// Go to the next older message that was found.
    Older,
    /// Go to the next newer message that was found.
    Newer,
}

/// What the bar tells the chat.
#[derive(Debug)]
pub(crate) enum Output {
    /// Show this message.
    GoTo(MessageId),
    /// Mark no message any more.
    Nothing,
    /// The bar has gone.
    Closed,
}

/// What was read off the main thread.
#[derive(Debug)]
pub(crate) struct Searched(pub(super) Answer);
