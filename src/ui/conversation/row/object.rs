//! One row of a chat as a GObject, for the list model.

use std::{cell::OnceCell, rc::Rc};

use gtk::{glib, prelude::*, subclass::prelude::*};

use crate::{
    timeline::{Row, text::MessageText},
    ui::list,
};

mod imp {
    use std::{
        cell::{Cell, RefCell},
        rc::Rc,
        sync::LazyLock,
    };

    use gtk::{glib, prelude::*, subclass::prelude::*};

    use super::Content;

    #[derive(Debug, Default)]
    pub(crate) struct TimelineObject {
        pub(super) content: RefCell<Option<Rc<Content>>>,
        pub(super) revision: Cell<u32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for TimelineObject {
        const NAME: &'static str = "TesseraTimelineObject";
        type Type = super::TimelineObject;
    }

    impl ObjectImpl for TimelineObject {
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
    pub(crate) struct TimelineObject(ObjectSubclass<imp::TimelineObject>);
}

/// A row and what its text has been read into.
#[derive(Debug)]
pub(crate) struct Content {
    /// The row.
    pub(crate) row: Row,
    text: OnceCell<MessageText>,
}

impl Content {
    fn new(row: &Row) -> Rc<Self> {
        Rc::new(Self {
            row: row.clone(),
            text: OnceCell::new(),
        })
    }

    /// The text of a message, read when it is shown first.
    pub(crate) fn text(&self) -> &MessageText {
        self.text.get_or_init(|| match &self.row {
            Row::Message(row) => MessageText::read(&row.message.body),
            Row::Start(_) | Row::Day(_) | Row::Unread | Row::Typing => MessageText::default(),
        })
    }
}

impl TimelineObject {
    /// What it shows now.
    pub(crate) fn content(&self) -> Rc<Content> {
        let content = self.imp().content.borrow();
        Rc::clone(
            content
                .as_ref()
                .expect("a row object is made with its content"),
        )
    }

    /// Says that the same content is to be shown anew, because what stands around it has changed.
    pub(crate) fn refresh(&self) {
        let imp = self.imp();
        imp.revision.set(imp.revision.get().wrapping_add(1));
        self.notify("revision");
    }
}

impl list::RowObject for TimelineObject {
    type Row = Row;

    fn from_row(row: &Row) -> Self {
        let object: Self = glib::Object::new();
        object.imp().content.replace(Some(Content::new(row)));
        object
    }

    fn update(&self, row: &Row) {
        self.imp().content.replace(Some(Content::new(row)));
        self.refresh();
    }
}
