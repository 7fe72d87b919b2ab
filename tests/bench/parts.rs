//! How fast the pure parts are: reading stanzas and texts, storing, the fewest changes of a list, the words of a search.
//!
//! `cargo bench --bench parts -- NAME` takes some.

#[allow(dead_code)]
mod corpus;

use std::{hint::black_box, sync::Arc};

use chrono::Utc;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tessera::{
    model::{
        AccountId, ConversationId, ConversationKind, Message, MessageId, NewAccount,
        PasswordStorage, Timestamp,
        search::{Query, index_words},
    },
    store::{DatabaseKey, Store, StoreError},
    timeline::{MessageRow, Row, changes, text::MessageText},
};

use corpus::{Random, Words, jid, message};

/// Rows of a chat that are loaded at most.
const ROWS: i64 = 400;
/// Messages of a page of the archive.
const PAGE: u64 = 100;

fn texts(count: usize) -> Vec<String> {
    let (words, mut random) = (Words::new(), Random(5));
    (0..count).map(|_| words.sentence(&mut random)).collect()
}

fn parse(c: &mut Criterion) {
    let stanza = "<message xmlns='jabber:client' type='chat' from='bob@example.org/phone' to='alice@example.org' \
        id='m1'><body>did you get the *file*? https://example.org/page</body><origin-id xmlns='urn:xmpp:sid:0' \
        id='m1'/><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/></message>";
    let mut group = c.benchmark_group("parse");
    group.throughput(Throughput::Elements(1));
    group.bench_function("a stanza", |b| {
        b.iter(|| {
            let element: minidom::Element = black_box(stanza).parse().expect("XML");
            xmpp_parsers::message::Message::try_from(element).expect("a message")
        });
    });
    let texts = texts(1_000);
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("texts with styling and links", |b| {
        b.iter(|| {
            for text in &texts {
                black_box(MessageText::read(text));
            }
        });
    });
    group.finish();
}

fn store(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let key = DatabaseKey::random().expect("random numbers");
    let store = Store::open(&folder.path().join("tessera.db"), &key).expect("a database");
    let chat = store
        .write(|txn| {
            let account = NewAccount {
                jid: jid("me@example.org"),
                endpoint: None,
                proxy: None,
                password_storage: PasswordStorage::Ask,
                allow_plain: false,
                pin: None,
            };
            let account = txn.add_account(&account, "bench")?.unwrap_or(AccountId(1));
            txn.conversation_with(account, &jid("bob@example.org"), ConversationKind::Person)
        })
        .expect("a chat");
    let (words, mut random, bob) = (Words::new(), Random(7), jid("bob@example.org"));
    let mut at = 1_500_000_000_000;
    let mut next = |chat: ConversationId| {
        at += 1_000;
        message(chat, &bob, &words, &mut random, at)
    };
    let mut group = c.benchmark_group("store");
    group.sample_size(20);
    for (name, count) in [("a message", 1), ("a page of the archive", PAGE)] {
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |b| {
            b.iter_batched(
                || (0..count).map(|_| next(chat)).collect::<Vec<_>>(),
                |messages| {
                    store
                        .write(|txn| {
                            messages
                                .iter()
                                .try_for_each(|message| txn.insert_message(message).map(drop))
                        })
                        .map_err(|error: StoreError| error)
                        .expect("room")
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.throughput(Throughput::Elements(50));
    let reader = store.reader();
    group.bench_function("a page of a chat", |b| {
        b.iter(|| reader.newest_messages(chat, 50).expect("messages"));
    });
    group.finish();
}

fn rows(store: &Store, chat: ConversationId) -> Vec<Row> {
    let messages = store.reader().newest_messages(chat, ROWS as u32);
    let row = |message: Message| {
        Row::Message(MessageRow {
            message: Arc::new(message),
            header: false,
        })
    };
    messages.expect("messages").into_iter().map(row).collect()
}

fn splices(c: &mut Criterion) {
    let store = Store::in_memory().expect("memory");
    corpus::fill(&store, 40_000).expect("room");
    let full = rows(&store, ConversationId(1));
    let mut one_changed = full.clone();
    if let Some(Row::Message(row)) = one_changed.get_mut(full.len() / 2) {
        row.message = Arc::new(Message {
            id: MessageId(row.message.id.0),
            corrected: Some(Timestamp(1)),
            ..(*row.message).clone()
        });
    }
    let older = full[..full.len() - 100].to_vec();
    let mut group = c.benchmark_group("splices");
    for (name, old, new) in [
        ("a chat is opened", &Vec::new(), &full),
        ("nothing has changed", &full, &full),
        ("one message has changed", &full, &one_changed),
        ("a page is added", &older, &full),
    ] {
        group.bench_function(name, |b| b.iter(|| changes(black_box(old), black_box(new))));
    }
    group.finish();
}

fn search(c: &mut Criterion) {
    let texts = texts(1_000);
    let mut group = c.benchmark_group("search");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("words of texts", |b| {
        b.iter(|| {
            for text in &texts {
                black_box(index_words(text));
            }
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("a typed search", |b| {
        b.iter(|| Query::parse(black_box("from:bob after:2020 \"two words\" begin"), &Utc));
    });
    group.finish();
}

criterion_group!(parts, parse, store, splices, search);
criterion_main!(parts);
