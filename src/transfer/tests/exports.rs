//! Files that are written.

use std::{
    fs,
    sync::{Arc, Mutex},
};

use super::*;
use crate::{
    store::{StoredCorrection, StoredReaction},
    transfer::{
        Progress, TransferError,
        export::{Format, Scope, TextStyle, TextWords, export, write},
    },
};

fn style() -> TextStyle {
    let words = TextWords {
        chat_with: "Chat with".into(),
        account: "Account".into(),
        corrected: "corrected".into(),
        earlier: "earlier text".into(),
        taken_back: "taken back".into(),
        unreadable: "cannot be read".into(),
        reply_to: "reply to".into(),
        hidden: "hidden text".into(),
        not_sent: "not sent".into(),
        imported_from: "imported from".into(),
    };
    let time = |at: Timestamp| {
        let at = chrono::DateTime::from_timestamp_millis(at.0).unwrap();
        at.format("%F %T").to_string()
    };
    TextStyle { time, words }
}

#[test]
fn text_says_everything_and_nobody_can_forge_a_line() {
    let (store, alice) = alices();
    let bobs = chat(&store, alice, "bob@example.org");
    let plain = |at, body: &str| StoredMessage {
        id: crate::model::MessageId(0),
        message: live(bobs, at, body),
        edited: None,
        retracted: None,
        replaces: None,
        imported: None,
        import_key: None,
        corrections: Vec::new(),
    };
    let mut first = plain(1_000, "helo");
    first.message.origin_id = Some("o1".into());
    first.edited = Some(("hello".into(), Timestamp(5_000)));
    first.corrections = vec![StoredCorrection {
        body: "hello".into(),
        at: Timestamp(5_000),
        origin_id: None,
    }];
    let mut reply = plain(
        2_000,
        "yes\n1970-01-01 00:00:09  alice@example.org: I pay\u{2028}\u{1b}[2J\u{202e}\r",
    );
    reply.message.direction = Direction::Outgoing;
    reply.message.author = jid("alice@example.org");
    reply.message.reply_to = Some(("o1".into(), None));
    reply.message.delivery = Delivery::Waiting;
    let mut gone = plain(3_000, "");
    gone.retracted = Some(Timestamp(4_000));
    let mut foreign = plain(4_000, "film");
    foreign.message.spoiler = Some("the\nend".into());
    foreign.imported = Some(ImportedFrom::Gajim);
    for message in [first, reply, gone, foreign] {
        put(&store, bobs, &message);
    }
    let reaction = StoredReaction {
        target: "o1".into(),
        author: jid("alice@example.org"),
        emojis: vec!["👍".into()],
        at: Timestamp(9),
    };
    store
        .write(|txn| txn.restore_reaction(bobs, &reaction))
        .unwrap();
    let mut out = Vec::new();
    let format = Format::Text(Box::new(style()));
    write(
        &store.reader(),
        Scope::Everything,
        &format,
        &mut out,
        &Watch::default(),
    )
    .unwrap();
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "Chat with bob@example.org\nAccount alice@example.org\n\n\
         1970-01-01 00:00:01  bob@example.org: hello\n    [corrected 1970-01-01 00:00:05]\n    [earlier text: helo]\n    \
         [👍 alice@example.org]\n\
         1970-01-01 00:00:02  alice@example.org: yes\n    1970-01-01 00:00:09  alice@example.org: I pay\u{fffd}\u{fffd}[2J\u{fffd}\n    \
         [reply to bob@example.org: hello]\n    [not sent]\n\
         1970-01-01 00:00:03  bob@example.org: [taken back]\n\
         1970-01-01 00:00:04  bob@example.org: film\n    [hidden text: the end]\n    [imported from Gajim]\n\n\n"
    );
}

#[test]
fn a_file_appears_when_it_is_complete() {
    let (store, alice) = alices();
    let bobs = chat(&store, alice, "bob@example.org");
    for at in 1..=1_200 {
        insert(&store, &live(bobs, at, &format!("message {at}")));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.json");
    fs::write(&file, "former").unwrap();
    let names = || fs::read_dir(folder.path()).unwrap().count();

    // Cancelled after the first page: the former file stays, and no other.
    let slot: Arc<Mutex<Option<Watch>>> = Arc::default();
    let inner = Arc::clone(&slot);
    let watch = Watch::new(move |_| {
        if let Some(watch) = inner.lock().unwrap().as_ref() {
            watch.cancel();
        }
    });
    *slot.lock().unwrap() = Some(watch.clone());
    let reader = store.reader();
    let cut = export(&reader, Scope::Everything, &Format::Json, &file, &watch);
    assert!(matches!(cut, Err(TransferError::Cancelled)));
    assert_eq!(
        (fs::read_to_string(&file).unwrap().as_str(), names()),
        ("former", 1)
    );

    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let told = Arc::clone(&seen);
    let watch = Watch::new(move |progress| told.lock().unwrap().push(progress));
    let done = export(&reader, Scope::Everything, &Format::Json, &file, &watch).unwrap();
    assert_eq!((done.chats, done.messages, names()), (1, 1_200, 1));
    let dones: Vec<_> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|p| (p.done, p.total))
        .collect();
    assert_eq!(dones, [(500, 1200), (1000, 1200), (1200, 1200)]);
    let text = fs::read_to_string(&file).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["format"], "tessera-history");
    assert_eq!(document["records"].as_array().unwrap().len(), 1_202);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "others cannot read it");
    }
}

#[test]
fn a_place_that_cannot_be_written_is_an_error() {
    let (store, _) = alices();
    let folder = tempfile::tempdir().unwrap();
    for place in [folder.path().join("no/such/folder.json"), "/".into()] {
        let failed = export(
            &store.reader(),
            Scope::Everything,
            &Format::Json,
            &place,
            &Watch::default(),
        );
        assert!(
            matches!(failed, Err(TransferError::Writing(_))),
            "{}",
            place.display()
        );
    }
}
