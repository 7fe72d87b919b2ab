//! Databases of Gajim and Dino, made here in the form that those programs give them.

use std::{fs, path::PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::{
    model::SendFailure,
    transfer::{TransferError, import::Skipped},
};

const BOB: &str = "bob@example.org";

/// A database in a folder of its own.
pub(super) struct Database {
    pub(super) folder: TempDir,
    pub(super) file: PathBuf,
    pub(super) connection: Connection,
}

pub(super) fn database(name: &str, sql: &str) -> Database {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    let connection = Connection::open(&file).unwrap();
    connection.execute_batch(sql).unwrap();
    Database {
        folder,
        file,
        connection,
    }
}

pub(super) const GAJIM: &str = r#"
create table account (pk integer not null primary key, jid text not null);
create table remote (pk integer not null primary key, jid text not null);
create table message (pk integer not null primary key, fk_account_pk integer not null, fk_remote_pk integer not null,
    resource text, type integer not null, direction integer not null, timestamp float not null, state integer not null,
    id text, stanza_id text, text text, user_delay_ts float, fk_thread_pk integer, fk_occupant_pk integer,
    fk_encryption_pk integer, fk_security_label_pk integer, correction_id text);
create table reply (fk_message_pk integer not null primary key, id text not null, "to" text);
create table reaction (pk integer not null primary key, fk_account_pk integer not null, fk_remote_pk integer not null,
    fk_occupant_pk integer, id text not null, direction integer not null, emojis text not null, timestamp float not null);
create table retraction (pk integer not null primary key, fk_account_pk integer not null, fk_remote_pk integer not null,
    fk_occupant_pk integer, id text not null, direction integer not null, timestamp float not null, state integer not null);
create table receipt (pk integer not null primary key, fk_account_pk integer not null, fk_remote_pk integer not null,
    id text not null, timestamp float not null);
create table displayed_marker (pk integer not null primary key, fk_account_pk integer not null,
    fk_remote_pk integer not null, fk_occupant_pk integer, id text not null, timestamp float not null);
create table error (pk integer not null primary key, fk_account_pk integer not null, fk_remote_pk integer not null,
    message_id text not null, "by" text, type text not null, text text, condition text not null, condition_text text,
    timestamp float not null);
insert into account values (1, 'alice@example.org'), (2, 'other@example.org');
insert into remote values (1, 'bob@example.org'), (2, 'room@chat.example.org'), (3, 'carol@example.org');
"#;

/// Messages in the words of Gajim: row, account, remote, type, direction, time, state, id, archive id, text, correction.
pub(super) fn gajim_message(connection: &Connection, row: i64, rest: &str) {
    connection
        .execute_batch(&format!(
            "insert into message (pk, fk_account_pk, fk_remote_pk, type, direction, timestamp, state, id, stanza_id,
             text, correction_id) values ({row}, {rest})"
        ))
        .unwrap();
}

