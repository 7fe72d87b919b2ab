//! A layout that puts small things side by side, and into the next line where there is no room. GTK has none that asks
//! for the width of its content.

use gtk::glib;

mod imp {
    use gtk::{glib, prelude::*, subclass::prelude::*};

    use super::super::layout::{place, shown};

    /// Room between things, in pixels.
    const SPACING: i32 = 4;

    /// See [`super::WrapLayout`].
    #[derive(Debug, Default)]
    pub struct WrapLayout;

    #[glib::object_subclass]
    impl ObjectSubclass for WrapLayout {
        const NAME: &'static str = "TesseraWrapLayout";
        type Type = super::WrapLayout;
        type ParentType = gtk::LayoutManager;
    }

    impl ObjectImpl for WrapLayout {}

    impl LayoutManagerImpl for WrapLayout {
        fn request_mode(&self, _widget: &gtk::Widget) -> gtk::SizeRequestMode {
            gtk::SizeRequestMode::HeightForWidth
        }

        fn measure(
            &self,
            widget: &gtk::Widget,
            orientation: gtk::Orientation,
            for_size: i32,
        ) -> (i32, i32, i32, i32) {
            let sizes: Vec<(i32, i32)> = shown(widget).map(|child| size(&child)).collect();
            if orientation == gtk::Orientation::Horizontal {
                let least = sizes.iter().map(|size| size.0).max().unwrap_or_default();
                let all: i32 = sizes.iter().map(|size| size.0 + SPACING).sum();
                return (least, (all - SPACING).max(least), -1, -1);
            }
            let room = if for_size < 0 { i32::MAX } else { for_size };
            let tall = super::lines(&sizes, room, SPACING)
                .last()
                .map_or(0, |((_, y), size)| y + size.1);
            (tall, tall, -1, -1)
        }

        fn allocate(&self, widget: &gtk::Widget, room: i32, _tall: i32, _baseline: i32) {
            let children: Vec<gtk::Widget> = shown(widget).collect();
            let sizes: Vec<(i32, i32)> = children.iter().map(size).collect();
            for (child, (at, size)) in children.iter().zip(super::lines(&sizes, room, SPACING)) {
                place(widget, child, at, size, room);
            }
        }
    }

    fn size(child: &gtk::Widget) -> (i32, i32) {
        let (_, wide, ..) = child.measure(gtk::Orientation::Horizontal, -1);
        let (_, tall, ..) = child.measure(gtk::Orientation::Vertical, wide);
        (wide, tall)
    }
}

glib::wrapper! {
    /// Puts small things side by side, and into the next line where there is no room.
    pub struct WrapLayout(ObjectSubclass<imp::WrapLayout>)
        @extends gtk::LayoutManager;
}

impl WrapLayout {
    /// A layout for one widget.
    pub(super) fn new() -> Self {
        glib::Object::new()
    }
}

/// Places and sizes of things that follow each other in lines; each is as tall as the tallest of all.
fn lines(sizes: &[(i32, i32)], room: i32, spacing: i32) -> Vec<((i32, i32), (i32, i32))> {
    let tall = sizes.iter().map(|size| size.1).max().unwrap_or_default();
    let (mut x, mut y) = (0, 0);
    let mut placed = Vec::with_capacity(sizes.len());
    for (wide, _) in sizes {
        if x > 0 && x + wide > room {
            x = 0;
            y += tall + spacing;
        }
        placed.push(((x, y), (*wide, tall)));
        x += wide + spacing;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn what_has_no_room_stands_in_the_next_line() {
        let sizes = [(30, 20), (40, 24), (30, 20)];
        let places = |room| -> Vec<(i32, i32)> {
            lines(&sizes, room, 4)
                .iter()
                .map(|(place, _)| *place)
                .collect()
        };
        assert_eq!(places(200), [(0, 0), (34, 0), (78, 0)]);
        assert_eq!(places(80), [(0, 0), (34, 0), (0, 28)]);
        assert_eq!(places(10), [(0, 0), (0, 28), (0, 56)]);
        assert!(lines(&[], 10, 4).is_empty());
    }
}
