//! Files of ours that something else has changed.

use std::fs;

use tessera::store::{DatabaseKey, Store};

/// A database file with any content: refused, and not changed.
pub(super) fn database(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("tessera.db");
    fs::write(&file, bytes).expect("a file");
    let key = DatabaseKey::random().expect("random bytes");
    // An empty file is one that was never written: it becomes a database. To SQLite one byte is empty, too.
    if Store::open(&file, &key).is_err() {
        let after = fs::read(&file).expect("the file is still there");
        assert_eq!(after, bytes, "a file that is not ours was changed");
    } else {
        assert!(bytes.len() <= 1, "random bytes were taken for a database");
    }
}