#[test]
fn gajim_with_everything() {
    let gajim = database("logs.db", GAJIM);
    let rows = [
        "1, 1, 1, 1, 1700000000.25, 2, 'g1', 's1', 'helo', null",
        "1, 1, 1, 1, 1700000005, 2, 'g2', 's2', 'hello', 'g1'",
        "1, 1, 1, 2, 1700000010, 2, 'g3', 's3', 'read', null",
        "1, 1, 1, 2, 1700000020, 2, 'g4', null, 'delivered', null",
        "1, 1, 1, 2, 1700000030, 2, 'g5', null, 'refused', null",
        "1, 1, 1, 2, 1700000040, 1, 'g6', null, 'never sent', null",
        "1, 1, 1, 1, 1700000050, 2, 'g7', null, 'secret', null",
        "1, 1, 1, 1, 1700000060, 2, 'g8', null, null, null",
        "1, 1, 1, 1, 1700000070, 2, 'g9', null, 'late', 'unknown'",
        "1, 2, 2, 1, 1700000080, 2, 'm1', null, 'in a room', null",
        "2, 3, 1, 1, 1700000090, 2, 'x1', null, 'of another account', null",
        "1, 3, 1, 1, 1700000100, 2, 'c1', null, 'from carol', null",
    ];
    for (place, row) in rows.iter().enumerate() {
        gajim_message(&gajim.connection, place as i64 + 1, row);
    }
    gajim
        .connection
        .execute_batch(
            "insert into reply values (4, 'g1', 'bob@example.org/phone');
             insert into reaction values (1, 1, 1, null, 'g3', 1, '👍;❤', 1700000011);
             insert into retraction values (1, 1, 1, null, 'g7', 1, 1700000055, 0);
             insert into receipt values (1, 1, 1, 'g4', 1700000021);
             insert into displayed_marker values (1, 1, 1, null, 'g3', 1700000012);
             insert into error values (1, 1, 1, 'g5', null, 'cancel', null, 'item-not-found', null, 1700000031);",
        )
        .unwrap();
    drop(gajim.connection);
    let (store, _) = alices();
    let report = imported(&store, &gajim.file);
    assert_eq!(
        told(&store, BOB),
        [
            "< hello",
            "> read",
            "> delivered",
            "> refused",
            "< ",
            "< late"
        ]
    );
    assert!(is_marked(&store, BOB, ImportedFrom::Gajim));
    let messages = messages_with(&store, BOB);
    assert_eq!(messages[0].message.at, Timestamp(1_700_000_000_250));
    assert_eq!(messages[0].message.body, "helo");
    assert_eq!(messages[0].corrections.len(), 1);
    assert_eq!(messages[0].message.stanza_id.as_deref(), Some("s1"));
    let deliveries: Vec<_> = messages[1..4]
        .iter()
        .map(|m| m.message.delivery.clone())
        .collect();
    let refused = SendFailure::Refused("item-not-found".into());
    assert_eq!(
        deliveries,
        [
            Delivery::Read,
            Delivery::Delivered,
            Delivery::Failed(refused)
        ]
    );
    assert_eq!(
        messages[2].message.reply_to,
        Some(("g1".into(), Some(jid(BOB))))
    );
    assert_eq!(messages[4].retracted, Some(Timestamp(1_700_000_055_000)));
    assert_eq!(messages[5].replaces.as_deref(), Some("unknown"));
    let chat = store.reader().stored_chats(None).unwrap()[0].clone();
    assert_eq!((chat.kind, chat.open), (ConversationKind::Person, true));
    let reactions = store.reader().stored_reactions(chat.id).unwrap();
    assert_eq!(
        (reactions[0].target.as_str(), reactions[0].emojis.len()),
        ("g3", 2)
    );
    let skipped: Vec<_> = report.skipped.into_iter().collect();
    assert_eq!(
        skipped,
        [
            (Skipped::NoAccount, 1),
            (Skipped::Room, 1),
            (Skipped::NoText, 1),
            (Skipped::NotSent, 1)
        ]
    );
    assert_eq!(report.missing_accounts[&jid("other@example.org")], 1);
    assert_eq!((found(&store, "delivered"), found(&store, "hello")), (1, 1));
}

#[test]
fn strangers_stay_strangers_and_nothing_is_news() {
    let gajim = database("logs.db", GAJIM);
    gajim_message(
        &gajim.connection,
        1,
        "1, 3, 1, 1, 1700000000, 2, 'c1', null, 'buy this', null",
    );
    drop(gajim.connection);
    let (store, _) = alices();
    imported(&store, &gajim.file);
    let chat = store.reader().stored_chats(None).unwrap()[0].clone();
    assert_eq!((chat.kind, chat.open), (ConversationKind::Stranger, false));
    assert!(store.reader().requests().unwrap().is_empty());
    assert_eq!(store.reader().unread_total().unwrap(), 0);
}

#[test]
fn the_archive_brings_nothing_that_was_imported() {
    let gajim = database("logs.db", GAJIM);
    gajim_message(
        &gajim.connection,
        1,
        "1, 1, 1, 1, 1700000000, 2, null, null, 'hello', null",
    );
    gajim_message(
        &gajim.connection,
        2,
        "1, 1, 1, 1, 1700000001, 2, null, null, 'hello', null",
    );
    drop(gajim.connection);
    let (store, alice) = alices();
    imported(&store, &gajim.file);
    let bobs = chat(&store, alice, BOB);
    for (at, id) in [
        (1_700_000_003_000, "a1"),
        (1_700_000_004_000, "a2"),
        (1_700_000_005_000, "a3"),
    ] {
        let archived = NewMessage {
            route: Route::Archive,
            stanza_id: Some(id.to_owned()),
            ..live(bobs, at, "hello")
        };
        insert(&store, &archived);
    }
    assert_eq!(
        told(&store, BOB),
        ["< hello"; 3],
        "two were imported, the third is another one"
    );
    // And the other way round: what the archive brought first is known to the import.
    let (store, alice) = alices();
    let bobs = chat(&store, alice, BOB);
    let archived = NewMessage {
        route: Route::Archive,
        stanza_id: Some("a1".to_owned()),
        ..live(bobs, 1_700_000_003_000, "hello")
    };
    insert(&store, &archived);
    let report = imported(&store, &gajim.file);
    assert_eq!((report.known_messages(), report.new_messages()), (1, 1));
}

