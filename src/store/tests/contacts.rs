//! Stories of the roster, of strangers and of the block list.

use super::{add_account, alice_and_bob, incoming, insert, jid, on_every_store, write};
use crate::{
    model::{
        AccountId, Ask, Contact, ConversationKind, Request, RequestKind, RosterItem, Subscription,
        Timestamp,
    },
    store::Store,
};

fn item(address: &str, name: &str, groups: &[&str]) -> RosterItem {
    RosterItem {
        jid: jid(address),
        name: name.to_owned(),
        groups: groups.iter().map(|&group| group.to_owned()).collect(),
        subscription: Subscription::Both,
        ask: Ask::None,
    }
}

fn names(contacts: &[Contact]) -> Vec<&str> {
    contacts.iter().map(Contact::display_name).collect()
}

fn alice(store: &Store) -> AccountId {
    write(store, |txn| add_account(txn, "alice@example.org"))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn a_roster_item_comes_back_as_it_was_stored() {
    on_every_store(|store| {
        let alice = alice(store);
        let bob = RosterItem {
            subscription: Subscription::To,
            ask: Ask::Subscribe,
            ..item("bob@example.org", "Bob", &["Friends", "Work"])
        };
        write(store, |txn| txn.put_roster_item(alice, &bob));
        assert_eq!(
            write(store, |txn| txn.roster_item(alice, &bob.jid)),
            Some(bob.clone())
        );
        let expected = Contact {
            account: alice,
            item: bob.clone(),
            nickname: String::new(),
            avatar: None,
            blocked: false,
            conversation: None,
        };
        assert_eq!(
            store.reader().contact(alice, &bob.jid).unwrap(),
            Some(expected.clone())
        );
        assert_eq!(store.reader().roster(alice).unwrap(), [expected]);
        let moved = item("bob@example.org", "", &["Work", "Work"]);
        write(store, |txn| txn.put_roster_item(alice, &moved));
        let stored = write(store, |txn| txn.roster_item(alice, &moved.jid)).unwrap();
        assert_eq!(stored.groups, ["Work"]);
        assert_eq!(store.reader().groups(alice).unwrap(), ["Work"]);
        write(store, |txn| txn.remove_roster_item(alice, &moved.jid));
        assert_eq!(write(store, |txn| txn.roster_item(alice, &moved.jid)), None);
        assert_eq!(store.reader().groups(alice).unwrap(), [""; 0]);
    });
}

#[test]
fn a_new_roster_says_who_changed() {
    on_every_store(|store| {
        let alice = alice(store);
        let replace = |items: &[RosterItem]| {
            let mut changed = write(store, |txn| txn.replace_roster(alice, items));
            changed.sort();
            changed.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let bob = item("bob@x", "bob", &["B", "A"]);
        let carol = item("carol@x", "Carol", &[]);
        assert_eq!(replace(&[bob.clone(), carol.clone()]), ["bob@x", "carol@x"]);
        assert_eq!(replace(&[carol, bob.clone()]), [""; 0]);
        let dave = item("dave@x", "", &["A"]);
        let renamed = RosterItem {
            name: "Bobby".to_owned(),
            ..bob
        };
        assert_eq!(replace(&[renamed, dave]), ["bob@x", "carol@x", "dave@x"]);
        let roster = store.reader().roster(alice).unwrap();
        assert_eq!(names(&roster), ["Bobby", "dave@x"]);
        assert_eq!(roster[0].item.groups, ["A", "B"]);
        assert_eq!(roster[1].item.groups, ["A"]);
        assert_eq!(store.reader().groups(alice).unwrap(), ["A", "B"]);
        assert_eq!(replace(&[]), ["bob@x", "dave@x"]);
    });
}

#[test]
fn rosters_of_two_accounts_do_not_mix() {
    on_every_store(|store| {
        let one = alice(store);
        let two = write(store, |txn| add_account(txn, "work@example.org"));
        let bob = item("bob@x", "Bob", &["A"]);
        write(store, |txn| {
            txn.put_roster_item(one, &bob)?;
            txn.put_roster_item(two, &item("bob@x", "Robert", &["B"]))?;
            txn.set_roster_version(one, "v1")
        });
        assert_eq!(write(store, |txn| txn.replace_roster(two, &[])).len(), 1);
        assert_eq!(names(&store.reader().roster(one).unwrap()), ["Bob"]);
        assert_eq!(store.reader().groups(two).unwrap(), [""; 0]);
        assert_eq!(write(store, |txn| txn.roster_version(one)), "v1");
        assert_eq!(write(store, |txn| txn.roster_version(two)), "");
    });
}

#[test]
fn the_roster_knows_nicknames_chats_and_blocks() {
    on_every_store(|store| {
        let (alice, chat) = alice_and_bob(store);
        write(store, |txn| {
            txn.put_roster_item(alice, &item("bob@example.org", " ", &[]))?;
            txn.set_nickname(alice, &jid("bob@example.org"), "Bobby")?;
            txn.change_blocked(alice, &texts(&["example.org"]), &[])
        });
        let roster = store.reader().roster(alice).unwrap();
        assert_eq!(names(&roster), ["Bobby"]);
        assert_eq!(
            (roster[0].conversation, roster[0].blocked),
            (Some(chat), true)
        );
        let found = store.reader().conversation(chat).unwrap().unwrap();
        assert_eq!(
            (found.name.as_str(), found.is_contact, found.blocked),
            ("Bobby", true, true)
        );
    });
}

#[test]
fn blocked_are_addresses_and_whole_domains() {
    on_every_store(|store| {
        let alice = alice(store);
        let blocked = |address: &str| write(store, |txn| txn.is_blocked(alice, &jid(address)));
        let list = || store.reader().blocked(alice).unwrap();
        write(store, |txn| {
            txn.replace_blocked(alice, &texts(&["spam.example", "eve@example.org", "a@b/c"]))
        });
        assert!(blocked("anybody@spam.example") && blocked("spam.example"));
        assert!(blocked("eve@example.org"));
        for not in [
            "bob@example.org",
            "a@b",
            "x@not.spam.example",
            "example.org",
        ] {
            assert!(!blocked(not), "{not}");
        }
        write(store, |txn| {
            txn.change_blocked(alice, &texts(&["new@x"]), &texts(&["a@b/c"]))
        });
        assert_eq!(list(), ["eve@example.org", "new@x", "spam.example"]);
        write(store, |txn| txn.replace_blocked(alice, &texts(&["new@x"])));
        assert_eq!(list(), ["new@x"]);
        write(store, |txn| txn.change_blocked(alice, &[], &[]));
        assert_eq!(list(), [""; 0]);
    });
}

#[test]
fn strangers_wait_in_one_list_newest_first() {
    on_every_store(|store| {
        let (alice, _) = alice_and_bob(store);
        let eve = write(store, |txn| {
            let ask = |who: &str, nickname: &str, text: &str, at| {
                txn.add_subscription_request(alice, &jid(who), nickname, text, Timestamp(at))
            };
            ask("dan@x", "Dan", "hello?", 10)?;
            ask("eve@x", "", "", 30)?;
            ask("spam@bad", "", "", 50)?;
            ask("dan@x", "Daniel", "hello!", 99)?;
            txn.change_blocked(alice, &texts(&["bad"]), &[])?;
            txn.set_nickname(alice, &jid("eve@x"), "Eve")?;
            txn.conversation_with(alice, &jid("silent@x"), ConversationKind::Stranger)?;
            txn.conversation_with(alice, &jid("eve@x"), ConversationKind::Stranger)
        });
        insert(store, &incoming(eve, 20, "first"));
        insert(store, &incoming(eve, 40, "last"));
        let request = |who: &str, kind, at, nickname: &str, text: &str| Request {
            account: alice,
            jid: jid(who),
            kind,
            at: Timestamp(at),
            nickname: nickname.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(
            store.reader().requests().unwrap(),
            [
                request("eve@x", RequestKind::Both(eve), 20, "Eve", "last"),
                request("dan@x", RequestKind::Subscription, 10, "Daniel", "hello!"),
            ]
        );
        assert!(write(store, |txn| txn
            .remove_subscription_request(alice, &jid("eve@x"))));
        assert!(!write(store, |txn| txn
            .remove_subscription_request(alice, &jid("eve@x"))));
        let chat = request("eve@x", RequestKind::Chat(eve), 20, "Eve", "last");
        assert_eq!(store.reader().requests().unwrap()[0], chat);
    });
}

#[test]
fn a_stranger_on_the_roster_is_a_stranger_no_more() {
    on_every_store(|store| {
        let (alice, _) = alice_and_bob(store);
        let chat = |who: &str| {
            write(store, |txn| {
                txn.conversation_with(alice, &jid(who), ConversationKind::Stranger)
            })
        };
        let (eve, silent) = (chat("eve@x"), chat("silent@x"));
        insert(store, &incoming(eve, 20, "hi"));
        write(store, |txn| {
            txn.replace_roster(alice, &[item("eve@x", "", &[]), item("silent@x", "", &[])])
        });
        assert_eq!(store.reader().requests().unwrap(), []);
        let found = |chat| store.reader().conversation(chat).unwrap().unwrap();
        assert_eq!(
            (found(eve).kind, found(eve).open),
            (ConversationKind::Person, true)
        );
        assert_eq!(
            (found(silent).kind, found(silent).open),
            (ConversationKind::Person, false)
        );
    });
}

#[test]
fn a_flood_of_requests_pushes_out_the_oldest() {
    on_every_store(|store| {
        let alice = alice(store);
        write(store, |txn| {
            for number in 0..1_005 {
                let who = jid(&format!("s{number}@x"));
                txn.add_subscription_request(alice, &who, "", "", Timestamp(number))?;
            }
            Ok(())
        });
        let requests = store.reader().requests().unwrap();
        assert_eq!(requests.len(), 1_000);
        assert_eq!(requests[0].jid, jid("s1004@x"));
        assert_eq!(requests[999].jid, jid("s5@x"));
    });
}

#[test]
fn who_watches_at_a_domain() {
    on_every_store(|store| {
        let alice = alice(store);
        let from = RosterItem {
            subscription: Subscription::From,
            ..item("bob@x", "", &[])
        };
        let to = RosterItem {
            subscription: Subscription::To,
            ..item("bob@y", "", &[])
        };
        write(store, |txn| txn.replace_roster(alice, &[from, to]));
        assert!(write(store, |txn| txn.has_watcher_at(alice, "x")));
        assert!(!write(store, |txn| txn.has_watcher_at(alice, "y")));
    });
}
