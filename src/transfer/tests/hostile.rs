//! Files that want to do harm, or are in no good state.

use std::{fs, path::Path};

use super::{
    databases::{DINO, Database, GAJIM, database, gajim_message},
    *,
};
use crate::transfer::{
    TransferError,
    export::{Format, Scope, export},
    import::Skipped,
};

const BOB: &str = "bob@example.org";

fn outcome(path: &Path) -> Result<Report, TransferError> {
    let (store, _) = alices();
    let source = Source::recognise(path)?;
    let report = import(&store, &source, NOW, &Watch::default())?;
    // Whatever came can be read and exported.
    everything(&store);
    let out = path.with_extension("out");
    export(
        &store.reader(),
        Scope::Everything,
        &Format::Json,
        &out,
        &Watch::default(),
    )
    .unwrap();
    Ok(report)
}

fn file(folder: &tempfile::TempDir, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    path
}

fn document(records: &str) -> String {
    format!("{{\"format\":\"tessera-history\",\"version\":1,\"records\":[{records}]}}")
}

const ALICE: &str = "{\"account\":{\"address\":\"alice@example.org\"}}";
const CHAT: &str = "{\"chat\":{\"address\":\"bob@example.org\",\"messages\":1}}";

fn message(change: &str) -> String {
    let mut record: serde_json::Value = serde_json::from_str(
        r#"{"id":1,"direction":"incoming","author":"bob@example.org","body":"hello","at":1700000000000,
        "stored_at":1700000000000,"route":"live","security":"clear","delivery":"sent"}"#,
    )
    .unwrap();
    let changes: serde_json::Value = serde_json::from_str(change).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        record[name] = value.clone();
    }
    format!("{ALICE},{CHAT},{{\"message\":{record}}}")
}

#[test]
fn what_is_no_history_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused: [&[u8]; 7] = [
        b"",
        b"SQLite format 3\0",
        b"hello",
        b"{}",
        b"[[[[",
        &[0xff; 5000],
        b"{\"format\":\"another\",\"records\":[]}",
    ];
    for bytes in refused {
        let outcome = outcome(&file(&folder, bytes));
        assert!(
            matches!(
                outcome,
                Err(TransferError::Unknown | TransferError::Damaged(_))
            ),
            "{outcome:?}"
        );
    }
    for path in ["/dev/zero", "/no/such/file"] {
        assert!(Source::recognise(Path::new(path)).is_err());
    }
    assert!(matches!(
        Source::recognise(folder.path()),
        Err(TransferError::Unknown)
    ));
}

#[test]
fn documents_that_are_wrong_in_every_way() {
    let folder = tempfile::tempdir().unwrap();
    let good = document(&message("{}"));
    assert_eq!(
        outcome(&file(&folder, good.as_bytes()))
            .unwrap()
            .new_messages(),
        1
    );
    let newer = good.replace("\"version\":1", "\"version\":2");
    assert!(matches!(
        outcome(&file(&folder, newer.as_bytes())),
        Err(TransferError::Newer(2))
    ));
    for cut in (40..good.len()).step_by(7) {
        let outcome = outcome(&file(&folder, &good.as_bytes()[..cut]));
        assert!(outcome.is_err(), "cut at {cut}: {outcome:?}");
    }
    let nested = document(&"[".repeat(100_000));
    assert!(outcome(&file(&folder, nested.as_bytes())).is_err());
    let huge = document(&format!(
        "{{\"contact\":{{\"address\":\"{}\"}}}}",
        "x".repeat(20 << 20)
    ));
    assert!(outcome(&file(&folder, huge.as_bytes())).is_err());
    for no_member in ["{\"nonsense\":{}}", "{\"message\":{}}", "7", "null"] {
        assert!(outcome(&file(&folder, document(no_member).as_bytes())).is_err());
    }
}

