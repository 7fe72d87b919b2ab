//! What the conversation is told and what it tells.

use crate::{
    model::{BareJid, ConversationId},
    ui::News,
};

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
    /// Put this text into the composer, if it is empty; it is never sent by itself.
    Propose(String),
    /// The window came to the front or went behind others.
    WindowActive(bool),
}

/// What the conversation tells the window.
#[derive(Debug)]
pub enum Output {
    /// Back to the list of chats.
    Back,
    /// The chat that is shown is no more: show none.
    Gone,
    /// Open this link of a person (`xmpp:`).
    OpenUri(String),
    /// Open the chat with somebody.
    OpenPeer(BareJid),
}
