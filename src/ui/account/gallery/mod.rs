//! Gallery pages of the dialogs about accounts.

mod certificates;
mod logins;

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
];
