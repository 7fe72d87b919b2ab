//! Stories of messages: stored once, in order, raised, counted.

use super::{alice_and_bob, incoming, insert, jid, new_id, on_every_store, outgoing, write};
use crate::{
    model::{ConversationKind, Delivery, Message, MessageId, Route, SendFailure, Timestamp},
    store::{Inserted, NewMessage, Page, Store, StoreError},
};

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|m| m.body.as_str()).collect()
}

fn with_ids(mut message: NewMessage, origin: Option<&str>, stanza: Option<&str>) -> NewMessage {
    message.origin_id = origin.map(str::to_owned);
    message.stanza_id = stanza.map(str::to_owned);
    message
}

fn again(store: &Store, message: &NewMessage) -> Inserted {
    write(store, |txn| txn.insert_message(message))
}

#[test]
fn a_message_comes_back_as_it_was_stored() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let mut new = with_ids(outgoing(chat, 5, "hi ☺\0 there"), Some("o1"), Some("s1"));
        new.stored_at = Timestamp(6);
        new.markable = true;
        new.delivery = Delivery::Failed(SendFailure::Refused("item-not-found".to_owned()));
        let id = insert(store, &new);
        let stored = store.reader().messages(&[id]).unwrap().remove(0);
        let expected = Message {
            id,
            conversation: chat,
            direction: new.direction,
            author: new.author,
            resource: new.resource,
            body: new.body,
            at: new.at,
            stored_at: new.stored_at,
            route: new.route,
            imported: None,
            security: new.security,
            delivery: new.delivery,
            origin_id: new.origin_id,
            stanza_id: new.stanza_id,
            markable: true,
            corrected: None,
            retracted: None,
            reply_to: None,
            spoiler: None,
            reactions: vec![],
        };
        assert_eq!(stored, expected);
        assert_eq!(write(store, |txn| txn.message(id)), expected);
    });
}

#[test]
fn pages_follow_time_and_then_row() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let rows = [(10, "b"), (10, "c"), (5, "a"), (20, "d"), (20, "e")];
        let ids: Vec<MessageId> = rows
            .iter()
            .map(|(at, body)| insert(store, &incoming(chat, *at, body)))
            .collect();
        let reader = store.reader();
        let place = |row: usize| Page {
            at: Timestamp(rows[row].0),
            id: ids[row],
        };
        assert_eq!(
            bodies(&reader.newest_messages(chat, 3).unwrap()),
            ["c", "d", "e"]
        );
        assert_eq!(
            bodies(&reader.messages_before(chat, place(1), 9).unwrap()),
            ["a", "b"]
        );
        assert_eq!(
            bodies(&reader.messages_before(chat, place(1), 1).unwrap()),
            ["b"]
        );
        assert_eq!(
            bodies(&reader.messages_after(chat, place(0), 2).unwrap()),
            ["c", "d"]
        );
        assert_eq!(
            bodies(&reader.messages_after(chat, place(4), 2).unwrap()),
            [""; 0]
        );
        let some = [ids[4], MessageId(999), ids[2], ids[4]];
        assert_eq!(bodies(&reader.messages(&some).unwrap()), ["a", "e"]);
        assert_eq!(reader.message_count(chat).unwrap(), 5);
    });
}

#[test]
fn the_same_message_is_stored_once() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let live = with_ids(incoming(chat, 1, "hi"), Some("o1"), None);
        let id = insert(store, &live);
        assert_eq!(again(store, &live), Inserted::Known(id));
        // The archive brings it again and tells its id there.
        let archived = with_ids(incoming(chat, 2, "hi"), Some("o1"), Some("s1"));
        assert_eq!(again(store, &archived), Inserted::Known(id));
        let stored = write(store, |txn| txn.message(id));
        assert_eq!(
            (stored.stanza_id.as_deref(), stored.at),
            (Some("s1"), Timestamp(1))
        );
        // Known by the archive id alone, and by the origin id alone.
        assert_eq!(
            again(store, &with_ids(incoming(chat, 3, "hi"), None, Some("s1"))),
            Inserted::Known(id)
        );
        assert_eq!(again(store, &live), Inserted::Known(id));
        assert_eq!(store.reader().message_count(chat).unwrap(), 1);
        assert_eq!(
            store.reader().conversation(chat).unwrap().unwrap().unread,
            1
        );
    });
}

#[test]
fn nobody_suppresses_a_message_by_repeating_an_id() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let first = with_ids(incoming(chat, 1, "hi"), Some("o1"), Some("s1"));
        insert(store, &first);
        let mut other_author = with_ids(first, Some("o1"), None);
        other_author.author = jid("mallory@example.org");
        let other_chat = write(store, |txn| {
            txn.conversation_with(alice, &jid("carol@example.org"), ConversationKind::Person)
        });
        let others = [
            with_ids(incoming(chat, 1, "other text"), Some("o1"), None),
            with_ids(incoming(chat, 1, "hi"), Some("o1"), Some("s2")),
            with_ids(outgoing(chat, 1, "hi"), Some("o1"), None),
            other_author,
            with_ids(incoming(other_chat, 1, "hi"), Some("o1"), None),
            with_ids(incoming(chat, 1, "hi"), None, None),
        ];
        for other in &others {
            insert(store, other);
        }
        assert_eq!(store.reader().message_count(chat).unwrap(), 6);
    });
}

#[test]
fn archive_ids_count_within_one_account() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        insert(store, &with_ids(incoming(chat, 1, "hi"), None, Some("s1")));
        let other = write(store, |txn| {
            let account = super::add_account(txn, "work@example.org")?;
            txn.conversation_with(account, &jid("bob@example.org"), ConversationKind::Person)
        });
        insert(store, &with_ids(incoming(other, 1, "hi"), None, Some("s1")));
    });
}

