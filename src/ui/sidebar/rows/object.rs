//! One row as a GObject, for list models.

use std::cell::{Cell, RefCell};

use gtk::{glib, prelude::*, subclass::prelude::*};

use super::Row;
use crate::ui::list;

mod imp {
    use std::sync::LazyLock;

    use gtk::{glib, prelude::*, subclass::prelude::*};

    use super::{Cell, RefCell, Row};

    #[derive(Debug, Default)]
    pub(crate) struct RowObject {
        pub(super) row: RefCell<Option<Row>>,
        pub(super) revision: Cell<u32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for RowObject {
        const NAME: &'static str = "TesseraSidebarRow";
        type Type = super::RowObject;
    }

    impl ObjectImpl for RowObject {
        fn properties() -> &'static [glib::ParamSpec] {
            static PROPERTIES: LazyLock<Vec<glib::ParamSpec>> = LazyLock::new(|| {
                vec![glib::ParamSpecUInt::builder("revision").read_only().build()]
            });
            &PROPERTIES
        }

        fn property(&self, _id: usize, _property: &glib::ParamSpec) -> glib::Value {
            self.revision.get().to_value()
        }
    }
}

glib::wrapper! {
    /// One row; its property `revision` changes with its content.
    pub(crate) struct RowObject(ObjectSubclass<imp::RowObject>);
}

impl RowObject {
    /// What it shows now.
    pub(crate) fn row(&self) -> Row {
        self.imp()
            .row
            .borrow()
            .clone()
            .expect("a row object is made with its content")
    }
}

impl list::RowObject for RowObject {
    type Row = Row;

    fn from_row(row: &Row) -> Self {
        let object: Self = glib::Object::new();
        object.imp().row.replace(Some(row.clone()));
        object
    }

    fn update(&self, row: &Row) {
        self.imp().row.replace(Some(row.clone()));
        self.imp()
            .revision
            .set(self.imp().revision.get().wrapping_add(1));
        self.notify("revision");
    }
}
