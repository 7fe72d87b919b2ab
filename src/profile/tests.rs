//! Stories of profiles.

#[cfg(all(unix, not(target_os = "macos")))]
mod real_keyring;

use std::{path::Path, sync::Arc};

use super::{KeySource, Profile, ProfileError};
use crate::{
    model::Secret,
    secrets::MemoryKeyring,
    store::{OpenError, Store},
};

/// A folder and a keyring that outlive the program.
struct Machine {
    folder: tempfile::TempDir,
    keyring: Arc<MemoryKeyring>,
}

impl Machine {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            keyring: Arc::default(),
        }
    }

    fn try_start(&self) -> Result<Profile, ProfileError> {
        let keyring = Arc::clone(&self.keyring) as Arc<_>;
        Profile::open_folder("test".to_owned(), self.folder.path().to_owned(), keyring)
    }

    fn start(&self) -> Profile {
        self.try_start().unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

fn remember(store: &Store, value: &str) {
    store.write(|txn| txn.set_value("last", value)).unwrap();
}

fn remembered(store: &Store) -> Option<String> {
    store.reader().value("last").unwrap()
}

fn everything_in(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn with_a_keyring_everything_is_there_after_a_restart() {
    let machine = Machine::new();
    let profile = machine.start();
    assert_eq!(profile.key_source(), KeySource::NotYet);
    assert!(matches!(
        profile.store_with_keyring(),
        Err(ProfileError::OtherKeySource)
    ));
    profile.choose_keyring().unwrap();
    let store = profile.store_with_keyring().unwrap();
    remember(&store, "chat 7");
    // The same one again, never a second writer.
    assert_eq!(
        remembered(&profile.store_with_keyring().unwrap()).as_deref(),
        Some("chat 7")
    );
    assert!(matches!(machine.try_start(), Err(ProfileError::Locked)));
    drop((store, profile));

    let profile = machine.start();
    assert_eq!(profile.key_source(), KeySource::Keyring);
    let store = profile.store_with_keyring().unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
}

#[test]
fn with_a_passphrase_everything_is_there_after_a_restart() {
    let machine = Machine::new();
    machine.keyring.set_absent(true);
    let profile = machine.start();
    assert!(matches!(
        profile.choose_keyring(),
        Err(ProfileError::KeyringUnavailable { .. })
    ));
    assert_eq!(profile.key_source(), KeySource::NotYet);
    let passphrase = Secret::new("correct horse");
    profile.choose_passphrase(&passphrase).unwrap();
    let store = profile.store_with_passphrase(&passphrase).unwrap();
    remember(&store, "chat 7");
    drop((store, profile));

    let profile = machine.start();
    assert_eq!(profile.key_source(), KeySource::Passphrase);
    let wrong = profile.store_with_passphrase(&Secret::new("correct house"));
    assert!(matches!(wrong, Err(ProfileError::WrongPassphrase)));
    let store = profile.store_with_passphrase(&passphrase).unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
}

#[test]
fn the_key_moves_and_the_chats_stay() {
    let machine = Machine::new();
    let profile = machine.start();
    profile.choose_keyring().unwrap();
    remember(&profile.store_with_keyring().unwrap(), "chat 7");
    let passphrase = Secret::new("correct horse");
    profile.choose_passphrase(&passphrase).unwrap();
    assert_eq!(machine.keyring.names(), [""; 0]);
    drop(profile);

    let profile = machine.start();
    // Only who has opened it may move the key.
    let other = Secret::new("other");
    assert!(matches!(
        profile.choose_passphrase(&other),
        Err(ProfileError::OtherKeySource)
    ));
    let store = profile.store_with_passphrase(&passphrase).unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
    profile.choose_passphrase(&other).unwrap();
    let former = profile.store_with_passphrase(&passphrase);
    assert!(matches!(former, Err(ProfileError::WrongPassphrase)));
    profile.choose_keyring().unwrap();
    drop((store, profile));

    let store = machine.start().store_with_keyring().unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
}

#[test]
fn a_keyring_that_says_no_entry_loses_nothing() {
    let machine = Machine::new();
    let profile = machine.start();
    profile.choose_keyring().unwrap();
    remember(&profile.store_with_keyring().unwrap(), "chat 7");
    drop(profile);
    let before = everything_in(machine.folder.path());

    machine.keyring.set_locked(true);
    let profile = machine.start();
    let locked = profile.store_with_keyring();
    assert!(matches!(locked, Err(ProfileError::KeyringEntryMissing)));
    assert!(matches!(
        profile.choose_keyring(),
        Err(ProfileError::OtherKeySource)
    ));
    drop(profile);
    machine.keyring.set_absent(true);
    let absent = machine.start().store_with_keyring();
    assert!(matches!(
        absent,
        Err(ProfileError::KeyringUnavailable { .. })
    ));
    assert_eq!(everything_in(machine.folder.path()), before);

    machine.keyring.set_absent(false);
    machine.keyring.set_locked(false);
    let store = machine.start().store_with_keyring().unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
}

#[test]
fn a_first_start_that_ended_early_is_taken_up() {
    let machine = Machine::new();
    machine.start().choose_keyring().unwrap();
    let profile = machine.start();
    assert_eq!(profile.key_source(), KeySource::Keyring);
    drop(profile.store_with_keyring().unwrap());
}

#[test]
fn a_database_without_its_note_is_not_replaced() {
    let machine = Machine::new();
    let profile = machine.start();
    profile.choose_keyring().unwrap();
    remember(&profile.store_with_keyring().unwrap(), "chat 7");
    drop(profile);
    let note = std::fs::read(machine.file("profile.json")).unwrap();
    for broken in ["", "{", "{\"version\":1}", "[]"] {
        std::fs::write(machine.file("profile.json"), broken).unwrap();
        let refused = machine.try_start();
        assert!(
            matches!(refused, Err(ProfileError::Database(OpenError::Damaged(_)))),
            "{broken}"
        );
    }
    std::fs::remove_file(machine.file("profile.json")).unwrap();
    let refused = machine.try_start();
    assert!(matches!(
        refused,
        Err(ProfileError::Database(OpenError::Damaged(_)))
    ));
    std::fs::write(machine.file("profile.json"), "{\"version\":2}").unwrap();
    let refused = machine.try_start();
    assert!(matches!(
        refused,
        Err(ProfileError::Database(OpenError::Newer { .. }))
    ));
    std::fs::write(machine.file("profile.json"), note).unwrap();
    let store = machine.start().store_with_keyring().unwrap();
    assert_eq!(remembered(&store).as_deref(), Some("chat 7"));
}

#[test]
fn no_file_has_a_key_or_a_word_in_plain_form() {
    let machine = Machine::new();
    let profile = machine.start();
    let passphrase = Secret::new("correct horse");
    profile.choose_passphrase(&passphrase).unwrap();
    let store = profile.store_with_passphrase(&passphrase).unwrap();
    remember(&store, "a word that nobody may read");
    let (key, _) = profile.state().opened.clone().unwrap();
    assert_eq!(format!("{profile:?}").find(key.hex().as_str()), None);
    for (file, bytes) in everything_in(machine.folder.path()) {
        for secret in [
            b"nobody may".as_slice(),
            b"correct",
            key.hex().as_bytes(),
            &*key.0,
        ] {
            let found = bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!found, "{}", file.display());
        }
    }
}
