//! What happens to the list of chats, and what it tells.

use crate::{
    command::Command,
    model::{AccountId, BareJid, ConversationId, Failure, MessageId},
    ui::{
        News,
        search::Answer,
        sidebar::{chats::load::Listed, rows::RowEvent},
    },
};

/// What the sidebar or the person tells the list of chats.
#[derive(Debug)]
pub(crate) enum Input {
    /// Something changed.
    News(News),
    /// This was typed into the search field.
    Search(String),
    /// This chat is shown at the right now, or none.
    Current(Option<ConversationId>),
    /// The person did something to a row.
    Row(RowEvent),
    /// Open the chat at this place, counted from 0.
    OpenAt(u32),
    /// Open the chat so many places below the current one.
    Step(i32),
    /// Open the first row, whatever it is: Enter in the search field.
    OpenFirst,
    /// Ask the worker for this, and tell when it cannot be done.
    Ask(Command),
    /// Show the chats that were put away, or the others again.
    ShowAway(bool),
    /// Put this chat away.
    PutAway(ConversationId),
    /// The person wants to delete a chat with somebody of this name.
    DeleteWanted(ConversationId, String),
    /// The person wants to delete a chat, and knows what is lost.
    DeleteConfirmed(ConversationId),
    /// Take the keyboard focus.
    Focus,
    /// The end of the list is nearly in sight.
    MoreWanted,
}

/// What the list of chats tells the sidebar.
#[derive(Debug)]
pub(crate) enum Output {
    /// Show this chat.
    Open(ConversationId),
    /// Show this chat at a message that was found.
    OpenAt(ConversationId, MessageId),
    /// Tell this to those who do not see the list.
    Say(String),
    /// Show the chat with somebody, making it if there is none.
    OpenWith(AccountId, BareJid),
    /// Show this chat and who it is with.
    ShowDetails(ConversationId),
    /// This chat was closed.
    Closed(ConversationId),
    /// Begin a new chat.
    StartChat,
    /// Something could not be done.
    Failed(Failure),
    /// So many messages were not seen yet.
    Unread(u32),
}

/// What was found out off the main thread.
#[derive(Debug)]
pub(crate) enum CommandOutput {
    /// The worker has done what it was asked for, or could not.
    Asked(Result<(), Failure>),
    /// The rows to show; `None` when the store could not be read.
    Loaded(Option<Listed>),
    /// How many messages a chat has that is to be deleted, and its name.
    Counted(ConversationId, String, Result<u64, Failure>),
    /// A page of messages that were searched for.
    Searched(Answer),
    /// Another day began, so the names of days changed.
    Midnight,
}
