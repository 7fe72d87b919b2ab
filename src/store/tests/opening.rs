//! Stories of opening a database: what fits, what does not, and that nothing is touched then.

use std::{
    fs,
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    io::ErrorKind,
    path::Path,
};

use super::{FileStore, alice_and_bob, incoming, insert, write};
use crate::store::{DatabaseKey, OpenError, Store, StoreError, migrate};

/// Name, length and digest of everything in the folder but the index of the log, which has nothing of its own.
fn contents(folder: &Path) -> Vec<(String, usize, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let bytes = fs::read(entry.path()).unwrap();
            let digest = BuildHasherDefault::<DefaultHasher>::default().hash_one(&bytes);
            (
                entry.file_name().into_string().unwrap(),
                bytes.len(),
                digest,
            )
        })
        .filter(|(name, ..)| !name.ends_with("-shm"))
        .collect();
    files.sort();
    files
}

fn with_value(value: &str) -> FileStore {
    let file = FileStore::new();
    write(&file.store, |txn| txn.set_value("a", value));
    file
}

/// What a killed program leaves: the files as they are while the store is open.
fn killed(file: &FileStore) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(file.folder.path()).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    let path = folder.path().join("tessera.db");
    (folder, path)
}

#[test]
fn everything_is_there_after_a_restart_and_the_log_is_gone() {
    let FileStore { store, key, folder } = with_value("kept");
    let path = folder.path().join("tessera.db");
    store.reader().value("a").unwrap();
    drop(store);
    let names: Vec<_> = contents(folder.path())
        .into_iter()
        .map(|(name, ..)| name)
        .collect();
    assert_eq!(names, ["tessera.db"]);
    let store = Store::open(&path, &key).unwrap();
    assert_eq!(store.reader().value("a").unwrap().as_deref(), Some("kept"));
}

#[test]
fn what_is_settled_needs_no_check() {
    let file = with_value("kept");
    file.store.reader().value("a").unwrap();
    file.store.settle().unwrap();
    assert_eq!(
        fs::metadata(file.file().with_file_name("tessera.db-wal"))
            .unwrap()
            .len(),
        0
    );
    let (_folder, path) = killed(&file);
    let store = Store::open(&path, &file.key).unwrap();
    assert_eq!(store.reader().value("a").unwrap().as_deref(), Some("kept"));
    write(&file.store, |txn| txn.set_value("a", "goes on"));
    Store::in_memory().unwrap().settle().unwrap();
}

#[test]
fn what_was_committed_survives_a_kill() {
    let file = with_value("kept");
    let (_folder, path) = killed(&file);
    assert!(
        fs::metadata(path.with_file_name("tessera.db-wal"))
            .unwrap()
            .len()
            > 0
    );
    let store = Store::open(&path, &file.key).unwrap();
    assert_eq!(store.reader().value("a").unwrap().as_deref(), Some("kept"));
}

#[test]
fn no_word_is_in_the_files_in_plain_form() {
    let file = with_value("a word that nobody may read");
    for entry in fs::read_dir(file.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let (name, bytes) = (path.display(), fs::read(&path).unwrap());
        assert!(!bytes.windows(6).any(|part| part == b"nobody"), "{name}");
        assert!(!bytes.starts_with(b"SQLite format 3"), "{name}");
    }
}

#[test]
fn another_key_opens_nothing_and_changes_nothing() {
    let FileStore { store, key, folder } = with_value("kept");
    let path = folder.path().join("tessera.db");
    drop(store);
    let before = contents(folder.path());
    let refused = Store::open(&path, &DatabaseKey::random().unwrap());
    assert!(matches!(refused, Err(OpenError::KeyOrDamage)));
    assert_eq!(contents(folder.path()), before);
    assert!(Store::open(&path, &key).is_ok());
}

#[test]
fn another_key_does_not_move_the_log_of_a_killed_program() {
    let file = with_value("kept");
    let (folder, path) = killed(&file);
    let before = contents(folder.path());
    let refused = Store::open(&path, &DatabaseKey::random().unwrap());
    assert!(matches!(refused, Err(OpenError::KeyOrDamage)));
    assert_eq!(contents(folder.path()), before);
    let store = Store::open(&path, &file.key).unwrap();
    assert_eq!(store.reader().value("a").unwrap().as_deref(), Some("kept"));
}

#[test]
fn a_file_that_is_not_encrypted_is_not_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tessera.db");
    let plain = rusqlite::Connection::open(&path).unwrap();
    plain
        .execute_batch("create table a (b); insert into a values (1);")
        .unwrap();
    drop(plain);
    let before = contents(folder.path());
    let refused = Store::open(&path, &DatabaseKey::random().unwrap());
    assert!(matches!(refused, Err(OpenError::KeyOrDamage)));
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn what_is_no_database_is_left_alone() {
    for bytes in [b"x".as_slice(), &[7; 4096], &[0; 100_000]] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tessera.db");
        fs::write(&path, bytes).unwrap();
        let refused = Store::open(&path, &DatabaseKey::random().unwrap());
        assert!(
            matches!(refused, Err(OpenError::KeyOrDamage)),
            "{} bytes",
            bytes.len()
        );
        assert!(fs::read(&path).unwrap() == bytes);
    }
}

