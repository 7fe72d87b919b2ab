//! What stands in the composer's place while messages are chosen.

use gtk::prelude::*;

use super::Input;
use crate::{
    i18n::{gettext, ngettext_f},
    ui::accessible,
};

/// The bar.
pub(super) struct SelectionBar {
    root: gtk::ActionBar,
    count: gtk::Label,
    copy: gtk::Button,
    forward: gtk::Button,
}

impl SelectionBar {
    pub(super) fn new(sender: &relm4::Sender<Input>) -> Self {
        let button = |label: String, name: &str, input: fn() -> Input| {
            let button = gtk::Button::builder().label(label).name(name).build();
            let sender = sender.clone();
            button.connect_clicked(move |_| sender.emit(input()));
            button
        };
        let bar = Self {
            root: gtk::ActionBar::builder()
                .name("selection")
                .visible(false)
                .build(),
            count: gtk::Label::builder()
                .name("selected-count")
                .accessible_role(gtk::AccessibleRole::Status)
                .xalign(0.0)
                .ellipsize(gtk::pango::EllipsizeMode::End)
                .build(),
            copy: button(gettext("Copy"), "copy-selected", || Input::CopySelected),
            forward: button(gettext("Forward…"), "forward-selected", || {
                Input::ForwardSelected
            }),
        };
        let leave = button(String::new(), "end-selection", || Input::SelectionLeft);
        leave.set_icon_name("window-close-symbolic");
        accessible::name_button(&leave, &gettext("Choose no messages"));
        bar.root.pack_start(&leave);
        bar.root.pack_start(&bar.count);
        bar.root.pack_end(&bar.forward);
        bar.root.pack_end(&bar.copy);
        bar
    }

    pub(super) fn widget(&self) -> &gtk::ActionBar {
        &self.root
    }

    /// Shows how many messages are chosen, or nothing while none can be.
    pub(super) fn show(&self, count: Option<usize>) {
        let shown = count.unwrap_or_default();
        let number = u32::try_from(shown).unwrap_or(u32::MAX);
        let words = ngettext_f("{n} message", "{n} messages", number, &[]);
        self.count.set_label(&words);
        accessible::set_label(&self.count, &words);
        for button in [&self.copy, &self.forward] {
            button.set_sensitive(shown > 0);
        }
        self.root.set_visible(count.is_some());
    }
}
