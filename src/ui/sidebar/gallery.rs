//! Pages of the gallery: the sidebar, filled and empty.

use gtk::prelude::*;
use relm4::prelude::*;

use super::{Input, Page as List, Sidebar};
use crate::{
    ui::gallery::{Page, frame, handle, sample},
    worker::Handle,
};

/// All pages of the sidebar.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "chats",
        open: || sidebar(sample::alice(), List::Chats),
    },
    Page {
        name: "contacts",
        open: || sidebar(sample::alice(), List::Contacts),
    },
    Page {
        name: "contacts-5000",
        open: || sidebar(sample::crowd(5000), List::Contacts),
    },
    Page {
        name: "strangers",
        open: || sidebar(sample::alice(), List::Strangers),
    },
    Page {
        name: "sidebar-empty",
        open: || sidebar(handle(), List::Chats),
    },
];

fn sidebar(handle: Handle, list: List) -> gtk::Window {
    let sidebar = Sidebar::builder().launch(handle).detach();
    sidebar.emit(Input::Show(list));
    let window = frame(sidebar, 320, 640);
    window.set_title(Some("Tessera"));
    window
}
