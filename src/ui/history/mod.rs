//! Dialogs that take history out and bring it in.

mod export;
pub mod gallery;
mod import;
mod present;

use relm4::prelude::*;

pub use export::{Chat, ExportWindow, Input as ExportInput};
pub use import::{ImportWindow, Input as ImportInput, Stage as ImportStage};

use super::dialog;
use crate::worker::Handle;

/// Opens the dialog that exports all chats, or one.
pub fn open_export(parent: &gtk::Window, handle: &Handle, chat: Option<Chat>) {
    let window = ExportWindow::builder().launch((handle.clone(), chat));
    dialog::open(window.detach(), Some(parent));
}

/// Opens the dialog that imports history of files and other programs.
pub fn open_import(parent: &gtk::Window, handle: &Handle) {
    let window =
        ImportWindow::builder().launch((handle.clone(), ImportStage::Choosing(Vec::new())));
    dialog::open(window.detach(), Some(parent));
}
