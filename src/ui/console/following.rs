//! Keeps the newest line in view as long as nobody scrolls up.
//! Knows nothing of what the lines are.

use std::{cell::Cell, rc::Rc};

use gtk::{glib, prelude::*};

/// Distance from the end that still counts as being there, in pixels.
const TOLERANCE: f64 = 4.0;

/// A list in its scrolled window.
pub(super) struct Following(Rc<State>);

struct State {
    view: gtk::ListView,
    window: gtk::ScrolledWindow,
    /// Whether the newest line is to be seen.
    is_at_end: Cell<bool>,
    /// Whether the list is about to be laid out: then it is the list that moves, and not a person.
    is_due: Cell<bool>,
}

impl Following {
    pub(super) fn new(view: &gtk::ListView) -> Self {
        let state = Rc::new(State {
            view: view.clone(),
            window: gtk::ScrolledWindow::builder().child(view).build(),
            is_at_end: Cell::new(true),
            is_due: Cell::new(false),
        });
        let place = state.window.vadjustment();
        let weak = Rc::downgrade(&state);
        place.connect_value_changed(move |place| {
            if let Some(state) = weak.upgrade().filter(|state| !state.is_due.get()) {
                let left = place.upper() - place.page_size() - place.value();
                state.is_at_end.set(left < TOLERANCE);
            }
        });
        let weak = Rc::downgrade(&state);
        place.connect_changed(move |_| {
            if let Some(state) = weak.upgrade() {
                Self(state).list_changed();
            }
        });
        Self(state)
    }

    pub(super) fn widget(&self) -> &gtk::ScrolledWindow {
        &self.0.window
    }

    /// Lines came or went.
    pub(super) fn list_changed(&self) {
        if self.0.is_due.replace(true) {
            return;
        }
        let weak = Rc::downgrade(&self.0);
        // A frame begins with its ticks and ends with the layout: what a change does to it is known in the second tick.
        let is_first = Cell::new(true);
        self.0.view.add_tick_callback(move |_, _| {
            let Some(state) = weak.upgrade() else {
                return glib::ControlFlow::Break;
            };
            if is_first.replace(false) {
                return glib::ControlFlow::Continue;
            }
            if state.is_at_end.get() {
                let place = state.window.vadjustment();
                place.set_value(place.upper());
            }
            state.is_due.set(false);
            glib::ControlFlow::Break
        });
    }
}
