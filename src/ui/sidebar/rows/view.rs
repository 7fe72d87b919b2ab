//! A scrolling list of rows, and what the person does to them.
//! Knows nothing of what follows from that.

use std::{cell::Cell, rc::Rc};

use gtk::{gdk, glib, prelude::*};

use super::{Key, Row, RowObject, RowWidget};
use crate::{
    store::Reader,
    timeline::Keyed,
    ui::{accessible, list::List},
};

/// What the person did to a row.
#[derive(Debug)]
pub(crate) enum RowEvent {
    /// Chose it.
    Activated(Row),
    /// Wants to know what can be done, at this place of the list.
    MenuWanted {
        /// With which row.
        row: Row,
        /// Where, from the left of the list.
        x: i32,
        /// Where, from the top of the list.
        y: i32,
    },
    /// Pressed the key that renames.
    RenameWanted(Row),
    /// Pressed the key that removes.
    RemoveWanted(Row),
    /// Dropped one on another.
    Dropped {
        /// What was dragged.
        dragged: Row,
        /// Where it was dropped.
        on: Row,
    },
}

/// Frames after which a list is laid out around a row, if it ever will be.
const LAID_OUT: u32 = 10;

type Report = Rc<dyn Fn(RowEvent)>;

/// A scrolling list of rows.
pub(crate) struct RowsView {
    list: List<RowObject>,
    view: gtk::ListView,
    scroller: gtk::ScrolledWindow,
}

impl RowsView {
    /// An empty list that tells what the person does; pictures come from the reader.
    pub(crate) fn new(label: &str, reader: Reader, report: impl Fn(RowEvent) + 'static) -> Self {
        let report: Report = Rc::new(report);
        let list = List::<RowObject>::new();
        // Which row is the current one is part of the row: hovering and moving must not change it.
        let selection = gtk::NoSelection::new(Some(list.model().clone()));
        let view = gtk::ListView::new(Some(selection), Some(factory(reader, &report)));
        view.set_single_click_activate(true);
        view.add_css_class("navigation-sidebar");
        view.add_css_class("sidebar-list");
        accessible::set_label(&view, label);
        let activated = report.clone();
        view.connect_activate(move |view, position| {
            let object = view
                .model()
                .and_then(|model| model.item(position))
                .and_downcast::<RowObject>();
            if let Some(object) = object {
                activated(RowEvent::Activated(object.row()));
            }
        });
        view.add_controller(keys(&report));
        let scroller = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .child(&view)
            .build();
        Self {
            list,
            view,
            scroller,
        }
    }

    /// The widget to put into the window.
    pub(crate) fn widget(&self) -> &gtk::ScrolledWindow {
        &self.scroller
    }

    /// The list itself, for the place of menus.
    pub(crate) fn list_view(&self) -> &gtk::ListView {
        &self.view
    }

    /// Shows exactly these rows.
    pub(crate) fn show(&self, rows: &[Row]) {
        self.list.show(rows);
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> u32 {
        self.list.len()
    }

    /// The row at a place.
    pub(crate) fn row(&self, position: u32) -> Option<Row> {
        self.list.row(position)
    }

    /// Tells when the last rows are in sight or will be soon.
    pub(crate) fn when_near_end(&self, report: impl Fn() + 'static) {
        let check = move |place: &gtk::Adjustment| {
            let page = place.page_size();
            if page > 0.0 && place.upper() - place.value() - page < page {
                report();
            }
        };
        let check = Rc::new(check);
        let place = self.scroller.vadjustment();
        place.connect_changed({
            let check = check.clone();
            move |place| check(place)
        });
        place.connect_value_changed(move |place| check(place));
    }

    /// Gives the focus to a row; without that row, to the list.
    pub(crate) fn focus(&self, key: Option<&Key>) {
        let Some(key) = key.filter(|key| self.list.position(key).is_some()) else {
            self.view.grab_focus();
            return;
        };
        if focus_row(&self.view, key) {
            return;
        }
        // Rows far out of sight have no widgets until the list was laid out around them.
        self.reveal(key);
        let (key, ticks) = (key.clone(), Cell::new(0));
        self.view.add_tick_callback(move |view, _| {
            ticks.set(ticks.get() + 1);
            if focus_row(view, &key) || ticks.get() == LAID_OUT {
                glib::ControlFlow::Break
            } else {
                glib::ControlFlow::Continue
            }
        });
    }

    /// Brings a row into sight.
    pub(crate) fn reveal(&self, key: &Key) {
        let Some(position) = self.list.position(key) else {
            return;
        };
        let view = self.view.downgrade();
        // GTK 4.8 has only the action, and loses it in the turn in which rows came.
        glib::idle_add_local_once(move || {
            if let Some(view) = view.upgrade() {
                let _ = view.activate_action("list.scroll-to-item", Some(&position.to_variant()));
            }
        });
    }
}

/// Gives the focus to a row that has a widget.
fn focus_row(view: &gtk::ListView, key: &Key) -> bool {
    let mut next = view.first_child();
    while let Some(item) = next {
        let row = item.first_child().and_downcast::<RowWidget>();
        if row
            .and_then(|row| row.row())
            .is_some_and(|row| row.key() == *key)
        {
            return item.grab_focus();
        }
        next = item.next_sibling();
    }
    false
}

/// Makes the widgets of rows; everything is connected once.
fn factory(reader: Reader, report: &Report) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let report = report.clone();
    factory.connect_setup(move |_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else {
            return;
        };
        let widget = RowWidget::new(reader.clone());
        item.set_child(Some(&widget));
        follow(item);
        widget.add_controller(menu_click(&report));
        widget.add_controller(menu_press(&report));
        widget.add_controller(drag());
        widget.add_controller(drop_target(&report));
    });
    factory
}

