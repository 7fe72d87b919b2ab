//! Stories of searching: what is shown is found, newest first, and nothing else is left.

use std::{fs, sync::atomic::AtomicBool};

use chrono::Utc;
use proptest::prelude::*;

use super::{
    add_account, alice_and_bob, incoming, insert, jid, new_id, on_every_store, outgoing, write,
};
use crate::{
    model::{
        ConversationId, ConversationKind, MessageId, RosterItem, Security, Subscription, Timestamp,
        search::Query,
    },
    store::{Found, NewMessage, Readers, SearchCursor, Store, connection},
};

const DAY: i64 = 86_400_000;

fn page(store: &Store, query: &Query, after: Option<SearchCursor>, limit: u32) -> Found {
    store
        .reader()
        .search(query, after, limit, &AtomicBool::new(true))
        .unwrap()
}

/// Everything that is found, page by page.
fn all(store: &Store, query: &Query, limit: u32) -> Vec<(MessageId, String)> {
    let mut hits = Vec::new();
    let mut after = None;
    loop {
        let found = page(store, query, after, limit);
        hits.extend(
            found
                .hits
                .into_iter()
                .map(|hit| (hit.message.id, hit.message.body)),
        );
        match found.next {
            Some(next) => after = Some(next),
            None => return hits,
        }
    }
}

/// The texts that are found for what is typed, newest first.
pub(super) fn bodies_with(store: &Store, typed: &str) -> Vec<String> {
    let query = Query::parse(typed, &Utc);
    let (once, one_by_one) = (all(store, &query, 50), all(store, &query, 1));
    assert_eq!(once, one_by_one);
    once.into_iter().map(|(_, body)| body).collect()
}

fn with_origin(mut message: NewMessage, origin_id: &str) -> NewMessage {
    message.origin_id = Some(origin_id.to_owned());
    message
}

/// A chat of the first account with somebody who is on the roster under a name.
fn chat_with(store: &Store, peer: &str, name: &str) -> ConversationId {
    write(store, |txn| {
        let account = txn.accounts()?[0].id;
        let item = RosterItem {
            jid: jid(peer),
            name: name.to_owned(),
            subscription: Subscription::Both,
            ask: crate::model::Ask::None,
            groups: vec![],
        };
        txn.put_roster_item(account, &item)?;
        txn.conversation_with(account, &jid(peer), ConversationKind::Person)
    })
}

#[test]
fn words_are_found_in_all_languages_newest_first() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        for (at, body) in [
            (3 * DAY, "Lunch at noon?"),
            (DAY, "lunches are over"),
            (400 * DAY, "LÜNCH"),
            (-9 * DAY, "no lunch"),
            (3 * DAY, "日本語を話します"),
            (i64::MAX, "the end of time"),
            (i64::MIN, "the beginning of time"),
        ] {
            insert(store, &incoming(chat, at, body));
        }
        for (typed, expected) in [
            (
                "lunch",
                &["LÜNCH", "Lunch at noon?", "lunches are over", "no lunch"][..],
            ),
            ("\"lunch\"", &["LÜNCH", "Lunch at noon?", "no lunch"]),
            ("lunch no", &["Lunch at noon?", "no lunch"]),
            ("\"at noon\"", &["Lunch at noon?"]),
            ("\"noon at\"", &[]),
            ("語", &["日本語を話します"]),
            ("本語", &["日本語を話します"]),
            ("本語を話", &["日本語を話します"]),
            ("語本", &[]),
            ("time", &["the end of time", "the beginning of time"]),
            ("lunch after:1970-01-03 before:1971", &["Lunch at noon?"]),
            ("before:1970", &["no lunch", "the beginning of time"]),
            ("", &[]),
            ("?!", &[]),
        ] {
            assert_eq!(bodies_with(store, typed), expected, "{typed}");
        }
    });
}

