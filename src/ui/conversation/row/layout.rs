//! Two layouts for messages. Horizontal boxes of GTK ask a wrapping label how wide it would be in its least height,
//! which it finds by laying its text out again and again, at every level of boxes: a long message took seconds.
//! These ask only for natural widths and for heights in a given width.

use gtk::{glib, prelude::*, subclass::prelude::*};

/// Room between the parts of a message, in pixels.
const SPACING: i32 = 8;

/// Children of a widget that are shown, in order.
pub(super) fn shown(widget: &gtk::Widget) -> impl Iterator<Item = gtk::Widget> {
    let mut next = widget.first_child();
    std::iter::from_fn(move || {
        let child = next.take()?;
        next = child.next_sibling();
        Some(child)
    })
    .filter(gtk::Widget::should_layout)
}

fn width(child: &gtk::Widget) -> (i32, i32) {
    let (least, natural, ..) = child.measure(gtk::Orientation::Horizontal, -1);
    (least, natural)
}

fn height(child: &gtk::Widget, width: i32) -> i32 {
    child.measure(gtk::Orientation::Vertical, width).1
}

/// Puts a child at a place that is counted from the side where lines begin.
pub(super) fn place(
    widget: &gtk::Widget,
    child: &gtk::Widget,
    at: (i32, i32),
    size: (i32, i32),
    room: i32,
) {
    let x = if widget.direction() == gtk::TextDirection::Rtl {
        room - at.0 - size.0
    } else {
        at.0
    };
    let allocation = gtk::Allocation::new(x, at.1, size.0, size.1);
    child.size_allocate(&allocation, -1);
}

mod bubble {
    use gtk::{glib, subclass::prelude::*};

    use super::{SPACING, height, place, shown, width};

    /// The first child takes the room and wraps; the others follow at its end, at the bottom.
    #[derive(Debug, Default)]
    pub struct BubbleLayout;

    #[glib::object_subclass]
    impl ObjectSubclass for BubbleLayout {
        const NAME: &'static str = "TesseraBubbleLayout";
        type Type = super::BubbleLayout;
        type ParentType = gtk::LayoutManager;
    }

    impl ObjectImpl for BubbleLayout {}

    impl LayoutManagerImpl for BubbleLayout {
        fn request_mode(&self, _widget: &gtk::Widget) -> gtk::SizeRequestMode {
            gtk::SizeRequestMode::HeightForWidth
        }

        fn measure(
            &self,
            widget: &gtk::Widget,
            orientation: gtk::Orientation,
            for_size: i32,
        ) -> (i32, i32, i32, i32) {
            let mut children = shown(widget);
            let Some(text) = children.next() else {
                return (0, 0, -1, -1);
            };
            let rest: Vec<gtk::Widget> = children.collect();
            let beside: i32 = rest.iter().map(|child| width(child).1 + SPACING).sum();
            let (least, natural) = width(&text);
            if orientation == gtk::Orientation::Horizontal {
                return (least + beside, natural + beside, -1, -1);
            }
            let room = if for_size < 0 {
                natural
            } else {
                for_size - beside
            };
            let lowest = rest.iter().map(|child| height(child, -1)).max();
            let tall = height(&text, room.max(least)).max(lowest.unwrap_or_default());
            (tall, tall, -1, -1)
        }

        fn allocate(&self, widget: &gtk::Widget, room: i32, tall: i32, _baseline: i32) {
            let mut children = shown(widget);
            let Some(text) = children.next() else {
                return;
            };
            let rest: Vec<gtk::Widget> = children.collect();
            let beside: i32 = rest.iter().map(|child| width(child).1 + SPACING).sum();
            let wide = (room - beside).max(width(&text).0);
            place(widget, &text, (0, 0), (wide, tall), room);
            let mut x = wide;
            for child in rest {
                let size = (width(&child).1, height(&child, -1));
                x += SPACING;
                place(widget, &child, (x, tall - size.1), size, room);
                x += size.0;
            }
        }
    }
}

mod message {
    use std::cell::Cell;

    use gtk::{glib, subclass::prelude::*};

    use super::{SPACING, height, place, shown, width};

