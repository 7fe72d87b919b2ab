//! The lock beside the text: shows whether a chat is encrypted, says so in words, and offers to change it.

use std::{cell::Cell, rc::Rc};

use gtk::prelude::*;

use super::{Input, Target, protection};
use crate::{i18n::gettext, model::Encryption, ui::accessible};

/// The lock.
pub(super) struct Lock {
    button: gtk::MenuButton,
    sealed: gtk::CheckButton,
    clear: gtk::CheckButton,
    words: gtk::Label,
    devices: gtk::Label,
    /// What the chat has; the choices show nothing else until it has been changed.
    shown: Rc<Cell<Encryption>>,
}

impl Lock {
    pub(super) fn new(sender: &relm4::Sender<Input>) -> Self {
        let sealed = choice(&gettext("Encrypted with OMEMO"), "encrypt-omemo");
        let clear = choice(&gettext("Not encrypted"), "encrypt-none");
        clear.set_group(Some(&sealed));
        let (words, devices) = (words("lock-words"), words("lock-devices"));
        devices.add_css_class("dim-label");
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(9)
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(6)
            .margin_end(6)
            .build();
        column.append(&words);
        column.append(&sealed);
        column.append(&clear);
        column.append(&devices);
        let popover = gtk::Popover::builder().child(&column).build();
        let button = gtk::MenuButton::builder()
            .popover(&popover)
            .valign(gtk::Align::End)
            .direction(gtk::ArrowType::Up)
            .css_classes(["flat"])
            .name("security")
            .build();
        let lock = Self {
            button,
            sealed,
            clear,
            words,
            devices,
            shown: Rc::default(),
        };
        lock.report(&lock.sealed, Encryption::Omemo, &popover, sender);
        lock.report(&lock.clear, Encryption::None, &popover, sender);
        let sender = sender.clone();
        popover.connect_show(move |_| sender.emit(Input::LockOpened));
        lock
    }

    pub(super) fn widget(&self) -> &gtk::MenuButton {
        &self.button
    }

    /// Shows what a chat has.
    pub(super) fn show(&self, target: &Target) {
        let is_sealed = target.protection.is_sealed();
        self.shown.set(target.protection.encryption);
        self.sealed.set_active(is_sealed);
        self.clear.set_active(!is_sealed);
        let (icon, class) = if is_sealed {
            ("security-sealed-symbolic", "flat")
        } else {
            ("security-open-symbolic", "warning")
        };
        self.button.set_icon_name(icon);
        self.button.set_css_classes(&["flat", class]);
        let words = protection::in_full(target);
        accessible::name_button(&self.button, &words);
        self.words.set_label(&words);
        self.devices.set_label(&protection::devices(target));
    }

    /// Reports a choice of the person; the chat decides, and until then the old one stays chosen.
    fn report(
        &self,
        choice: &gtk::CheckButton,
        encryption: Encryption,
        popover: &gtk::Popover,
        sender: &relm4::Sender<Input>,
    ) {
        let (shown, sender) = (self.shown.clone(), sender.clone());
        let popover = popover.downgrade();
        choice.connect_toggled(move |choice| {
            if !choice.is_active() || shown.get() == encryption {
                return;
            }
            if let Some(popover) = popover.upgrade() {
                popover.popdown();
            }
            sender.emit(Input::EncryptionChosen(encryption));
        });
    }
}

fn choice(label: &str, name: &str) -> gtk::CheckButton {
    gtk::CheckButton::builder().label(label).name(name).build()
}

fn words(name: &str) -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .max_width_chars(32)
        .xalign(0.0)
        .name(name)
        .build()
}
