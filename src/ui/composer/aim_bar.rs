//! What stands above the text while it will become more than a message: an answer, a new text, a hidden one.

use gtk::{gdk, glib, pango, prelude::*};

use super::{Aim, Input};
use crate::{
    i18n::gettext,
    timeline::text::clean,
    ui::{accessible, conversation::MAX_QUOTE},
};

/// The bar; seen only when it applies.
pub(super) struct AimBar {
    root: gtk::Box,
    icon: gtk::Image,
    title: gtk::Label,
    words: gtk::Label,
    hint: gtk::Entry,
    cancel: gtk::Button,
}

impl AimBar {
    pub(super) fn new(sender: &relm4::Sender<Input>) -> Self {
        let bar = Self {
            root: gtk::Box::builder()
                .spacing(9)
                .visible(false)
                .name("aim")
                .css_classes(["aim"])
                .build(),
            icon: gtk::Image::builder()
                .accessible_role(gtk::AccessibleRole::Presentation)
                .css_classes(["accent"])
                .build(),
            title: line(&["caption-heading"]),
            words: line(&["caption"]),
            hint: gtk::Entry::builder()
                .name("hint")
                .max_length(200)
                .placeholder_text(gettext("What it is about, shown to everybody (optional)"))
                .build(),
            cancel: gtk::Button::builder()
                .icon_name("window-close-symbolic")
                .valign(gtk::Align::Center)
                .name("aim-cancel")
                .css_classes(["flat", "circular"])
                .build(),
        };
        bar.title.set_widget_name("aim-title");
        bar.words.set_widget_name("aim-words");
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(2)
            .hexpand(true)
            .valign(gtk::Align::Center)
            .build();
        column.append(&bar.title);
        column.append(&bar.words);
        column.append(&bar.hint);
        bar.root.append(&bar.icon);
        bar.root.append(&column);
        bar.root.append(&bar.cancel);
        accessible::set_label(&bar.hint, &gettext("What the hidden text is about"));
        bar.follow(sender);
        bar
    }

    fn follow(&self, sender: &relm4::Sender<Input>) {
        let cancelled = sender.clone();
        self.cancel
            .connect_clicked(move |_| cancelled.emit(Input::AimCancelled));
        let typed = sender.clone();
        self.hint
            .connect_changed(move |hint| typed.emit(Input::HintTyped(hint.text().into())));
        let entered = sender.clone();
        self.hint
            .connect_activate(move |_| entered.emit(Input::Focus));
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let left = sender.clone();
        keys.connect_key_pressed(move |_, key, _, _| {
            if key != gdk::Key::Escape {
                return glib::Propagation::Proceed;
            }
            left.emit(Input::AimCancelled);
            glib::Propagation::Stop
        });
        self.root.add_controller(keys);
    }

    pub(super) fn widget(&self) -> &gtk::Box {
        &self.root
    }

    /// Shows what the text will become.
    pub(super) fn show(&self, aim: &Aim) {
        let (icon, title, words, cancel) = match aim {
            Aim::Message => return self.root.set_visible(false),
            Aim::Spoiler { .. } => (
                "spoiler-symbolic",
                gettext("Hidden text"),
                String::new(),
                gettext("Do not hide the text"),
            ),
            Aim::Reply { quote, .. } => (
                "reply-symbolic",
                gettext("Your answer to"),
                quote.clone(),
                gettext("Do not answer this message"),
            ),
            Aim::Edit { before, .. } => (
                "edit-symbolic",
                gettext("New text of your message"),
                clean::line(before, MAX_QUOTE),
                gettext("Leave the message as it is"),
            ),
        };
        self.icon.set_icon_name(Some(icon));
        self.title.set_label(&title);
        self.words.set_label(&words);
        self.words.set_visible(!words.is_empty());
        accessible::name_button(&self.cancel, &cancel);
        if let Aim::Spoiler { hint } = aim {
            if self.hint.text() != *hint {
                self.hint.set_text(hint);
            }
            self.hint.set_visible(true);
        } else {
            self.hint.set_visible(false);
        }
        self.root.set_visible(true);
    }
}

fn line(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(pango::EllipsizeMode::End)
        .single_line_mode(true)
        .width_chars(6)
        .css_classes(classes.to_vec())
        .build()
}
