//! The menu of a message, and the questions it leads to.

use adw::prelude::*;
use gtk::{gdk, gio};

use crate::{
    chat_scene::ChatScene,
    stage::{all, settle},
};

/// The row of the message with this text.
pub(crate) fn row_of(scene: &ChatScene, body: &str) -> gtk::Widget {
    let label = all::<gtk::Label>(&scene.list())
        .into_iter()
        .find(|label| label.widget_name() == "message-body" && label.text() == body)
        .unwrap();
    let mut widget: gtk::Widget = label.upcast();
    while widget.type_().name() != "TesseraTimelineRow" {
        widget = widget.parent().unwrap();
    }
    widget
}

/// Chooses something in the menu of a message, by the keyboard.
pub(crate) fn choose(scene: &ChatScene, body: &str, entry: &str) {
    let row = row_of(scene, body);
    assert!(row.grab_focus());
    scene.press(&scene.list(), gdk::Key::Menu, gdk::ModifierType::empty());
    let menu = all::<gtk::PopoverMenu>(&row).pop().unwrap();
    let entries = entries(&menu);
    let place = entries.iter().position(|offered| offered == entry);
    let place = place.unwrap_or_else(|| panic!("{entry} is not among {entries:?}"));
    menu.activate_action(&format!("row.entry-{place}"), None)
        .unwrap();
    menu.popdown();
    settle();
}

/// What a menu offers.
pub(crate) fn entries(menu: &gtk::PopoverMenu) -> Vec<String> {
    let model = menu.menu_model().unwrap();
    let text = |section: &gio::MenuModel, n: i32| {
        let label = section.item_attribute_value(n, gio::MENU_ATTRIBUTE_LABEL, None);
        label.and_then(|label| label.get::<String>()).unwrap()
    };
    (0..model.n_items())
        .filter_map(|n| model.item_link(n, gio::MENU_LINK_SECTION))
        .flat_map(|section| (0..section.n_items()).map(move |n| text(&section, n)))
        .collect()
}

/// Answers the question that is asked now.
pub(crate) fn answer(response: &str) {
    let dialog = gtk::Window::list_toplevels()
        .into_iter()
        .filter_map(|window| window.downcast::<adw::MessageDialog>().ok())
        .find(|dialog| dialog.is_visible())
        .expect("a question");
    dialog.response(response);
    dialog.close();
    settle();
}
