//! Stories of passwords.

use std::sync::Arc;

use super::{MemoryKeyring, Place, ProfileMark, SecretError, Secrets};
use crate::model::{BareJid, PasswordStorage, SealedFile, Secret};

fn alice() -> BareJid {
    BareJid::new("alice@example.org").unwrap()
}

fn run<T>(story: impl Future<Output = T>) -> T {
    futures::executor::block_on(story)
}

fn of_profile(keyring: &Arc<MemoryKeyring>, id: &str) -> Secrets {
    let profile = ProfileMark {
        id: id.to_owned(),
        name: "default".to_owned(),
    };
    let place = Place::Memory(std::sync::Mutex::new(None));
    Secrets::with(Arc::clone(keyring) as Arc<_>, profile, place)
}

#[test]
fn a_password_is_in_one_place_at_a_time() {
    run(async {
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = of_profile(&keyring, "1");
        let alice = alice();
        let [ring, file, ask] = [
            PasswordStorage::Keyring,
            PasswordStorage::SealedFile,
            PasswordStorage::Ask,
        ];
        let password = Secret::new("hunter2");
        assert_eq!(secrets.password(&alice, ring).await.unwrap(), None);
        secrets.keep(&alice, ring, &password).await.unwrap();
        assert_eq!(
            secrets.password(&alice, ring).await.unwrap(),
            Some(password.clone())
        );
        secrets.unlock(&Secret::new("correct horse")).await.unwrap();
        secrets.keep(&alice, file, &password).await.unwrap();
        assert_eq!(keyring.names(), [""; 0]);
        assert_eq!(
            secrets.password(&alice, file).await.unwrap(),
            Some(password.clone())
        );
        secrets.keep(&alice, ring, &password).await.unwrap();
        assert_eq!(secrets.password(&alice, file).await.unwrap(), None);
        secrets.keep(&alice, ask, &password).await.unwrap();
        assert_eq!(keyring.names(), [""; 0]);
        assert_eq!(secrets.password(&alice, ask).await.unwrap(), None);
    });
}

#[test]
fn profiles_with_the_same_account_do_not_share_its_password() {
    run(async {
        let keyring = Arc::new(MemoryKeyring::default());
        let (one, two) = (of_profile(&keyring, "1"), of_profile(&keyring, "2"));
        let (alice, ring) = (alice(), PasswordStorage::Keyring);
        one.keep(&alice, ring, &Secret::new("one")).await.unwrap();
        assert_eq!(two.password(&alice, ring).await.unwrap(), None);
        two.keep(&alice, ring, &Secret::new("two")).await.unwrap();
        two.forget(&alice).await.unwrap();
        assert_eq!(
            one.password(&alice, ring).await.unwrap(),
            Some(Secret::new("one"))
        );
    });
}

#[test]
fn without_a_keyring_everything_else_works() {
    run(async {
        let secrets = Secrets::in_memory_without_keyring();
        let alice = alice();
        let password = Secret::new("hunter2");
        assert!(!secrets.places().await.keyring);
        let kept = secrets
            .keep(&alice, PasswordStorage::Keyring, &password)
            .await;
        assert!(matches!(kept, Err(SecretError::KeyringUnavailable(_))));
        secrets.unlock(&Secret::new("correct horse")).await.unwrap();
        secrets
            .keep(&alice, PasswordStorage::SealedFile, &password)
            .await
            .unwrap();
        secrets.forget(&alice).await.unwrap();
        let left = secrets.password(&alice, PasswordStorage::SealedFile).await;
        assert_eq!(left.unwrap(), None);
    });
}

