//! Removes from the store what is not to be kept: at the start, once a day, and when somebody asks.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::outlet::Outlet;
use crate::{
    event::Event,
    model::Timestamp,
    store::{Store, StoreError},
};

/// Messages removed in one transaction: no other writer waits longer than for a page of the archive.
const PART: u32 = 100;
/// Between two parts, so that others get their turn.
const PAUSE: Duration = Duration::from_millis(5);
/// Days are the unit of the rules.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Wakes the one who removes; cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Waker(Arc<Notify>);

impl Waker {
    /// There is something to remove.
    pub(super) fn wake(&self) {
        self.0.notify_one();
    }
}

/// Removes until it is aborted.
pub(super) async fn run(store: Store, outlet: Outlet, waker: Waker) {
    loop {
        match forget(&store, Timestamp::now()).await {
            Ok(true) => outlet.emit(Event::Resync),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "what is to be forgotten could not be removed"),
        }
        tokio::select! {
            () = waker.0.notified() => {}
            () = tokio::time::sleep(DAY) => {}
        }
    }
}

/// Removes everything that is not to be kept at this time; answers whether there was anything.
async fn forget(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    tokio::task::block_in_place(|| store.write(|txn| txn.apply_forgetting(now)))?;
    let mut any = false;
    loop {
        let gone = tokio::task::block_in_place(|| store.write(|txn| txn.sweep(PART)))?;
        if gone.is_empty() {
            return Ok(any);
        }
        any = true;
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            BareJid, ConversationKind, Delivery, Direction, NewAccount, PasswordStorage, Route,
            Security,
        },
        store::NewMessage,
    };

    const DAY_MS: i64 = 86_400_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn old_messages_go_in_parts_and_new_ones_stay() {
        let store = Store::in_memory().unwrap();
        let bob = BareJid::new("bob@example.org").unwrap();
        let (account, chat) = store
            .write(|txn| {
                let account = NewAccount {
                    jid: BareJid::new("alice@example.org").unwrap(),
                    endpoint: None,
                    proxy: None,
                    password_storage: PasswordStorage::Ask,
                    allow_plain: false,
                    pin: None,
                };
                let account = txn.add_account(&account, "desk")?.unwrap();
                let chat = txn.conversation_with(account, &bob, ConversationKind::Person)?;
                for n in 0..i64::from(PART) * 2 + 10 {
                    txn.insert_message(&NewMessage {
                        conversation: chat,
                        direction: Direction::Incoming,
                        author: bob.clone(),
                        resource: None,
                        body: n.to_string(),
                        at: Timestamp(n * DAY_MS),
                        stored_at: Timestamp(0),
                        route: Route::Live,
                        security: Security::Clear,
                        delivery: Delivery::Sent,
                        origin_id: None,
                        stanza_id: None,
                        markable: false,
                        reply_to: None,
                        spoiler: None,
                    })?;
                }
                Ok::<_, StoreError>((account, chat))
            })
            .unwrap();
        let now = Timestamp((i64::from(PART) * 2 + 10) * DAY_MS);
        assert!(!forget(&store, now).await.unwrap());
        store
            .write(|txn| txn.set_forget_after(account, Some(4)))
            .unwrap();
        assert!(forget(&store, now).await.unwrap());
        assert_eq!(store.reader().message_count(chat).unwrap(), 4);
        assert!(!forget(&store, now).await.unwrap());
    }
}
