//! What the conversation is told and what it tells.

use crate::{model::ConversationId, ui::News};

/// What the window tells the conversation.
#[derive(Debug)]
pub enum Input {
    /// Show this chat.
    Open(ConversationId),
    /// Show no chat.
    Close,
    /// Something changed.
    News(News),
    /// Whether there is only one column, so that a back button is needed.
    Folded(bool),
    /// Take the keyboard focus.
    Focus,
    /// Search here.
    Search,
    /// Show or hide the details pane.
    ShowDetails(bool),
}

/// What the conversation tells the window.
#[derive(Debug)]
pub enum Output {
    /// Back to the list of chats.
    Back,
}
