//! A failure in sentences, shown where it happened.

use gtk::prelude::*;

use crate::ui::failure_text::Explanation;

/// A box that shows one failure, or nothing; screen readers announce it.
pub struct ProblemBox {
    /// The widget.
    pub root: gtk::Revealer,
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
        let content = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .css_classes(["card", "problem"])
            .accessible_role(gtk::AccessibleRole::Alert)
            .build();
        let head = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        let icon = gtk::Image::from_icon_name("dialog-warning-symbolic");
        icon.add_css_class("warning");
        head.append(&icon);
        head.append(&title);
        content.append(&head);
        content.append(&text);
        content.append(&quote);
        let root = gtk::Revealer::builder().child(&content).build();
        Self {
            root,
            title,
            text,
            quote,
        }
    }
}

impl ProblemBox {
    /// Shows a failure, or hides the last one.
    pub fn show(&self, problem: Option<&Explanation>) {
        if let Some(problem) = problem {
            self.title.set_label(&problem.title);
            self.text
                .set_label(&format!("{} {}", problem.meaning, problem.advice));
            self.quote
                .set_label(problem.quote.as_deref().unwrap_or_default());
            self.quote.set_visible(problem.quote.is_some());
        }
        self.root.set_reveal_child(problem.is_some());
        // A hidden box must not be read aloud.
        self.root.set_visible(problem.is_some());
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
