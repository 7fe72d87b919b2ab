//! The menu of a row, made when it is asked for.

use gtk::{gdk, gio, prelude::*};

/// One entry: its text and what happens.
pub(crate) struct Entry {
    /// The text.
    pub(crate) label: String,
    /// What happens.
    pub(crate) act: Box<dyn Fn()>,
}

impl Entry {
    /// An entry.
    pub(crate) fn new(label: String, act: impl Fn() + 'static) -> Self {
        Self {
            label,
            act: Box::new(act),
        }
    }
}

/// A menu of sections.
pub(crate) fn build(sections: Vec<Vec<Entry>>) -> gtk::PopoverMenu {
    let group = gio::SimpleActionGroup::new();
    let menu = gio::Menu::new();
    let mut number = 0;
    for section in sections.into_iter().filter(|section| !section.is_empty()) {
        let part = gio::Menu::new();
        for entry in section {
            let name = format!("entry-{number}");
            number += 1;
            let action = gio::SimpleAction::new(&name, None);
            action.connect_activate(move |_, _| (entry.act)());
            group.add_action(&action);
            part.append(Some(&entry.label), Some(&format!("row.{name}")));
        }
        menu.append_section(None, &part);
    }
    let popover = gtk::PopoverMenu::from_model(Some(&menu));
    popover.insert_action_group("row", Some(&group));
    popover
}

/// Opens a menu of sections at a place of a widget; it goes away when it is closed.
pub(crate) fn open(over: &impl IsA<gtk::Widget>, x: i32, y: i32, sections: Vec<Vec<Entry>>) {
    let popover = build(sections);
    popover.set_has_arrow(false);
    popover.set_halign(gtk::Align::Start);
    popover.set_pointing_to(Some(&gdk::Rectangle::new(x, y, 1, 1)));
    popover.set_parent(over);
    popover.connect_closed(|popover| {
        // The action of an entry runs after its menu has closed.
        let popover = popover.clone();
        gtk::glib::idle_add_local_once(move || popover.unparent());
    });
    // In the turn in which it was made, a menu is measured too low for its last entry.
    gtk::glib::idle_add_local_once(move || popover.popup());
}
