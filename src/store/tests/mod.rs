//! Every story runs on a database in memory and on an encrypted file.

mod contacts;
mod conversations;
mod forgetting;
mod messages;
mod migrations;
mod omemo;
mod opening;
mod rest;
mod search;
mod transactions;
mod work;

use tempfile::TempDir;

use super::{DatabaseKey, Inserted, NewMessage, Store, StoreError, Txn};
use crate::model::{
    AccountId, BareJid, ConversationId, ConversationKind, Delivery, Direction, MessageId,
    NewAccount, PasswordStorage, Route, Security, Timestamp,
};

/// Tells a story on every kind of store.
fn on_every_store(story: impl Fn(&Store)) {
    story(&Store::in_memory().unwrap());
    let file = FileStore::new();
    story(&file.store);
}

/// A store in an encrypted file of its own.
struct FileStore {
    store: Store,
    key: DatabaseKey,
    folder: TempDir,
}

impl FileStore {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let store = Store::open(&folder.path().join("tessera.db"), &key).unwrap();
        Self { store, key, folder }
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("tessera.db")
    }
}

fn write<T>(store: &Store, work: impl FnOnce(&Txn<'_>) -> Result<T, StoreError>) -> T {
    store.write(work).unwrap()
}

fn jid(text: &str) -> BareJid {
    BareJid::new(text).unwrap()
}

/// An account and its chat with bob.
fn alice_and_bob(store: &Store) -> (AccountId, ConversationId) {
    write(store, |txn| {
        let alice = add_account(txn, "alice@example.org")?;
        let chat =
            txn.conversation_with(alice, &jid("bob@example.org"), ConversationKind::Person)?;
        txn.set_conversation_open(chat, true)?;
        Ok((alice, chat))
    })
}

fn add_account(txn: &Txn<'_>, address: &str) -> Result<AccountId, StoreError> {
    let new = NewAccount {
        jid: jid(address),
        endpoint: None,
        proxy: None,
        password_storage: PasswordStorage::Keyring,
        allow_plain: false,
        pin: None,
    };
    Ok(txn.add_account(&new, "desk")?.unwrap())
}

/// A message of bob at this time.
fn incoming(chat: ConversationId, at: i64, body: &str) -> NewMessage {
    NewMessage {
        conversation: chat,
        direction: Direction::Incoming,
        author: jid("bob@example.org"),
        resource: Some("phone".to_owned()),
        body: body.to_owned(),
        at: Timestamp(at),
        stored_at: Timestamp(at),
        route: Route::Live,
        security: Security::Clear,
        delivery: Delivery::Sent,
        origin_id: None,
        stanza_id: None,
        markable: false,
        reply_to: None,
        spoiler: None,
    }
}

/// A message of alice, written here at this time.
fn outgoing(chat: ConversationId, at: i64, body: &str) -> NewMessage {
    NewMessage {
        direction: Direction::Outgoing,
        author: jid("alice@example.org"),
        resource: None,
        route: Route::Local,
        delivery: Delivery::Waiting,
        ..incoming(chat, at, body)
    }
}

fn new_id(inserted: Inserted) -> MessageId {
    match inserted {
        Inserted::New(id) => id,
        Inserted::Known(id) => panic!("{id:?} was there already"),
    }
}

fn insert(store: &Store, message: &NewMessage) -> MessageId {
    new_id(write(store, |txn| txn.insert_message(message)))
}
