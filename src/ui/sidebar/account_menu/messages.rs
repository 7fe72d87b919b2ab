//! What happens to the account menu, and what it tells.

use super::present::{Problem, Seen};
use crate::{
    model::{AccountId, Show},
    ui::News,
};

/// What the sidebar or the person tells the account menu.
#[derive(Debug)]
pub(crate) enum Input {
    /// Something changed.
    News(News),
    /// The menu was opened.
    Opened,
    /// Show this to contacts.
    Choose(Show),
    /// Tell contacts these words.
    Say(String),
    /// Do what helps this account on.
    Remedy(AccountId),
    /// A second of a countdown has passed.
    Tick,
}

/// What the account menu tells the sidebar.
#[derive(Debug)]
pub(crate) enum Output {
    /// Only a person can go on, or there is no such problem any more.
    Problem(Option<Problem>),
    /// Open the dialog that helps this account on.
    Fix(AccountId),
}

/// What was found out off the main thread.
#[derive(Debug)]
pub(crate) enum CommandOutput {
    /// All accounts; `None` when the store could not be read.
    Loaded(Option<Vec<Seen>>),
    /// A second has passed.
    Tick,
}
