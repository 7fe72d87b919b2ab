//! Stories of chats: their list, what is unread, where they are read up to.

use super::{add_account, alice_and_bob, incoming, insert, jid, on_every_store, outgoing, write};
use crate::{
    model::{AccountId, Conversation, ConversationId, ConversationKind, MessageId, Notifications},
    store::{Store, StoreError},
};

fn open_chat(store: &Store, account: AccountId, peer: &str) -> ConversationId {
    write(store, |txn| {
        let chat = txn.conversation_with(account, &jid(peer), ConversationKind::Person)?;
        txn.set_conversation_open(chat, true)?;
        Ok(chat)
    })
}

fn one(store: &Store, chat: ConversationId) -> Conversation {
    store.reader().conversation(chat).unwrap().unwrap()
}

fn listed(store: &Store) -> Vec<String> {
    let chats = store.reader().conversations().unwrap();
    chats.into_iter().map(|chat| chat.name).collect()
}

fn mark(store: &Store, chat: ConversationId, up_to: MessageId) -> bool {
    write(store, |txn| txn.mark_read(chat, up_to))
}

#[test]
fn a_chat_comes_back_as_it_was_changed() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let bob = jid("bob@example.org");
        let kind = ConversationKind::Stranger;
        assert_eq!(
            write(store, |txn| txn.conversation_with(alice, &bob, kind)),
            chat
        );
        assert_eq!(
            store.reader().conversation_with(alice, &bob).unwrap(),
            Some(chat)
        );
        assert_eq!(
            store
                .reader()
                .conversation_with(alice, &jid("no@x"))
                .unwrap(),
            None
        );
        let empty = Conversation {
            id: chat,
            account: alice,
            peer: bob.clone(),
            kind: ConversationKind::Person,
            name: "bob@example.org".to_owned(),
            avatar: None,
            open: true,
            archived: false,
            pinned: false,
            notifications: Notifications::All,
            unread: 0,
            read_up_to: None,
            draft: String::new(),
            last: None,
            is_contact: false,
            blocked: false,
        };
        assert_eq!(one(store, chat), empty);
        let message = insert(store, &outgoing(chat, 1, "hi"));
        write(store, |txn| {
            txn.set_pinned(chat, true)?;
            txn.set_notifications(chat, Notifications::Muted)?;
            txn.set_draft(chat, "well …")?;
            txn.set_conversation_kind(chat, kind)?;
            txn.set_conversation_open(chat, false)?;
            assert_eq!(txn.notifications(chat)?, Notifications::Muted);
            assert_eq!(txn.conversation_peer(chat)?, (alice, bob.clone(), kind));
            Ok(())
        });
        let expected = Conversation {
            kind,
            open: false,
            archived: false,
            pinned: true,
            notifications: Notifications::Muted,
            draft: "well …".to_owned(),
            last: Some(write(store, |txn| txn.message(message))),
            ..empty
        };
        assert_eq!(one(store, chat), expected);
        assert_eq!(write(store, |txn| txn.conversation(chat)), Some(expected));
        assert_eq!(listed(store), [""; 0]);
    });
}

#[test]
fn the_list_has_pinned_first_then_newest() {
    on_every_store(|store| {
        let alice = write(store, |txn| add_account(txn, "alice@x"));
        let work = write(store, |txn| add_account(txn, "work@x"));
        let old = open_chat(store, alice, "old@x");
        let new = open_chat(store, work, "new@x");
        let pinned = open_chat(store, alice, "pinned@x");
        // Nobody has written: the one that was opened last stands first.
        assert_eq!(listed(store), ["pinned@x", "new@x", "old@x"]);
        write(store, |txn| txn.set_pinned(pinned, true));
        insert(store, &incoming(new, 200, "hi"));
        insert(store, &incoming(old, 100, "hi"));
        assert_eq!(listed(store), ["pinned@x", "new@x", "old@x"]);
        insert(store, &incoming(old, 300, "hi"));
        assert_eq!(listed(store), ["pinned@x", "old@x", "new@x"]);
        // One that is opened now stands above what was stored before, until something newer arrives.
        let fresh = open_chat(store, alice, "fresh@x");
        assert_eq!(listed(store), ["pinned@x", "fresh@x", "old@x", "new@x"]);
        insert(store, &incoming(new, 400, "hi"));
        assert_eq!(listed(store), ["pinned@x", "new@x", "fresh@x", "old@x"]);
        // To be opened twice moves nothing; to be closed and opened again does.
        write(store, |txn| txn.set_conversation_open(old, true));
        assert_eq!(listed(store), ["pinned@x", "new@x", "fresh@x", "old@x"]);
        write(store, |txn| txn.set_conversation_open(fresh, false));
        write(store, |txn| txn.set_conversation_open(fresh, true));
        assert_eq!(listed(store), ["pinned@x", "fresh@x", "new@x", "old@x"]);
        let last = one(store, old).last.unwrap();
        assert_eq!((last.body.as_str(), last.at.0), ("hi", 300));
    });
}

