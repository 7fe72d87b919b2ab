//! Questions about passwords and passphrases.

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    model::{
        Account, AccountId, Failure, FailureKind, OwnPresence, PasswordStorage, parse_address,
    },
    ui::{
        account::{
            passphrase::{self, PassphraseDialog, Purpose},
            password::{self, PasswordDialog},
            questions,
        },
        failure_text::describe,
        gallery::{handle, keep},
    },
};

pub(super) fn plain() -> gtk::Window {
    questions::dialog(&questions::plain_question("example.org")).upcast()
}

pub(super) fn weaker() -> gtk::Window {
    questions::dialog(&questions::weaker_question(
        "SCRAM-SHA-256-PLUS",
        "SCRAM-SHA-1",
    ))
    .upcast()
}

/// An account that does not exist.
pub(super) fn account() -> Account {
    Account {
        id: AccountId(1),
        jid: parse_address("alice@example.org").expect("this address is valid"),
        enabled: true,
        endpoint: None,
        proxy: None,
        resource: "Tessera.1".into(),
        allow_plain: false,
        password_storage: PasswordStorage::Keyring,
        nickname: String::new(),
        presence: OwnPresence::default(),
        position: 0,
    }
}

pub(super) fn password_refused() -> gtk::Window {
    let dialog = PasswordDialog::builder().launch(password::Init {
        handle: handle(),
        account: account(),
        failure: Failure::new(FailureKind::WrongPassword),
    });
    keep(dialog.detach())
}

pub(super) fn passphrase_new() -> gtk::Window {
    keep(
        PassphraseDialog::builder()
            .launch(Purpose::NewProfile)
            .detach(),
    )
}

pub(super) fn passphrase_wrong() -> gtk::Window {
    let dialog = PassphraseDialog::builder()
        .launch(Purpose::OpenPasswords)
        .detach();
    let why = describe(&FailureKind::WrongPassphrase.into());
    dialog.emit(passphrase::Input::Refused(why.paragraph()));
    keep(dialog)
}
