//! Gallery pages of the dialogs about accounts.

mod accounts;
mod certificates;
mod logins;
mod registrations;
mod secrets;

use crate::{
    store::Store,
    ui::gallery::Page,
    worker::{Handle, StandIn},
};

/// The pages.
pub const PAGES: &[Page] = &[
    Page {
        name: "login",
        open: logins::empty,
    },
    Page {
        name: "login-failed",
        open: logins::failed,
    },
    Page {
        name: "login-trying",
        open: logins::trying,
    },
    Page {
        name: "registration-server",
        open: registrations::server,
    },
    Page {
        name: "registration-form",
        open: registrations::form,
    },
    Page {
        name: "registration-taken",
        open: registrations::taken,
    },
    Page {
        name: "certificate",
        open: certificates::unknown_issuer,
    },
    Page {
        name: "certificate-changed",
        open: certificates::changed,
    },
    Page {
        name: "certificate-unusable",
        open: certificates::unusable,
    },
    Page {
        name: "question-plain",
        open: secrets::plain,
    },
    Page {
        name: "question-weaker",
        open: secrets::weaker,
    },
    Page {
        name: "password",
        open: secrets::password_refused,
    },
    Page {
        name: "passphrase-new",
        open: secrets::passphrase_new,
    },
    Page {
        name: "passphrase-wrong",
        open: secrets::passphrase_wrong,
    },
    Page {
        name: "accounts",
        open: accounts::list,
    },
    Page {
        name: "account",
        open: accounts::page,
    },
    Page {
        name: "account-history",
        open: accounts::history,
    },
    Page {
        name: "account-history-stopped",
        open: accounts::history_stopped,
    },
    Page {
        name: "account-profile",
        open: accounts::profile,
    },
    Page {
        name: "account-blocked",
        open: accounts::blocked,
    },
    Page {
        name: "account-password",
        open: accounts::change_password,
    },
    Page {
        name: "account-remove",
        open: accounts::remove,
    },
];

/// A handle on an empty store with these answers.
fn with(stand_in: impl StandIn + 'static) -> Handle {
    let store = Store::in_memory().expect("SQLite can always keep something in memory");
    Handle::with_stand_in(store, stand_in)
}
