//! What happens to the list of contacts, and what it tells.

use std::{collections::HashSet, sync::Arc};

use super::rows::Roster;
use crate::{
    command::Command,
    model::{AccountId, BareJid, ConversationId, Failure},
    ui::{
        News,
        sidebar::rows::{Row, RowEvent},
    },
};

/// What the sidebar or the person tells the list of contacts.
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
    /// Open the first contact: Enter in the search field.
    OpenFirst,
    /// Ask the worker for this, and tell when it cannot be done.
    Ask(Command),
    /// Ask whether to block somebody.
    Block(AccountId, BareJid),
    /// Take the keyboard focus.
    Focus,
}

/// What the list of contacts tells the sidebar.
#[derive(Debug)]
pub(crate) enum Output {
    /// Show the chat with somebody, making it if there is none.
    OpenWith(AccountId, BareJid),
    /// Show the chat with somebody, and who that is.
    ShowDetails(AccountId, BareJid),
    /// Add somebody.
    AddContact,
    /// Something could not be done.
    Failed(Failure),
}

/// What was found out off the main thread.
#[derive(Debug)]
pub(crate) enum CommandOutput {
    /// The worker has done what it was asked for, or could not.
    Asked(Result<(), Failure>),
    /// What to show; `None` when the store could not be read.
    Loaded(Option<Loaded>),
}

/// What to show.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// The rosters behind them, for the next time.
    pub(crate) roster: Arc<Roster>,
    /// Groups whose members are hidden.
    pub(crate) folded: HashSet<String>,
    /// Whether only those who are there are shown.
    pub(crate) online_only: bool,
}
