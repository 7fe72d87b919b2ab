//! The widget of one row: made once, filled again and again.

use std::cell::{OnceCell, RefCell};

use gtk::{glib, prelude::*, subclass::prelude::*};

use super::{
    ChatRow, ContactRow, GroupRow, HitRow, NoteKind, NoteRow, OfferRow, Preview, Row, spoken,
};
use crate::{
    i18n::gettext,
    model::Show,
    store::Reader,
    ui::{accessible, widgets::avatar::Avatar},
};

/// Side of the picture of somebody, in pixels.
const AVATAR: i32 = 36;

mod imp {
    use gtk::{glib, subclass::prelude::*};

    use super::{AVATAR, Avatar, OnceCell, Reader, RefCell, Row};

    pub(crate) struct RowWidget {
        pub(super) row: RefCell<Option<Row>>,
        pub(super) arrow: gtk::Image,
        pub(super) avatar: Avatar,
        pub(super) reader: OnceCell<Reader>,
        pub(super) name: gtk::Label,
        pub(super) time: gtk::Label,
        pub(super) second_line: gtk::Box,
        pub(super) detail: gtk::Label,
        pub(super) pinned: gtk::Image,
        pub(super) muted: gtk::Image,
        pub(super) unread: gtk::Label,
    }

    impl Default for RowWidget {
        fn default() -> Self {
            Self {
                row: RefCell::default(),
                arrow: gtk::Image::default(),
                avatar: Avatar::new(AVATAR),
                reader: OnceCell::default(),
                name: gtk::Label::default(),
                time: gtk::Label::default(),
                second_line: gtk::Box::default(),
                detail: gtk::Label::default(),
                pinned: gtk::Image::from_icon_name("pinned-symbolic"),
                muted: gtk::Image::from_icon_name("muted-symbolic"),
                unread: gtk::Label::default(),
            }
        }
    }

    #[glib::object_subclass]
    impl ObjectSubclass for RowWidget {
        const NAME: &'static str = "TesseraSidebarRowWidget";
        type Type = super::RowWidget;
        type ParentType = gtk::Box;
    }

    impl ObjectImpl for RowWidget {
        fn constructed(&self) {
            self.parent_constructed();
            self.obj().build();
        }
    }

    impl WidgetImpl for RowWidget {}
    impl BoxImpl for RowWidget {}
}

glib::wrapper! {
    /// The widget of one row.
    pub(crate) struct RowWidget(ObjectSubclass<imp::RowWidget>)
        @extends gtk::Box, gtk::Widget,
        @implements gtk::Buildable, gtk::ConstraintTarget, gtk::Orientable;
}

impl RowWidget {
    /// A row with nothing in it yet; pictures come from the reader.
    pub(crate) fn new(reader: Reader) -> Self {
        let widget: Self = glib::Object::new();
        // A new widget has none.
        let _ = widget.imp().reader.set(reader);
        widget
    }

    /// What it shows now.
    pub(crate) fn row(&self) -> Option<Row> {
        self.imp().row.borrow().clone()
    }

    /// Shows this.
    pub(crate) fn show_row(&self, row: &Row) {
        match row {
            Row::Chat(chat) => self.show_chat(chat),
            Row::Contact(contact) => self.show_contact(contact),
            Row::Group(group) => self.show_group(group),
            Row::Offer(offer) => self.show_offer(offer),
            Row::Hit(hit) => self.show_hit(hit),
            Row::Note(note) => self.show_note(note),
        }
        self.tell(row);
        self.imp().row.replace(Some(row.clone()));
    }

