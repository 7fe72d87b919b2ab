//! Stories of transactions: all or nothing, whatever happens between two writes.

use std::{panic::AssertUnwindSafe, sync::mpsc};

use super::{FileStore, alice_and_bob, incoming, jid, on_every_store, outgoing, write};
use crate::{
    model::{AccountId, ConversationId, ConversationKind, MessageId, OutboxId, Timestamp},
    store::{Store, StoreError, Txn},
};

/// One thing that is written, with the numbers of what is there.
type Step = fn(&Txn<'_>, AccountId, ConversationId, MessageId) -> Result<(), StoreError>;

/// Every kind of write, one after the other.
const STEPS: &[Step] = &[
    |txn, _, chat, _| txn.insert_message(&incoming(chat, 9, "new")).map(drop),
    |txn, account, _, message| txn.push_outbox(account, Some(message), "<a/>").map(drop),
    |txn, _, chat, message| txn.mark_read(chat, message).map(drop),
    |txn, account, _, _| txn.set_archive_cursor(account, "s1", None),
    |txn, _, chat, _| txn.set_draft(chat, "draft"),
    |txn, account, _, _| txn.set_nickname(account, &jid("bob@example.org"), "Bobby"),
    |txn, account, _, _| txn.set_strongest_mechanism(account, "PLAIN", Timestamp(1)),
    |txn, account, _, _| {
        txn.conversation_with(account, &jid("new@x"), ConversationKind::Person)
            .map(drop)
    },
    |txn, _, _, _| txn.set_value("a", "b"),
    |txn, account, _, _| txn.remove_account(account),
];

/// Everything in every table, as text.
fn dump(store: &Store) -> Vec<String> {
    write(store, |txn| {
        let tables: Vec<String> = txn
            .0
            .prepare(
                "select name from sqlite_schema where type = 'table'
                 and sql not like 'create virtual table%' order by name",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let mut rows = Vec::new();
        for table in tables {
            let mut select = txn.0.prepare(&format!("select * from {table}"))?;
            let columns = select.column_count();
            let mut found = select.query([])?;
            while let Some(row) = found.next()? {
                let values: Vec<_> = (0..columns).map(|column| row.get_ref(column)).collect();
                rows.push(format!("{table} {values:?}"));
            }
        }
        Ok(rows)
    })
}

fn prepared(store: &Store) -> (AccountId, ConversationId, MessageId) {
    let (account, chat) = alice_and_bob(store);
    (
        account,
        chat,
        super::insert(store, &outgoing(chat, 1, "hi")),
    )
}

#[test]
fn killed_between_any_two_writes_the_old_state_is_there() {
    on_every_store(|store| {
        let (account, chat, message) = prepared(store);
        let before = dump(store);
        for done in 1..=STEPS.len() {
            let killed = store.write(|txn| {
                for step in &STEPS[..done] {
                    step(txn, account, chat, message)?;
                }
                Err::<(), _>(StoreError::Missing)
            });
            assert!(
                matches!(killed, Err(StoreError::Missing)),
                "{killed:?} after {done}"
            );
            assert_eq!(dump(store), before, "after {done}");
        }
        write(store, |txn| {
            STEPS[..9]
                .iter()
                .try_for_each(|step| step(txn, account, chat, message))
        });
        assert_ne!(dump(store), before);
    });
}

#[test]
fn a_panic_rolls_back_and_the_store_goes_on() {
    on_every_store(|store| {
        let (account, chat, message) = prepared(store);
        let before = dump(store);
        let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
            let _ = store.write(|txn| {
                STEPS[0](txn, account, chat, message)?;
                panic!("a bug");
                #[allow(unreachable_code)]
                Ok::<(), StoreError>(())
            });
        }));
        assert!(panicked.is_err());
        assert_eq!(dump(store), before);
        write(store, |txn| STEPS[0](txn, account, chat, message));
    });
}

