//! What happens during the first run, and what it tells.

use super::careful::Care;
use crate::{model::Failure, ui::account::login_form};

/// What the person did.
#[derive(Debug)]
pub enum Input {
    /// Show this page.
    Show(Page),
    /// Create an account on a server of choice.
    Register,
    /// This much care was chosen.
    Careful(Care),
    /// The log in form tells something.
    LoginForm(login_form::Output),
}

/// The pages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// What can be done.
    Welcome,
    /// Log in.
    LogIn,
    /// How careful the program is.
    Care,
}

/// What the first run tells the window.
#[derive(Debug)]
pub enum Output {
    /// An account was added.
    Done,
    /// Something could not be done.
    Failed(Failure),
}