    fn build(&self) {
        let part = self.imp();
        self.set_spacing(9);
        self.add_css_class("sidebar-row");
        for label in [&part.name, &part.detail] {
            label.set_xalign(0.0);
            label.set_hexpand(true);
            label.set_ellipsize(gtk::pango::EllipsizeMode::End);
            label.set_single_line_mode(true);
            // Without a hint a label measures its whole text again and again.
            label.set_width_chars(6);
            label.set_wrap_mode(gtk::pango::WrapMode::WordChar);
        }
        part.detail.add_css_class("row-detail");
        part.time.set_css_classes(&["row-time", "dim-label"]);
        part.unread.add_css_class("unread-badge");
        part.unread.set_valign(gtk::Align::Center);
        for image in [&part.pinned, &part.muted] {
            image.set_pixel_size(12);
            image.add_css_class("dim-label");
        }
        part.avatar.set_valign(gtk::Align::Center);

        let first_line = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        first_line.append(&part.name);
        first_line.append(&part.time);
        part.second_line.set_spacing(6);
        part.second_line.append(&part.detail);
        part.second_line.append(&part.pinned);
        part.second_line.append(&part.muted);
        part.second_line.append(&part.unread);
        let lines = gtk::Box::new(gtk::Orientation::Vertical, 1);
        lines.set_valign(gtk::Align::Center);
        lines.append(&first_line);
        lines.append(&part.second_line);
        self.append(&part.arrow);
        self.append(&part.avatar);
        self.append(&lines);
    }

    fn show_chat(&self, row: &ChatRow) {
        let part = self.imp();
        self.frame("chat", true, row.current);
        self.show_person(
            &row.name,
            row.peer.as_str(),
            row.avatar.as_deref(),
            row.show,
        );
        part.time.set_label(&row.time);
        part.time.set_visible(!row.time.is_empty());
        let (text, class) = match &row.preview {
            Preview::Nothing => (String::new(), "dim-label"),
            Preview::Typing => (gettext("typing…"), "accent"),
            Preview::Draft(text) => (text.clone(), "accent"),
            Preview::Message(text) => (text.clone(), "dim-label"),
            Preview::Failed(text) => (text.clone(), "error"),
        };
        part.detail.set_label(&text);
        part.detail.set_css_classes(&["row-detail", class]);
        part.second_line.set_visible(true);
        part.pinned.set_visible(row.pinned);
        part.muted.set_visible(row.muted);
        part.unread.set_visible(row.unread > 0);
        part.unread.set_label(&badge(row.unread));
        part.unread.set_css_classes(if row.muted {
            &["unread-badge", "quiet"]
        } else {
            &["unread-badge"]
        });
        part.name.set_css_classes(if row.unread > 0 {
            &["row-name", "heading"]
        } else {
            &["row-name"]
        });
    }

    fn show_contact(&self, row: &ContactRow) {
        let part = self.imp();
        self.frame("contact", true, row.current);
        self.show_person(&row.name, row.jid.as_str(), row.avatar.as_deref(), row.show);
        part.time.set_visible(false);
        part.detail.set_label(&row.status);
        part.detail.set_css_classes(&["row-detail", "dim-label"]);
        part.second_line.set_visible(!row.status.is_empty());
        self.hide_marks();
        part.name.set_css_classes(if row.show == Show::Offline {
            &["row-name", "dim-label"]
        } else {
            &["row-name"]
        });
    }

    fn show_group(&self, row: &GroupRow) {
        let part = self.imp();
        self.frame("group", false, false);
        part.arrow.set_icon_name(Some(if row.folded {
            "pan-end-symbolic"
        } else {
            "pan-down-symbolic"
        }));
        part.name.set_label(&row.title);
        part.name.set_css_classes(&["row-name", "heading"]);
        part.time
            .set_label(&format!("{}/{}", row.online, row.total));
        part.time.set_visible(true);
        part.second_line.set_visible(false);
        self.set_tooltip_text(None);
    }

