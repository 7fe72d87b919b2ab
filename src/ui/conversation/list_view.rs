//! The view of a chat's rows: made once, with all handlers on the list and none on its rows.

use std::rc::Rc;

use gtk::{gdk, gio, glib, prelude::*};

use super::{
    Input,
    row::{RowContext, TimelineObject, TimelineRow},
};
use crate::{i18n::gettext, ui::accessible};

/// A view of this model.
pub(super) fn build(model: &gio::ListStore, context: &Rc<RowContext>) -> gtk::ListView {
    let view = gtk::ListView::builder()
        .model(&gtk::NoSelection::new(Some(model.clone())))
        .factory(&factory(context))
        .css_classes(["timeline"])
        .name("timeline")
        // Rows get their natural height; otherwise late changes of height make the view jump.
        .vscroll_policy(gtk::ScrollablePolicy::Natural)
        .build();
    accessible::set_label(&view, &gettext("Messages"));
    add_keys(&view, context);
    add_pointer(&view, context);
    view
}

fn factory(context: &Rc<RowContext>) -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    let context = Rc::clone(context);
    factory.connect_setup(move |_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else {
            return;
        };
        item.set_selectable(false);
        item.set_activatable(false);
        item.set_child(Some(&TimelineRow::new(Rc::clone(&context))));
    });
    factory.connect_bind(|_, item| {
        if let Some((item, row)) = parts(item)
            && let Some(object) = item.item().and_downcast::<TimelineObject>()
        {
            row.follow(&object);
        }
    });
    factory.connect_unbind(|_, item| {
        if let Some((_, row)) = parts(item) {
            row.release();
        }
    });
    factory
}

fn parts(item: &glib::Object) -> Option<(&gtk::ListItem, TimelineRow)> {
    let item = item.downcast_ref::<gtk::ListItem>()?;
    let row = item.child().and_downcast::<TimelineRow>()?;
    Some((item, row))
}

/// The row around a widget or a place in the view.
fn row_around(widget: &gtk::Widget) -> Option<TimelineRow> {
    match widget.downcast_ref::<TimelineRow>() {
        Some(row) => Some(row.clone()),
        None => widget
            .ancestor(TimelineRow::static_type())
            .and_downcast::<TimelineRow>(),
    }
}

/// The row at a place of the view.
pub(super) fn row_at(view: &gtk::ListView, x: f64, y: f64) -> Option<TimelineRow> {
    row_around(&view.pick(x, y, gtk::PickFlags::DEFAULT)?)
}

/// The row that has the keyboard focus, in itself or in a part of it.
pub(super) fn focused_row(view: &gtk::ListView) -> Option<TimelineRow> {
    let focus = view.root()?.focus()?;
    focus.is_ancestor(view).then(|| row_around(&focus))?
}

/// All rows that are alive.
pub(super) fn live_rows(view: &gtk::ListView) -> impl Iterator<Item = TimelineRow> {
    let mut next = view.first_child();
    std::iter::from_fn(move || {
        let item = next.take()?;
        next = item.next_sibling();
        Some(item.first_child().and_downcast::<TimelineRow>())
    })
    .flatten()
}

/// Arrow and page keys move from message to message by themselves; Tab leaves the list instead of visiting every row of
/// it, the menu key opens the actions, and Ctrl+C copies.
fn add_keys(view: &gtk::ListView, context: &Rc<RowContext>) {
    let keys = gtk::EventControllerKey::new();
    keys.set_propagation_phase(gtk::PropagationPhase::Capture);
    let sender = context.sender.clone();
    let list = view.downgrade();
    keys.connect_key_pressed(move |_, key, _, state| {
        let Some(row) = list.upgrade().and_then(|list| focused_row(&list)) else {
            return glib::Propagation::Proceed;
        };
        let shift = state.contains(gdk::ModifierType::SHIFT_MASK);
        match key {
            gdk::Key::Tab | gdk::Key::ISO_Left_Tab | gdk::Key::KP_Tab
                if !state.contains(gdk::ModifierType::CONTROL_MASK) =>
            {
                let backward = shift || key == gdk::Key::ISO_Left_Tab;
                let direction = if backward {
                    gtk::DirectionType::TabBackward
                } else {
                    gtk::DirectionType::TabForward
                };
                // Links and buttons inside the row come first.
                if !focus_inside(&row, direction) {
                    sender.emit(Input::ListLeft { backward });
                }
            }
            gdk::Key::Menu => open_actions(&sender, &row),
            gdk::Key::F10 if shift => open_actions(&sender, &row),
            _ => return glib::Propagation::Proceed,
        }
        glib::Propagation::Stop
    });
    view.add_controller(keys);
}

