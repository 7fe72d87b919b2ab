//! Pages of the gallery: the sidebar, filled and empty.

use gtk::prelude::*;
use relm4::prelude::*;

use super::{Input, Page as List, Sidebar};
use crate::{
    ui::{
        gallery::{Page, frame, handle, sample},
        search,
    },
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
        name: "search",
        open: || searching(sample::alice_who_talked(), "the tra has:wings"),
    },
    Page {
        name: "search-nothing",
        open: || searching(sample::alice(), "zeppelin"),
    },
    Page {
        name: "search-help",
        open: || {
            let popover = gtk::Popover::new();
            let content = search::help::content(&gtk::SearchEntry::new(), &popover);
            content.set_valign(gtk::Align::Start);
            adw::Window::builder().content(&content).build().upcast()
        },
    },
    Page {
        name: "sidebar-empty",
        open: || sidebar(handle(), List::Chats),
    },
];

fn searching(handle: Handle, typed: &str) -> gtk::Window {
    let sidebar = Sidebar::builder().launch(handle).detach();
    sidebar.model().search.set_text(typed);
    let window = frame(sidebar, 320, 640);
    window.set_title(Some("Tessera"));
    window
}

fn sidebar(handle: Handle, list: List) -> gtk::Window {
    let sidebar = Sidebar::builder().launch(handle).detach();
    sidebar.emit(Input::Show(list));
    let window = frame(sidebar, 320, 640);
    window.set_title(Some("Tessera"));
    window
}