#[test]
fn a_newer_schema_is_refused_and_untouched() {
    for was_killed in [false, true] {
        let file = with_value("kept");
        write(&file.store, |txn| {
            Ok(txn.0.pragma_update(None, "user_version", 99)?)
        });
        let (folder, path) = if was_killed {
            killed(&file)
        } else {
            let FileStore { store, folder, .. } = file;
            drop(store);
            let path = folder.path().join("tessera.db");
            let before = contents(folder.path());
            assert_refused(&path, &file.key);
            assert_eq!(contents(folder.path()), before);
            continue;
        };
        let before = contents(folder.path());
        assert_refused(&path, &file.key);
        assert_eq!(contents(folder.path()), before);
    }
}

fn assert_refused(path: &Path, key: &DatabaseKey) {
    match Store::open(path, key) {
        Err(OpenError::Newer { found: 99, known }) => assert_eq!(known, migrate::newest()),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

#[test]
fn a_log_without_its_database_is_damage() {
    let file = with_value("kept");
    for empty in [false, true] {
        let (folder, path) = killed(&file);
        fs::remove_file(&path).unwrap();
        if empty {
            fs::write(&path, "").unwrap();
        }
        let before = contents(folder.path());
        let refused = Store::open(&path, &file.key);
        assert!(matches!(refused, Err(OpenError::Damaged(_))));
        assert_eq!(contents(folder.path()), before);
    }
}

#[test]
fn damage_is_found_after_a_kill() {
    let file = FileStore::new();
    let (_, chat) = alice_and_bob(&file.store);
    for number in 0..400 {
        insert(
            &file.store,
            &incoming(chat, number, "a message of some length, to fill pages"),
        );
    }
    write(&file.store, |txn| txn.set_value("a", "b"));
    let FileStore { store, key, folder } = file;
    let path = folder.path().join("tessera.db");
    drop(store);
    // A page in the middle, and a log that is not empty.
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, &bytes).unwrap();
    fs::write(folder.path().join("tessera.db-wal"), [0; 32]).unwrap();
    let refused = Store::open(&path, &key);
    assert!(
        matches!(refused, Err(OpenError::Damaged(_) | OpenError::KeyOrDamage)),
        "{:?}",
        refused.err()
    );
    assert!(fs::read(&path).unwrap() == bytes);
}

#[test]
fn a_folder_that_is_not_there_or_closed_says_so() {
    let key = DatabaseKey::random().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let nowhere = Store::open(&folder.path().join("no/such/tessera.db"), &key);
    match nowhere {
        Err(OpenError::Io(error)) => assert_eq!(error.kind(), ErrorKind::NotFound),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
    let refused = Store::open(folder.path(), &key);
    assert!(matches!(refused, Err(OpenError::Io(_))));
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let file = with_value("kept");
    for entry in fs::read_dir(file.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
    assert!(file.file().exists());
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_committed() {
    let file = with_value("kept");
    let (_, chat) = alice_and_bob(&file.store);
    // SQLite answers as on a full disk when a database may have no more pages.
    write(&file.store, |txn| {
        let pages: i64 = txn
            .0
            .pragma_query_value(None, "page_count", |row| row.get(0))?;
        txn.0.pragma_update(None, "max_page_count", pages + 2)?;
        Ok(())
    });
    let long = "x".repeat(3_000);
    let mut stored = 0;
    let error = loop {
        match file
            .store
            .write(|txn| txn.insert_message(&incoming(chat, stored, &long)))
        {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 100, "the disk never gets full");
    };
    assert!(error.is_disk_full(), "{error}");
    assert_eq!(error.failure_kind(), crate::model::FailureKind::DiskFull);
    assert!(!StoreError::Missing.is_disk_full());
    let count = file.store.reader().message_count(chat).unwrap();
    assert_eq!(count, u64::try_from(stored).unwrap());
    // A transaction with many parts fails as a whole or goes on with what fits.
    let _ = file.store.write(|txn| {
        for number in 0..20 {
            let _ = txn.part(|| txn.insert_message(&incoming(chat, number, &long)));
        }
        Ok::<_, StoreError>(())
    });
    assert_eq!(
        file.store.reader().value("a").unwrap().as_deref(),
        Some("kept")
    );
    // There is room again.
    write(&file.store, |txn| {
        Ok(txn.0.pragma_update(None, "max_page_count", 1_000_000)?)
    });
    insert(&file.store, &incoming(chat, 999, &long));
}
