//! The state of accounts in words.
//! Knows nothing of widgets or of the store.

use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{
        Account, AccountId, ConnectStep, ConnectionState, FailureKind, Show, SyncState, Timestamp,
    },
    ui::{failure_text::describe, presence},
};

/// One account with everything that changes while it is watched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Seen {
    /// What is stored.
    pub(crate) account: Account,
    /// Its connection.
    pub(crate) state: ConnectionState,
    /// How far history has been fetched.
    pub(crate) sync: SyncState,
    /// SHA-1 of the own picture in hex.
    pub(crate) avatar: Option<String>,
}

/// What can be done about the state of an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Remedy {
    /// Try again at once.
    Retry,
    /// Open the dialog that helps.
    Fix,
    /// Connect.
    Connect,
}

/// Something that only a person can mend.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    /// Of which account.
    pub(crate) account: AccountId,
    /// What happened.
    pub(crate) text: String,
    /// What the button says.
    pub(crate) button: String,
}

impl Seen {
    /// What to call the account: its name, else its address.
    pub(crate) fn title(&self) -> &str {
        let nickname = self.account.nickname.trim();
        if nickname.is_empty() {
            self.account.jid.as_str()
        } else {
            nickname
        }
    }

    /// How available others see this account.
    pub(crate) fn shown(&self) -> Show {
        if self.state.is_online() {
            self.account.presence.show
        } else {
            Show::Offline
        }
    }

    /// The state in words; waiting counts down.
    pub(crate) fn state_text(&self, now: Timestamp) -> String {
        match &self.state {
            ConnectionState::Offline => gettext("Offline"),
            ConnectionState::Connecting(step) => step_text(*step),
            ConnectionState::Online { .. } => match self.sync {
                SyncState::Idle => presence::name(self.account.presence.show),
                SyncState::CatchingUp(0) => gettext("Fetching messages…"),
                SyncState::CatchingUp(number) => ngettext_f(
                    "Fetching messages: {n} so far…",
                    "Fetching messages: {n} so far…",
                    u32::try_from(number).unwrap_or(u32::MAX),
                    &[],
                ),
                SyncState::Filling { fetched, .. } => ngettext_f(
                    "Fetching older messages: {n} so far…",
                    "Fetching older messages: {n} so far…",
                    u32::try_from(fetched).unwrap_or(u32::MAX),
                    &[],
                ),
            },
            ConnectionState::Waiting { until, failure } => {
                // Rounded up: the last second is still a second.
                let seconds = (until.millis_since(now).max(0) + 999) / 1000;
                let again = ngettext_f(
                    "Trying again in {n} second.",
                    "Trying again in {n} seconds.",
                    u32::try_from(seconds).unwrap_or(0),
                    &[],
                );
                gettext_f(
                    "{reason}. {again}",
                    &[("reason", &describe(failure).title), ("again", &again)],
                )
            }
            ConnectionState::Stopped(failure) => describe(failure).title,
        }
    }

    /// What can be done about it.
    pub(crate) fn remedy(&self) -> Option<Remedy> {
        match &self.state {
            ConnectionState::Offline => Some(Remedy::Connect),
            ConnectionState::Waiting { .. } => Some(Remedy::Retry),
            ConnectionState::Stopped(_) => Some(Remedy::Fix),
            ConnectionState::Connecting(_) | ConnectionState::Online { .. } => None,
        }
    }
}

impl Remedy {
    /// What its button says.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Retry => gettext("Try Now"),
            Self::Fix => gettext("Fix…"),
            Self::Connect => gettext("Connect"),
        }
    }
}

fn step_text(step: ConnectStep) -> String {
    match step {
        ConnectStep::Resolving => gettext("Looking for the server…"),
        ConnectStep::Connecting => gettext("Connecting…"),
        ConnectStep::Authenticating => gettext("Logging in…"),
        ConnectStep::Binding => gettext("Starting the session…"),
    }
}