#[test]
fn a_part_is_undone_alone() {
    on_every_store(|store| {
        let (account, chat, message) = prepared(store);
        write(store, |txn| {
            txn.set_value("outside", "1")?;
            txn.part(|| txn.set_value("kept", "1"))?;
            let refused = txn.part(|| {
                STEPS
                    .iter()
                    .try_for_each(|step| step(txn, account, chat, message))?;
                txn.part(|| txn.set_value("inner", "1"))?;
                Err::<(), _>(StoreError::Missing)
            });
            assert!(matches!(refused, Err(StoreError::Missing)));
            let inner = txn.part(|| {
                let _ = txn.part(|| {
                    txn.set_value("gone", "1")?;
                    Err::<(), _>(StoreError::Missing)
                });
                txn.set_value("stays", "1")
            });
            assert!(inner.is_ok());
            Ok(())
        });
        let value = |name| store.reader().value(name).unwrap();
        assert!(value("outside").is_some() && value("kept").is_some() && value("stays").is_some());
        assert!(value("inner").is_none() && value("gone").is_none() && value("a").is_none());
        assert!(store.reader().account(account).is_ok());
    });
}

#[test]
fn what_the_disk_undid_is_not_written_row_by_row() {
    on_every_store(|store| {
        let done = store.write(|txn| {
            txn.set_value("first", "1")?;
            let part = txn.part(|| {
                txn.set_value("second", "1")?;
                // SQLite does this by itself when the disk fails.
                txn.0.execute_batch("rollback")?;
                Err::<(), _>(StoreError::Missing)
            });
            assert!(part.is_err());
            // A caller that goes on with the next stanza.
            assert!(matches!(
                txn.part(|| txn.set_value("third", "1")),
                Err(StoreError::Undone)
            ));
            assert!(txn.set_value("fourth", "1").is_err());
            Ok(())
        });
        assert!(matches!(done, Err(StoreError::Undone)));
        for name in ["first", "second", "third", "fourth"] {
            assert_eq!(store.reader().value(name).unwrap(), None, "{name}");
        }
        write(store, |txn| txn.set_value("fifth", "1"));
        assert!(store.reader().value("fifth").unwrap().is_some());
    });
}

#[test]
fn readers_see_what_is_committed_and_nothing_else() {
    let file = FileStore::new();
    let store = &file.store;
    write(store, |txn| txn.set_value("a", "old"));
    let reader = store.reader();
    write(store, |txn| {
        txn.set_value("a", "new")?;
        // Neither here nor on another thread, and without waiting for the writer.
        assert_eq!(reader.value("a")?.as_deref(), Some("old"));
        let elsewhere = reader.clone();
        let seen = std::thread::spawn(move || elsewhere.value("a").unwrap());
        assert_eq!(seen.join().unwrap().as_deref(), Some("old"));
        Ok(())
    });
    assert_eq!(reader.value("a").unwrap().as_deref(), Some("new"));
}

#[test]
fn readers_cannot_write() {
    let file = FileStore::new();
    let written = file
        .store
        .reader()
        .read(|connection| Ok(connection.execute("insert into kept_value values ('a', 'b')", [])?));
    assert!(written.is_err());
}

#[test]
fn a_store_inside_its_own_transaction_is_an_error_not_a_standstill() {
    on_every_store(|store| {
        let nested = store.write(|_| store.write(|txn| txn.set_value("a", "b")));
        assert!(matches!(nested, Err(StoreError::Nested)));
        // Another store may be used.
        let other = Store::in_memory().unwrap();
        store
            .write(|_| {
                other.reader().value("a")?;
                other.write(|txn| txn.set_value("a", "b"))
            })
            .unwrap();
    });
    let store = Store::in_memory().unwrap();
    let nested = store.write(|_| store.reader().value("a"));
    assert!(matches!(nested, Err(StoreError::Nested)));
}

#[test]
fn many_threads_write_and_read_at_once() {
    on_every_store(|store| {
        let (account, chat) = alice_and_bob(store);
        let (done, finished) = mpsc::channel();
        for thread in 0..4 {
            let (store, done) = (store.clone(), done.clone());
            std::thread::spawn(move || {
                for number in 0..25 {
                    let body = format!("{thread}.{number}");
                    write(&store, |txn| {
                        let message = txn.insert_message(&outgoing(chat, number, &body))?;
                        txn.push_outbox(account, Some(super::new_id(message)), &body)
                    });
                    let page = store.reader().newest_messages(chat, 10).unwrap();
                    assert!(page.is_sorted_by_key(|message| (message.at, message.id)));
                }
                done.send(()).unwrap();
            });
        }
        drop(done);
        assert_eq!(finished.iter().count(), 4);
        assert_eq!(store.reader().message_count(chat).unwrap(), 100);
        let rows = write(store, |txn| txn.outbox_after(account, OutboxId(0), 1_000));
        assert_eq!(rows.len(), 100);
    });
}
