//! Gallery pages of the dialogs about accounts.

mod certificates;
mod logins;
mod secrets;

use crate::ui::gallery::Page;

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
];
