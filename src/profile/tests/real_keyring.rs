//! Stories with gnome-keyring on a bus of their own: this test program starts itself again inside of it.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::{
    model::{BareJid, PasswordStorage, Secret},
    profile::{KeySource, Profile, ProfileError},
    secrets::SecretError,
};

/// Says to the program on the bus which story it tells, and in which folder.
const STORY: &str = "TESSERA_KEYRING_STORY";
const FOLDER: &str = "TESSERA_KEYRING_FOLDER";
/// What Debian calls them.
const INSTALL: &str = "apt-get install dbus gnome-keyring";

/// The daemon ends with its bus.
const UNLOCKED: &str = r#"printf password | gnome-keyring-daemon --unlock --components=secrets >&2
    exec "$0" "$@""#;
const LOCKED: &str = r#"gnome-keyring-daemon --start --components=secrets >&2
    exec "$0" "$@""#;
const ABSENT: &str = r#"exec "$0" "$@""#;

/// Runs a story in a process of its own, on a bus of its own, where nothing of this machine's person is in reach.
fn tell(story: &str, keyring: &str, home: &Path) {
    let test = format!("profile::tests::real_keyring::{story}");
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", keyring])
        .arg(std::env::current_exe().unwrap())
        .args([test.as_str(), "--exact", "--nocapture"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home)
        .env(STORY, story)
        .env(FOLDER, home.join("profiles"))
        .output()
        .unwrap_or_else(|error| panic!("dbus-run-session: {error}; {INSTALL}"));
    assert_told(story, &output);
}

fn assert_told(story: &str, output: &Output) {
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && out.contains("1 passed"),
        "{story}: {}\n{out}\n{err}\nIf something is missing: {INSTALL}",
        output.status
    );
}

/// The folder of a profile, where this is the process that tells the story.
fn on_stage(story: &str) -> Option<String> {
    if std::env::var(STORY).ok()? != story {
        return None;
    }
    std::env::var(FOLDER).ok()
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".local/share/keyrings")).unwrap();
    std::fs::create_dir_all(home.path().join(".cache")).unwrap();
    home
}

fn run<T>(story: impl Future<Output = T>) -> T {
    futures::executor::block_on(story)
}

#[test]
fn an_open_keyring_keeps_keys_and_passwords() {
    let Some(folder) = on_stage("an_open_keyring_keeps_keys_and_passwords") else {
        let home = home();
        return tell(
            "an_open_keyring_keeps_keys_and_passwords",
            UNLOCKED,
            home.path(),
        );
    };
    let start = |name: &str| Profile::open(Some(&format!("{folder}/{name}"))).unwrap();
    let alice = BareJid::new("alice@example.org").unwrap();
    let ring = PasswordStorage::Keyring;
    for name in ["one", "two"] {
        let profile = start(name);
        profile.choose_keyring().unwrap();
        let store = profile.store_with_keyring().unwrap();
        store.write(|txn| txn.set_value("name", name)).unwrap();
        assert!(run(profile.secrets().places()).keyring);
        assert_eq!(run(profile.secrets().password(&alice, ring)).unwrap(), None);
        run(profile
            .secrets()
            .keep(&alice, ring, &Secret::new(format!("hunter {name} ☺"))))
        .unwrap();
    }
    for name in ["one", "two"] {
        let profile = start(name);
        let store = profile.store_with_keyring().unwrap();
        assert_eq!(store.reader().value("name").unwrap().as_deref(), Some(name));
        let password = run(profile.secrets().password(&alice, ring)).unwrap();
        assert_eq!(password, Some(Secret::new(format!("hunter {name} ☺"))));
        run(profile.secrets().forget(&alice)).unwrap();
        run(profile.secrets().forget(&alice)).unwrap();
        assert_eq!(run(profile.secrets().password(&alice, ring)).unwrap(), None);
    }
    let profile = start("one");
    profile.store_with_keyring().unwrap();
    let passphrase = Secret::new("correct horse");
    profile.choose_passphrase(&passphrase).unwrap();
    drop(profile);
    let profile = start("one");
    assert_eq!(profile.key_source(), KeySource::Passphrase);
    profile.store_with_passphrase(&passphrase).unwrap();
}

#[test]
fn a_locked_keyring_without_a_display_is_no_keyring() {
    let Some(folder) = on_stage("a_locked_keyring_without_a_display_is_no_keyring") else {
        let home = home();
        return tell(
            "a_locked_keyring_without_a_display_is_no_keyring",
            LOCKED,
            home.path(),
        );
    };
    assert_no_keyring(&folder);
}

#[test]
fn without_a_keyring_a_passphrase_serves() {
    let Some(folder) = on_stage("without_a_keyring_a_passphrase_serves") else {
        let home = home();
        return tell("without_a_keyring_a_passphrase_serves", ABSENT, home.path());
    };
    assert_no_keyring(&folder);
}

fn assert_no_keyring(folder: &str) {
    let profile = Profile::open(Some(folder)).unwrap();
    let refused = profile.choose_keyring();
    assert!(
        matches!(&refused, Err(ProfileError::KeyringUnavailable { reason }) if !reason.is_empty()),
        "{refused:?}"
    );
    let alice = BareJid::new("alice@example.org").unwrap();
    let kept = profile.secrets();
    let kept = run(kept.keep(&alice, PasswordStorage::Keyring, &Secret::new("hunter2")));
    assert!(
        matches!(kept, Err(SecretError::KeyringUnavailable(_))),
        "{kept:?}"
    );
    assert_eq!(profile.key_source(), KeySource::NotYet);
    let passphrase = Secret::new("correct horse");
    profile.choose_passphrase(&passphrase).unwrap();
    profile.store_with_passphrase(&passphrase).unwrap();
}
