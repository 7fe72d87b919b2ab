//! What can be typed into a search field beside words, behind a button with a question mark.

use gtk::prelude::*;

use crate::{i18n::gettext, ui::accessible};

/// Something that can be typed, and what it means in the person's language.
type Filter = (&'static str, fn() -> String);

/// What narrows a search, as it is typed: the same in every language.
const FILTERS: &[Filter] = &[
    ("\"…\"", || gettext("these words, one after the other")),
    ("from:", || {
        gettext("written by somebody; from:me by yourself")
    }),
    ("in:", || gettext("in the chat with somebody")),
    ("after:", || {
        gettext("since a day, month or year: after:2026-05")
    }),
    ("before:", || {
        gettext("before a day, month or year: before:2026-05-31")
    }),
    ("has:link", || gettext("with a link in it")),
];

/// A button that explains how to search in `entry`, and types for those who would rather press buttons.
pub(crate) fn button(entry: &gtk::SearchEntry) -> gtk::MenuButton {
    let popover = gtk::Popover::builder().name("search-help").build();
    popover.set_child(Some(&content(entry, &popover)));
    let button = gtk::MenuButton::builder()
        .icon_name("dialog-question-symbolic")
        .css_classes(["flat"])
        .valign(gtk::Align::Center)
        .name("search-help-button")
        .popover(&popover)
        .build();
    accessible::name_button(&button, &gettext("How to search"));
    button
}

/// What the button opens.
pub(crate) fn content(entry: &gtk::SearchEntry, popover: &gtk::Popover) -> gtk::Box {
    let content = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(2)
        .build();
    let intro = gtk::Label::builder()
        .label(gettext(
            "Words are found by their beginning, in any order. A search can be narrowed:",
        ))
        .xalign(0.0)
        .wrap(true)
        .width_chars(20)
        .max_width_chars(36)
        .margin_start(9)
        .margin_end(9)
        .margin_top(6)
        .margin_bottom(6)
        .build();
    content.append(&intro);
    for (filter, meaning) in FILTERS {
        content.append(&row(filter, &meaning(), entry, popover));
    }
    content
}

fn row(
    filter: &'static str,
    meaning: &str,
    entry: &gtk::SearchEntry,
    popover: &gtk::Popover,
) -> gtk::Button {
    let typed = gtk::Label::builder()
        .label(filter)
        .xalign(0.0)
        .width_chars(9)
        .css_classes(["monospace"])
        .build();
    let words = gtk::Label::builder()
        .label(meaning)
        .xalign(0.0)
        .wrap(true)
        .width_chars(18)
        .max_width_chars(28)
        .css_classes(["dim-label"])
        .build();
    let line = gtk::Box::builder().spacing(9).build();
    line.append(&typed);
    line.append(&words);
    let row = gtk::Button::builder()
        .child(&line)
        .css_classes(["flat", "menu-entry"])
        .build();
    accessible::set_label(&row, &format!("{filter} {meaning}"));
    let (entry, popover) = (entry.downgrade(), popover.downgrade());
    row.connect_clicked(move |_| {
        if let Some(popover) = popover.upgrade() {
            popover.popdown();
        }
        if let Some(entry) = entry.upgrade() {
            let (text, place) = with_filter(&entry.text(), filter);
            entry.grab_focus();
            entry.set_text(&text);
            entry.set_position(place);
        }
    });
    row
}

/// What was typed with a filter behind it, and where to go on, in characters.
fn with_filter(typed: &str, filter: &str) -> (String, i32) {
    let typed = typed.trim_end();
    let blank = if typed.is_empty() { "" } else { " " };
    // Between the quotation marks, else at the end.
    let filter = filter.replace('…', "");
    let back = i32::from(filter == "\"\"");
    let text = format!("{typed}{blank}{filter}");
    let end = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    (text, end - back)
}

#[cfg(test)]
mod tests {
    use super::with_filter;

    #[test]
    fn a_filter_comes_behind_what_was_typed() {
        assert_eq!(with_filter("", "from:"), ("from:".into(), 5));
        assert_eq!(with_filter("über  ", "\"…\""), ("über \"\"".into(), 6));
        assert_eq!(with_filter("a", "has:link"), ("a has:link".into(), 10));
    }
}
