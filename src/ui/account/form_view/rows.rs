//! One row of widgets for one field.

use adw::prelude::*;
use gtk::{gdk, glib};

use super::present;
use crate::{
    i18n::gettext,
    model::{Field, FieldKind, FieldOption, Picture},
    ui::{accessible, dialog::mark_invalid},
};

/// Height of a field of several lines, in pixels.
const LINES_HEIGHT: i32 = 96;

/// Largest width and height of a picture, in pixels: it fits into the narrowest window.
const PICTURE_SIZE: i32 = 280;

/// The widgets of one field.
pub(super) enum Row {
    /// One line.
    Text(adw::EntryRow),
    /// One line that nobody may read over the shoulder.
    Password(adw::PasswordEntryRow),
    /// Several lines.
    Lines(gtk::Box, gtk::TextView),
    /// Yes or no.
    Switch(adw::ActionRow, gtk::Switch),
    /// One of these values.
    Choice(adw::ComboRow, Vec<String>),
    /// Some of these values.
    Choices(adw::ExpanderRow, Vec<(gtk::CheckButton, String)>),
    /// A line below a picture.
    Captcha(gtk::Box, gtk::Entry),
    /// Text to read.
    Fixed(gtk::Label),
    /// Nothing to see here.
    Hidden,
}

impl Row {
    pub(super) fn new(field: &Field) -> Self {
        let title = present::title(field);
        let value = field.values.first().map(String::as_str).unwrap_or_default();
        let row = match present::kind(field) {
            FieldKind::Text => Self::Text(text(&title, value)),
            FieldKind::Password => Self::Password(password(&title, value)),
            FieldKind::Lines => several_lines(&title, &field.values.join("\n")),
            FieldKind::Switch => switch(&title, present::is_set(&field.values)),
            FieldKind::Choice(options) => choice(&title, &options, value),
            FieldKind::Choices(options) => choices(&title, &options, &field.values),
            FieldKind::Captcha(picture) => captcha(&title, picture.as_ref()),
            FieldKind::Fixed => Self::Fixed(paragraph(&field.values.join("\n"))),
            FieldKind::Hidden => Self::Hidden,
        };
        if let Some(widget) = row.widget() {
            widget.set_widget_name(&format!("field-{}", present::choice(&field.var)));
        }
        row
    }

    /// What stands in the form.
    pub(super) fn widget(&self) -> Option<&gtk::Widget> {
        Some(match self {
            Self::Text(row) => row.upcast_ref(),
            Self::Password(row) => row.upcast_ref(),
            Self::Lines(all, _) | Self::Captcha(all, _) => all.upcast_ref(),
            Self::Switch(row, _) => row.upcast_ref(),
            Self::Choice(row, _) => row.upcast_ref(),
            Self::Choices(row, _) => row.upcast_ref(),
            Self::Fixed(label) => label.upcast_ref(),
            Self::Hidden => return None,
        })
    }

    /// The values to send; `None` where nothing can be entered.
    pub(super) fn values(&self) -> Option<Vec<String>> {
        Some(match self {
            Self::Text(row) => vec![row.text().into()],
            Self::Password(row) => vec![row.text().into()],
            Self::Lines(_, view) => {
                let buffer = view.buffer();
                let text = buffer.text(&buffer.start_iter(), &buffer.end_iter(), false);
                text.lines().map(ToOwned::to_owned).collect()
            }
            Self::Switch(_, switch) => vec![if switch.is_active() { "1" } else { "0" }.into()],
            Self::Choice(row, values) => usize::try_from(row.selected())
                .ok()
                .and_then(|place| values.get(place))
                .cloned()
                .into_iter()
                .collect(),
            Self::Choices(_, checks) => checks
                .iter()
                .filter(|(check, _)| check.is_active())
                .map(|(_, value)| value.clone())
                .collect(),
            Self::Captcha(_, entry) => vec![entry.text().trim().to_owned()],
            Self::Fixed(_) | Self::Hidden => return None,
        })
    }

    /// Puts a text where one can be typed.
    pub(super) fn set_value(&self, value: &str) {
        match self {
            Self::Text(row) => row.set_text(value),
            Self::Password(row) => row.set_text(value),
            Self::Lines(_, view) => view.buffer().set_text(value),
            Self::Captcha(_, entry) => entry.set_text(value),
            Self::Switch(..)
            | Self::Choice(..)
            | Self::Choices(..)
            | Self::Fixed(_)
            | Self::Hidden => {}
        }
    }

    /// Whether something could be entered and nothing was.
    pub(super) fn is_empty(&self) -> bool {
        self.values()
            .is_some_and(|values| values.iter().all(|value| value.trim().is_empty()))
    }

    /// Shows that something is missing here, or no longer.
    pub(super) fn mark(&self, invalid: bool) {
        if let Some(widget) = self.widget() {
            mark_invalid(widget, invalid);
        }
    }

    pub(super) fn focus(&self) {
        match self {
            Self::Lines(_, view) => view.grab_focus(),
            Self::Captcha(_, entry) => entry.grab_focus(),
            Self::Text(_)
            | Self::Password(_)
            | Self::Switch(..)
            | Self::Choice(..)
            | Self::Choices(..)
            | Self::Fixed(_)
            | Self::Hidden => self.widget().is_some_and(WidgetExt::grab_focus),
        };
    }
}

