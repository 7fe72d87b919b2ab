//! One stanza as a row of the list.

use std::cell::RefCell;

use chrono::{DateTime, Local};
use gtk::{gio, glib, pango, prelude::*, subclass::prelude::*};

use super::{
    lines::{Line, What},
    xml,
};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::Timestamp,
    ui::{accessible, list},
    worker::console::Way,
};

mod imp {
    use gtk::{glib, subclass::prelude::*};

    use super::{Line, RefCell};

    #[derive(Debug, Default)]
    pub(crate) struct LineObject {
        pub(super) line: RefCell<Option<Line>>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for LineObject {
        const NAME: &'static str = "TesseraConsoleLine";
        type Type = super::LineObject;
    }

    impl ObjectImpl for LineObject {}
}

glib::wrapper! {
    /// One stanza; it never changes.
    pub(crate) struct LineObject(ObjectSubclass<imp::LineObject>);
}

impl LineObject {
    /// What it shows.
    pub(super) fn line(&self) -> Line {
        let line = self.imp().line.borrow().clone();
        line.expect("a line is made with its content")
    }
}

impl list::RowObject for LineObject {
    type Row = Line;

    fn from_row(row: &Line) -> Self {
        let object: Self = glib::Object::new();
        object.imp().line.replace(Some(row.clone()));
        object
    }

    fn update(&self, row: &Line) {
        self.imp().line.replace(Some(row.clone()));
    }
}

/// A view of these lines.
pub(super) fn view(model: &gio::ListStore) -> gtk::ListView {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(|_, item| {
        if let Some(item) = item.downcast_ref::<gtk::ListItem>() {
            item.set_activatable(false);
            item.set_child(Some(&row()));
        }
    });
    factory.connect_bind(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else {
            return;
        };
        let object = item.item().and_downcast::<LineObject>();
        let child = item.child().and_downcast::<gtk::Box>();
        if let (Some(object), Some(child)) = (object, child) {
            fill(&child, &object.line());
        }
    });
    let view = gtk::ListView::new(
        Some(gtk::NoSelection::new(Some(model.clone()))),
        Some(factory),
    );
    view.set_widget_name("console-lines");
    view.add_css_class("console");
    // Rows get their natural height, so that late changes of height do not make the view jump.
    view.set_vscroll_policy(gtk::ScrollablePolicy::Natural);
    accessible::set_label(&view, &gettext("Stanzas"));
    view
}

fn row() -> gtk::Box {
    let head = gtk::Label::builder()
        .xalign(0.0)
        .css_classes(["console-head", "caption", "numeric"])
        .build();
    let xml = gtk::Label::builder()
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(pango::WrapMode::Char)
        .natural_wrap_mode(gtk::NaturalWrapMode::None)
        .width_chars(20)
        .max_width_chars(100)
        .selectable(true)
        // The row is a stop of the keyboard, not each text.
        .focusable(false)
        .css_classes(["monospace", "console-xml"])
        .build();
    // A hyphen that is not in the stanza would only mislead.
    let attributes = pango::AttrList::new();
    attributes.insert(pango::AttrInt::new_insert_hyphens(false));
    xml.set_attributes(Some(&attributes));
    let row = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .css_classes(["console-row"])
        .build();
    row.append(&head);
    row.append(&xml);
    row
}

fn fill(row: &gtk::Box, line: &Line) {
    let labels = row.first_child().and_downcast::<gtk::Label>();
    let xml = row.last_child().and_downcast::<gtk::Label>();
    let (Some(head), Some(xml)) = (labels, xml) else {
        return;
    };
    head.set_label(&title(line));
    match &line.what {
        What::Entry(entry) => {
            xml.set_label(&xml::on_lines(&harmless(&entry.xml)));
            xml.set_visible(true);
            row.set_css_classes(match entry.way {
                Way::Received => &["console-row", "received"],
                Way::Sent => &["console-row", "sent"],
            });
        }
        What::Missed(_) => {
            xml.set_visible(false);
            row.set_css_classes(&["console-row"]);
        }
    }
    if let Some(item) = row.parent() {
        accessible::set_label(&item, &format!("{} {}", head.label(), xml.label()));
    }
}

/// When and which way, in words.
fn title(line: &Line) -> String {
    match &line.what {
        What::Entry(entry) => {
            let time = clock(entry.at);
            let values: &[(&str, &str)] = &[("time", &time)];
            match entry.way {
                Way::Received => gettext_f("▼ {time} received", values),
                Way::Sent => gettext_f("▲ {time} sent", values),
            }
        }
        What::Missed(count) => ngettext_f(
            "{n} stanza went by too fast to be shown",
            "{n} stanzas went by too fast to be shown",
            u32::try_from(*count).unwrap_or(u32::MAX),
            &[],
        ),
    }
}

/// The stanza as it is copied.
pub(super) fn text(line: &Line) -> String {
    match &line.what {
        What::Entry(entry) => {
            let way = match entry.way {
                Way::Received => "received",
                Way::Sent => "sent",
            };
            format!("<!-- {} {way} -->\n{}\n", clock(entry.at), entry.xml)
        }
        What::Missed(count) => format!("<!-- {count} missed -->\n"),
    }
}

/// What could turn or hide parts of a text becomes visible: here it matters what is really there.
fn harmless(xml: &str) -> String {
    xml.chars()
        .map(|c| match c {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}'..='\u{200F}' => {
                '\u{FFFD}'
            }
            c if c.is_control() && c != '\n' && c != '\t' => '\u{FFFD}',
            c => c,
        })
        .collect()
}

fn clock(at: Timestamp) -> String {
    DateTime::from_timestamp_millis(at.0).map_or_else(String::new, |at| {
        at.with_timezone(&Local).format("%H:%M:%S%.3f").to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_in_a_stanza_turns_the_text() {
        assert_eq!(
            harmless("<a>\u{202e}b\u{200b}</a>\n"),
            "<a>\u{fffd}b\u{fffd}</a>\n"
        );
    }
}
