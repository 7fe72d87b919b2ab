//! What is said about the login of an account.

use crate::{
    i18n::{gettext, gettext_f},
    model::{Fingerprint, PasswordStorage},
    ui::untrusted_text::isolated,
};

/// Longest name of a mechanism that is shown, in characters.
const MAX_MECHANISM: usize = 40;

/// How well the password is protected while logging in.
pub(super) fn strength(mechanism: Option<&str>) -> String {
    let Some(mechanism) = mechanism else {
        return gettext("Not known yet: this account has not logged in.");
    };
    let name = isolated(mechanism, MAX_MECHANISM);
    let values: &[(&str, &str)] = &[("name", &name)];
    if mechanism.starts_with("SCRAM-") && mechanism.ends_with("-PLUS") {
        gettext_f(
            "{name}: the server proves who it is, over this very connection, and never sees the password.",
            values,
        )
    } else if mechanism.starts_with("SCRAM-") {
        gettext_f(
            "{name}: the server proves that it knows you and never sees the password.",
            values,
        )
    } else if mechanism == "PLAIN" {
        gettext_f("{name}: the server sees the password itself.", values)
    } else {
        name
    }
}

/// Which certificate is pinned.
pub(super) fn pin(pin: Option<Fingerprint>) -> String {
    match pin {
        Some(fingerprint) => gettext_f(
            "Only this one is accepted (SHA-256): {digits}",
            &[("digits", &fingerprint.to_hex())],
        ),
        None => gettext("None: the certificate must be valid for the server's name."),
    }
}

/// Where the password is.
pub(super) fn storage(storage: PasswordStorage) -> String {
    match storage {
        PasswordStorage::Keyring => gettext("Kept in the keyring of this system."),
        PasswordStorage::SealedFile => gettext("Kept in the file that your passphrase opens."),
        PasswordStorage::Ask => gettext("Kept nowhere; asked for at each start."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mechanism_has_its_words() {
        let all = [
            None,
            Some("SCRAM-SHA-256-PLUS"),
            Some("SCRAM-SHA-1"),
            Some("PLAIN"),
            Some("X-\u{202e}NEW"),
        ]
        .map(strength);
        for (place, words) in all.iter().enumerate() {
            assert!(!all[..place].contains(words), "{words}");
            assert!(!words.contains("{name}") && !words.contains('\u{202e}'));
        }
    }
}
