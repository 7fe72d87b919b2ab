//! The background worker: one session task per account on a runtime of its own.
//!
//! A command of the window goes to the supervisor, from there to the task of its account, and there becomes an
//! input of the [`session`]: one input, one transaction, one batch of effects after the commit.

mod account_task;
mod backoff;
mod changes;
mod chats;
mod connection_commands;
mod decrypt;
mod farewell;
mod forgetting;
mod handle;
mod line;
mod online;
mod outlet;
mod receive;
pub mod session;
mod stand_in;
mod supervisor;
#[cfg(test)]
mod token_story;
mod tokens;
mod transfer;

use tokio::{runtime::Builder, sync::mpsc};

pub use crate::xmpp::{Live, stream::Patience};
pub use handle::{Events, Handle};
pub use stand_in::{Nobody, StandIn};

/// What goes over the stream of an account, for people who run servers.
pub mod console {
    pub use crate::xmpp::console::{ConsoleReader, Entry, News, NotAStanza, Way, typed_stanza};
}

use crate::{secrets::Secrets, store::Store, xmpp::console::Consoles};
use account_task::Surroundings;
use outlet::Outlet;
use supervisor::Supervisor;

/// Starts the worker on a thread of its own: every enabled account begins to connect.
///
/// # Errors
/// When the system gives no thread.
pub fn start(store: Store, secrets: Secrets) -> std::io::Result<Handle> {
    start_with(store, secrets, Patience::default())
}

/// Starts the worker with other time limits than usual; for tests of what happens when they are over.
///
/// # Errors
/// When the system gives no thread.
pub fn start_with(store: Store, secrets: Secrets, patience: Patience) -> std::io::Result<Handle> {
    // Two threads: one account's commit does not hold up another's stream.
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("tessera-worker")
        .enable_all()
        .build()?;
    let around = Surroundings {
        store,
        secrets,
        live: Live::default(),
        consoles: Consoles::default(),
        outlet: Outlet::new(),
        patience,
        forgetting: forgetting::Waker::default(),
    };
    let (to_worker, inbox) = mpsc::unbounded_channel();
    let handle = Handle::new(&around, to_worker, runtime.handle().clone());
    let supervisor = Supervisor::new(around);
    std::thread::Builder::new()
        .name("tessera-worker".into())
        .spawn(move || {
            runtime.block_on(async move {
                // On a task of its own, so that it may block in place.
                if let Err(error) = tokio::spawn(supervisor.run(inbox)).await {
                    tracing::error!(%error, "the worker broke");
                }
            });
            runtime.shutdown_timeout(std::time::Duration::from_secs(1));
        })?;
    Ok(handle)
}