/// Untrusted text of several lines, as text.
pub(super) fn paragraph(text: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(present::paragraph(text))
        .use_markup(false)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .xalign(0.0)
        .selectable(true)
        .build()
}

/// A row of two texts that are never read as markup.
pub(super) fn plain(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .use_markup(false)
        .title_lines(0)
        .subtitle_lines(0)
        .build();
    row.set_title(title);
    row.set_subtitle(subtitle);
    row
}

/// A page of the web that the server points to; opened only by a click, and its text is where it leads.
pub(super) fn page(url: &str) -> gtk::Box {
    let all = gtk::Box::new(gtk::Orientation::Vertical, 6);
    all.append(&paragraph(&gettext(
        "The server also has a page in the web for this:",
    )));
    let link = gtk::LinkButton::builder()
        .uri(url)
        .label(url)
        .halign(gtk::Align::Start)
        .build();
    if let Some(label) = link.child().and_downcast::<gtk::Label>() {
        label.set_wrap(true);
        label.set_wrap_mode(gtk::pango::WrapMode::Char);
    }
    all.append(&link);
    all
}

/// Titles of rows are markup unless told otherwise, and that must be told before the title.
fn text(title: &str, value: &str) -> adw::EntryRow {
    let row = adw::EntryRow::builder().use_markup(false).build();
    row.set_title(title);
    row.set_text(value);
    row
}

fn password(title: &str, value: &str) -> adw::PasswordEntryRow {
    let row = adw::PasswordEntryRow::builder().use_markup(false).build();
    row.set_title(title);
    row.set_text(value);
    row
}

fn several_lines(title: &str, value: &str) -> Row {
    let view = gtk::TextView::builder()
        .wrap_mode(gtk::WrapMode::WordChar)
        .accepts_tab(false)
        .build();
    view.buffer().set_text(value);
    accessible::set_label(&view, title);
    let scrolled = gtk::ScrolledWindow::builder()
        .child(&view)
        .min_content_height(LINES_HEIGHT)
        .has_frame(true)
        .build();
    Row::Lines(titled(title, scrolled.upcast_ref()), view)
}

fn switch(title: &str, is_set: bool) -> Row {
    let switch = gtk::Switch::builder()
        .valign(gtk::Align::Center)
        .active(is_set)
        .build();
    let row = plain(title, "");
    row.add_suffix(&switch);
    row.set_activatable_widget(Some(&switch));
    Row::Switch(row, switch)
}

fn choice(title: &str, options: &[FieldOption], value: &str) -> Row {
    let options = &options[..options.len().min(present::MAX_CHOICES)];
    let labels: Vec<_> = options.iter().map(|o| present::choice(&o.label)).collect();
    let labels: Vec<_> = labels.iter().map(String::as_str).collect();
    let row = adw::ComboRow::builder()
        .use_markup(false)
        .model(&gtk::StringList::new(&labels))
        .build();
    row.set_title(title);
    let place = options.iter().position(|option| option.value == value);
    row.set_selected(place.and_then(|p| u32::try_from(p).ok()).unwrap_or(0));
    Row::Choice(row, options.iter().map(|o| o.value.clone()).collect())
}

fn choices(title: &str, options: &[FieldOption], values: &[String]) -> Row {
    let row = adw::ExpanderRow::builder()
        .use_markup(false)
        .expanded(true)
        .build();
    row.set_title(title);
    let checks = options
        .iter()
        .take(present::MAX_CHOICES)
        .map(|option| {
            let check = gtk::CheckButton::builder()
                .active(values.contains(&option.value))
                .valign(gtk::Align::Center)
                .build();
            let line = plain(&present::choice(&option.label), "");
            line.add_prefix(&check);
            line.set_activatable_widget(Some(&check));
            row.add_row(&line);
            (check, option.value.clone())
        })
        .collect();
    Row::Choices(row, checks)
}

fn captcha(title: &str, picture: Option<&Picture>) -> Row {
    let entry = gtk::Entry::new();
    accessible::set_label(&entry, title);
    let all = titled(title, picture_of(picture).upcast_ref());
    all.append(&entry);
    Row::Captcha(all, entry)
}

fn picture_of(picture: Option<&Picture>) -> gtk::Widget {
    let bytes = picture.map(|picture| glib::Bytes::from(&picture.png));
    match bytes.and_then(|bytes| gdk::Texture::from_bytes(&bytes).ok()) {
        Some(texture) => gtk::Picture::builder()
            .paintable(&texture)
            .width_request(texture.width().min(PICTURE_SIZE))
            .height_request(texture.height().min(PICTURE_SIZE))
            .halign(gtk::Align::Start)
            .alternative_text(gettext("Picture with the answer to type below"))
            .build()
            .upcast(),
        None => paragraph(&gettext("The server sent no picture that can be shown.")).upcast(),
    }
}

fn titled(title: &str, widget: &gtk::Widget) -> gtk::Box {
    let all = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .margin_top(12)
        .build();
    let label = gtk::Label::builder()
        .label(title)
        .use_markup(false)
        .xalign(0.0)
        .wrap(true)
        .css_classes(["heading"])
        .build();
    all.append(&label);
    all.append(widget);
    all
}
