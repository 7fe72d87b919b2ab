//! What is exported and imported again is the same.

use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{
    model::{MessageId, SendFailure},
    store::{StoredCorrection, StoredReaction, StoredRetraction},
    transfer::export::{Format, Scope, export},
};

const CHATS: [&str; 2] = ["bob@example.org", "carol@example.org"];

/// Any message that the store can have; ids are few, so that they meet.
fn any_message() -> impl Strategy<Value = StoredMessage> {
    let ids = (
        option::of("[a-c]"),
        option::of("[a-z]{8}"),
        option::of("[a-c]"),
        option::of("[a-c]"),
    );
    let words = (".{0,12}", option::of(".{0,5}"), option::of(".{0,5}"));
    let states = (
        0..6usize,
        any::<bool>(),
        any::<bool>(),
        1..2_000i64,
        1..2_000i64,
    );
    let changes = (
        vec((".{0,5}", 1..2_000i64, option::of("[x-z]")), 0..3),
        option::of(1..2_000i64),
    );
    (ids, words, states, changes).prop_map(
        |(
            (origin_id, stanza_id, reply, replaces),
            (body, resource, spoiler),
            (delivery, is_own, markable, at, stored_at),
            (corrections, retracted),
        )| {
            let corrections: Vec<_> = corrections
                .into_iter()
                .map(|(body, at, origin_id)| StoredCorrection {
                    body,
                    at: Timestamp(at),
                    origin_id,
                })
                .collect();
            let failures = [
                Delivery::Sent,
                Delivery::Delivered,
                Delivery::Read,
                Delivery::Failed(SendFailure::Blocked),
                Delivery::Failed(SendFailure::Cancelled),
                Delivery::Failed(SendFailure::Refused("gone".to_owned())),
            ];
            let author = if is_own {
                "alice@example.org"
            } else {
                "bob@example.org"
            };
            StoredMessage {
                id: MessageId(0),
                edited: corrections.last().map(|last| (last.body.clone(), last.at)),
                message: NewMessage {
                    direction: if is_own {
                        Direction::Outgoing
                    } else {
                        Direction::Incoming
                    },
                    author: jid(author),
                    resource,
                    route: if is_own { Route::Local } else { Route::Archive },
                    security: if markable {
                        Security::Clear
                    } else {
                        Security::Unreadable
                    },
                    delivery: failures[delivery].clone(),
                    origin_id,
                    stanza_id,
                    markable,
                    reply_to: reply.map(|id| (id, is_own.then(|| jid("bob@example.org")))),
                    spoiler,
                    stored_at: Timestamp(stored_at),
                    ..live(ConversationId(0), at, &body)
                },
                retracted: retracted.map(Timestamp),
                replaces,
                imported: None,
                import_key: None,
                corrections,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn every_row_comes_back_once(
        messages in vec(any_message(), 0..40),
        reactions in vec(("[a-c]", any::<bool>(), vec("[👍❤😂]", 0..3), 1..2_000i64), 0..6),
        read in option::of(0..40usize),
        flags in any::<[bool; 4]>(),
        draft in ".{0,9}",
    ) {
        let (store, alice) = alices();
        let chats = CHATS.map(|peer| chat(&store, alice, peer));
        for (place, message) in messages.iter().enumerate() {
            put(&store, chats[place % 2], message);
        }
        store.write(|txn| {
            txn.set_conversation_kind(chats[1], if flags[0] { ConversationKind::Stranger } else { ConversationKind::Person })?;
            txn.set_conversation_open(chats[1], flags[1])?;
            txn.set_pinned(chats[1], flags[2])?;
            txn.set_draft(chats[0], &draft)?;
            for (target, is_own, emojis, at) in &reactions {
                let author = jid(if *is_own { "alice@example.org" } else { "bob@example.org" });
                let reaction = StoredReaction { target: target.clone(), author, emojis: emojis.clone(), at: Timestamp(*at) };
                txn.restore_reaction(chats[0], &reaction)?;
            }
            let waiting = StoredRetraction { target: "later".into(), author: jid(CHATS[0]), at: Timestamp(7) };
            txn.restore_retraction(chats[0], &waiting)?;
            for chat in chats {
                txn.settle_restored(chat, false)?;
            }
            Ok::<_, StoreError>(())
        }).unwrap();
        if let Some(read) = read {
            let rows = messages_with(&store, CHATS[0]);
            if let Some(row) = rows.get(read) {
                store.write(|txn| txn.mark_read(chats[0], row.id)).unwrap();
            }
        }

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.json");
        let written = export(&store.reader(), Scope::Everything, &Format::Json, &file, &Watch::default()).unwrap();
        prop_assert_eq!(written.messages, messages.len() as u64);

        let (other, _) = alices();
        let report = imported(&other, &file);
        prop_assert_eq!(report.new_messages(), messages.len() as u64);
        prop_assert_eq!((report.new_chats(), report.skipped_total()), (2, 0));
        let (here, there) = (store.reader(), other.reader());
        for peer in CHATS {
            prop_assert_eq!(
                without_rows(messages_with(&store, peer)),
                without_rows(messages_with(&other, peer))
            );
        }
        let chats_of = |reader: &crate::store::Reader| {
            let mut chats = reader.stored_chats(None).unwrap();
            for chat in &mut chats {
                let messages = reader.stored_messages(chat.id, None, 1000).unwrap();
                // Rows are other ones: which message it is in the order of the chat.
                chat.read_up_to = chat.read_up_to.map(|read| {
                    let place = messages.iter().position(|message| message.id == read);
                    MessageId(place.unwrap() as i64)
                });
                chat.id = ConversationId(0);
            }
            chats
        };
        prop_assert_eq!(chats_of(&here), chats_of(&there));
        for (mine, theirs) in here.stored_chats(None).unwrap().iter().zip(there.stored_chats(None).unwrap()) {
            prop_assert_eq!(here.stored_reactions(mine.id).unwrap(), there.stored_reactions(theirs.id).unwrap());
            prop_assert_eq!(here.stored_retractions(mine.id).unwrap(), there.stored_retractions(theirs.id).unwrap());
            let unread = |reader: &crate::store::Reader, id| reader.conversation(id).unwrap().unwrap().unread;
            prop_assert_eq!(unread(&here, mine.id), unread(&there, theirs.id));
        }
        // It can be exported once more, and says the same.
        let again = folder.path().join("again.json");
        export(&there, Scope::Everything, &Format::Json, &again, &Watch::default()).unwrap();
        let (third, _) = alices();
        imported(&third, &again);
        prop_assert_eq!(
            without_rows(messages_with(&other, CHATS[0])),
            without_rows(messages_with(&third, CHATS[0]))
        );
    }
}

#[test]
fn an_export_completes_what_is_here() {
    let (store, alice) = alices();
    let bobs = chat(&store, alice, CHATS[0]);
    for at in 1..=5 {
        insert(&store, &live(bobs, at * 1000, &format!("message {at}")));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.json");
    let watch = Watch::default();
    export(
        &store.reader(),
        Scope::Chat(bobs),
        &Format::Json,
        &file,
        &watch,
    )
    .unwrap();

    let (other, alice) = alices();
    let bobs = chat(&other, alice, CHATS[0]);
    insert(&other, &live(bobs, 3000, "message 3"));
    insert(&other, &live(bobs, 9000, "newer"));
    let newest = messages_with(&other, CHATS[0])[1].id;
    other.write(|txn| txn.mark_read(bobs, newest)).unwrap();
    let report = imported(&other, &file);
    assert_eq!(
        (
            report.new_messages(),
            report.known_messages(),
            report.new_chats()
        ),
        (4, 1, 0)
    );
    assert_eq!(
        told(&other, CHATS[0]),
        [
            "< message 1",
            "< message 2",
            "< message 3",
            "< message 4",
            "< message 5",
            "< newer"
        ]
    );
    let conversation = other.reader().conversation(bobs).unwrap().unwrap();
    assert_eq!(conversation.unread, 0, "what came is no news");
    let marks: Vec<bool> = messages_with(&other, CHATS[0])
        .iter()
        .map(|m| m.imported.is_some())
        .collect();
    assert_eq!(marks, [true, true, false, true, true, false]);
    assert_eq!(found(&other, "message"), 5);
}

#[test]
fn names_come_where_none_is_known_and_the_contact_list_stays_the_servers() {
    let (store, alice) = alices();
    let nickname = |txn: &crate::store::Txn<'_>, name: &str| {
        let person = crate::store::StoredNickname {
            jid: jid(CHATS[0]),
            nickname: name.to_owned(),
        };
        txn.restore_nickname(alice, &person)
    };
    store.write(|txn| nickname(txn, "Bobby")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.json");
    export(
        &store.reader(),
        Scope::Everything,
        &Format::Json,
        &file,
        &Watch::default(),
    )
    .unwrap();
    let (other, alice) = alices();
    imported(&other, &file);
    let names = other.reader().stored_nicknames(alice).unwrap();
    assert_eq!(names[0].nickname, "Bobby");
    assert!(other.reader().roster(alice).unwrap().is_empty());
    other.write(|txn| nickname(txn, "Another")).unwrap();
    assert_eq!(
        other.reader().stored_nicknames(alice).unwrap()[0].nickname,
        "Bobby"
    );
}

#[test]
fn what_waited_to_be_sent_elsewhere_is_not_sent_from_here() {
    let (store, alice) = alices();
    let bobs = chat(&store, alice, CHATS[0]);
    let waiting = NewMessage {
        direction: Direction::Outgoing,
        author: jid("alice@example.org"),
        delivery: Delivery::Waiting,
        ..live(bobs, 1000, "soon")
    };
    insert(&store, &waiting);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.json");
    export(
        &store.reader(),
        Scope::Everything,
        &Format::Json,
        &file,
        &Watch::default(),
    )
    .unwrap();
    let (other, alice) = alices();
    imported(&other, &file);
    let cancelled = Delivery::Failed(SendFailure::Cancelled);
    assert_eq!(
        messages_with(&other, CHATS[0])[0].message.delivery,
        cancelled
    );
    assert!(
        other
            .write(|txn| txn.waiting_messages(alice))
            .unwrap()
            .is_empty()
    );
}