/// Fills the widget whenever another row comes under it or its row changes.
fn follow(item: &gtk::ListItem) {
    let weak = item.downgrade();
    item.property_expression("item")
        .chain_property::<RowObject>("revision")
        .watch(Some(item), move || {
            let Some(item) = weak.upgrade() else { return };
            let object = item.item().and_downcast::<RowObject>();
            let widget = item.child().and_downcast::<RowWidget>();
            if let (Some(object), Some(widget)) = (object, widget) {
                widget.show_row(&object.row());
            }
        });
}

/// The second button asks for the menu.
fn menu_click(report: &Report) -> gtk::GestureClick {
    let gesture = gtk::GestureClick::builder()
        .button(gdk::BUTTON_SECONDARY)
        .build();
    let report = report.clone();
    gesture.connect_pressed(move |gesture, _, x, y| {
        gesture.set_state(gtk::EventSequenceState::Claimed);
        ask_for_menu(gesture.upcast_ref(), x, y, &report);
    });
    gesture
}

/// A long press of a finger asks for the menu.
fn menu_press(report: &Report) -> gtk::GestureLongPress {
    let gesture = gtk::GestureLongPress::builder().touch_only(true).build();
    let report = report.clone();
    gesture.connect_pressed(move |gesture, x, y| {
        gesture.set_state(gtk::EventSequenceState::Claimed);
        ask_for_menu(gesture.upcast_ref(), x, y, &report);
    });
    gesture
}

fn ask_for_menu(controller: &gtk::EventController, x: f64, y: f64, report: &Report) {
    let widget = controller.widget().and_downcast::<RowWidget>();
    if let Some(widget) = widget {
        want_menu(&widget, x, y, report);
    }
}

fn want_menu(widget: &RowWidget, x: f64, y: f64, report: &Report) {
    let list = widget.ancestor(gtk::ListView::static_type());
    let place = list.and_then(|list| widget.translate_coordinates(&list, x, y));
    if let (Some((x, y)), Some(row)) = (place, widget.row()) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "places on a screen are small"
        )]
        report(RowEvent::MenuWanted {
            row,
            x: x as i32,
            y: y as i32,
        });
    }
}

/// Keys that mean the focused row.
fn keys(report: &Report) -> gtk::EventControllerKey {
    let keys = gtk::EventControllerKey::new();
    let report = report.clone();
    keys.connect_key_pressed(move |keys, key, _, state| {
        let focused = keys.widget().and_then(|list| list.focus_child());
        let widget = focused
            .and_then(|item| item.first_child())
            .and_downcast::<RowWidget>();
        let Some((widget, row)) = widget.and_then(|widget| Some((widget.clone(), widget.row()?)))
        else {
            return glib::Propagation::Proceed;
        };
        let shift = state.contains(gdk::ModifierType::SHIFT_MASK);
        match key {
            gdk::Key::F2 => report(RowEvent::RenameWanted(row)),
            gdk::Key::Delete | gdk::Key::KP_Delete => report(RowEvent::RemoveWanted(row)),
            gdk::Key::Menu => want_menu(&widget, 24.0, 24.0, &report),
            gdk::Key::F10 if shift => want_menu(&widget, 24.0, 24.0, &report),
            _ => return glib::Propagation::Proceed,
        }
        glib::Propagation::Stop
    });
    keys
}

/// Contacts can be dragged, within this program only: what is dragged is our own object.
fn drag() -> gtk::DragSource {
    let drag = gtk::DragSource::builder()
        .actions(gdk::DragAction::MOVE)
        .build();
    drag.connect_prepare(|drag, _, _| {
        let widget = drag.widget().and_downcast::<RowWidget>()?;
        let row @ Row::Contact(_) = widget.row()? else {
            return None;
        };
        let object = <RowObject as crate::ui::list::RowObject>::from_row(&row);
        Some(gdk::ContentProvider::for_value(&object.to_value()))
    });
    drag.connect_drag_begin(|drag, _| {
        let widget = drag.widget();
        drag.set_icon(Some(&gtk::WidgetPaintable::new(widget.as_ref())), 0, 0);
    });
    drag
}

/// Groups, and contacts as members of theirs, take what is dragged.
fn drop_target(report: &Report) -> gtk::DropTarget {
    let target = gtk::DropTarget::new(RowObject::static_type(), gdk::DragAction::MOVE);
    let report = report.clone();
    target.connect_drop(move |target, value, _, _| {
        let on = target
            .widget()
            .and_downcast::<RowWidget>()
            .and_then(|widget| widget.row());
        let dragged = value.get::<RowObject>().ok().map(|object| object.row());
        match (dragged, on) {
            (Some(dragged), Some(on @ (Row::Group(_) | Row::Contact(_)))) => {
                report(RowEvent::Dropped { dragged, on });
                true
            }
            _ => false,
        }
    });
    target
}