#[test]
fn unread_counts_follow_the_order_of_the_chat() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let unread = || one(store, chat).unread;
        let first = insert(store, &incoming(chat, 10, "a"));
        let second = insert(store, &incoming(chat, 10, "b"));
        insert(store, &outgoing(chat, 15, "mine"));
        let last = insert(store, &incoming(chat, 20, "c"));
        assert_eq!(unread(), 3);
        assert!(mark(store, chat, first));
        assert_eq!(unread(), 2);
        // From the archive: before what was seen, and after it.
        insert(store, &incoming(chat, 5, "old"));
        assert_eq!(unread(), 2);
        insert(store, &incoming(chat, 15, "late"));
        assert_eq!(unread(), 3);
        assert!(mark(store, chat, last));
        assert_eq!((unread(), one(store, chat).read_up_to), (0, Some(last)));
        // Never back.
        assert!(!mark(store, chat, second));
        assert!(!mark(store, chat, last));
        assert_eq!((unread(), one(store, chat).read_up_to), (0, Some(last)));
        // The same time, stored later, is after it.
        let same_time = insert(store, &incoming(chat, 20, "d"));
        assert_eq!(unread(), 1);
        assert!(mark(store, chat, same_time));
        assert_eq!(unread(), 0);
    });
}

#[test]
fn a_message_of_another_chat_marks_nothing() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let other = open_chat(store, alice, "carol@x");
        let elsewhere = insert(store, &incoming(other, 10, "a"));
        let done = store.write(|txn| txn.mark_read(chat, elsewhere));
        assert!(matches!(done, Err(StoreError::Missing)));
    });
}

#[test]
fn the_total_leaves_out_muted_closed_and_strangers() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        let muted = open_chat(store, alice, "muted@x");
        let closed = open_chat(store, alice, "closed@x");
        let stranger = open_chat(store, alice, "stranger@x");
        for chat in [chat, muted, closed, stranger] {
            insert(store, &incoming(chat, 1, "a"));
            insert(store, &incoming(chat, 1, "b"));
        }
        assert_eq!(store.reader().unread_total().unwrap(), 8);
        write(store, |txn| {
            txn.set_notifications(muted, Notifications::Muted)?;
            txn.set_conversation_open(closed, false)?;
            txn.set_conversation_kind(stranger, ConversationKind::Stranger)
        });
        assert_eq!(store.reader().unread_total().unwrap(), 2);
        assert_eq!(listed(store).len(), 2);
    });
}

#[test]
fn the_place_read_up_to_outlives_its_message() {
    on_every_store(|store| {
        let (_, chat) = alice_and_bob(store);
        let first = insert(store, &incoming(chat, 10, "a"));
        let second = insert(store, &incoming(chat, 20, "b"));
        insert(store, &incoming(chat, 30, "c"));
        assert!(mark(store, chat, second));
        write(store, |txn| {
            Ok(txn
                .0
                .execute("delete from message where id = ?1", [second])?)
        });
        assert_eq!(
            (one(store, chat).read_up_to, one(store, chat).unread),
            (Some(first), 1)
        );
        insert(store, &incoming(chat, 15, "late"));
        assert_eq!(one(store, chat).unread, 1);
    });
}