#[test]
fn single_records_that_are_wrong_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let long = |name: &str, length: usize| format!("{{\"{name}\":\"{}\"}}", "x".repeat(length));
    let wrong = [
        (message(r#"{"author":"@@"}"#), Skipped::Damaged),
        (message(r#"{"delivery":"failed"}"#), Skipped::Damaged),
        (message(r#"{"at":9223372036854775807}"#), Skipped::NoTime),
        (message(r#"{"at":-1}"#), Skipped::NoTime),
        (
            message(r#"{"retracted_at":9223372036854775807}"#),
            Skipped::NoTime,
        ),
        (
            message(r#"{"edited":{"body":"x","at":9223372036854775807}}"#),
            Skipped::NoTime,
        ),
        (message(&long("body", 2 << 20)), Skipped::TooLong),
        (message(&long("origin_id", 2_000)), Skipped::TooLong),
        (
            message("{}").replace(CHAT, "{\"chat\":{\"address\":\"\",\"messages\":1}}"),
            Skipped::Damaged,
        ),
        (
            message("{}").replace(&format!("{ALICE},"), ""),
            Skipped::Damaged,
        ),
    ];
    for (records, why) in wrong {
        let report = outcome(&file(&folder, document(&records).as_bytes())).unwrap();
        assert_eq!(report.new_messages(), 0, "{why:?}");
        assert!(
            report.skipped.contains_key(&why),
            "{:?} for {why:?}",
            report.skipped
        );
    }
}

#[test]
fn a_claim_in_a_document_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (store, alice) = alices();
    let records = message(r#"{"stored_at":9223372036854775807,"route":"live","stanza_id":"s1"}"#);
    let twice = format!(
        "{records},{}",
        records
            .split_at(ALICE.len() + CHAT.len() + 2)
            .1
            .replace("hello", "other")
    );
    imported(&store, &file(&folder, document(&twice).as_bytes()));
    let messages = messages_with(&store, BOB);
    assert_eq!(messages.len(), 2, "an id that is there twice hides nothing");
    assert!(
        messages
            .iter()
            .all(|m| m.imported == Some(ImportedFrom::Tessera))
    );
    assert!(messages.iter().all(|m| m.message.stored_at == NOW));
    // Chats can still be opened, and what comes live stands behind.
    store
        .write(|txn| {
            let chat = txn.find_conversation(alice, &jid(BOB))?.unwrap();
            txn.set_conversation_open(chat, true)
        })
        .unwrap();
}

#[test]
fn databases_of_wrong_types() {
    for rest in [
        "1, 1, 1, 1, 'yesterday', 2, null, null, 'x', null",
        "1, 1, 1, 1, 9e99, 2, null, null, 'x', null",
        "1, 1, 1, 1, -5, 2, null, null, 'x', null",
        "1, 1, 1, 7, 1700000000, 2, null, null, 'x', null",
        "1, 1, 1, x'01', 1700000000, 2, null, null, 'x', null",
        "1, 1, 1, 1, 1700000000, 2, null, null, x'ff00', null",
        "1, 1, 1, 1, 1700000000, 2, null, null, cast(x'ff41' as text), null",
        "1, 1, 1, 1, 1700000000, 2, null, null, replace(hex(zeroblob(600000)), '0', 'x'), null",
        "1, 77, 1, 1, 1700000000, 2, null, null, 'x', null",
        "1, 1, 'chat', 1, 1700000000, 2, null, null, 'x', null",
    ] {
        let gajim = database("logs.db", GAJIM);
        gajim_message(&gajim.connection, 1, rest);
        let Database {
            file,
            connection,
            folder,
        } = gajim;
        drop(connection);
        let report = outcome(&file).unwrap();
        assert_eq!(
            (report.new_messages(), report.skipped_total()),
            (0, 1),
            "{rest}"
        );
        drop(folder);
    }
    // Ids of any type are no ids, and nothing worse.
    let gajim = database("logs.db", GAJIM);
    gajim_message(
        &gajim.connection,
        1,
        "1, 1, 1, 1, 1700000000, 'x', x'ff', 7, 'x', null",
    );
    gajim
        .connection
        .execute_batch("insert into reaction values (1, 1, 1, null, x'00', 'x', 5, 'x')")
        .unwrap();
    assert_eq!(outcome(&gajim.file).unwrap().new_messages(), 1);
}

#[test]
fn databases_that_are_traps() {
    // A view that never ends, in the place of a table.
    let trap = "create view message as with recursive n(x) as (select 1 union all select x + 1 from n) select x as pk,
        1 as fk_account_pk, 1 as fk_remote_pk, 1 as type, 1 as direction, x as timestamp, 2 as state, null as id,
        null as stanza_id, 'x' as text, null as resource from n;";
    let gajim = database(
        "logs.db",
        &format!(
            "{}{trap}",
            GAJIM.replace("create table message", "create table former")
        ),
    );
    assert!(outcome(&gajim.file).is_err());
    // Tables without their columns.
    let empty = "create table account (pk); create table remote (pk); create table message (pk);
        insert into account values (1);";
    assert!(matches!(
        outcome(&database("logs.db", empty).file),
        Err(TransferError::Damaged(_))
    ));
    let dino = DINO.replace("body text", "other text");
    assert!(matches!(
        outcome(&database("dino.db", &dino).file),
        Ok(_) | Err(TransferError::Damaged(_))
    ));
    // Every page damaged in turn: an error or less, never a crash.
    let gajim = database("logs.db", GAJIM);
    gajim.connection.execute_batch("begin").unwrap();
    for row in 1..=200 {
        let rest = format!(
            "1, 1, 1, 1, {}, 2, 'i{row}', null, 'message {row}', null",
            1_700_000_000 + row
        );
        gajim_message(&gajim.connection, row, &rest);
    }
    gajim.connection.execute_batch("commit").unwrap();
    drop(gajim.connection);
    let bytes = fs::read(&gajim.file).unwrap();
    for page in 0..bytes.len() / 4096 {
        let mut harmed = bytes.clone();
        for byte in &mut harmed[page * 4096 + 100..page * 4096 + 200] {
            *byte = byte.wrapping_mul(31).wrapping_add(7);
        }
        let folder = tempfile::tempdir().unwrap();
        let _ = outcome(&file(&folder, &harmed));
        let cut = &bytes[..page * 4096 + 10];
        let _ = outcome(&file(&folder, cut));
    }
}
