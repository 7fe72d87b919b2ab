//! Follows the newest message or keeps its place, and asks for more before the end of what is loaded is seen.
//! Knows rows only by their keys; what to hold on to is decided by [`Stick`].

use std::{cell::Cell, rc::Rc};

use gtk::{glib, prelude::*};

use super::{
    Input, list_view,
    row::{TimelineObject, TimelineRow},
};
use crate::{
    timeline::{RowKey, Stick},
    ui::list::List,
};

/// How far from an end of the list more is asked for, in pages of the view: far enough that a person who scrolls does not
/// get there before the page does.
const AHEAD: f64 = 2.0;
/// How many frames in a row the end is gone to: heights are estimates until rows have been laid out.
const MAX_TRIES: u32 = 8;
/// Distance from the end that still counts as being there, in pixels.
const TOLERANCE: f64 = 2.0;

/// What the list has beyond its loaded ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Ends {
    /// Whether more can be had above, and nobody has asked yet.
    pub(super) older: bool,
    /// Whether more can be had below, and nobody has asked yet.
    pub(super) newer: bool,
    /// Whether stored messages follow the loaded ones, asked for or not.
    pub(super) has_newer: bool,
}

/// The scrolling of one view.
#[derive(Clone)]
pub(super) struct Scrolling(Rc<State>);

struct State {
    view: gtk::ListView,
    window: gtk::ScrolledWindow,
    list: Rc<List<TimelineObject>>,
    sender: relm4::Sender<Input>,
    stick: Cell<Stick>,
    ends: Cell<Ends>,
    /// A row to go to as soon as the list is laid out.
    target: Cell<Option<RowKey>>,
    /// A row that somebody looks for, and whether it takes the focus.
    sought: Cell<Option<(RowKey, bool)>>,
    is_scheduled: Cell<bool>,
    /// How often the end was not reached since the list changed.
    tries: Cell<u32>,
    last: Cell<View>,
}

/// Where the view is, in pixels.
#[derive(Clone, Copy, Debug, Default)]
struct View {
    value: f64,
    upper: f64,
    page_size: f64,
}

impl Scrolling {
    /// Watches the scrolling of a view.
    pub(super) fn new(
        view: &gtk::ListView,
        window: &gtk::ScrolledWindow,
        list: &Rc<List<TimelineObject>>,
        sender: &relm4::Sender<Input>,
    ) -> Self {
        let scrolling = Self(Rc::new(State {
            view: view.clone(),
            window: window.clone(),
            list: Rc::clone(list),
            sender: sender.clone(),
            stick: Cell::default(),
            ends: Cell::default(),
            target: Cell::default(),
            sought: Cell::default(),
            is_scheduled: Cell::new(false),
            tries: Cell::new(0),
            last: Cell::default(),
        }));
        let adjustment = window.vadjustment();
        let weak = Rc::downgrade(&scrolling.0);
        // Both fire on one layout; the work is done once, in the next frame.
        for property in ["upper", "page-size"] {
            let weak = weak.clone();
            adjustment.connect_notify_local(Some(property), move |_, _| {
                if let Some(state) = weak.upgrade() {
                    Self(state).schedule();
                }
            });
        }
        adjustment.connect_value_changed(move |_| {
            if let Some(state) = weak.upgrade() {
                Self(state).moved();
            }
        });
        scrolling
    }

    /// What is held on to.
    pub(super) fn stick(&self) -> Stick {
        self.0.stick.get()
    }

    /// Says what is beyond the loaded ends, and asks for it when it will be seen soon.
    pub(super) fn set_ends(&self, ends: Ends) {
        self.0.ends.set(ends);
        self.schedule();
    }

    /// Follows the newest message from now on.
    pub(super) fn go_to_end(&self) {
        self.0.target.set(None);
        self.0.sought.set(None);
        self.stick_to(Stick::Bottom);
        self.list_changed();
    }

    /// Follows the newest message unless this row would then be above the view: then goes there.
    pub(super) fn go_to(&self, key: RowKey) {
        self.go_to_end();
        self.0.target.set(Some(key));
    }

    /// Brings a row into the middle of the view and stays there; `focus`: and gives it the keyboard focus.
    pub(super) fn reveal(&self, key: RowKey, focus: bool) {
        self.0.target.set(None);
        self.0.sought.set(Some((key, focus)));
        self.stick_to(Stick::Held { anchor: key });
        self.list_changed();
    }

    /// Rows were added, changed or removed.
    pub(super) fn list_changed(&self) {
        self.0.tries.set(0);
        self.schedule();
    }

    /// Whether the newest message is visible.
    pub(super) fn is_at_end(&self) -> bool {
        let adjustment = self.0.window.vadjustment();
        !self.0.ends.get().has_newer
            && adjustment.upper() - adjustment.page_size() - adjustment.value() < TOLERANCE
    }

    /// The view moved. A person moves it up while everything keeps its size; when sizes change at the same time, that is
    /// the list keeping its place, as long as a frame is due.
    fn moved(&self) {
        let adjustment = self.0.window.vadjustment();
        let before = self.remember();
        let is_same_layout = (adjustment.upper() - before.upper).abs() < 0.5
            && (adjustment.page_size() - before.page_size).abs() < 0.5;
        let is_upwards = adjustment.value() < before.value;
        let by_person = is_upwards && (is_same_layout || !self.0.is_scheduled.get());
        if self.is_at_end() {
            self.reach_end();
        } else if by_person || !self.stick().is_bottom() {
            let lowest = self.lowest_visible();
            let has_newer = self.0.ends.get().has_newer;
            self.stick_to(self.stick().scrolled(false, has_newer, lowest));
        }
        self.ask_for_more();
    }

