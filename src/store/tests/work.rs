//! Stories of speed without a clock: what is done all the time costs as much in a long chat as in a short one.
//! Work is counted in steps of SQLite's virtual machine.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::{alice_and_bob, incoming, insert, jid, outgoing, write};
use crate::{
    model::{
        AccountId, Ask, ConversationId, ConversationKind, Delivery, MessageId, RosterItem,
        Subscription, Timestamp,
    },
    store::{Page, Store},
};

/// A store with one long chat, whose work is counted.
struct Counted {
    store: Store,
    account: AccountId,
    chat: ConversationId,
    last: MessageId,
    steps: Arc<AtomicU64>,
}

impl Counted {
    fn with(messages: i64) -> Self {
        let store = Store::in_memory().unwrap();
        let (account, chat) = alice_and_bob(&store);
        write(&store, |txn| {
            for at in 0..messages {
                let mut message = if at % 2 == 0 {
                    incoming(chat, at, "hi")
                } else {
                    outgoing(chat, at, "hi")
                };
                message.delivery = Delivery::Delivered;
                message.origin_id = Some(format!("o{at}"));
                message.stanza_id = Some(format!("s{at}"));
                txn.insert_message(&message)?;
            }
            Ok(())
        });
        let last = insert(&store, &incoming(chat, messages, "last"));
        write(&store, |txn| {
            txn.mark_read(chat, last)?;
            txn.raise_delivery_up_to(chat, last, &Delivery::Read)
        });
        let steps = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&steps);
        let count = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            false
        };
        let mut writer = store.inner.writer.lock().unwrap();
        writer.progress_handler(1, Some(count)).unwrap();
        drop(writer);
        Self {
            store,
            account,
            chat,
            last,
            steps,
        }
    }

    fn steps_of(&self, work: &dyn Fn(&Self)) -> u64 {
        self.steps.store(0, Ordering::Relaxed);
        work(self);
        self.steps.load(Ordering::Relaxed)
    }
}

type Work = &'static dyn Fn(&Counted);

/// Everything that happens all the time.
const WORK: &[(&str, Work)] = &[
    ("list of chats", &|c| {
        drop(c.store.reader().conversations().unwrap())
    }),
    ("one chat", &|c| {
        drop(c.store.reader().conversation(c.chat).unwrap())
    }),
    ("unread in all", &|c| {
        assert_eq!(c.store.reader().unread_total().unwrap(), 0)
    }),
    ("newest page", &|c| {
        assert_eq!(
            c.store.reader().newest_messages(c.chat, 20).unwrap().len(),
            20
        );
    }),
    ("older page", &|c| {
        let place = Page {
            at: Timestamp(200),
            id: MessageId(201),
        };
        let reader = c.store.reader();
        assert_eq!(reader.messages_before(c.chat, place, 20).unwrap().len(), 20);
    }),
    ("newer page", &|c| {
        let place = Page {
            at: Timestamp(100),
            id: MessageId(101),
        };
        let reader = c.store.reader();
        assert_eq!(reader.messages_after(c.chat, place, 20).unwrap().len(), 20);
    }),
    ("a marker that changes nothing", &|c| {
        let raised = write(&c.store, |txn| {
            assert!(!txn.mark_read(c.chat, c.last)?);
            txn.raise_delivery_up_to(c.chat, c.last, &Delivery::Read)
        });
        assert_eq!(raised, []);
    }),
    ("known message", &|c| {
        write(&c.store, |txn| {
            let mut again = incoming(c.chat, 100, "hi");
            again.origin_id = Some("o100".to_owned());
            txn.insert_message(&again)?;
            assert!(txn.find_outgoing(c.chat, "o101")?.is_some());
            assert!(txn.newest_time(c.chat)?.is_some());
            assert_eq!(txn.waiting_messages(c.account)?, []);
            assert!(
                txn.oldest_archived(c.account, &jid("bob@example.org"))?
                    .0
                    .is_some()
            );
            Ok(())
        });
    }),
    ("new message", &|c| {
        write(&c.store, |txn| {
            let id = super::new_id(txn.insert_message(&incoming(c.chat, 1_000_000, "new"))?);
            assert!(txn.mark_read(c.chat, id)?);
            txn.push_outbox(c.account, Some(id), "<a/>")?;
            assert!(txn.remove_outbox_of(id)?);
            Ok(())
        });
    }),
];

#[test]
fn a_long_chat_costs_no_more_than_a_short_one() {
    let (short, long) = (Counted::with(300), Counted::with(6_000));
    for (what, work) in WORK {
        let (few, many) = (short.steps_of(work), long.steps_of(work));
        assert!(
            few > 0 && many < few + few / 4 + 20,
            "{what}: {few} steps became {many}"
        );
    }
}

#[test]
fn a_big_roster_costs_in_proportion() {
    let steps = |size: usize| {
        let counted = Counted::with(1);
        let items: Vec<_> = (0..size)
            .map(|number| RosterItem {
                jid: jid(&format!("c{number}@example.org")),
                name: String::new(),
                groups: vec!["A".to_owned(), format!("G{}", number % 7)],
                subscription: Subscription::Both,
                ask: Ask::None,
            })
            .collect();
        write(&counted.store, |txn| {
            txn.replace_roster(counted.account, &items)?;
            for item in &items {
                txn.conversation_with(counted.account, &item.jid, ConversationKind::Person)?;
                txn.set_nickname(counted.account, &item.jid, "Nick")?;
            }
            txn.change_blocked(counted.account, &["c1@example.org".to_owned()], &[])
        });
        counted.steps_of(&|c| assert_eq!(c.store.reader().roster(c.account).unwrap().len(), size))
    };
    let (few, many) = (steps(100), steps(1_000));
    assert!(many < few * 12, "{few} steps became {many}");
}
