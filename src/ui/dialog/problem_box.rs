//! A failure in sentences, shown where it happened.

use std::cell::RefCell;

use gtk::prelude::*;

use super::when_laid_out;
use crate::ui::{accessible, failure_text::Explanation};

/// A box that shows one failure, or nothing. A new failure comes into view and gets the keyboard focus: GTK has
/// announcements from 4.14 on; before that, screen readers read what has the focus.
pub struct ProblemBox {
    /// The widget.
    pub root: gtk::Box,
    shown: RefCell<Option<Explanation>>,
    /// The field that says what is wrong, too.
    field: RefCell<Option<gtk::Widget>>,
    title: gtk::Label,
    text: gtk::Label,
    quote: gtk::Label,
}

impl Default for ProblemBox {
    fn default() -> Self {
        let title = label(&["heading"]);
        title.set_widget_name("problem-title");
        let text = label(&[]);
        text.set_widget_name("problem-text");
        let quote = label(&["dim-label"]);
        quote.set_widget_name("problem-quote");
        quote.set_selectable(true);
        let root = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .css_classes(["card", "problem"])
            .accessible_role(gtk::AccessibleRole::Alert)
            .name("problem")
            .focusable(true)
            .visible(false)
            .build();
        let head = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        let icon = gtk::Image::from_icon_name("dialog-warning-symbolic");
        icon.add_css_class("warning");
        head.append(&icon);
        head.append(&title);
        root.append(&head);
        root.append(&text);
        root.append(&quote);
        Self {
            root,
            shown: RefCell::default(),
            field: RefCell::default(),
            title,
            text,
            quote,
        }
    }
}

impl ProblemBox {
    /// Shows a failure, or hides the last one.
    pub fn show(&self, problem: Option<&Explanation>) {
        self.show_beside(problem, None::<&gtk::Widget>);
    }

    /// The same, where the failure is best mended in one field: that gets the focus, and says what is wrong.
    pub fn show_beside(
        &self,
        problem: Option<&Explanation>,
        field: Option<&impl IsA<gtk::Widget>>,
    ) {
        if self.shown.borrow().as_ref() == problem {
            return;
        }
        self.shown.replace(problem.cloned());
        self.root.set_visible(problem.is_some());
        let field = field.map(|field| field.as_ref().clone());
        if let Some(before) = self.field.replace(field.clone()) {
            accessible::set_description(&before, "");
        }
        let Some(problem) = problem else { return };
        let text = format!("{} {}", problem.meaning, problem.advice);
        self.title.set_label(&problem.title);
        self.text.set_label(&text);
        self.quote
            .set_label(problem.quote.as_deref().unwrap_or_default());
        self.quote.set_visible(problem.quote.is_some());
        let words = format!("{}. {text}", problem.title);
        accessible::set_label(&self.root, &words);
        if let Some(field) = &field {
            accessible::set_description(field, &words);
        }
        let root = self.root.clone();
        when_laid_out(&self.root, move || {
            // The field comes second: GTK 4.8 tells screen readers nothing of a field inside a row.
            root.grab_focus();
            if let Some(field) = &field {
                field.grab_focus();
            }
        });
    }
}

fn label(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .max_width_chars(60)
        .css_classes(classes.iter().map(ToString::to_string).collect::<Vec<_>>())
        .build()
}