#[test]
fn filters_narrow_what_is_found() {
    on_every_store(|store| {
        let (_, bobs) = alice_and_bob(store);
        let eves = chat_with(store, "eve@example.net", "Évelyn Example");
        insert(store, &incoming(bobs, 1, "a b https://example.org/x"));
        insert(store, &outgoing(bobs, 2, "b c"));
        let eve = NewMessage {
            author: jid("eve@example.net"),
            ..incoming(eves, 3, "c d")
        };
        insert(store, &eve);
        insert(store, &outgoing(eves, 4, "d a"));
        for (typed, expected) in [
            ("from:me", &["d a", "b c"][..]),
            ("from:alice", &["d a", "b c"]),
            ("from:bob", &["a b https://example.org/x"]),
            ("from:bob from:eve", &["c d", "a b https://example.org/x"]),
            ("from:me from:eve d", &["d a", "c d"]),
            ("from:evelyn", &["c d"]),
            ("from:\"evelyn exam\"", &["c d"]),
            ("from:eve@example.net", &["c d"]),
            ("from:velyn", &[]),
            ("from:nobody", &[]),
            ("from:!!", &[]),
            ("in:bob", &["b c", "a b https://example.org/x"]),
            (
                "in:example",
                &["d a", "c d", "b c", "a b https://example.org/x"],
            ),
            ("in:eve from:me", &["d a"]),
            ("in:nowhere a", &[]),
            ("has:link", &["a b https://example.org/x"]),
            ("has:link c", &[]),
            ("after:1970 from:bob b", &["a b https://example.org/x"]),
        ] {
            assert_eq!(bodies_with(store, typed), expected, "{typed}");
        }
        let mut query = Query::parse("d", &Utc);
        query.conversation = Some(bobs);
        assert_eq!(all(store, &query, 9), []);
        query.conversation = Some(eves);
        assert_eq!(all(store, &query, 9).len(), 2);
        let hit = page(store, &query, None, 1).hits.remove(0);
        assert_eq!(hit.conversation.name, "Évelyn Example");
        assert_eq!(&hit.excerpt.text[hit.excerpt.places[0].clone()], "d");
    });
}

#[test]
fn what_is_shown_now_is_found_and_nothing_else() {
    on_every_store(|store| {
        let (account, chat) = alice_and_bob(store);
        let bob = jid("bob@example.org");
        let first = with_origin(incoming(chat, 1, "frist words"), "o1");
        let id = insert(store, &first);
        let correction = with_origin(incoming(chat, 2, "first words"), "c1");
        write(store, |txn| txn.correct("o1", &correction));
        assert_eq!(bodies_with(store, "frist"), [""; 0]);
        assert_eq!(bodies_with(store, "words"), ["first words"]);
        write(store, |txn| txn.retract(chat, &bob, "o1", Timestamp(3)));
        assert_eq!(bodies_with(store, "words"), [""; 0]);
        assert_eq!(bodies_with(store, "from:bob"), [""; 0]);
        // What was taken back before it came is never found.
        write(store, |txn| txn.retract(chat, &bob, "o2", Timestamp(3)));
        let late = with_origin(incoming(chat, 4, "late words"), "o2");
        let id2 = insert(store, &late);
        write(store, |txn| txn.apply_what_waited(id2, &late));
        assert_eq!(bodies_with(store, "words"), [""; 0]);
        // What cannot be read says nothing that could be found.
        let unreadable = NewMessage {
            security: Security::Unreadable,
            ..incoming(chat, 5, "")
        };
        insert(store, &unreadable);
        assert_eq!(bodies_with(store, "from:bob"), [""; 0]);
        // What is undone was never there.
        let undone: Result<(), crate::store::StoreError> = store.write(|txn| {
            txn.insert_message(&incoming(chat, 6, "undone words"))?;
            Err(crate::store::StoreError::Missing)
        });
        assert!(undone.is_err() && bodies_with(store, "words").is_empty());
        insert(store, &incoming(chat, 7, "last words"));
        assert_eq!(bodies_with(store, "words"), ["last words"]);
        write(store, |txn| txn.remove_account(account));
        assert_eq!(bodies_with(store, "words"), [""; 0]);
        assert!(store.reader().around(id, 5).unwrap().is_empty());
    });
}

