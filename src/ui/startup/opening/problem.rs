//! Why a profile could not be opened, in sentences, and the ways on.
//! Knows nothing of widgets.

use std::error::Error;

use crate::{
    i18n::{gettext, gettext_f},
    profile::ProfileError,
    store::OpenError,
    ui::{
        failure_text::{Explanation, describe_open_error},
        untrusted_text::isolated,
    },
};

/// Longest words of the system that are shown, in characters.
const MAX_QUOTE: usize = 200;

/// What happened and what can be done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    /// What happened.
    pub(crate) text: Explanation,
    /// The ways on, the best one first; quitting is always possible.
    pub(crate) ways: Vec<Way>,
}

/// A way on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// Try the same again.
    TryAgain,
    /// Protect the profile with a passphrase instead of the keyring.
    ChoosePassphrase,
    /// Look into the folder.
    OpenFolder,
}

impl Way {
    /// What its button says.
    pub(crate) fn label(self) -> String {
        match self {
            Self::TryAgain => gettext("Try Again"),
            Self::ChoosePassphrase => gettext("Choose a Passphrase…"),
            Self::OpenFolder => gettext("Open the Folder"),
        }
    }
}

/// Why a profile cannot be used; a new one may still be protected in another way.
pub(crate) fn explain(error: &ProfileError, is_new: bool) -> Problem {
    use ProfileError as P;
    use Way::{OpenFolder, TryAgain};
    let (title, meaning, advice, ways) = match error {
        P::BadName => (
            gettext("This is not a name of a profile"),
            gettext(
                "A name has letters, digits, blanks and a few signs, and is not longer than 64 bytes.",
            ),
            gettext(
                "Start Tessera with another name after --profile, or with the path of a folder.",
            ),
            vec![],
        ),
        P::NoHome => (
            gettext("There is no place for the profile"),
            gettext("This system does not say where data of programs belongs."),
            gettext(
                "Set the variable HOME, or start Tessera with --profile and the path of a folder.",
            ),
            vec![],
        ),
        P::NotAProfile(folder) => (
            gettext("This folder is not a profile"),
            gettext_f(
                "There are other things in {folder}. Nothing has been changed.",
                &[(
                    "folder",
                    &isolated(&folder.display().to_string(), MAX_QUOTE),
                )],
            ),
            gettext("Name an empty folder, or one that does not exist yet."),
            vec![],
        ),
        P::Locked => (
            gettext("This profile is open already"),
            gettext("Another Tessera is using it, and two at once would damage it."),
            gettext("Go to its window, or close it and try again."),
            vec![TryAgain],
        ),
        P::Unreadable(error) => return of_database(&OpenError::Io(error_copy(error))),
        P::KeyringUnavailable { reason } => return no_keyring(reason, is_new),
        P::KeyringEntryMissing => (
            gettext("The key is not in the keyring"),
            gettext(
                "The chats of this profile are encrypted, and the keyring does not give their key. It may be locked, or another one may be in use.",
            ),
            gettext(
                "Unlock the keyring in which the key was kept, then try again. Nothing has been changed.",
            ),
            vec![TryAgain, OpenFolder],
        ),
        P::WrongPassphrase => (
            gettext("The passphrase is wrong"),
            gettext("It does not open the chats of this profile."),
            gettext("Try again."),
            vec![TryAgain],
        ),
        P::OtherKeySource => (
            gettext("The key of this profile is somewhere else"),
            gettext("The profile was changed while it was opened."),
            gettext("Try again."),
            vec![TryAgain],
        ),
        P::Database(error) => return of_database(error),
    };
    Problem {
        text: Explanation {
            title,
            meaning,
            advice,
            quote: None,
        },
        ways,
    }
}

