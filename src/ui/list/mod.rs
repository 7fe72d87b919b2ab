//! A list of plain GObjects that changes by the smallest splices, so that views keep their place.
//! Knows nothing of what the rows show.

use std::cell::RefCell;

use gtk::{gio, glib, prelude::*};

use crate::timeline::{Changes, Keyed, changes};

/// A GObject that shows one row; its properties are bound to widgets once, in the factory's `setup`.
pub trait RowObject: IsA<glib::Object> {
    /// The plain value behind the row.
    type Row: Keyed + Clone + PartialEq + 'static;

    /// A new object with this content.
    fn from_row(row: &Self::Row) -> Self;

    /// Gives an object new content; must set only properties that differ, so that widgets do no needless work.
    fn update(&self, row: &Self::Row);
}

/// A `gio::ListStore` of row objects together with the plain rows it shows.
pub struct List<O: RowObject> {
    store: gio::ListStore,
    rows: RefCell<Vec<O::Row>>,
}

impl<O: RowObject> Default for List<O> {
    fn default() -> Self {
        Self {
            store: gio::ListStore::new::<O>(),
            rows: RefCell::new(Vec::new()),
        }
    }
}

impl<O: RowObject> std::fmt::Debug for List<O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("rows", &self.rows.borrow().len())
            .finish_non_exhaustive()
    }
}

impl<O: RowObject> List<O> {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// The model to give to a view.
    pub fn model(&self) -> &gio::ListStore {
        &self.store
    }

    /// Shows exactly these rows, by the fewest changes.
    pub fn show(&self, rows: &[O::Row]) {
        let changes = changes(&self.rows.borrow(), rows);
        self.apply(changes);
    }

    /// Applies changes that were made for exactly the rows shown now. Changes that do not fit are cut to what is there.
    pub fn apply(&self, changes: Changes<O::Row>) {
        for splice in changes.splices {
            let objects: Vec<O> = splice.added.iter().map(O::from_row).collect();
            let length = self.store.n_items();
            let position = splice.position.min(length);
            let removed = splice.removed.min(length - position);
            // The plain rows first: handlers of `items-changed` may ask for them.
            self.rows.borrow_mut().splice(
                position as usize..(position + removed) as usize,
                splice.added,
            );
            self.store.splice(position, removed, &objects);
        }
        for (position, row) in changes.updates {
            let Some(object) = self.store.item(position).and_downcast::<O>() else {
                continue;
            };
            object.update(&row);
            if let Some(place) = self.rows.borrow_mut().get_mut(position as usize) {
                *place = row;
            }
        }
    }

    /// Number of rows.
    pub fn len(&self) -> u32 {
        self.store.n_items()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The object at a position.
    pub fn object(&self, position: u32) -> Option<O> {
        self.store.item(position).and_downcast::<O>()
    }

    /// The position of the row with this key.
    pub fn position(&self, key: &<O::Row as Keyed>::Key) -> Option<u32> {
        let place = self
            .rows
            .borrow()
            .iter()
            .position(|row| row.key() == *key)?;
        u32::try_from(place).ok()
    }

    /// A copy of the row at a position.
    pub fn row(&self, position: u32) -> Option<O::Row> {
        self.rows.borrow().get(position as usize).cloned()
    }
}