    fn stick_to(&self, stick: Stick) {
        let before = self.0.stick.replace(stick);
        if before.is_bottom() != stick.is_bottom() {
            self.0.sender.emit(Input::StickChanged);
        }
    }

    /// Whether the beginning of a row is visible.
    fn is_visible(&self, key: RowKey) -> bool {
        let bounds = self
            .live_row(key)
            .and_then(|row| row.compute_bounds(&self.0.view));
        bounds.is_some_and(|bounds| bounds.y() >= 0.0)
    }

    /// The lowest row that is visible, or the one above a gap between rows.
    fn lowest_visible(&self) -> Option<RowKey> {
        let view = &self.0.view;
        let x = f64::from(view.width()) / 2.0;
        let bottom = f64::from(view.height());
        [8.0, 24.0, 48.0]
            .into_iter()
            .find_map(|above| list_view::row_at(view, x, bottom - above)?.key())
    }

    /// Does what is due when the list has been laid out; many changes before that are one. While the
    /// view is not shown there are no frames, and nothing is due.
    fn schedule(&self) {
        if self.0.is_scheduled.replace(true) {
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
            state.is_scheduled.set(false);
            Self(state).settle();
            glib::ControlFlow::Break
        });
    }

    fn settle(&self) {
        let count = self.0.list.len();
        if count == 0 || self.0.window.vadjustment().upper() < 1.0 {
            return;
        }
        if let Some((key, focus)) = self.0.sought.get() {
            if self.seek(key) {
                return;
            }
            self.0.sought.set(None);
            if focus && let Some(row) = self.live_row(key) {
                row.grab_focus();
            }
        }
        if self.is_at_end() {
            self.0.tries.set(0);
        }
        let must_follow = self.stick().is_bottom() && !self.0.ends.get().has_newer;
        if must_follow && !self.is_at_end() && self.0.tries.get() < MAX_TRIES {
            self.0.tries.set(self.0.tries.get() + 1);
            self.scroll_to(count - 1);
            self.schedule();
            return;
        }
        if let Some(key) = self.0.target.take()
            && let Some(position) = self.0.list.position(&key)
            && !self.is_visible(key)
        {
            self.stick_to(Stick::Held { anchor: key });
            self.scroll_to(position);
            self.schedule();
            return;
        }
        self.remember();
        if self.is_at_end() {
            self.reach_end();
        }
        self.ask_for_more();
    }

    /// Comes nearer to having a row in the middle; answers whether another step is due.
    fn seek(&self, key: RowKey) -> bool {
        let Some(position) = self.0.list.position(&key) else {
            return false;
        };
        let adjustment = self.0.window.vadjustment();
        let height = adjustment.page_size();
        let bounds = self
            .live_row(key)
            .and_then(|row| row.compute_bounds(&self.0.view));
        let top = bounds.as_ref().map(|bounds| f64::from(bounds.y()));
        let tries = self.0.tries.get();
        self.0.tries.set(tries + 1);
        match (bounds, top) {
            (Some(bounds), Some(top)) if top < height && top + f64::from(bounds.height()) > 0.0 => {
                let middle = (top + f64::from(bounds.height()) / 2.0).min(top + height / 2.0);
                let before = adjustment.value();
                adjustment.set_value(before + middle - height / 2.0);
                self.stick_to(Stick::Held { anchor: key });
                if (adjustment.value() - before).abs() < TOLERANCE || tries >= MAX_TRIES {
                    return false;
                }
            }
            _ if tries >= MAX_TRIES => return false,
            _ => self.scroll_to(position),
        }
        self.schedule();
        true
    }

    /// The widget that shows a row now.
    fn live_row(&self, key: RowKey) -> Option<TimelineRow> {
        list_view::live_rows(&self.0.view).find(|row| row.key() == Some(key))
    }

    /// Remembers where the view is; answers where it was before.
    fn remember(&self) -> View {
        let adjustment = self.0.window.vadjustment();
        self.0.last.replace(View {
            value: adjustment.value(),
            upper: adjustment.upper(),
            page_size: adjustment.page_size(),
        })
    }

    fn reach_end(&self) {
        self.stick_to(Stick::Bottom);
        self.0.sender.emit(Input::EndSeen);
    }

    /// Scrolls as far as needed to see a row whole; GTK has a function for it from 4.12 on, the action since 4.0.
    fn scroll_to(&self, position: u32) {
        let target = position.to_variant();
        if let Err(error) = self
            .0
            .view
            .activate_action("list.scroll-to-item", Some(&target))
        {
            tracing::error!(%error, "a list cannot scroll to an item");
        }
    }

    fn ask_for_more(&self) {
        let adjustment = self.0.window.vadjustment();
        let page = adjustment.page_size();
        if page <= 0.0 {
            return;
        }
        let ends = self.0.ends.get();
        let below = adjustment.upper() - page - adjustment.value();
        if ends.older && adjustment.value() < AHEAD * page {
            self.0.ends.set(Ends {
                older: false,
                ..ends
            });
            self.0.sender.emit(Input::NearOldest);
        }
        let ends = self.0.ends.get();
        if ends.newer && below < AHEAD * page {
            self.0.ends.set(Ends {
                newer: false,
                ..ends
            });
            self.0.sender.emit(Input::NearNewest);
        }
    }
}
