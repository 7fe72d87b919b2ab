//! The state of an account in words.

use crate::{
    i18n::gettext,
    model::{ConnectStep, ConnectionState},
    ui::failure_text::{Explanation, describe},
};

/// What the connection is doing, in a few words.
pub(in crate::ui::account) fn state(state: &ConnectionState) -> String {
    match state {
        ConnectionState::Offline => gettext("Not connected"),
        ConnectionState::Connecting(ConnectStep::Resolving) => gettext("Finding the server…"),
        ConnectionState::Connecting(ConnectStep::Connecting) => gettext("Connecting…"),
        ConnectionState::Connecting(ConnectStep::Authenticating | ConnectStep::Binding) => {
            gettext("Logging in…")
        }
        ConnectionState::Online { .. } => gettext("Connected"),
        ConnectionState::Waiting { failure, .. } | ConnectionState::Stopped(failure) => {
            describe(failure).title
        }
    }
}

/// What is wrong, if something is.
pub(in crate::ui::account) fn problem(state: &ConnectionState) -> Option<Explanation> {
    match state {
        ConnectionState::Waiting { failure, .. } | ConnectionState::Stopped(failure) => {
            Some(describe(failure))
        }
        ConnectionState::Offline
        | ConnectionState::Connecting(_)
        | ConnectionState::Online { .. } => None,
    }
}