#[test]
fn a_period_with_too_many_to_sort_is_searched_to_its_end() {
    let store = Store::in_memory().unwrap();
    let (_, chat) = alice_and_bob(&store);
    write(&store, |txn| {
        for n in 0..3000 {
            // Stored oldest first, as history is that comes live.
            new_id(txn.insert_message(&incoming(chat, 1000 + n, &format!("many {n}")))?);
        }
        txn.insert_message(&incoming(chat, -90 * DAY, "many long ago"))?;
        txn.insert_message(&incoming(chat, 90 * DAY, "many later"))
    });
    let query = Query::parse("many", &Utc);
    for limit in [1000, 100] {
        let found = all(&store, &query, limit);
        assert_eq!(found.len(), 3002);
        assert_eq!(found[0].1, "many later");
        assert_eq!(found[1].1, "many 2999");
        assert_eq!(found[3000].1, "many 0");
        assert_eq!(found[3001].1, "many long ago");
    }
    // Somebody looks for what is always nearly there: pages end early, but the search comes to its end.
    let query = Query::parse("\"many many\"", &Utc);
    assert_eq!(all(&store, &query, 10), []);
}

#[test]
fn a_search_that_is_not_wanted_any_more_ends() {
    let store = Store::in_memory().unwrap();
    let (_, chat) = alice_and_bob(&store);
    insert(&store, &incoming(chat, 1, "hi"));
    let found = store
        .reader()
        .search(&Query::parse("hi", &Utc), None, 9, &AtomicBool::new(false))
        .unwrap();
    assert_eq!(found, Found::default());
}

#[test]
fn a_found_message_is_loaded_with_its_surroundings() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let ids: Vec<MessageId> = (0..9)
            .map(|n| insert(store, &incoming(chat, n / 2, &n.to_string())))
            .collect();
        let around = |id, count| -> String {
            let messages = store.reader().around(id, count).unwrap();
            messages.into_iter().map(|m| m.body).collect()
        };
        assert_eq!(around(ids[4], 2), "23456");
        assert_eq!(around(ids[0], 2), "012");
        assert_eq!(around(ids[8], 1), "78");
        assert_eq!(around(ids[3], 0), "3");
        assert_eq!(around(MessageId(99), 3), "");
    });
}

#[test]
fn hostile_words_are_words() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let nasty = "\"quoted' \\ -- ; drop table message \u{0}\u{e000}c1 * ^ (x) OR \u{feff}NEAR";
        insert(store, &incoming(chat, 1, nasty));
        insert(store, &incoming(chat, 2, &"x".repeat(1 << 20)));
        insert(store, &incoming(chat, 3, &"日".repeat(300_000)));
        for typed in [
            nasty,
            "drop",
            "'",
            "\"",
            "x OR",
            "*",
            "near(",
            "\u{e000}c1 message",
            "words:drop",
        ] {
            let _ = bodies_with(store, typed);
        }
        assert_eq!(bodies_with(store, "table message"), [nasty]);
        assert_eq!(bodies_with(store, &"x".repeat(500)).len(), 1);
        assert_eq!(bodies_with(store, "日日日").len(), 1);
        // A text cannot pretend to be of another chat.
        assert_eq!(bodies_with(store, "in:eve"), [""; 0]);
    });
}

/// A store in a file that is not encrypted, so that one can look into it.
pub(super) fn plain_store(folder: &std::path::Path) -> Store {
    let file = folder.join("plain.db");
    let mut writer = rusqlite::Connection::open(&file).unwrap();
    connection::set_up(&writer).unwrap();
    connection::set_up_writer(&writer).unwrap();
    crate::store::migrate::migrate(&mut writer).unwrap();
    Store::new(writer, Readers::Writer)
}

pub(super) fn is_in_files(folder: &std::path::Path, word: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        bytes
            .windows(word.len())
            .any(|part| part == word.as_bytes())
    })
}

#[test]
fn what_is_removed_is_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let store = plain_store(folder.path());
    let (_, chat) = alice_and_bob(&store);
    let others = || {
        write(&store, |txn| {
            for n in 0..200 {
                txn.insert_message(&incoming(chat, n, &format!("plainly nothing special {n}")))?;
            }
            Ok(())
        });
    };
    others();
    insert(
        &store,
        &with_origin(incoming(chat, 500, "the plan is zweihundert"), "o1"),
    );
    others();
    store.settle().unwrap();
    assert!(is_in_files(folder.path(), "zweihundert"));
    write(&store, |txn| {
        txn.retract(chat, &jid("bob@example.org"), "o1", Timestamp(9))
    });
    store.settle().unwrap();
    for word in [
        "zweihundert",
        "zweihunder",
        "weihundert",
        "zweih",
        "hundert",
    ] {
        assert!(!is_in_files(folder.path(), word), "{word}");
    }
    assert!(is_in_files(folder.path(), "plainly"));
}

