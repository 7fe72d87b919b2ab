//! Failures of passwords and logins.

use super::Explanation;
use crate::{
    i18n::{gettext, gettext_f},
    ui::untrusted_text::isolated,
};

/// Longest name of a login mechanism that is shown, in characters; the longest known one has 18.
const MAX_MECHANISM: usize = 40;

pub(super) fn password_needed() -> Explanation {
    Explanation::new(
        gettext("Password needed"),
        gettext("Tessera does not have the password of this account."),
        gettext("Enter the password to connect."),
    )
}

pub(super) fn wrong_password() -> Explanation {
    Explanation::new(
        gettext("Wrong address or password"),
        gettext("The server does not accept this name with this password."),
        gettext("Check both; capital letters matter in the password."),
    )
}

pub(super) fn account_disabled() -> Explanation {
    Explanation::new(
        gettext("The account is disabled"),
        gettext("The server knows the account but does not let it log in."),
        gettext("Ask those who run the server."),
    )
}

pub(super) fn plain_refused() -> Explanation {
    Explanation::new(
        gettext("The server wants to see the password itself"),
        gettext(
            "It offers only logins in which the password is sent to it, protected by encryption on the way but readable to the server. Nothing was sent.",
        ),
        gettext("Allow this only if you trust the server, or ask those who run it for SCRAM."),
    )
}

pub(super) fn weaker_login(before: &str, now: &str) -> Explanation {
    Explanation::new(
        gettext("The server offers a weaker login than before"),
        gettext_f(
            "It used to offer {before} and now offers at most {now}. Somebody between you and the server may be trying to get at your password. Nothing was sent.",
            &[
                ("before", &isolated(before, MAX_MECHANISM)),
                ("now", &isolated(now, MAX_MECHANISM)),
            ],
        ),
        gettext("Ask those who run the server whether they changed this, before you accept it."),
    )
}

pub(super) fn server_not_authentic() -> Explanation {
    Explanation::new(
        gettext("The server could not prove that it knows you"),
        gettext(
            "A server that keeps your account can prove it during the login, and this one failed. It may not be the server it claims to be.",
        ),
        gettext("Do not enter your password anywhere else, and ask those who run the server."),
    )
}

pub(super) fn no_mechanism() -> Explanation {
    Explanation::new(
        gettext("No common way to log in"),
        gettext("The server offers no kind of login that Tessera knows."),
        gettext("Ask those who run the server to offer SCRAM-SHA-256 or SCRAM-SHA-1."),
    )
}

pub(super) fn more_steps(steps: &str) -> Explanation {
    let meaning = if steps.is_empty() {
        gettext(
            "The password was right, but the server asks for a further step that Tessera cannot do.",
        )
    } else {
        gettext_f(
            "The password was right, but the server asks for a further step that Tessera cannot do: {steps}.",
            &[("steps", &isolated(steps, MAX_MECHANISM))],
        )
    };
    Explanation::new(
        gettext("The server wants more than the password"),
        meaning,
        gettext(
            "Ask those who run the server for a password for this device alone, or for a login without that step.",
        ),
    )
}

pub(super) fn keyring() -> Explanation {
    Explanation::new(
        gettext("The stored password cannot be reached"),
        gettext("The keyring of this system does not answer, or it stayed locked."),
        gettext(
            "Unlock the keyring, or choose another place for the password in the account's settings.",
        ),
    )
}

pub(super) fn passwords_locked() -> Explanation {
    Explanation::new(
        gettext("Your passwords are locked"),
        gettext("They are in a file that only your passphrase opens."),
        gettext("Enter the passphrase to connect."),
    )
}

pub(super) fn wrong_passphrase() -> Explanation {
    Explanation::new(
        gettext("Wrong passphrase"),
        gettext("This passphrase does not open it."),
        gettext("Try again; capital letters and spaces matter."),
    )
}
