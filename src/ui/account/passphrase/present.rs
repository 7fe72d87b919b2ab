//! What the dialog says, and whether a new passphrase can be taken.

use super::Purpose;
use crate::{
    i18n::gettext,
    model::Secret,
    ui::account::strength::{SHORTEST, Strength},
};

impl Purpose {
    /// Whether a passphrase is chosen, and thus entered twice.
    pub(super) fn is_new(self) -> bool {
        match self {
            Self::NewProfile | Self::NewPasswords => true,
            Self::OpenProfile | Self::OpenPasswords => false,
        }
    }

    /// The heading.
    pub(super) fn title(self) -> String {
        match self {
            Self::NewProfile => gettext("Choose a passphrase for your chats"),
            Self::OpenProfile => gettext("Unlock your chats"),
            Self::NewPasswords => gettext("Choose a passphrase for your passwords"),
            Self::OpenPasswords => gettext("Unlock your passwords"),
        }
    }

    /// What it means.
    pub(super) fn meaning(self) -> String {
        match self {
            Self::NewProfile => gettext(
                "Everything that Tessera keeps on this computer is encrypted with it. You enter it at each start. If you forget it, nobody can open your chats again.",
            ),
            Self::OpenProfile => gettext(
                "Everything that Tessera keeps on this computer is encrypted. Enter the passphrase that you chose for it.",
            ),
            Self::NewPasswords => gettext(
                "The passwords of your accounts are put into a file that only this passphrase opens. You enter it once at each start. If you forget it, you need the passwords themselves again.",
            ),
            Self::OpenPasswords => gettext(
                "The passwords of your accounts are in a file that only your passphrase opens.",
            ),
        }
    }

    /// The name of the button.
    pub(super) fn action(self) -> String {
        if self.is_new() {
            gettext("Choose")
        } else {
            gettext("Unlock")
        }
    }
}

/// The passphrase that was entered, or why it cannot be taken.
pub(super) fn judge(
    purpose: Purpose,
    passphrase: &Secret,
    repeated: &Secret,
) -> Result<(), String> {
    if passphrase.is_empty() {
        Err(gettext("Enter a passphrase."))
    } else if !purpose.is_new() {
        Ok(())
    } else if passphrase.reveal().chars().count() < SHORTEST {
        Err(Strength::TooShort.hint())
    } else if passphrase != repeated {
        Err(gettext("The two passphrases are not the same."))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_new_passphrase_must_be_long_and_the_same_twice() {
        let judge =
            |purpose, a: &str, b: &str| judge(purpose, &Secret::new(a), &Secret::new(b)).is_ok();
        for purpose in [Purpose::OpenProfile, Purpose::OpenPasswords] {
            assert!(judge(purpose, "x", ""));
            assert!(!judge(purpose, "", ""));
        }
        for purpose in [Purpose::NewProfile, Purpose::NewPasswords] {
            assert!(judge(purpose, "long enough", "long enough"));
            assert!(!judge(purpose, "long enough", "long enougH"));
            assert!(!judge(purpose, "short", "short"));
        }
    }
}