#[test]
fn an_index_made_by_other_rules_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let store = plain_store(folder.path());
    let (_, chat) = alice_and_bob(&store);
    insert(&store, &incoming(chat, 1, "old words"));
    write(&store, |txn| {
        txn.set_value("search.rules", "other")?;
        txn.0.execute(
            "insert into message_search (message_search) values ('delete-all')",
            [],
        )?;
        Ok(())
    });
    assert!(bodies_with(&store, "words").is_empty());
    drop(store);
    assert_eq!(
        bodies_with(&plain_store(folder.path()), "words"),
        ["old words"]
    );
}

/// One thing that may happen to messages.
#[derive(Clone, Debug)]
enum Step {
    Say(bool, i64, String),
    Correct(usize, String),
    Retract(usize),
    Delete(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let text = "[ab日本]{1,3}( [ab日本]{1,3}){0,3}";
    prop_oneof![
        4 => (any::<bool>(), -5i64..5, text).prop_map(|(bobs, days, text)| Step::Say(bobs, days * DAY, text)),
        1 => (0usize..20, text).prop_map(|(which, text)| Step::Correct(which, text)),
        1 => (0usize..20).prop_map(Step::Retract),
        1 => (0usize..20).prop_map(Step::Delete),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn the_index_finds_what_reading_everything_finds(
        steps in prop::collection::vec(step(), 1..40),
        typed in "\"?[ab日本]{1,3}( [ab日本]{1,2}){0,2}\"?( from:me| in:bob)?",
    ) {
        let store = Store::in_memory().unwrap();
        let (_, bobs) = alice_and_bob(&store);
        let other = chat_with(&store, "eve@example.net", "Eve");
        write(&store, |txn| add_account(txn, "second@example.org"));
        for (number, step) in steps.into_iter().enumerate() {
            let origin = |which: usize| format!("o{which}");
            write(&store, |txn| {
                let known = txn.find_outgoing(bobs, &match &step {
                    Step::Say(..) => String::new(),
                    Step::Correct(which, _) | Step::Retract(which) | Step::Delete(which) => origin(*which),
                })?;
                match step {
                    Step::Say(in_bobs, at, text) => {
                        let chat = if in_bobs { bobs } else { other };
                        let message = if number % 2 == 0 { outgoing(chat, at, &text) } else { incoming(chat, at, &text) };
                        txn.insert_message(&with_origin(message, &origin(number)))?;
                    }
                    Step::Correct(which, text) => {
                        let by = with_origin(outgoing(bobs, i64::try_from(number).unwrap(), &text), &format!("c{number}"));
                        txn.correct(&origin(which), &by)?;
                    }
                    Step::Retract(which) => {
                        txn.retract(bobs, &jid("alice@example.org"), &origin(which), Timestamp(0))?;
                    }
                    Step::Delete(_) => if let Some(id) = known {
                        txn.0.execute("delete from message where id = ?1", [id])?;
                    }
                }
                Ok(())
            });
        }
        let query = Query::parse(&typed, &Utc);
        let reader = store.reader();
        let mut expected: Vec<_> = [bobs, other]
            .iter()
            .flat_map(|chat| reader.newest_messages(*chat, 999).unwrap())
            .filter(|m| m.retracted.is_none() && query.places(&m.body).is_some())
            .filter(|m| query.from.is_empty() || m.direction == crate::model::Direction::Outgoing)
            .filter(|m| query.within.is_empty() || m.conversation == bobs)
            .collect();
        expected.sort_by_key(|m| std::cmp::Reverse((m.at, m.id)));
        let expected: Vec<_> = expected.into_iter().map(|m| (m.id, m.body)).collect();
        prop_assert_eq!(&all(&store, &query, 50), &expected);
        prop_assert_eq!(&all(&store, &query, 2), &expected);
        write(&store, |txn| Ok(txn.0.execute("insert into message_search (message_search) values ('integrity-check')", [])?));
    }
}
