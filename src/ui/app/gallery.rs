//! Pages of the gallery: the main window.

use relm4::prelude::*;

use super::{App, Input, Start};
use crate::{
    ui::gallery::{Page, handle, keep, sample},
    worker::Handle,
};

/// All pages of the main window.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "window",
        open: || {
            let handle = sample::alice();
            let first = handle.reader().conversations().unwrap_or_default();
            let app = app(handle);
            if let Some(chat) = first.iter().find(|chat| !chat.pinned) {
                app.emit(Input::OpenChat(chat.id));
            }
            keep(app)
        },
    },
    Page {
        name: "window-no-chat",
        open: || keep(app(sample::alice())),
    },
    Page {
        name: "window-first-run",
        open: || keep(app(handle())),
    },
];

fn app(handle: Handle) -> Controller<App> {
    let start = Start::read(handle).expect("a store in memory can be read");
    App::builder().launch(start).detach()
}
