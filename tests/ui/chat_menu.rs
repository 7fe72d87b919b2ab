//! What can be done with a whole chat, from its header and from the list.

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;
use tessera::ui::{conversation::Input, gallery::sample};

use crate::{
    chat_scene::ChatScene,
    message_menu::{answer, entries},
    stage::{all, by_name, settle, wait},
};

/// Chooses something in the menu of the chat.
fn choose(scene: &ChatScene, entry: &str) {
    let button: gtk::MenuButton = by_name(scene.conversation.widget(), "chat-menu");
    let menu = button.popover().and_downcast::<gtk::PopoverMenu>().unwrap();
    let place = entries(&menu).iter().position(|offered| offered == entry);
    menu.activate_action(&format!("row.entry-{}", place.unwrap()), None)
        .unwrap();
    settle();
}

#[gtk::test]
fn a_date_leads_to_the_first_message_of_that_day() {
    const HOUR: i64 = 3_600_000;
    let scene = ChatScene::made(|_| {});
    let noon = glib::DateTime::from_local(2024, 5, 1, 12, 0, 0.0).unwrap();
    let noon = tessera::model::Timestamp(noon.to_unix() * 1000);
    scene.write(|txn| {
        for n in 0..600 {
            let at = noon.plus_millis(n * 12 * HOUR);
            let last = sample::hears(txn, scene.bob, &format!("message {n}"), at)?;
            txn.mark_read(scene.bob, last)?;
        }
        Ok(())
    });
    scene.conversation.emit(Input::Open(scene.bob));
    wait("the end", || scene.sees("message 599"));
    choose(&scene, "Go to Date…");
    let menu: gtk::MenuButton = by_name(scene.conversation.widget(), "chat-menu");
    let calendar = || {
        all::<gtk::Calendar>(&menu)
            .into_iter()
            .find(|c| c.is_mapped())
    };
    wait("the calendar", || calendar().is_some());
    let day = glib::DateTime::from_local(2024, 6, 10, 15, 0, 0.0).unwrap();
    calendar().unwrap().select_day(&day);
    by_name::<gtk::Button>(&menu, "go-to-day").emit_clicked();
    // Two messages a day from the first of May on, at noon and at midnight.
    wait("the day", || scene.sees("message 79"));
    assert!(!scene.bodies().contains(&"message 599".to_owned()));
    wait("no calendar any more", || calendar().is_none());
}

#[gtk::test]
fn deleting_a_chat_names_what_is_lost() {
    let scene = ChatScene::with_messages(7);
    choose(&scene, "Delete Chat…");
    let question = || {
        gtk::Window::list_toplevels()
            .into_iter()
            .filter_map(|window| window.downcast::<adw::MessageDialog>().ok())
            .find(|dialog| dialog.is_visible())
    };
    wait("the question", || question().is_some());
    let words = question().unwrap().body();
    assert!(words.starts_with("7 messages are removed"), "{words}");
    answer("cancel");
    assert!(!scene.notebook.has("Delete("));
    choose(&scene, "Delete Chat…");
    wait("the question", || question().is_some());
    answer("yes");
    wait("the order", || {
        scene.notebook.has(&format!("Delete({:?})", scene.bob))
    });
}

#[gtk::test]
fn a_chat_is_put_away_from_its_header() {
    let scene = ChatScene::with_messages(3);
    choose(&scene, "Put Away");
    wait("the order", || {
        scene.notebook.has(&format!("Archive({:?})", scene.bob))
    });
    assert!(!scene.text().is_mapped(), "it is not shown any more");
    scene.conversation.emit(Input::Open(scene.bob));
    wait("the chat", || scene.text().is_mapped());
    scene.press(&scene.text(), gdk::Key::Escape, gdk::ModifierType::empty());
}