#[test]
fn what_an_account_does_not_keep_is_not_brought_in() {
    let gajim = database("logs.db", GAJIM);
    gajim_message(
        &gajim.connection,
        1,
        "1, 1, 1, 1, 1700000000, 2, null, null, 'old', null",
    );
    let recent = NOW.0 / 1000 - 100;
    gajim_message(
        &gajim.connection,
        2,
        &format!("1, 1, 1, 1, {recent}, 2, null, null, 'new', null"),
    );
    drop(gajim.connection);
    let (store, alice) = alices();
    store
        .write(|txn| txn.set_forget_after(alice, Some(30)))
        .unwrap();
    let report = imported(&store, &gajim.file);
    assert_eq!(told(&store, BOB), ["< new"]);
    assert_eq!(report.skipped[&Skipped::Forgotten], 1);
}

#[test]
fn older_gajim() {
    let gajim = database(
        "logs.db",
        r#"create table jids (jid_id integer primary key, jid text unique, type integer);
        create table logs (log_line_id integer primary key, account_id integer, jid_id integer, contact_name text,
            time integer, kind integer, show integer, message text, error text, subject text, additional_data text,
            stanza_id text, message_id text, encryption text, marker integer);
        insert into jids values (1, 'alice@example.org', 0), (2, 'bob@example.org', 0), (3, 'room@chat.example.org', 1);
        insert into logs (account_id, jid_id, time, kind, message, message_id, marker, additional_data) values
            (1, 2, 1600000000, 4, 'hello', 'l1', null, '{"corrected": {"original_text": "helo"}}'),
            (1, 2, 1600000001.5, 6, 'seen', 'l2', 1, 'not json'),
            (1, 2, 1600000002, 6, 'arrived', 'l3', 0, null),
            (1, 2, 1600000003, 0, 'away', null, null, null),
            (1, 3, 1600000004, 2, 'in a room', null, null, null),
            (null, 2, 1600000005, 4, 'of some account', null, null, null);"#,
    );
    drop(gajim.connection);
    let (store, _) = alices();
    let report = imported(&store, gajim.folder.path());
    assert_eq!(told(&store, BOB), ["< hello", "> seen", "> arrived"]);
    assert!(is_marked(&store, BOB, ImportedFrom::Gajim));
    let messages = messages_with(&store, BOB);
    assert_eq!(messages[0].message.body, "helo");
    assert_eq!(messages[1].message.delivery, Delivery::Read);
    assert_eq!(messages[2].message.delivery, Delivery::Delivered);
    assert_eq!(report.skipped[&Skipped::Room], 1);
    assert_eq!(report.skipped[&Skipped::NoAuthor], 1);
}

pub(super) const DINO: &str = r#"
create table account (id integer primary key, bare_jid text, resourcepart text, password text, alias text, enabled integer);
create table jid (id integer primary key, bare_jid text);
create table message (id integer primary key, stanza_id text, server_id text, account_id integer, counterpart_id integer,
    counterpart_resource text, our_resource text, direction integer, type integer, time integer, local_time integer,
    body text, encryption integer, marked integer);
create table content_item (id integer primary key, conversation_id integer, time integer, local_time integer,
    content_type integer, foreign_id integer, hide integer);
create table message_correction (id integer primary key, message_id integer, to_stanza_id text);
create table reply (id integer primary key, message_id integer, quoted_message_id integer, quoted_message_stanza_id text,
    quoted_message_from text);
create table body_meta (id integer primary key, message_id integer, from_char integer, to_char integer, info_type text,
    info text);
create table reaction (id integer primary key, account_id integer, occupant_id integer, content_item_id integer,
    time integer, jid_id integer, emojis text);
insert into account (id, bare_jid, password) values (1, 'alice@example.org', 'hunter2');
insert into jid values (1, 'bob@example.org'), (2, 'room@chat.example.org');
"#;

#[test]
fn dino_with_everything() {
    let dino = database("dino.db", DINO);
    dino.connection
        .execute_batch(
            "insert into message (id, stanza_id, server_id, account_id, counterpart_id, counterpart_resource, direction,
                 type, time, body, encryption, marked) values
                 (1, 'd1', 's1', 1, 1, 'phone', 0, 1, 1700000000, 'helo', 2, 0),
                 (2, 'd2', 's2', 1, 1, 'phone', 0, 1, 1700000005, 'hello', 2, 0),
                 (3, 'd3', null, 1, 1, null, 1, 1, 1700000010, '> hello
yes', 0, 2),
                 (4, 'd4', null, 1, 1, null, 1, 1, 1700000020, 'waits', 0, 4),
                 (5, 'd5', null, 1, 2, 'nick', 0, 2, 1700000030, 'in a room', 0, 0);
             insert into message_correction values (1, 2, 'd1');
             insert into reply values (1, 3, 1, 'd1', 'bob@example.org/phone');
             insert into body_meta values (1, 3, 0, 8, 'urn:xmpp:fallback:0', 'urn:xmpp:reply:0');
             insert into content_item values (1, 1, 0, 0, 1, 1, 0), (2, 1, 0, 0, 1, 3, 0);
             insert into reaction values (1, 1, null, 2, 1700000011500, 1, '👍,❤');",
        )
        .unwrap();
    drop(dino.connection);
    let (store, _) = alices();
    let report = imported(&store, dino.folder.path());
    assert_eq!(told(&store, BOB), ["< hello", "> yes"]);
    assert!(is_marked(&store, BOB, ImportedFrom::Dino));
    let messages = messages_with(&store, BOB);
    assert_eq!(messages[0].message.resource.as_deref(), Some("phone"));
    assert_eq!(messages[1].message.delivery, Delivery::Read);
    assert_eq!(
        messages[1].message.reply_to,
        Some(("d1".into(), Some(jid(BOB))))
    );
    let chat = store.reader().stored_chats(None).unwrap()[0].id;
    let reactions = store.reader().stored_reactions(chat).unwrap();
    assert_eq!(
        (reactions[0].target.as_str(), reactions[0].at),
        ("d3", Timestamp(1_700_000_011_500))
    );
    assert_eq!(
        (
            report.skipped[&Skipped::Room],
            report.skipped[&Skipped::NotSent]
        ),
        (1, 1)
    );
}