/// The first account that only a person can help on.
pub(crate) fn problem(accounts: &[Seen]) -> Option<Problem> {
    accounts.iter().find_map(|seen| {
        let ConnectionState::Stopped(failure) = &seen.state else {
            return None;
        };
        let title = describe(failure).title;
        let text = if accounts.len() > 1 {
            gettext_f(
                "{account}: {problem}",
                &[("account", seen.account.jid.as_str()), ("problem", &title)],
            )
        } else {
            title
        };
        let button = if failure.kind == FailureKind::PasswordNeeded {
            gettext("Enter Password…")
        } else {
            Remedy::Fix.label()
        };
        Some(Problem {
            account: seen.account.id,
            text,
            button,
        })
    })
}

/// How available others see the person: the best of all accounts.
pub(crate) fn best_shown(accounts: &[Seen]) -> Show {
    accounts.iter().map(Seen::shown).min().unwrap_or_default()
}

/// Whether any account is on the way.
pub(crate) fn is_connecting(accounts: &[Seen]) -> bool {
    accounts
        .iter()
        .any(|seen| matches!(seen.state, ConnectionState::Connecting(_)))
}

/// Whether any text counts down.
pub(crate) fn counts_down(accounts: &[Seen]) -> bool {
    accounts
        .iter()
        .any(|seen| matches!(seen.state, ConnectionState::Waiting { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{Failure, OwnPresence, PasswordStorage},
        ui::sidebar::sample::{NOW, jid},
    };

    fn seen(id: i64, state: ConnectionState) -> Seen {
        Seen {
            account: Account {
                id: AccountId(id),
                jid: jid(&format!("a{id}@x")),
                enabled: true,
                endpoint: None,
                proxy: None,
                resource: String::new(),
                allow_plain: false,
                password_storage: PasswordStorage::Keyring,
                nickname: String::new(),
                presence: OwnPresence {
                    show: Show::Away,
                    status: String::new(),
                },
                position: id,
            },
            state,
            sync: SyncState::Idle,
            avatar: None,
        }
    }

    fn online() -> ConnectionState {
        ConnectionState::Online {
            jid: "a@x/r".parse().unwrap(),
        }
    }

    #[test]
    fn waiting_counts_down_and_can_be_cut_short() {
        let waiting = seen(
            1,
            ConnectionState::Waiting {
                until: NOW.plus_millis(4_001),
                failure: FailureKind::Timeout.into(),
            },
        );
        assert!(
            waiting
                .state_text(NOW)
                .ends_with("Trying again in 5 seconds.")
        );
        assert!(
            waiting
                .state_text(NOW.plus_millis(3_500))
                .ends_with("Trying again in 1 second.")
        );
        assert!(
            waiting
                .state_text(NOW.plus_millis(60_000))
                .ends_with("Trying again in 0 seconds.")
        );
        assert_eq!(waiting.remedy(), Some(Remedy::Retry));
        assert!(counts_down(&[seen(2, online()), waiting]));
    }

    #[test]
    fn what_others_see_is_what_was_chosen_while_connected() {
        assert_eq!(seen(1, online()).state_text(NOW), "Away");
        assert_eq!(best_shown(&[seen(1, online())]), Show::Away);
        let connecting = ConnectionState::Connecting(ConnectStep::Resolving);
        assert_eq!(best_shown(&[seen(1, connecting.clone())]), Show::Offline);
        assert!(is_connecting(&[seen(1, connecting)]));
        assert_eq!(best_shown(&[]), Show::Offline);
    }

    #[test]
    fn history_under_way_is_told() {
        let mut fetching = seen(1, online());
        fetching.sync = SyncState::CatchingUp(120);
        assert!(fetching.state_text(NOW).contains("120"));
    }

    #[test]
    fn the_first_problem_names_its_account_where_there_are_several() {
        let stopped = |kind: FailureKind| ConnectionState::Stopped(Failure::new(kind));
        assert_eq!(problem(&[seen(1, online())]), None);
        let one = problem(&[seen(1, stopped(FailureKind::WrongPassword))]).unwrap();
        assert!(!one.text.contains("a1@x"));
        assert_eq!(one.button, "Fix…");
        let two = problem(&[
            seen(1, online()),
            seen(2, stopped(FailureKind::PasswordNeeded)),
        ])
        .unwrap();
        assert_eq!(two.account, AccountId(2));
        assert!(two.text.starts_with("a2@x: "));
        assert_eq!(two.button, "Enter Password…");
    }
}
