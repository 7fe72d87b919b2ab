//! Stories of upgrades: from every earlier schema, step by step, or not at all.

use rusqlite::Connection;

use super::jid;
use crate::{
    model::{
        AccountId, ConversationId, ConversationKind, Delivery, Fingerprint, MessageId, OutboxId,
        SendFailure, Show, Subscription,
    },
    store::{Readers, Store, migrate},
};

/// Rows in the words of each schema, in order; a new schema brings a new file.
const ROWS: &[&str] = &[
    include_str!("rows/001.sql"),
    include_str!("rows/002.sql"),
    include_str!("rows/003.sql"),
    include_str!("rows/004.sql"),
    include_str!("rows/005.sql"),
    include_str!("rows/006.sql"),
    include_str!("rows/007.sql"),
];

#[test]
fn every_earlier_version_is_upgraded_with_everything_in_it() {
    assert_eq!(
        ROWS.len(),
        migrate::FILES.len(),
        "each schema has rows to be upgraded"
    );
    for version in 1..=migrate::FILES.len() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate::apply(&mut connection, &migrate::FILES[..version]).unwrap();
        connection.execute_batch(ROWS[version - 1]).unwrap();
        migrate::migrate(&mut connection).unwrap();
        assert_eq!(migrate::version(&connection).unwrap(), migrate::newest());
        let verdict: String = connection
            .query_row("pragma integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(verdict, "ok", "from {version}");
        let store = Store::new(connection, Readers::Writer);
        everything_is_there(&store);
    }
}

/// What the rows of every version say.
fn everything_is_there(store: &Store) {
    let (account, chat, bob) = (AccountId(1), ConversationId(1), jid("bob@example.org"));
    let reader = store.reader();
    let alice = reader.account(account).unwrap();
    assert_eq!(alice.jid, jid("alice@example.org"));
    assert_eq!(
        (alice.presence.show, alice.presence.status.as_str()),
        (Show::Away, "lunch")
    );
    assert_eq!(alice.endpoint.unwrap().host, "xmpp.example.org");
    let contact = reader.contact(account, &bob).unwrap().unwrap();
    assert_eq!(
        (contact.display_name(), contact.item.subscription),
        ("Bob", Subscription::Both)
    );
    assert_eq!(contact.item.groups, ["Friends"]);
    assert_eq!(contact.avatar.as_deref(), Some("aa"));
    assert_eq!(reader.avatar("aa").unwrap().unwrap().png, [1, 2, 3]);
    assert_eq!(
        reader.profile(account, &bob).unwrap().unwrap().full_name,
        "Bob B."
    );
    assert_eq!(reader.blocked(account).unwrap(), ["spam.example"]);
    assert_eq!(reader.requests().unwrap()[0].jid, jid("eve@example.org"));
    let found = reader.conversation(chat).unwrap().unwrap();
    assert_eq!(
        (found.kind, found.open, found.unread),
        (ConversationKind::Person, true, 1)
    );
    assert_eq!(
        (found.draft.as_str(), found.read_up_to),
        ("well", Some(MessageId(1)))
    );
    let messages = reader.newest_messages(chat, 9).unwrap();
    let told: Vec<_> = messages
        .iter()
        .map(|m| (m.body.as_str(), m.delivery.clone()))
        .collect();
    let refused = SendFailure::Refused("item-not-found".to_owned());
    assert_eq!(
        told,
        [("hi", Delivery::Failed(refused)), ("hello", Delivery::Sent)]
    );
    assert_eq!(messages[1].stanza_id.as_deref(), Some("s1"));
    for word in ["hi", "hello"] {
        assert_eq!(super::search::bodies_with(store, word), [word]);
    }
    assert!(!reader.settings().unwrap().notify);
    assert_eq!(reader.value("last_chat").unwrap().as_deref(), Some("1"));
    assert_eq!(
        reader.pinned_certificate(account).unwrap(),
        Some(Fingerprint([0xab; 32]))
    );
    super::write(store, |txn| {
        assert_eq!(txn.archive_cursor(account)?.as_deref(), Some("s1"));
        assert_eq!(
            txn.oldest_archived(account, &bob)?,
            (Some("s1".to_owned()), true)
        );
        assert_eq!(
            txn.outbox_after(account, OutboxId(0), 9)?[0].xml,
            "<message/>"
        );
        assert_eq!(
            txn.caps("sha-1", "x=")?.unwrap().features,
            ["urn:xmpp:ping"]
        );
        Ok(())
    });
}

/// A made-up history of three schemas.
const FIRST: &str =
    "create table a (id integer primary key autoincrement, b text not null) strict;";
const SECOND: &str = "alter table a add column c integer not null default 7;";
const REBUILD: &str = "create table d (id integer primary key autoincrement, a integer not null references a (id)) strict;
    insert into d (a) select id from a;
    create table new_a (id integer primary key autoincrement, b text not null, c integer not null, e text) strict;
    insert into new_a (id, b, c) select id, b, c from a;
    drop table a;
    alter table new_a rename to a;";

fn at(files: &[&str]) -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    migrate::apply(&mut connection, files).unwrap();
    connection
}

fn row(connection: &Connection) -> (String, i64) {
    connection
        .query_row("select b, c from a", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap()
}

#[test]
fn steps_are_applied_in_order_and_once() {
    let mut connection = at(&[FIRST]);
    connection
        .execute("insert into a (b) values ('old')", [])
        .unwrap();
    assert_eq!(migrate::version(&connection).unwrap(), 1);
    let files = [FIRST, SECOND, REBUILD];
    for _ in 0..2 {
        migrate::apply(&mut connection, &files).unwrap();
        assert_eq!(migrate::version(&connection).unwrap(), 3);
        assert_eq!(row(&connection), ("old".to_owned(), 7));
    }
    let keys: bool = connection
        .pragma_query_value(None, "foreign_keys", |row| row.get(0))
        .unwrap();
    assert!(keys);
    assert!(
        connection
            .execute("insert into d (a) values (99)", [])
            .is_err()
    );
}

#[test]
fn a_step_that_fails_leaves_the_schema_before_it() {
    let broken = "alter table a add column z text; insert into nowhere values (1);";
    let dangling = "create table d (a integer not null references a (id)) strict;
        insert into d values (99);";
    for bad in [broken, dangling] {
        let mut connection = at(&[FIRST]);
        connection
            .execute("insert into a (b) values ('old')", [])
            .unwrap();
        assert!(migrate::apply(&mut connection, &[FIRST, SECOND, bad]).is_err());
        assert_eq!(migrate::version(&connection).unwrap(), 2);
        assert_eq!(row(&connection), ("old".to_owned(), 7));
        assert!(connection.prepare("select z from a").is_err());
        assert!(connection.prepare("select a from d").is_err());
        // And the next version of the program goes on from there.
        migrate::apply(&mut connection, &[FIRST, SECOND, REBUILD]).unwrap();
        assert_eq!(migrate::version(&connection).unwrap(), 3);
    }
}
