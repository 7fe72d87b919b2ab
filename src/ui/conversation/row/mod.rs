//! The widget of one row of a chat: made once, filled again and again. About 200 of them are alive at a time.

mod bubble;
mod context;
mod extras;
mod layout;
mod object;
mod reactions;
mod system;
mod wrap;

use std::rc::Rc;

use gtk::{glib, prelude::*, subclass::prelude::*};

pub(crate) use context::{People, RowContext};
pub(crate) use object::{Content, TimelineObject};

use self::{bubble::Bubble, system::SystemLine};
use crate::{
    model::MessageId,
    timeline::{Keyed, Row, RowKey},
};

mod imp {
    use std::{
        cell::{OnceCell, RefCell},
        rc::Rc,
    };

    use gtk::{glib, prelude::*, subclass::prelude::*};

    use super::{Bubble, RowContext, SystemLine, TimelineObject};

    #[derive(Default)]
    pub(crate) struct TimelineRow {
        pub(super) context: OnceCell<Rc<RowContext>>,
        pub(super) item: RefCell<Option<(TimelineObject, glib::SignalHandlerId)>>,
        /// Both are made when a row first needs them.
        pub(super) bubble: OnceCell<Bubble>,
        pub(super) system: OnceCell<SystemLine>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for TimelineRow {
        const NAME: &'static str = "TesseraTimelineRow";
        type Type = super::TimelineRow;
        type ParentType = gtk::Widget;

        fn class_init(class: &mut Self::Class) {
            class.set_layout_manager_type::<gtk::BinLayout>();
            class.set_css_name("timeline-row");
            // GtkListItemWidget around it is the list item, without a name before GTK 4.12.
            class.set_accessible_role(gtk::AccessibleRole::Group);
        }
    }

    impl ObjectImpl for TimelineRow {
        fn dispose(&self) {
            self.obj().release();
            while let Some(child) = self.obj().first_child() {
                child.unparent();
            }
        }
    }

    impl WidgetImpl for TimelineRow {
        fn focus(&self, direction: gtk::DirectionType) -> bool {
            match self.obj().entry(direction) {
                Some(newest) => newest.grab_focus(),
                None => self.parent_focus(direction),
            }
        }
    }
}

glib::wrapper! {
    /// One row of a chat.
    pub(crate) struct TimelineRow(ObjectSubclass<imp::TimelineRow>)
        @extends gtk::Widget,
        @implements gtk::Buildable, gtk::ConstraintTarget;
}

impl TimelineRow {
    /// A row with nothing in it yet. The arrow keys of the list go from row to row.
    pub(crate) fn new(context: Rc<RowContext>) -> Self {
        let row: Self = glib::Object::builder().property("focusable", true).build();
        row.imp().context.get_or_init(|| context);
        row
    }

    /// Shows an item, and follows it from now on.
    pub(crate) fn follow(&self, item: &TimelineObject) {
        self.release();
        let row = self.downgrade();
        let handler = item.connect_notify_local(Some("revision"), move |item, _| {
            if let Some(row) = row.upgrade() {
                row.show_content(&item.content());
            }
        });
        self.show_content(&item.content());
        self.imp().item.replace(Some((item.clone(), handler)));
    }

    /// Follows nothing any more.
    pub(crate) fn release(&self) {
        if let Some((item, handler)) = self.imp().item.take() {
            item.disconnect(handler);
        }
    }

    /// The row that takes the focus instead of this one when the Tab key enters the list: the newest, while that is what
    /// is looked at. GTK would begin at the oldest, and scroll there.
    fn entry(&self, direction: gtk::DirectionType) -> Option<Self> {
        let by_tab = matches!(
            direction,
            gtk::DirectionType::TabForward | gtk::DirectionType::TabBackward
        );
        let follows = self.imp().context.get().is_some_and(|c| c.follows.get());
        let list = self.ancestor(gtk::ListView::static_type())?;
        let focus = self.root()?.focus();
        let is_inside = focus.is_some_and(|focus| focus.is_ancestor(&list));
        if !by_tab || !follows || is_inside {
            return None;
        }
        let newest = list.last_child()?.first_child().and_downcast::<Self>()?;
        (newest != *self).then_some(newest)
    }

    /// What it shows now.
    pub(crate) fn content(&self) -> Option<Rc<Content>> {
        let item = self.imp().item.borrow();
        item.as_ref().map(|(item, _)| item.content())
    }

    /// The key of what it shows now.
    pub(crate) fn key(&self) -> Option<RowKey> {
        self.content().map(|content| content.row.key())
    }

    /// The message it shows now.
    pub(crate) fn message(&self) -> Option<MessageId> {
        match self.key()? {
            RowKey::Message(id) => Some(id),
            RowKey::Start | RowKey::Day(_) | RowKey::Unread | RowKey::Typing => None,
        }
    }

    /// The text that is selected in it, if any.
    pub(crate) fn selected_text(&self) -> Option<String> {
        self.imp().bubble.get()?.selected_text()
    }

    /// Shows or hides the button that opens the actions, as the pointer comes and goes.
    pub(crate) fn set_hovered(&self, hovered: bool) {
        if let Some(bubble) = self.imp().bubble.get() {
            bubble.set_hovered(hovered && self.message().is_some());
        }
    }

    /// The place in this row where a menu about its message belongs.
    pub(crate) fn menu_place(&self) -> (f64, f64) {
        let bubble = self.imp().bubble.get().map(Bubble::frame);
        let bounds = bubble.and_then(|frame| frame.compute_bounds(self));
        bounds.map_or((0.0, 0.0), |bounds| {
            (
                f64::from(bounds.x() + bounds.width() / 2.0),
                f64::from(bounds.y() + bounds.height()),
            )
        })
    }

    fn show_content(&self, content: &Content) {
        let imp = self.imp();
        let context = imp.context.get().expect("a row is made with its context");
        let child = match &content.row {
            Row::Message(row) => {
                let bubble = imp.bubble.get_or_init(|| Bubble::new(context));
                bubble.show(self, row, content.text());
                bubble.widget()
            }
            Row::Start(_) | Row::Day(_) | Row::Unread | Row::Typing => {
                let line = imp.system.get_or_init(SystemLine::new);
                line.show(self, &content.row, context);
                line.widget()
            }
        };
        if self.first_child().as_ref() != Some(child) {
            if let Some(other) = self.first_child() {
                other.unparent();
            }
            child.set_parent(self);
        }
    }
}
