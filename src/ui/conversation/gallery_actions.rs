//! Pages of the gallery: what is done with messages.

use gtk::prelude::*;
use relm4::prelude::*;

use super::{Conversation, Input, gallery::everyday, sample, versions};
use crate::{
    model::Version,
    ui::{
        gallery::{Page, frame, keep},
        jump::{Jump, Purpose},
    },
};

const MINUTE: i64 = 60 * 1000;

/// All pages of what is done with messages.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "conversation-selection",
        open: selection,
    },
    Page {
        name: "message-versions",
        open: versions_page,
    },
    Page {
        name: "forward",
        open: || {
            keep(
                Jump::builder()
                    .launch((everyday().0, Purpose::Forward))
                    .detach(),
            )
        },
    },
];

/// Messages that are chosen.
fn selection() -> gtk::Window {
    let (handle, id) = everyday();
    let newest = handle.reader().newest_messages(id, 4).unwrap_or_default();
    let conversation = Conversation::builder().launch(handle).detach();
    conversation.emit(Input::Folded(false));
    conversation.emit(Input::Open(id));
    let sender = conversation.sender().clone();
    // Once the chat has been read.
    gtk::glib::timeout_add_local_once(std::time::Duration::from_millis(300), move || {
        let mut ids = newest.iter().map(|message| message.id);
        if let (Some(first), Some(second)) = (ids.next(), ids.next()) {
            sender.emit(Input::SelectPressed(first));
            sender.emit(Input::SelectToggled {
                message: second,
                extend: false,
            });
        }
    });
    frame(conversation, 640, 640)
}

fn versions_page() -> gtk::Window {
    let texts = [
        "At ten at the statoin",
        "At ten at the station",
        "At ten at the station, at the small café on the other side of the square; the one with the green door.",
    ];
    let versions: Vec<Version> = (0..)
        .zip(texts)
        .map(|(n, body)| Version {
            body: body.into(),
            at: sample::NOW.plus_millis(n * 3 * MINUTE),
        })
        .collect();
    versions::window(&versions).upcast()
}