/// Moves the focus to the next link or button of a row, if there is one. GTK would stop at the text: labels without a link
/// say that they have taken the focus even when they cannot.
fn focus_inside(row: &TimelineRow, direction: gtk::DirectionType) -> bool {
    let stops = stops(row.upcast_ref());
    let focus = row.root().and_then(|root| root.focus());
    let place = focus
        .as_ref()
        .and_then(|focus| stops.iter().position(|stop| stop == focus));
    // A text with several links goes through them by itself.
    if place
        .is_some_and(|place| stops[place].is::<gtk::Label>() && stops[place].child_focus(direction))
    {
        return true;
    }
    let next = match (direction, place) {
        (gtk::DirectionType::TabBackward, None) => None,
        (gtk::DirectionType::TabBackward, Some(0)) => return row.grab_focus(),
        (gtk::DirectionType::TabBackward, Some(place)) => Some(place - 1),
        (_, None) => Some(0),
        (_, Some(place)) => Some(place + 1),
    };
    let next = next.and_then(|next| stops.get(next));
    next.is_some_and(|next| next.child_focus(direction) || next.grab_focus())
}

/// What can have the focus inside a row, in order.
fn stops(widget: &gtk::Widget) -> Vec<gtk::Widget> {
    let mut stops = Vec::new();
    let mut next = widget.first_child();
    while let Some(child) = next {
        next = child.next_sibling();
        if !child.is_mapped() || !child.is_sensitive() || child.is::<gtk::Popover>() {
            continue;
        }
        if child.is_focusable() {
            stops.push(child);
        } else {
            stops.extend(self::stops(&child));
        }
    }
    stops
}

fn open_actions(sender: &relm4::Sender<Input>, row: &TimelineRow) {
    if let Some(message) = row.message() {
        sender.emit(Input::ActionsPressed(message));
    }
}

/// The row under the pointer shows its button; the second button opens the actions.
fn add_pointer(view: &gtk::ListView, context: &Rc<RowContext>) {
    let hovered: Rc<glib::WeakRef<TimelineRow>> = Rc::default();
    let motion = gtk::EventControllerMotion::new();
    let list = view.downgrade();
    motion.connect_motion({
        let hovered = Rc::clone(&hovered);
        move |_, x, y| {
            let row = list.upgrade().and_then(|list| row_at(&list, x, y));
            let before = hovered.upgrade();
            if before != row {
                if let Some(before) = before {
                    before.set_hovered(false);
                }
                if let Some(row) = &row {
                    row.set_hovered(true);
                }
                hovered.set(row.as_ref());
            }
        }
    });
    motion.connect_leave(move |_| {
        if let Some(before) = hovered.upgrade() {
            before.set_hovered(false);
        }
        hovered.set(None);
    });
    view.add_controller(motion);

    add_choosing(view, context);
    let click = gtk::GestureClick::builder()
        .button(gdk::BUTTON_SECONDARY)
        .propagation_phase(gtk::PropagationPhase::Capture)
        .build();
    let list = view.downgrade();
    let sender = context.sender.clone();
    click.connect_pressed(move |gesture, _, x, y| {
        let Some(row) = list.upgrade().and_then(|list| row_at(&list, x, y)) else {
            return;
        };
        if row.message().is_some() {
            gesture.set_state(gtk::EventSequenceState::Claimed);
            open_actions(&sender, &row);
        }
    });
    view.add_controller(click);
}

/// While messages are chosen, a click anywhere on one chooses it or gives it up; with Shift, all from the last one on.
fn add_choosing(view: &gtk::ListView, context: &Rc<RowContext>) {
    let click = gtk::GestureClick::builder()
        .button(gdk::BUTTON_PRIMARY)
        .propagation_phase(gtk::PropagationPhase::Capture)
        .build();
    let list = view.downgrade();
    let context = Rc::clone(context);
    click.connect_pressed(move |gesture, _, x, y| {
        if context.selected.borrow().is_none() {
            return;
        }
        let Some(row) = list.upgrade().and_then(|list| row_at(&list, x, y)) else {
            return;
        };
        if let Some(message) = row.message() {
            gesture.set_state(gtk::EventSequenceState::Claimed);
            row.grab_focus();
            let state = gesture.current_event_state();
            context.sender.emit(Input::SelectToggled {
                message,
                extend: state.contains(gdk::ModifierType::SHIFT_MASK),
            });
        }
    });
    view.add_controller(click);
}
