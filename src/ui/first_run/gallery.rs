//! Pages of the gallery: the first run.

use relm4::prelude::*;

use super::{FirstRun, Input, Page as Shown};
use crate::ui::gallery::{Page, frame, handle};

/// All pages of the first run.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "welcome",
        open: || first_run(Shown::Welcome),
    },
    Page {
        name: "welcome-log-in",
        open: || first_run(Shown::LogIn),
    },
    Page {
        name: "welcome-care",
        open: || first_run(Shown::Care),
    },
];

fn first_run(page: Shown) -> gtk::Window {
    let first_run = FirstRun::builder().launch(handle()).detach();
    first_run.emit(Input::Show(page));
    frame(first_run, 720, 620)
}
