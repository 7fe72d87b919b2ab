//! A Tessera in a process of its own, to be killed: sends numbered messages as fast as it may, and receives.

use std::{io::Read, path::PathBuf, process::ExitCode, time::Duration};

use serde_json::{Value, json};
use tessera::{
    command::{AccountCommand, ChatCommand, Command},
    model::{AccountId, BareJid, ConversationId, Direction, OutboxId, PasswordStorage, Secret},
    secrets::Secrets,
    store::{DatabaseKey, Store, StoreError},
    worker::{self, Handle},
};

use crate::{
    client::{address, database_in, messages, new_account},
    prosody::{endpoint, password_of},
};

/// Says that this process is to be a child, and what it is to do.
pub(crate) const ORDERS: &str = "TESSERA_TEST_CHILD";

/// What a child does.
#[derive(Clone)]
pub(crate) struct Orders {
    /// The folder of the profile.
    pub(crate) folder: PathBuf,
    /// The key of its database, in hex.
    pub(crate) key: String,
    /// Whose account.
    pub(crate) name: String,
    /// Whom it talks to.
    pub(crate) peer: String,
    /// Where the server is.
    pub(crate) port: u16,
    /// The number of the last message.
    pub(crate) last: usize,
    /// Milliseconds between two messages.
    pub(crate) pace: u64,
}

impl Orders {
    /// As one variable of the environment.
    pub(crate) fn to_variable(&self) -> String {
        json!({
            "folder": self.folder, "key": self.key, "name": self.name, "peer": self.peer,
            "port": self.port, "last": self.last, "pace": self.pace,
        })
        .to_string()
    }

    fn from_variable(text: &str) -> Self {
        let all: Value = serde_json::from_str(text).expect("orders");
        let word = |name: &str| all[name].as_str().expect("a word").to_owned();
        let number = |name: &str| all[name].as_u64().expect("a number");
        Self {
            folder: word("folder").into(),
            key: word("key"),
            name: word("name"),
            peer: word("peer"),
            port: u16::try_from(number("port")).expect("a port"),
            last: usize::try_from(number("last")).expect("a small number"),
            pace: number("pace"),
        }
    }
}

/// The text of a numbered message.
pub(crate) fn text(name: &str, number: usize) -> String {
    format!("{name} says {number}")
}

/// Follows the orders until killed, or until everything has been sent and taken by the server.
pub(crate) fn run(orders: &str) -> ExitCode {
    // When the test program is gone there is nobody left to kill this process.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(1);
    });
    let orders = Orders::from_variable(orders);
    let key = DatabaseKey::from_hex(&orders.key).expect("a key");
    let store = Store::open(&database_in(&orders.folder), &key).expect("the profile opens");
    let handle = worker::start(store.clone(), Secrets::in_memory()).expect("the worker starts");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(work(&handle, &store, &orders));
    handle.quit(Duration::from_secs(5));
    ExitCode::SUCCESS
}

async fn work(handle: &Handle, store: &Store, orders: &Orders) {
    let peer = address(&orders.peer);
    let mut events = handle.events();
    let account = log_in(handle, orders).await;
    let chat = chat_with(handle, account, &peer).await;
    let done = messages(&handle.reader(), account, &peer)
        .iter()
        .filter(|message| message.direction == Direction::Outgoing)
        .count();
    for number in done + 1..=orders.last {
        let send = ChatCommand::Send {
            conversation: chat,
            body: text(&orders.name, number),
        };
        handle
            .request(Command::Chat(send))
            .await
            .expect("a message is taken");
        tokio::time::sleep(Duration::from_millis(orders.pace)).await;
    }
    while !is_idle(store, account) {
        events.next().await.expect("the worker goes on");
    }
}

fn is_idle(store: &Store, account: AccountId) -> bool {
    let waiting = store.write(|txn| {
        let unsealed = txn.unsealed(account)?.len();
        Ok::<_, StoreError>(unsealed + txn.outbox_after(account, OutboxId(0), 1)?.len())
    });
    waiting.expect("the outbox is readable") == 0
}

async fn log_in(handle: &Handle, orders: &Orders) -> AccountId {
    let jid = address(&orders.name);
    let find = || {
        let accounts = handle.reader().accounts().expect("readable");
        accounts.into_iter().find(|account| account.jid == jid)
    };
    let password = Secret::new(password_of(&orders.name));
    match find() {
        Some(account) => {
            let supply = AccountCommand::SupplyPassword {
                account: account.id,
                password,
                storage: PasswordStorage::Ask,
            };
            handle
                .request(Command::Account(supply))
                .await
                .expect("a password is taken");
        }
        None => {
            let mut account = new_account(&orders.name, endpoint(orders.port));
            account.password_storage = PasswordStorage::Ask;
            handle
                .request(Command::Account(AccountCommand::Add { account, password }))
                .await
                .expect("an account is taken");
        }
    }
    find().expect("the account is stored").id
}

async fn chat_with(handle: &Handle, account: AccountId, peer: &BareJid) -> ConversationId {
    let open = ChatCommand::Open {
        account,
        peer: peer.clone(),
    };
    handle
        .request(Command::Chat(open))
        .await
        .expect("a chat is opened");
    handle
        .reader()
        .conversation_with(account, peer)
        .expect("readable")
        .expect("the chat is stored")
}