#[test]
fn a_waiting_message_seen_elsewhere_is_sent() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let local = with_ids(outgoing(chat, 1, "hi"), Some("o1"), None);
        let id = insert(store, &local);
        assert_eq!(again(store, &local), Inserted::Known(id));
        assert_eq!(write(store, |txn| txn.waiting_messages(alice)), [id]);
        let mut archived = with_ids(local, Some("o1"), Some("s1"));
        archived.route = Route::Archive;
        archived.delivery = Delivery::Sent;
        assert_eq!(again(store, &archived), Inserted::Known(id));
        assert_eq!(write(store, |txn| txn.message(id)).delivery, Delivery::Sent);
        assert_eq!(write(store, |txn| txn.waiting_messages(alice)), []);
        // What is further is not set back.
        write(store, |txn| txn.set_delivery(id, &Delivery::Read));
        again(store, &archived);
        assert_eq!(write(store, |txn| txn.message(id)).delivery, Delivery::Read);
    });
}

#[test]
fn delivery_goes_forwards_only() {
    let failed = || Delivery::Failed(SendFailure::Cancelled);
    let refused = || Delivery::Failed(SendFailure::Refused("gone".to_owned()));
    let table = [
        (Delivery::Waiting, Delivery::Sent, true),
        (Delivery::Waiting, Delivery::Read, true),
        (Delivery::Sent, Delivery::Waiting, false),
        (Delivery::Sent, Delivery::Sent, false),
        (Delivery::Read, Delivery::Delivered, false),
        (Delivery::Sent, refused(), true),
        (failed(), Delivery::Waiting, true),
        (failed(), Delivery::Delivered, true),
        (failed(), failed(), false),
        (failed(), refused(), true),
    ];
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        for (before, after, changes) in &table {
            let mut message = outgoing(chat, 1, "hi");
            message.delivery = before.clone();
            let id = insert(store, &message);
            assert_eq!(
                write(store, |txn| txn.set_delivery(id, after)),
                *changes,
                "{before:?} to {after:?}"
            );
            let expected = if *changes { after } else { before };
            assert_eq!(&write(store, |txn| txn.message(id)).delivery, expected);
        }
    });
}

#[test]
fn a_marker_raises_what_came_before_it() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let of = |at, delivery: Delivery| {
            let mut message = outgoing(chat, at, "hi");
            message.delivery = delivery;
            insert(store, &message)
        };
        let later = of(9, Delivery::Sent);
        let read = of(1, Delivery::Read);
        let sent = of(3, Delivery::Sent);
        let delivered = of(2, Delivery::Delivered);
        let retried = of(2, Delivery::Waiting);
        let failed = of(2, Delivery::Failed(SendFailure::Blocked));
        let theirs = insert(store, &incoming(chat, 2, "hi"));
        let up_to = of(4, Delivery::Waiting);
        let raise = |delivery: Delivery| {
            write(store, |txn| {
                txn.raise_delivery_up_to(chat, up_to, &delivery)
            })
        };
        assert_eq!(raise(Delivery::Delivered), [sent, up_to]);
        assert_eq!(raise(Delivery::Read), [delivered, sent, up_to]);
        assert_eq!(raise(Delivery::Read), []);
        assert_eq!(raise(Delivery::Sent), []);
        let now = |id| write(store, |txn| txn.message(id)).delivery;
        assert_eq!(now(later), Delivery::Sent);
        assert_eq!(now(read), Delivery::Read);
        assert_eq!(now(retried), Delivery::Waiting);
        assert_eq!(now(failed), Delivery::Failed(SendFailure::Blocked));
        assert_eq!(now(theirs), Delivery::Sent);
        // A message of another chat says nothing about this one.
        let elsewhere = write(store, |txn| {
            let (account, ..) = txn.conversation_peer(chat)?;
            let other = txn.conversation_with(account, &jid("c@d"), ConversationKind::Person)?;
            Ok(new_id(txn.insert_message(&outgoing(other, 99, "hi"))?))
        });
        let raised = write(store, |txn| {
            txn.raise_delivery_up_to(chat, elsewhere, &Delivery::Read)
        });
        assert_eq!(raised, []);
    });
}

#[test]
fn ids_of_a_client_are_found_by_direction() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let ours = insert(store, &with_ids(outgoing(chat, 1, "hi"), Some("x"), None));
        let theirs = insert(store, &with_ids(incoming(chat, 1, "a"), Some("x"), None));
        let newer = insert(store, &with_ids(incoming(chat, 1, "b"), Some("x"), None));
        assert!(theirs < newer);
        write(store, |txn| {
            assert_eq!(txn.find_outgoing(chat, "x")?, Some(ours));
            assert_eq!(txn.find_incoming(chat, "x")?, Some(newer));
            assert_eq!(txn.find_incoming(chat, "y")?, None);
            Ok(())
        });
    });
}

#[test]
fn what_is_not_there_is_missing() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let nowhere = crate::model::ConversationId(99);
        let missing = |done: Result<(), StoreError>| {
            assert!(matches!(done, Err(StoreError::Missing)), "{done:?}");
        };
        missing(store.write(|txn| txn.message(MessageId(99)).map(drop)));
        missing(store.write(|txn| txn.insert_message(&incoming(nowhere, 1, "hi")).map(drop)));
        missing(store.write(|txn| txn.set_delivery(MessageId(99), &Delivery::Sent).map(drop)));
        missing(store.write(|txn| txn.mark_read(chat, MessageId(99)).map(drop)));
        missing(store.write(|txn| txn.set_draft(nowhere, "hi")));
        missing(store.write(|txn| txn.conversation_peer(nowhere).map(drop)));
    });
}
