//! Which places for a password are offered, and what is said about each.

use crate::{
    i18n::gettext,
    model::{PasswordPlaces, PasswordStorage, SealedFile, Secret},
    ui::account::strength::{SHORTEST, Strength},
};

/// The places that can be chosen, the best first.
pub(super) fn offered(places: PasswordPlaces) -> Vec<PasswordStorage> {
    let mut offered = vec![];
    if places.keyring {
        offered.push(PasswordStorage::Keyring);
    }
    offered.extend([PasswordStorage::SealedFile, PasswordStorage::Ask]);
    offered
}

/// The name of a place.
pub(super) fn name(storage: PasswordStorage) -> String {
    match storage {
        PasswordStorage::Keyring => gettext("Keyring"),
        PasswordStorage::SealedFile => gettext("Sealed file"),
        PasswordStorage::Ask => gettext("Ask each time"),
    }
}

/// What it means to choose a place.
pub(super) fn meaning(storage: PasswordStorage, places: PasswordPlaces) -> String {
    match storage {
        PasswordStorage::Keyring => gettext(
            "The keyring of this system keeps the password; it opens when you log in to the desktop.",
        ),
        PasswordStorage::SealedFile => match places.sealed_file {
            SealedFile::Absent => gettext(
                "A file that a passphrase of yours opens. You enter it once at each start. There is no way back in without it.",
            ),
            SealedFile::Locked => {
                gettext("The file with your other passwords. Enter its passphrase to add this one.")
            }
            SealedFile::Open => gettext("The file with your other passwords."),
        },
        PasswordStorage::Ask => {
            gettext("The password is kept nowhere. Tessera asks for it at each start.")
        }
    }
}

/// What to say about a keyring that is not there.
pub(super) fn note(places: PasswordPlaces) -> Option<String> {
    (!places.keyring).then(|| gettext("No keyring answers on this system."))
}

/// What stands in the passphrase fields, and whether it can be used.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) enum Entered {
    /// None is needed.
    #[default]
    NotNeeded,
    /// One is needed and not there yet; why.
    Missing(String),
    /// This one.
    Given(Secret),
}

/// Judges the passphrase fields.
pub(super) fn judge(
    storage: PasswordStorage,
    file: SealedFile,
    passphrase: &str,
    repeated: &str,
) -> Entered {
    match (storage, file) {
        (PasswordStorage::Keyring | PasswordStorage::Ask, _) | (_, SealedFile::Open) => {
            Entered::NotNeeded
        }
        (PasswordStorage::SealedFile, SealedFile::Locked) if passphrase.is_empty() => {
            Entered::Missing(gettext("Enter the passphrase of the sealed file."))
        }
        (PasswordStorage::SealedFile, SealedFile::Locked) => {
            Entered::Given(Secret::new(passphrase))
        }
        (PasswordStorage::SealedFile, SealedFile::Absent) => judge_new(passphrase, repeated),
    }
}

/// Judges a new passphrase.
fn judge_new(passphrase: &str, repeated: &str) -> Entered {
    if passphrase.chars().count() < SHORTEST {
        Entered::Missing(Strength::TooShort.hint())
    } else if passphrase != repeated {
        Entered::Missing(gettext("The two passphrases are not the same."))
    } else {
        Entered::Given(Secret::new(passphrase))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: PasswordPlaces = PasswordPlaces {
        keyring: false,
        sealed_file: SealedFile::Absent,
    };

    #[test]
    fn only_a_keyring_that_answers_is_offered() {
        assert_eq!(
            offered(BARE),
            [PasswordStorage::SealedFile, PasswordStorage::Ask]
        );
        assert!(note(BARE).is_some());
        let with = PasswordPlaces {
            keyring: true,
            ..BARE
        };
        assert_eq!(offered(with)[0], PasswordStorage::Keyring);
        assert_eq!(note(with), None);
    }

    #[test]
    fn a_new_sealed_file_needs_the_same_long_passphrase_twice() {
        let judge = |a, b| judge(PasswordStorage::SealedFile, SealedFile::Absent, a, b);
        assert!(matches!(judge("short", "short"), Entered::Missing(_)));
        assert!(matches!(
            judge("long enough", "long enoug"),
            Entered::Missing(_)
        ));
        assert_eq!(
            judge("long enough", "long enough"),
            Entered::Given(Secret::new("long enough"))
        );
    }

    #[test]
    fn a_passphrase_is_asked_for_only_where_it_opens_something() {
        for (storage, file) in [
            (PasswordStorage::Keyring, SealedFile::Locked),
            (PasswordStorage::Ask, SealedFile::Absent),
            (PasswordStorage::SealedFile, SealedFile::Open),
        ] {
            assert_eq!(judge(storage, file, "", ""), Entered::NotNeeded);
        }
        let locked = |text| judge(PasswordStorage::SealedFile, SealedFile::Locked, text, "");
        assert!(matches!(locked(""), Entered::Missing(_)));
        assert_eq!(locked("x"), Entered::Given(Secret::new("x")));
    }
}
