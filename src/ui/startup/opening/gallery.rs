//! Pages of the gallery: everything that can keep the main window from opening.

use relm4::prelude::*;

use super::{Begin, Opening, Pretended, Stage, problem::explain};
use crate::{
    profile::ProfileError,
    store::OpenError,
    ui::{
        account::passphrase::Purpose,
        gallery::{Page, keep},
    },
};

/// All pages of the window before the main window.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "startup-working",
        open: || opening(Stage::Working),
    },
    Page {
        name: "startup-passphrase",
        open: || opening(Stage::Locked(Purpose::OpenProfile)),
    },
    Page {
        name: "startup-no-keyring",
        open: || {
            stuck(&ProfileError::KeyringUnavailable {
                reason: "org.freedesktop.secrets was not provided by any .service files".into(),
            })
        },
    },
    Page {
        name: "startup-in-use",
        open: || stuck(&ProfileError::Locked),
    },
    Page {
        name: "startup-newer",
        open: || stuck(&OpenError::Newer { found: 9, known: 1 }.into()),
    },
    Page {
        name: "startup-damaged",
        open: || stuck(&OpenError::Damaged("row 3 missing from index message_order".into()).into()),
    },
    Page {
        name: "startup-disk-full",
        open: || stuck(&OpenError::DiskFull.into()),
    },
];

fn stuck(error: &ProfileError) -> gtk::Window {
    opening(Stage::Stuck(explain(error, true)))
}

fn opening(stage: Stage) -> gtk::Window {
    let opening = Opening::builder().launch(Begin::Pretend(Pretended(stage)));
    keep(opening.detach())
}
