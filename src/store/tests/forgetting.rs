//! Stories of what is not kept: old messages, whole chats, single messages; and that nothing of them is left.

use super::{
    add_account, alice_and_bob, incoming, insert, jid, on_every_store, outgoing, search, write,
};
use crate::{
    model::{ConversationId, ConversationKind, Delivery, Timestamp},
    store::{NewMessage, Store, StoreError},
};

const DAY: i64 = 86_400_000;

fn texts(store: &Store, chat: ConversationId) -> Vec<String> {
    let messages = store.reader().newest_messages(chat, 999).unwrap();
    messages.into_iter().map(|m| m.body).collect()
}

/// Removes everything that is to be removed, in parts of two.
fn sweep(store: &Store) -> usize {
    let mut removed = 0;
    loop {
        let part = write(store, |txn| txn.sweep(2));
        assert!(part.len() <= 2);
        if part.is_empty() {
            return removed;
        }
        removed += part.len();
    }
}

fn with_ids(mut message: NewMessage, origin: &str, stanza: Option<&str>) -> NewMessage {
    message.origin_id = Some(origin.to_owned());
    message.stanza_id = stanza.map(str::to_owned);
    message
}

#[test]
fn an_account_forgets_what_is_older_than_its_rule_says() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let other = write(store, |txn| {
            let second = add_account(txn, "second@example.org")?;
            txn.conversation_with(second, &jid("bob@example.org"), ConversationKind::Person)
        });
        for day in [0, 10, 20, 30] {
            let mut sent = outgoing(chat, day * DAY, &format!("mine {day}"));
            sent.delivery = Delivery::Sent;
            insert(store, &sent);
            insert(store, &incoming(chat, day * DAY, &format!("theirs {day}")));
            insert(store, &incoming(other, day * DAY, &format!("other {day}")));
        }
        insert(store, &outgoing(chat, 0, "still waits"));
        let now = Timestamp(31 * DAY);
        let apply = || write(store, |txn| txn.apply_forgetting(now));
        apply();
        assert_eq!(sweep(store), 0);
        assert_eq!(store.reader().forget_after(alice).unwrap(), None);
        write(store, |txn| txn.set_forget_after(alice, Some(15)));
        assert_eq!(store.reader().forget_after(alice).unwrap(), Some(15));
        assert_eq!(sweep(store), 0, "not before the rule is applied");
        apply();
        assert_eq!(sweep(store), 4);
        assert_eq!(
            texts(store, chat),
            [
                "still waits",
                "mine 20",
                "theirs 20",
                "mine 30",
                "theirs 30"
            ]
        );
        assert_eq!(texts(store, other).len(), 4);
        assert_eq!(
            store.reader().conversation(chat).unwrap().unwrap().unread,
            2
        );
        assert!(
            search::bodies_with(store, "10")
                .iter()
                .all(|body| body == "other 10")
        );
        // The archive must not bring back what was forgotten, but may bring what is younger.
        let bob = jid("bob@example.org");
        write(store, |txn| {
            assert!(txn.is_forgotten(alice, &bob, Timestamp(15 * DAY))?);
            assert!(!txn.is_forgotten(alice, &bob, Timestamp(16 * DAY))?);
            txn.set_archive_cursor(alice, "s9", None)?;
            txn.set_archive_complete(alice, &bob)?;
            // A longer time brings nothing back by itself; no rule at all lets the archive be read again.
            txn.set_forget_after(alice, Some(100))?;
            txn.apply_forgetting(now)?;
            assert!(txn.is_forgotten(alice, &bob, Timestamp(15 * DAY))?);
            txn.set_forget_after(alice, None)?;
            assert!(!txn.is_forgotten(alice, &bob, Timestamp(0))?);
            assert!(txn.archive_gap(alice)?.is_some() && !txn.oldest_archived(alice, &bob)?.1);
            Ok(())
        });
        assert!(matches!(
            store.write(|txn| txn.set_forget_after(crate::model::AccountId(99), Some(1))),
            Err(StoreError::Missing)
        ));
    });
}

#[test]
fn a_removed_chat_is_gone_at_once_and_its_messages_follow() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let bob = jid("bob@example.org");
        for at in 1..=5 {
            insert(store, &incoming(chat, at, "old words"));
        }
        let waiting = insert(store, &outgoing(chat, 6, "unsent words"));
        write(store, |txn| {
            txn.push_outbox(alice, Some(waiting), "<message/>")?;
            txn.delete_conversation(chat)
        });
        let reader = store.reader();
        assert_eq!(reader.conversation(chat).unwrap(), None);
        assert_eq!(reader.conversations().unwrap(), []);
        assert_eq!(reader.unread_total().unwrap(), 0);
        assert_eq!(reader.conversation_with(alice, &bob).unwrap(), None);
        assert_eq!(search::bodies_with(store, "words"), [""; 0]);
        write(store, |txn| {
            assert!(
                txn.outbox_after(alice, crate::model::OutboxId(0), 9)?
                    .is_empty()
            );
            assert!(txn.waiting_messages(alice)?.is_empty());
            Ok(())
        });
        let missing = |done: Result<(), StoreError>| {
            assert!(matches!(done, Err(StoreError::Missing)), "{done:?}")
        };
        missing(store.write(|txn| txn.insert_message(&incoming(chat, 9, "hi")).map(drop)));
        missing(store.write(|txn| txn.delete_conversation(chat)));
        // Bob writes again while the old messages are still being removed.
        let (new_chat, removed) = write(store, |txn| {
            let chat = txn.conversation_with(alice, &bob, ConversationKind::Person)?;
            txn.insert_message(&incoming(chat, 6, "new words"))?;
            Ok((chat, txn.sweep(2)?.len()))
        });
        assert_eq!(removed + sweep(store), 6);
        assert_eq!(texts(store, new_chat), ["new words"]);
        assert_eq!(texts(store, chat), [""; 0]);
        assert_eq!(search::bodies_with(store, "words"), ["new words"]);
        write(store, |txn| {
            assert!(txn.is_forgotten(alice, &bob, Timestamp(6))?);
            assert!(!txn.is_forgotten(alice, &bob, Timestamp(7))?);
            assert!(!txn.is_forgotten(alice, &jid("eve@example.org"), Timestamp(6))?);
            Ok(())
        });
    });
}