    fn show_offer(&self, row: &OfferRow) {
        let part = self.imp();
        self.frame("offer", false, false);
        part.arrow.set_icon_name(Some("list-add-symbolic"));
        part.name.set_label(&spoken::offer(row));
        part.name.set_css_classes(&["row-name"]);
        part.time.set_visible(false);
        part.detail
            .set_label(row.from.as_deref().unwrap_or_default());
        part.detail.set_css_classes(&["row-detail", "dim-label"]);
        part.second_line.set_visible(row.from.is_some());
        self.hide_marks();
        self.set_tooltip_text(None);
    }

    fn show_hit(&self, row: &HitRow) {
        let part = self.imp();
        self.frame("hit", true, false);
        self.set_lines(2);
        part.avatar.set_person(&row.name, row.peer.as_str());
        part.avatar.set_show(None);
        if let Some(reader) = part.reader.get() {
            part.avatar.set_picture(reader, row.avatar.as_deref());
        }
        part.name.set_label(&row.name);
        part.name.set_css_classes(&["row-name"]);
        part.time.set_label(&row.time);
        part.time.set_visible(!row.time.is_empty());
        part.detail.set_label(&row.text.text);
        part.detail.set_attributes(Some(&row.text.attributes()));
        part.detail.set_css_classes(&["row-detail"]);
        part.second_line.set_visible(true);
        self.hide_marks();
        self.set_tooltip_text(Some(row.peer.as_str()));
    }

    fn show_note(&self, row: &NoteRow) {
        let part = self.imp();
        self.frame("note", false, false);
        part.arrow.set_visible(false);
        let is_heading = row.kind == NoteKind::Heading;
        part.name.set_label(if is_heading { &row.text } else { "" });
        part.name.set_visible(is_heading);
        part.name.set_css_classes(&["row-name", "heading"]);
        part.time.set_visible(false);
        self.set_lines(4);
        part.detail
            .set_label(if is_heading { "" } else { &row.text });
        part.detail.set_css_classes(&["row-detail", "dim-label"]);
        part.second_line.set_visible(!is_heading);
        self.hide_marks();
        self.set_tooltip_text(None);
    }

    /// How many lines the second part of the row may have.
    fn set_lines(&self, lines: i32) {
        let detail = &self.imp().detail;
        detail.set_single_line_mode(lines == 1);
        detail.set_wrap(lines > 1);
        detail.set_lines(if lines > 1 { lines } else { -1 });
    }

    /// What kinds of rows have in common.
    fn frame(&self, kind: &str, is_person: bool, current: bool) {
        let part = self.imp();
        self.set_lines(1);
        part.name.set_visible(true);
        part.detail.set_attributes(None);
        part.avatar.set_visible(is_person);
        part.arrow.set_visible(!is_person);
        self.set_css_classes(&["sidebar-row", kind]);
        if let Some(item) = self.parent() {
            if current {
                item.add_css_class("current");
            } else {
                item.remove_css_class("current");
            }
        }
    }

    fn show_person(&self, name: &str, address: &str, picture: Option<&str>, show: Show) {
        let part = self.imp();
        part.avatar.set_person(name, address);
        part.avatar.set_show(Some(show));
        if let Some(reader) = part.reader.get() {
            part.avatar.set_picture(reader, picture);
        }
        part.name.set_label(name);
        self.set_tooltip_text(Some(address));
    }

    fn hide_marks(&self) {
        let part = self.imp();
        part.pinned.set_visible(false);
        part.muted.set_visible(false);
        part.unread.set_visible(false);
    }

    /// The list makes the focusable widget around a row; what it is called is what the row shows.
    fn tell(&self, row: &Row) {
        let Some(item) = self.parent() else { return };
        accessible::set_label(&item, &spoken::spoken(row));
        let current = match row {
            Row::Chat(row) => row.current,
            Row::Contact(row) => row.current,
            Row::Group(_) | Row::Offer(_) | Row::Hit(_) | Row::Note(_) => false,
        };
        accessible::set_selected(&item, current);
    }
}

/// A number that stays small.
fn badge(unread: u32) -> String {
    if unread > 999 {
        "999+".into()
    } else {
        unread.to_string()
    }
}