#[test]
fn the_sealed_file_survives_a_restart_and_opens_with_its_passphrase_only() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let start = || {
            let mark = ProfileMark {
                id: "1".to_owned(),
                name: "default".to_owned(),
            };
            Secrets::new(folder.path(), mark, Arc::new(MemoryKeyring::default()))
        };
        let (alice, file) = (alice(), PasswordStorage::SealedFile);
        let passphrase = Secret::new("correct horse");
        let first = start();
        assert_eq!(first.places().await.sealed_file, SealedFile::Absent);
        let locked = first.keep(&alice, file, &Secret::new("hunter2")).await;
        assert!(matches!(locked, Err(SecretError::Locked)));
        first.unlock(&passphrase).await.unwrap();
        first
            .keep(&alice, file, &Secret::new("hunter2"))
            .await
            .unwrap();
        drop(first);

        let path = folder.path().join("passwords.sealed");
        let bytes = std::fs::read(&path).unwrap();
        assert!(
            !bytes
                .windows(7)
                .any(|part| part == b"hunter2" || part == b"example")
        );

        let again = start();
        assert!(again.exists() && again.is_locked());
        let locked = again.password(&alice, file).await;
        assert!(matches!(locked, Err(SecretError::Locked)));
        assert!(matches!(
            again.forget(&alice).await,
            Err(SecretError::Locked)
        ));
        let wrong = again.unlock(&Secret::new("correct house")).await;
        assert!(matches!(wrong, Err(SecretError::WrongPassphrase)));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        again.unlock(&passphrase).await.unwrap();
        assert_eq!(again.sealed_file(), SealedFile::Open);
        let password = again.password(&alice, file).await.unwrap();
        assert_eq!(password, Some(Secret::new("hunter2")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(&path, "not ours").unwrap();
        let damaged = start().unlock(&passphrase).await;
        assert!(matches!(damaged, Err(SecretError::Damaged)));
        assert_eq!(std::fs::read(&path).unwrap(), b"not ours");
    });
}

#[test]
fn a_locked_keyring_changes_nothing() {
    run(async {
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = of_profile(&keyring, "1");
        let (alice, ring) = (alice(), PasswordStorage::Keyring);
        secrets
            .keep(&alice, ring, &Secret::new("hunter2"))
            .await
            .unwrap();
        keyring.set_locked(true);
        assert_eq!(secrets.password(&alice, ring).await.unwrap(), None);
        assert!(
            secrets
                .keep(&alice, ring, &Secret::new("other"))
                .await
                .is_err()
        );
        keyring.set_locked(false);
        let password = secrets.password(&alice, ring).await.unwrap();
        assert_eq!(password, Some(Secret::new("hunter2")));
    });
}

#[test]
fn a_token_is_where_the_password_is_and_does_not_outlive_it() {
    run(async {
        let keyring = Arc::new(MemoryKeyring::default());
        let secrets = of_profile(&keyring, "1");
        let alice = alice();
        let [ring, file, ask] = [
            PasswordStorage::Keyring,
            PasswordStorage::SealedFile,
            PasswordStorage::Ask,
        ];
        let (password, token) = (Secret::new("hunter2"), Secret::new("token"));
        secrets.unlock(&Secret::new("correct horse")).await.unwrap();
        for storage in [ring, file] {
            secrets.keep(&alice, storage, &password).await.unwrap();
            let keep = secrets.keep_token(&alice, storage, Some(&token));
            keep.await.unwrap();
            assert_eq!(
                secrets.token(&alice, storage).await.unwrap(),
                Some(token.clone())
            );
            assert_eq!(
                secrets.password(&alice, storage).await.unwrap(),
                Some(password.clone())
            );
            // A changed password, in the same place or in another one.
            secrets.keep(&alice, storage, &password).await.unwrap();
            assert_eq!(secrets.token(&alice, storage).await.unwrap(), None);
            let keep = secrets.keep_token(&alice, storage, Some(&token));
            keep.await.unwrap();
            secrets.keep(&alice, ask, &password).await.unwrap();
            assert_eq!(secrets.token(&alice, storage).await.unwrap(), None);
            // A removed account.
            let keep = secrets.keep_token(&alice, storage, Some(&token));
            keep.await.unwrap();
            secrets.forget(&alice).await.unwrap();
            assert_eq!(secrets.token(&alice, storage).await.unwrap(), None);
            assert_eq!(keyring.names(), [""; 0]);
        }
        let nowhere = secrets.keep_token(&alice, ask, Some(&token));
        nowhere.await.unwrap();
        assert_eq!(keyring.names(), [""; 0]);
        assert_eq!(secrets.token(&alice, ask).await.unwrap(), None);
    });
}
