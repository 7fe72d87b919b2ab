//! Pages of the gallery: the sidebar, filled and empty.

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    Input, Page as List, Sidebar,
    chats::{self, Chats},
};
use crate::{
    model::ConversationId,
    store::StoreError,
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
        name: "chats-put-away",
        open: put_away,
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

/// The chats that were put away, and below them how the way there looks.
fn put_away() -> gtk::Window {
    let handle = sample::alice_with(|store| {
        let put_away: Result<(), StoreError> = store.write(|txn| {
            for chat in [ConversationId(1), ConversationId(2)] {
                txn.archive_conversation(chat)?;
            }
            Ok(())
        });
        if let Err(error) = put_away {
            tracing::error!(%error, "the made-up chats cannot be put away");
        }
        Handle::for_gallery(store.clone())
    });
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .homogeneous(true)
        .build();
    let chats: Vec<_> = [true, false]
        .into_iter()
        .map(|away| {
            let chats = Chats::builder().launch(handle.clone()).detach();
            chats.emit(chats::Input::ShowAway(away));
            column.append(chats.widget());
            chats
        })
        .collect();
    let window = adw::Window::builder()
        .default_width(320)
        .default_height(640)
        .content(&column)
        .build();
    let chats = std::cell::RefCell::new(Some(chats));
    window.connect_destroy(move |_| drop(chats.take()));
    window.upcast()
}

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
