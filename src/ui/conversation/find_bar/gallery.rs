//! Pages of the gallery: searching in one chat.

use std::time::Duration;

use gtk::{glib, prelude::*};
use relm4::prelude::*;

use crate::ui::{
    conversation::{Conversation, Input, gallery::long},
    gallery::{Page, frame},
};

/// All pages of the bar.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "find-bar",
        open: || searching("fox 17"),
    },
    Page {
        name: "find-bar-nothing",
        open: || searching("zeppelin"),
    },
];

fn searching(typed: &'static str) -> gtk::Window {
    let (handle, chat) = long(400);
    let conversation = Conversation::builder().launch(handle).detach();
    conversation.emit(Input::Open(chat));
    conversation.emit(Input::Search);
    let entry = conversation.model().find_bar.model().entry.clone();
    // The bar takes what is typed when it is open.
    glib::timeout_add_local(Duration::from_millis(10), move || {
        if !entry.is_mapped() {
            return glib::ControlFlow::Continue;
        }
        entry.set_text(typed);
        glib::ControlFlow::Break
    });
    frame(conversation, 640, 640)
}
