//! Our own lines between messages. They stand in the middle, outside any bubble, where no message can come: what others
//! write is always inside one.

use chrono::NaiveDate;
use gtk::prelude::*;

use super::{RowContext, TimelineRow};
use crate::{
    i18n::{gettext, gettext_f},
    model::Timestamp,
    timeline::{Row, Start, text::clean},
    ui::{
        accessible,
        conversation::{Input, present::time},
    },
};

/// A line of our own.
pub(super) struct SystemLine {
    root: gtk::Box,
    before: gtk::Separator,
    label: gtk::Label,
    after: gtk::Separator,
    spinner: gtk::Spinner,
    retry: gtk::Button,
}

impl SystemLine {
    pub(super) fn new() -> Self {
        let separator = || {
            gtk::Separator::builder()
                .orientation(gtk::Orientation::Horizontal)
                .hexpand(true)
                .valign(gtk::Align::Center)
                .build()
        };
        let line = Self {
            root: gtk::Box::builder()
                .spacing(12)
                .css_classes(["timeline-mark"])
                .build(),
            before: separator(),
            label: gtk::Label::builder()
                .ellipsize(gtk::pango::EllipsizeMode::End)
                .build(),
            after: separator(),
            spinner: gtk::Spinner::new(),
            retry: gtk::Button::builder()
                .label(gettext("Try Again"))
                .valign(gtk::Align::Center)
                .build(),
        };
        line.root.append(&line.before);
        line.root.append(&line.spinner);
        line.root.append(&line.label);
        line.root.append(&line.retry);
        line.root.append(&line.after);
        line
    }

    pub(super) fn widget(&self) -> &gtk::Widget {
        self.root.upcast_ref()
    }

    pub(super) fn show(&self, around: &TimelineRow, row: &Row, context: &std::rc::Rc<RowContext>) {
        let text = words(
            row,
            time::local_day(Timestamp::now()),
            &context.people.borrow().peer,
        );
        self.label.set_label(&text);
        accessible::set_label(around, &text);
        let is_new = *row == Row::Unread;
        let is_typing = *row == Row::Typing;
        let is_start = matches!(row, Row::Start(_));
        for separator in [&self.before, &self.after] {
            separator.set_visible(!is_start && !is_typing);
        }
        let classes: &[&str] = match (is_new, is_typing) {
            (true, _) => &["timeline-mark", "timeline-new"],
            (_, true) => &["timeline-mark", "timeline-typing"],
            _ => &["timeline-mark"],
        };
        self.root.set_css_classes(classes);
        let align = if is_typing {
            gtk::Align::Start
        } else if is_start {
            gtk::Align::Center
        } else {
            gtk::Align::Fill
        };
        self.root.set_halign(align);
        let fetching = *row == Row::Start(Start::Fetching);
        self.spinner.set_visible(fetching);
        self.spinner.set_spinning(fetching);
        self.show_retry(*row == Row::Start(Start::Failed), context);
    }

    fn show_retry(&self, visible: bool, context: &std::rc::Rc<RowContext>) {
        self.retry.set_visible(visible);
        if visible && self.retry.widget_name() != "retry-archive" {
            self.retry.set_widget_name("retry-archive");
            let sender = context.sender.clone();
            self.retry
                .connect_clicked(move |_| sender.emit(Input::ArchiveRetryPressed));
        }
    }
}

/// What a line of ours says.
fn words(row: &Row, today: NaiveDate, peer: &str) -> String {
    match row {
        Row::Start(Start::Unknown) | Row::Message(_) => String::new(),
        Row::Start(Start::Fetching) => gettext("Fetching older messages…"),
        Row::Start(Start::Failed) => gettext("Older messages could not be fetched."),
        Row::Start(Start::Complete) => gettext("There are no older messages."),
        Row::Day(day) => time::day(*day, today),
        Row::Unread => gettext("New messages"),
        Row::Typing => gettext_f("{name} is typing…", &[("name", &clean::isolated(peer))]),
    }
}