fn no_keyring(reason: &str, is_new: bool) -> Problem {
    let (advice, ways) = if is_new {
        (
            gettext(
                "Start or unlock the keyring and try again, or choose a passphrase that you enter at each start.",
            ),
            vec![Way::ChoosePassphrase, Way::TryAgain],
        )
    } else {
        (
            gettext("Start or unlock the keyring, then try again. Nothing has been changed."),
            vec![Way::TryAgain],
        )
    };
    Problem {
        text: Explanation {
            title: gettext("There is no keyring"),
            meaning: gettext(
                "Your chats are kept encrypted, and their key belongs into the keyring of the desktop, which does not answer.",
            ),
            advice,
            quote: quote(reason),
        },
        ways,
    }
}

/// Why the program could not start after the profile was open.
pub(crate) fn explain_start(error: &dyn Error) -> Problem {
    Problem {
        text: Explanation {
            title: gettext("Tessera could not start"),
            meaning: gettext(
                "The profile is in order, but the system did not give what the program needs.",
            ),
            advice: gettext("Close other programs and try again."),
            quote: quote(&error.to_string()),
        },
        ways: vec![Way::TryAgain],
    }
}

fn of_database(error: &OpenError) -> Problem {
    let ways = match error {
        OpenError::Newer { .. } => vec![Way::OpenFolder],
        OpenError::DiskFull => vec![Way::TryAgain],
        OpenError::KeyOrDamage | OpenError::Damaged(_) => vec![Way::OpenFolder, Way::TryAgain],
        OpenError::Io(_) => vec![Way::TryAgain, Way::OpenFolder],
    };
    Problem {
        text: describe_open_error(error),
        ways,
    }
}

/// An error of the system cannot be cloned; its kind and words can.
fn error_copy(error: &std::io::Error) -> std::io::Error {
    std::io::Error::new(error.kind(), error.to_string())
}

fn quote(words: &str) -> Option<String> {
    (!words.trim().is_empty()).then(|| {
        gettext_f(
            "The system says: “{words}”",
            &[("words", &isolated(words, MAX_QUOTE))],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors() -> Vec<ProfileError> {
        vec![
            ProfileError::BadName,
            ProfileError::NoHome,
            ProfileError::NotAProfile("/home/x".into()),
            ProfileError::Locked,
            ProfileError::Unreadable(std::io::Error::other("no")),
            ProfileError::KeyringUnavailable {
                reason: "no bus".into(),
            },
            ProfileError::KeyringEntryMissing,
            ProfileError::WrongPassphrase,
            ProfileError::OtherKeySource,
            OpenError::KeyOrDamage.into(),
            OpenError::Newer { found: 9, known: 1 }.into(),
            OpenError::DiskFull.into(),
            OpenError::Damaged("page 3".into()).into(),
        ]
    }

    #[test]
    fn every_error_has_sentences_of_its_own() {
        let texts: Vec<Explanation> = errors()
            .iter()
            .map(|error| explain(error, true).text)
            .collect();
        for (place, text) in texts.iter().enumerate() {
            assert!(
                !texts[..place].iter().any(|t| t.title == text.title),
                "{text:?}"
            );
            assert!(
                text.meaning.ends_with('.') && text.advice.ends_with('.'),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_profile_is_never_replaced() {
        // No way on makes a new database where there is one: those are for the person to move.
        for error in [
            ProfileError::KeyringEntryMissing,
            OpenError::KeyOrDamage.into(),
            OpenError::Newer { found: 9, known: 1 }.into(),
        ] {
            assert!(
                !explain(&error, true).ways.contains(&Way::ChoosePassphrase),
                "{error}"
            );
        }
    }

    #[test]
    fn only_a_new_profile_can_do_without_its_keyring() {
        let error = ProfileError::KeyringUnavailable {
            reason: String::new(),
        };
        assert!(explain(&error, true).ways.contains(&Way::ChoosePassphrase));
        assert!(!explain(&error, false).ways.contains(&Way::ChoosePassphrase));
    }

    #[test]
    fn what_may_pass_can_be_tried_again() {
        for error in [
            ProfileError::Locked,
            ProfileError::KeyringEntryMissing,
            OpenError::DiskFull.into(),
        ] {
            assert!(
                explain(&error, true).ways.contains(&Way::TryAgain),
                "{error}"
            );
        }
    }
}