    /// The last child keeps its room at the free end; the one before it is the message, as wide as it likes, on one side;
    /// what is before that stands beside it. While messages are chosen, the last child is at the end of the line.
    #[derive(Debug, Default)]
    pub struct MessageLayout {
        pub(super) is_own: Cell<bool>,
        pub(super) is_choosing: Cell<bool>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for MessageLayout {
        const NAME: &'static str = "TesseraMessageLayout";
        type Type = super::MessageLayout;
        type ParentType = gtk::LayoutManager;
    }

    impl ObjectImpl for MessageLayout {}

    impl LayoutManagerImpl for MessageLayout {
        fn request_mode(&self, _widget: &gtk::Widget) -> gtk::SizeRequestMode {
            gtk::SizeRequestMode::HeightForWidth
        }

        fn measure(
            &self,
            widget: &gtk::Widget,
            orientation: gtk::Orientation,
            for_size: i32,
        ) -> (i32, i32, i32, i32) {
            let Some(parts) = Parts::of(widget) else {
                return (0, 0, -1, -1);
            };
            let (least, natural) = width(&parts.message);
            let beside = parts.beside();
            if orientation == gtk::Orientation::Horizontal {
                return (least + beside, natural + beside, -1, -1);
            }
            let room = if for_size < 0 {
                natural
            } else {
                for_size - beside
            };
            let picture = parts.picture.as_ref().map(|child| height(child, -1));
            let tall = height(&parts.message, natural.min(room).max(least));
            let tall = tall.max(picture.unwrap_or_default());
            (tall, tall, -1, -1)
        }

        fn allocate(&self, widget: &gtk::Widget, room: i32, tall: i32, _baseline: i32) {
            let Some(parts) = Parts::of(widget) else {
                return;
            };
            let (least, natural) = width(&parts.message);
            let wide = natural.min(room - parts.beside()).max(least);
            let mut x = 0;
            if let Some(picture) = &parts.picture {
                let size = (width(picture).1, height(picture, -1));
                place(widget, picture, (0, 0), size, room);
                x = size.0 + SPACING;
            }
            let size = (width(&parts.actions).1, height(&parts.actions, -1));
            let is_own = self.is_own.get();
            // Marks of choice stand in one column, at the end of all lines.
            let end = if self.is_choosing.get() {
                room - size.0 - SPACING
            } else {
                room
            };
            if is_own {
                x = end - wide;
            }
            place(widget, &parts.message, (x, 0), (wide, tall), room);
            let at = if self.is_choosing.get() {
                room - size.0
            } else if is_own {
                x - SPACING - size.0
            } else {
                x + wide + SPACING
            };
            place(
                widget,
                &parts.actions,
                (at, (tall - size.1) / 2),
                size,
                room,
            );
        }
    }

    /// The children by what they are.
    struct Parts {
        picture: Option<gtk::Widget>,
        message: gtk::Widget,
        actions: gtk::Widget,
    }

    impl Parts {
        fn of(widget: &gtk::Widget) -> Option<Self> {
            let mut children: Vec<gtk::Widget> = shown(widget).collect();
            let actions = children.pop()?;
            let message = children.pop()?;
            Some(Self {
                picture: children.pop(),
                message,
                actions,
            })
        }

        /// Room that is not the message's, in pixels.
        fn beside(&self) -> i32 {
            let picture = self.picture.as_ref().map(|child| width(child).1 + SPACING);
            picture.unwrap_or_default() + width(&self.actions).1 + SPACING
        }
    }
}

glib::wrapper! {
    /// Lays out a bubble: text, then time and state at its lower end.
    pub struct BubbleLayout(ObjectSubclass<bubble::BubbleLayout>)
        @extends gtk::LayoutManager;
}

glib::wrapper! {
    /// Lays out a message: picture, bubble, actions, on the side of whose message it is.
    pub struct MessageLayout(ObjectSubclass<message::MessageLayout>)
        @extends gtk::LayoutManager;
}

impl BubbleLayout {
    /// A layout for one bubble.
    pub(super) fn new() -> Self {
        glib::Object::new()
    }
}

impl MessageLayout {
    /// A layout for one message.
    pub(super) fn new() -> Self {
        glib::Object::new()
    }

    /// Says whose message it is.
    pub(super) fn set_own(&self, is_own: bool) {
        if self.imp().is_own.replace(is_own) != is_own {
            self.layout_changed();
        }
    }

    /// Says whether messages are chosen.
    pub(super) fn set_choosing(&self, is_choosing: bool) {
        if self.imp().is_choosing.replace(is_choosing) != is_choosing {
            self.layout_changed();
        }
    }
}
