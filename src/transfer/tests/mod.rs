//! Stories of history that leaves and comes.

mod databases;
mod exports;
mod hostile;
mod logs;
mod round_trip;

use std::{path::Path, sync::atomic::AtomicBool};

use super::{
    Watch,
    import::{Report, Source, import, look},
};
use crate::{
    model::{
        AccountId, BareJid, ConversationId, ConversationKind, Delivery, Direction, ImportedFrom,
        NewAccount, PasswordStorage, Route, Security, Timestamp, search::Query,
    },
    store::{NewMessage, Store, StoreError, StoredMessage},
};

/// The present, some time in 2026.
const NOW: Timestamp = Timestamp(1_790_000_000_000);

fn jid(text: &str) -> BareJid {
    BareJid::new(text).unwrap()
}

fn add_account(store: &Store, address: &str) -> AccountId {
    let account = NewAccount {
        jid: jid(address),
        endpoint: None,
        proxy: None,
        password_storage: PasswordStorage::Ask,
        allow_plain: false,
        pin: None,
    };
    store
        .write(|txn| txn.add_account(&account, "desk"))
        .unwrap()
        .unwrap()
}

/// A store with the account of alice.
fn alices() -> (Store, AccountId) {
    let store = Store::in_memory().unwrap();
    let alice = add_account(&store, "alice@example.org");
    (store, alice)
}

fn chat(store: &Store, account: AccountId, peer: &str) -> ConversationId {
    store
        .write(|txn| txn.conversation_with(account, &jid(peer), ConversationKind::Person))
        .unwrap()
}

/// A message of bob as the network brings it.
fn live(chat: ConversationId, at: i64, body: &str) -> NewMessage {
    NewMessage {
        conversation: chat,
        direction: Direction::Incoming,
        author: jid("bob@example.org"),
        resource: None,
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

fn insert(store: &Store, message: &NewMessage) {
    store
        .write(|txn| txn.insert_message(message).map(drop))
        .unwrap();
}

/// Looks, imports, looks again and imports again: what was foretold happens, and once.
fn imported(store: &Store, path: &Path) -> Report {
    let source = Source::recognise(path).unwrap();
    let watch = Watch::default();
    let before = everything(store);
    let foretold = look(store, &source, NOW, &watch).unwrap();
    assert_eq!(everything(store), before, "to look changes nothing");
    let done = import(store, &source, NOW, &watch).unwrap();
    let counts = |report: &Report| {
        let chats: Vec<_> = report
            .chats
            .iter()
            .map(|chat| (chat.peer.clone(), chat.is_new, chat.new, chat.known))
            .collect();
        (
            chats,
            report.skipped.clone(),
            report.missing_accounts.clone(),
        )
    };
    assert_eq!(counts(&foretold), counts(&done));
    let after = everything(store);
    let again = import(store, &source, NOW, &watch).unwrap();
    assert_eq!((again.new_messages(), again.new_chats()), (0, 0));
    assert_eq!(
        again.known_messages(),
        done.new_messages() + done.known_messages()
    );
    assert_eq!(everything(store), after, "nothing comes twice");
    done
}

/// All messages of all chats.
fn everything(store: &Store) -> Vec<(BareJid, Vec<StoredMessage>)> {
    let reader = store.reader();
    let chats = reader.stored_chats(None).unwrap();
    chats
        .into_iter()
        .map(|chat| {
            let messages = reader.stored_messages(chat.id, None, 100_000).unwrap();
            (chat.peer, messages)
        })
        .collect()
}

fn messages_with(store: &Store, peer: &str) -> Vec<StoredMessage> {
    let found = everything(store)
        .into_iter()
        .find(|(who, _)| who.as_str() == peer);
    found.map(|(_, messages)| messages).unwrap_or_default()
}

/// Messages of a chat in short: `<` came, `>` went.
fn told(store: &Store, peer: &str) -> Vec<String> {
    let short = |stored: &StoredMessage| {
        let sign = match stored.message.direction {
            Direction::Incoming => '<',
            Direction::Outgoing => '>',
        };
        let text = stored
            .edited
            .as_ref()
            .map_or(&stored.message.body, |(text, _)| text);
        format!("{sign} {text}")
    };
    messages_with(store, peer).iter().map(short).collect()
}

/// Whether everything in a chat is marked as coming from a program, and nothing as known to be true.
fn is_marked(store: &Store, peer: &str, from: ImportedFrom) -> bool {
    messages_with(store, peer).iter().all(|stored| {
        stored.imported == Some(from)
            && stored.message.route == Route::Imported
            && stored.message.security == Security::Clear
    })
}

fn found(store: &Store, words: &str) -> usize {
    let query = Query::parse(words, &chrono::Utc);
    let wanted = AtomicBool::new(true);
    let found = store.reader().search(&query, None, 50, &wanted).unwrap();
    found.hits.len()
}

/// Removes ids that are given anew in every store, and the mark of the import.
fn without_rows(mut messages: Vec<StoredMessage>) -> Vec<StoredMessage> {
    for stored in &mut messages {
        stored.id = crate::model::MessageId(0);
        stored.message.conversation = ConversationId(0);
        stored.imported = None;
    }
    messages
}

fn put(store: &Store, chat: ConversationId, message: &StoredMessage) {
    store
        .write(|txn| {
            txn.restore_message(chat, message)?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
}
