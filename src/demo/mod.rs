//! Something alive for a newcomer: a private server on this computer, an account, and people who answer.
//! Nothing of it is kept, and nothing leaves the computer.

mod people;
mod script;
mod server;

use std::time::Duration;

use crate::{
    command::{AccountCommand, Command},
    i18n::{gettext, gettext_f},
    model::{Failure, NewAccount, PasswordStorage, Secret},
    secrets::Secrets,
    store::{OpenError, Store},
    worker::{self, Handle},
};
use people::People;
use server::Server;

/// How long a goodbye to the server may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A running demonstration; everything of it is gone when the value is dropped, and also when the process dies.
pub struct Demo {
    handle: Handle,
    // In the order in which they end: whoever talks first, then the server.
    _people: People,
    _server: Server,
}

/// Why there can be no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The server program is not installed.
    #[error("prosody is not installed")]
    NoProsody,
    /// The server program did not start; the end of what it said.
    #[error("prosody did not start: {0}")]
    Prosody(String),
    /// No file, thread or random number could be had.
    #[error(transparent)]
    System(#[from] std::io::Error),
    /// The throw-away database could not be made.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// An account could not be added.
    #[error("an account could not be added: {0:?}")]
    Account(Failure),
}

impl DemoError {
    /// What happened and what to do, for the person.
    pub fn describe(&self) -> String {
        match self {
            Self::NoProsody => gettext(
                "The demonstration needs the XMPP server Prosody on this computer, and it is not installed.\n\
                 Install it with one of these, then try again:\n\
                 \n    Debian, Ubuntu:  sudo apt install prosody\
                 \n    Fedora:          sudo dnf install prosody\
                 \n    Arch Linux:      sudo pacman -S prosody\
                 \n    FreeBSD:         sudo pkg install prosody\n\
                 \nIt need not run by itself: the demonstration starts its own.",
            ),
            Self::Prosody(log) => gettext_f(
                "The private server of the demonstration did not start. It said:\n\n{log}",
                &[("log", log)],
            ),
            Self::System(_) | Self::Store(_) | Self::Account(_) => gettext_f(
                "The demonstration could not be prepared: {reason}",
                &[("reason", &self.to_string())],
            ),
        }
    }
}

impl Demo {
    /// What the window works with.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.handle.quit(FAREWELL);
    }
}

/// Starts the server and the people, and logs the newcomer in; takes a second or two.
///
/// # Errors
/// When the server is missing or something of the system is; nothing is left behind.
pub fn start() -> Result<Demo, DemoError> {
    let server = Server::start()?;
    let people = People::start(&server)?;
    let handle = worker::start(Store::in_memory()?, Secrets::in_memory())?;
    let runtime = runtime()?;
    runtime
        .block_on(log_in(&handle, &server, server::YOU))
        .map_err(DemoError::Account)?;
    Ok(Demo {
        handle,
        _people: people,
        _server: server,
    })
}

/// A runtime for one thread that waits more than it works.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
}

/// Adds an account of the private server to a worker, which then connects it.
async fn log_in(handle: &Handle, server: &Server, address: &str) -> Result<(), Failure> {
    let account = NewAccount {
        jid: server::jid(address),
        endpoint: Some(server.endpoint()),
        proxy: None,
        password_storage: PasswordStorage::Keyring,
        allow_plain: false,
        pin: Some(server.fingerprint()),
    };
    let password: Secret = server.password(address);
    let add = AccountCommand::Add { account, password };
    handle.request(Command::Account(add)).await
}

#[cfg(test)]
mod tests;
