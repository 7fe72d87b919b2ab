//! Waits for what comes of connecting an account that was told to connect.

use std::time::Duration;

use crate::{
    event::Event,
    model::{AccountId, ConnectionState, Failure},
    worker::Handle,
};

/// Long enough for a login over a slow link; after that the window itself shows how it goes on.
const PATIENCE: Duration = Duration::from_secs(40);

/// Long enough for the account's task to begin; an older state is no answer before that.
const BEGIN: Duration = Duration::from_secs(2);

/// What came of it; trying again by itself counts as good, because nobody needs to do anything.
pub(super) async fn outcome(handle: &Handle, account: AccountId) -> Result<(), Failure> {
    let mut events = handle.events();
    if let Some(outcome) = settled(&handle.live().connection(account))
        && tokio::time::timeout(BEGIN, next_change(&mut events, account))
            .await
            .is_err()
    {
        return outcome;
    }
    let wait = async {
        loop {
            if let Some(outcome) = settled(&handle.live().connection(account)) {
                return outcome;
            }
            next_change(&mut events, account).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.unwrap_or(Ok(()))
}

async fn next_change(events: &mut crate::worker::Events, account: AccountId) {
    while let Some(event) = events.next().await {
        if matches!(event, Event::Resync) || event == Event::Connection(account) {
            return;
        }
    }
    // The worker has ended: there is nothing more to wait for, and the caller's patience ends it.
    std::future::pending::<()>().await;
}

fn settled(state: &ConnectionState) -> Option<Result<(), Failure>> {
    match state {
        ConnectionState::Connecting(_) => None,
        ConnectionState::Online { .. }
        | ConnectionState::Waiting { .. }
        | ConnectionState::Offline => Some(Ok(())),
        ConnectionState::Stopped(failure) => Some(Err(failure.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{ConnectStep, FailureKind},
        store::Store,
    };

    const ACCOUNT: AccountId = AccountId(1);

    fn tell(handle: &Handle, state: ConnectionState) {
        handle.live().set_connection(ACCOUNT, state);
        handle.pretend(Event::Connection(ACCOUNT));
    }

    #[tokio::test]
    async fn an_old_refusal_is_no_answer_to_a_new_attempt() {
        let handle = Handle::for_gallery(Store::in_memory().unwrap());
        let stopped = |kind: FailureKind| ConnectionState::Stopped(kind.into());
        tell(&handle, stopped(FailureKind::WrongPassword));
        let attempt = outcome(&handle, ACCOUNT);
        let story = async {
            tokio::task::yield_now().await;
            tell(&handle, ConnectionState::Connecting(ConnectStep::Resolving));
            tokio::task::yield_now().await;
            tell(&handle, stopped(FailureKind::AccountDisabled));
        };
        let (outcome, ()) = tokio::join!(attempt, story);
        assert_eq!(outcome, Err(FailureKind::AccountDisabled.into()));
    }

    #[tokio::test]
    async fn being_online_is_good() {
        let handle = Handle::for_gallery(Store::in_memory().unwrap());
        tell(&handle, ConnectionState::Connecting(ConnectStep::Binding));
        let attempt = outcome(&handle, ACCOUNT);
        let story = async {
            tokio::task::yield_now().await;
            let jid = crate::model::FullJid::new("a@b/c").unwrap();
            tell(&handle, ConnectionState::Online { jid });
        };
        let (outcome, ()) = tokio::join!(attempt, story);
        assert_eq!(outcome, Ok(()));
    }
}