#[test]
fn a_removed_message_does_not_come_back() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let bob = jid("bob@example.org");
        let message = with_ids(incoming(chat, 1, "gone words"), "o1", Some("s1"));
        let id = insert(store, &message);
        insert(
            store,
            &with_ids(incoming(chat, 2, "other words"), "o2", Some("s2")),
        );
        write(store, |txn| {
            txn.react(chat, &bob, "o1", &["👍".to_owned()], Timestamp(2))?;
            assert_eq!(txn.delete_message(id)?, chat);
            assert!(txn.reactions_of(chat, &bob, "o1")?.is_empty());
            for (origin, stanza, deleted) in [
                ("o1", Some("s1"), true),
                ("o1", None, true),
                ("x", Some("s1"), true),
                ("o2", Some("s2"), false),
                ("x", None, false),
            ] {
                let again = with_ids(incoming(chat, 1, "gone words"), origin, stanza);
                assert_eq!(txn.was_deleted(&again)?, deleted, "{origin} {stanza:?}");
            }
            // Nobody else's message is suppressed by the same id.
            let mine = with_ids(outgoing(chat, 3, "mine"), "o1", None);
            assert!(!txn.was_deleted(&mine)?);
            Ok(())
        });
        assert_eq!(texts(store, chat), ["other words"]);
        assert_eq!(search::bodies_with(store, "words"), ["other words"]);
        assert_eq!(
            store.reader().conversation(chat).unwrap().unwrap().unread,
            1
        );
        let waiting = insert(store, &outgoing(chat, 4, "unsent"));
        write(store, |txn| {
            txn.push_outbox(alice, Some(waiting), "<message/>")?;
            txn.delete_message(waiting)?;
            assert_eq!(txn.outbox_of(waiting)?, None);
            Ok(())
        });
        assert!(matches!(
            store.write(|txn| txn.delete_message(id)),
            Err(StoreError::Missing)
        ));
    });
}

#[test]
fn nothing_of_what_was_removed_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = search::plain_store(folder.path());
    let (alice, chat) = alice_and_bob(&store);
    let other = write(&store, |txn| {
        txn.conversation_with(alice, &jid("eve@example.net"), ConversationKind::Person)
    });
    for n in 0..300 {
        let of = if n % 3 == 0 { chat } else { other };
        insert(&store, &incoming(of, n, &format!("ordinary talk {n}")));
    }
    let single = insert(&store, &incoming(other, 400, "single singlesecret"));
    insert(&store, &incoming(chat, 401, "chatsecret is in a chat"));
    let corrected = with_ids(incoming(chat, 402, "formersecret"), "o1", None);
    insert(&store, &corrected);
    write(&store, |txn| {
        txn.correct(
            "o1",
            &with_ids(incoming(chat, 403, "latersecret"), "c1", None),
        )
    });
    insert(&store, &incoming(other, -90 * DAY, "agedsecret and gray"));
    let secrets = [
        "singlesecret",
        "chatsecret",
        "formersecret",
        "latersecret",
        "agedsecret",
    ];
    store.settle().unwrap();
    for secret in secrets {
        assert!(search::is_in_files(folder.path(), secret), "{secret}");
    }
    write(&store, |txn| {
        txn.delete_message(single)?;
        txn.delete_conversation(chat)?;
        txn.set_forget_after(alice, Some(30))?;
        txn.apply_forgetting(Timestamp(0))
    });
    sweep(&store);
    store.settle().unwrap();
    for secret in secrets {
        for part in [secret, &secret[..6], &secret[..secret.len() - 1]] {
            assert!(!search::is_in_files(folder.path(), part), "{part}");
        }
    }
    assert!(search::is_in_files(folder.path(), "ordinary"));
}

#[test]
fn what_a_rule_would_remove_is_counted() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let other = write(store, |txn| {
            let second = add_account(txn, "second@example.org")?;
            txn.conversation_with(second, &jid("bob@example.org"), ConversationKind::Person)
        });
        for day in [0, 10, 20] {
            insert(store, &incoming(chat, day * DAY, &format!("theirs {day}")));
            insert(store, &incoming(other, day * DAY, &format!("other {day}")));
        }
        let count = |day| {
            store
                .reader()
                .count_before(alice, Timestamp(day * DAY))
                .unwrap()
        };
        assert_eq!([count(0), count(10), count(11), count(99)], [0, 1, 2, 3]);
    });
}