#[test]
fn a_database_in_use_is_read_and_one_at_rest_is_not_touched() {
    let gajim = database("logs.db", &format!("pragma journal_mode = wal; {GAJIM}"));
    gajim_message(
        &gajim.connection,
        1,
        "1, 1, 1, 1, 1700000000, 2, null, null, 'only in the log', null",
    );
    let (store, _) = alices();
    imported(&store, &gajim.file);
    assert_eq!(told(&store, BOB), ["< only in the log"]);
    // The other program writes on, and its database is in order.
    gajim_message(
        &gajim.connection,
        2,
        "1, 1, 1, 1, 1700000001, 2, null, null, 'later', null",
    );
    drop(gajim.connection);
    let names = || {
        let mut names: Vec<_> = fs::read_dir(gajim.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let (before, bytes) = (names(), fs::read(&gajim.file).unwrap());
    assert_eq!(before, ["logs.db"]);
    let report = imported(&store, &gajim.file);
    assert_eq!(report.new_messages(), 1);
    assert_eq!((names(), fs::read(&gajim.file).unwrap()), (before, bytes));
}

#[test]
fn what_changes_while_it_is_read_is_not_trusted() {
    let gajim = database("logs.db", GAJIM);
    gajim.connection.execute_batch("begin").unwrap();
    for row in 1..=500 {
        let rest = format!(
            "1, 1, 1, 1, {}, 2, null, null, 'message {row}', null",
            1_700_000_000 + row
        );
        gajim_message(&gajim.connection, row, &rest);
    }
    gajim.connection.execute_batch("commit").unwrap();
    let file = gajim.file.clone();
    let once = std::sync::Once::new();
    let watch = Watch::new(move |_| {
        once.call_once(|| {
            let mut bytes = fs::read(&file).unwrap();
            bytes.extend([0; 4096]);
            fs::write(&file, bytes).unwrap();
        });
    });
    let (store, _) = alices();
    let source = Source::recognise(&gajim.file).unwrap();
    let outcome = import(&store, &source, NOW, &watch);
    assert!(
        matches!(outcome, Err(TransferError::Changed)),
        "{outcome:?}"
    );
}

#[test]
fn cancelled_it_keeps_what_came_and_goes_on_the_next_time() {
    let gajim = database("logs.db", GAJIM);
    gajim.connection.execute_batch("begin").unwrap();
    for row in 1..=1_000 {
        let rest = format!(
            "1, 1, 1, 1, {}, 2, null, null, 'message {row}', null",
            1_700_000_000 + row
        );
        gajim_message(&gajim.connection, row, &rest);
    }
    gajim.connection.execute_batch("commit").unwrap();
    drop(gajim.connection);
    let slot: std::sync::Arc<std::sync::Mutex<Option<Watch>>> = std::sync::Arc::default();
    let inner = std::sync::Arc::clone(&slot);
    let watch = Watch::new(move |progress| {
        if progress.done >= 500
            && let Some(watch) = inner.lock().unwrap().as_ref()
        {
            watch.cancel();
        }
    });
    *slot.lock().unwrap() = Some(watch.clone());
    let (store, _) = alices();
    let source = Source::recognise(&gajim.file).unwrap();
    let outcome = import(&store, &source, NOW, &watch);
    assert!(matches!(outcome, Err(TransferError::Cancelled)));
    let came = messages_with(&store, BOB).len();
    assert!((200..1_000).contains(&came), "{came}");
    let report = imported(&store, &gajim.file);
    assert_eq!(report.known_messages(), came as u64);
    assert_eq!(messages_with(&store, BOB).len(), 1_000);
}
