//! What the sidebar is told and what it tells.

use crate::{model::ConversationId, ui::News};

/// What the window tells the sidebar.
#[derive(Debug)]
pub enum Input {
    /// Something changed.
    News(News),
    /// This chat is shown now, or none.
    Select(Option<ConversationId>),
    /// Whether there is only one column.
    Folded(bool),
    /// Put the keyboard focus into the search field.
    FocusSearch,
}

/// What the sidebar tells the window.
#[derive(Debug)]
pub enum Output {
    /// Show this chat.
    Open(ConversationId),
}
