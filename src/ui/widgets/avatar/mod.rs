//! A round picture of somebody: the avatar where there is one, else initials on the colour of the address, and a dot that
//! shows presence by shape and colour.
//! Knows nothing of where pictures come from beyond the store.

pub mod color;
mod dot;
pub mod initials;
mod pictures;

use gtk::{gdk, glib, prelude::*, subclass::prelude::*};

use crate::{model::Show, store::Reader};

/// Size in chat lists, in pixels.
pub const LIST_SIZE: i32 = 40;
/// Size beside messages, in pixels.
pub const MESSAGE_SIZE: i32 = 32;
/// Size in the details pane, in pixels.
pub const LARGE_SIZE: i32 = 96;

mod imp {
    use std::cell::{Cell, RefCell};

    use gtk::{gdk, glib, graphene, gsk, pango, prelude::*, subclass::prelude::*};

    use super::{color, dot};
    use crate::model::Show;

    /// What the widget holds.
    #[derive(Debug, Default)]
    pub struct Avatar {
        pub(super) size: Cell<i32>,
        pub(super) initials: RefCell<String>,
        pub(super) color: Cell<color::Rgb>,
        pub(super) texture: RefCell<Option<gdk::Texture>>,
        pub(super) wanted: RefCell<Option<String>>,
        pub(super) show: Cell<Option<Show>>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Avatar {
        const NAME: &'static str = "TesseraAvatar";
        type Type = super::Avatar;
        type ParentType = gtk::Widget;

        fn class_init(class: &mut Self::Class) {
            class.set_css_name("avatar");
            // It stands beside the name, which says the same in words.
            class.set_accessible_role(gtk::AccessibleRole::Presentation);
        }
    }

    impl ObjectImpl for Avatar {
        fn constructed(&self) {
            self.parent_constructed();
            let widget = self.obj();
            widget.set_halign(gtk::Align::Center);
            widget.set_valign(gtk::Align::Center);
            widget.set_overflow(gtk::Overflow::Visible);
        }
    }

    impl WidgetImpl for Avatar {
        fn measure(&self, _orientation: gtk::Orientation, _for_size: i32) -> (i32, i32, i32, i32) {
            (self.size.get(), self.size.get(), -1, -1)
        }

        fn snapshot(&self, snapshot: &gtk::Snapshot) {
            let size = self.size.get() as f32;
            let bounds = graphene::Rect::new(0.0, 0.0, size, size);
            snapshot.push_rounded_clip(&gsk::RoundedRect::from_rect(bounds, size / 2.0));
            match &*self.texture.borrow() {
                Some(texture) => self.draw_texture(snapshot, texture, size),
                None => self.draw_initials(snapshot, &bounds, size),
            }
            snapshot.pop();
            if let Some(show) = self.show.get() {
                dot::draw(&*self.obj(), snapshot, show, size);
            }
        }
    }

    impl Avatar {
        /// Fills the circle with the picture, cutting off what is too wide or too high.
        fn draw_texture(&self, snapshot: &gtk::Snapshot, texture: &gdk::Texture, size: f32) {
            let (width, height) = (texture.width() as f32, texture.height() as f32);
            let scale = (size / width.max(1.0)).max(size / height.max(1.0));
            let (width, height) = (width * scale, height * scale);
            let place =
                graphene::Rect::new((size - width) / 2.0, (size - height) / 2.0, width, height);
            snapshot.append_texture(texture, &place);
        }

        fn draw_initials(&self, snapshot: &gtk::Snapshot, bounds: &graphene::Rect, size: f32) {
            let [red, green, blue] = self.color.get().map(|part| part as f32);
            snapshot.append_color(&gdk::RGBA::new(red, green, blue, 1.0), bounds);
            let layout = self
                .obj()
                .create_pango_layout(Some(&self.initials.borrow()));
            let mut font = pango::FontDescription::new();
            font.set_weight(pango::Weight::Bold);
            font.set_absolute_size(f64::from(size) * 0.4 * f64::from(pango::SCALE));
            layout.set_font_description(Some(&font));
            let (width, height) = layout.pixel_size();
            snapshot.save();
            snapshot.translate(&graphene::Point::new(
                (size - width as f32) / 2.0,
                (size - height as f32) / 2.0,
            ));
            snapshot.append_layout(&layout, &gdk::RGBA::WHITE);
            snapshot.restore();
        }
    }
}

glib::wrapper! {
    /// A round picture of somebody.
    pub struct Avatar(ObjectSubclass<imp::Avatar>)
        @extends gtk::Widget,
        @implements gtk::Buildable, gtk::ConstraintTarget;
}

impl Avatar {
    /// An avatar of this size in pixels, of nobody yet.
    pub fn new(size: i32) -> Self {
        let avatar: Self = glib::Object::new();
        avatar.imp().size.set(size);
        avatar
    }

    /// Says whom it shows: the name gives the initials, the bare address the colour.
    pub fn set_person(&self, name: &str, address: &str) {
        let imp = self.imp();
        imp.initials.replace(initials::of(name));
        imp.color.set(color::of(address));
        self.queue_draw();
    }

    /// Shows the picture with this SHA-1 (hex) as soon as it has been read from the store, off the main thread; none
    /// shows the initials.
    pub fn set_picture(&self, reader: &Reader, sha1: Option<&str>) {
        let imp = self.imp();
        if imp.wanted.borrow().as_deref() == sha1 {
            return;
        }
        imp.wanted.replace(sha1.map(str::to_owned));
        let known = sha1.and_then(pictures::known);
        let is_known = known.is_some();
        self.set_texture(known);
        let Some(sha1) = sha1.map(str::to_owned).filter(|_| !is_known) else {
            return;
        };
        let avatar = self.downgrade();
        let reader = reader.clone();
        glib::spawn_future_local(async move {
            let texture = pictures::load(reader, sha1.clone()).await;
            if let Some(avatar) = avatar.upgrade()
                && avatar.imp().wanted.borrow().as_deref() == Some(&sha1)
            {
                avatar.set_texture(texture);
            }
        });
    }

    /// Shows the dot of a presence, or none.
    pub fn set_show(&self, show: Option<Show>) {
        if self.imp().show.replace(show) != show {
            self.queue_draw();
        }
    }

    fn set_texture(&self, texture: Option<gdk::Texture>) {
        self.imp().texture.replace(texture);
        self.queue_draw();
    }
}
