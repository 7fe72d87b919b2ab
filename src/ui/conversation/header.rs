//! The header bar of a chat: back, who it is, what they do, and the details.

use adw::prelude::*;

use super::{Input, chat_menu, present::words};
use crate::{
    i18n::gettext,
    model::{Conversation, ConversationKind, Presence},
    store::Reader,
    timeline::text::clean,
    ui::{
        accessible,
        widgets::avatar::{self, Avatar},
    },
};

/// The header bar.
pub(super) struct Header {
    bar: adw::HeaderBar,
    back: gtk::Button,
    person: gtk::Button,
    avatar: Avatar,
    name: gtk::Label,
    line: gtk::Label,
    search: gtk::Button,
    menu: gtk::MenuButton,
    details: gtk::ToggleButton,
    toggled: gtk::glib::SignalHandlerId,
}

impl Header {
    pub(super) fn new(sender: &relm4::Sender<Input>) -> Self {
        let details = gtk::ToggleButton::builder()
            .icon_name("details-symbolic")
            .name("details")
            .build();
        let toggled = {
            let sender = sender.clone();
            details.connect_toggled(move |button| {
                sender.emit(Input::ShowDetails(button.is_active()));
            })
        };
        let header = Self {
            bar: adw::HeaderBar::builder()
                .show_start_title_buttons(false)
                .css_classes(["conversation-header"])
                .build(),
            back: gtk::Button::builder()
                .icon_name("go-previous-symbolic")
                .name("back")
                .visible(false)
                .build(),
            person: gtk::Button::builder()
                .name("person")
                .css_classes(["flat", "person"])
                .hexpand(true)
                .halign(gtk::Align::Start)
                .build(),
            avatar: Avatar::new(avatar::MESSAGE_SIZE),
            name: one_line(&["heading"]),
            line: one_line(&["caption", "dim-label"]),
            search: gtk::Button::builder()
                .icon_name("edit-find-symbolic")
                .name("search-here")
                .build(),
            menu: chat_menu::button(sender),
            details,
            toggled,
        };
        header.build(sender);
        header
    }

    fn build(&self, sender: &relm4::Sender<Input>) {
        accessible::name_button(&self.back, &gettext("Back to the chats"));
        accessible::name_button(&self.details, &gettext("Details of the contact"));
        accessible::name_button(&self.search, &gettext("Search in this chat"));
        let search = sender.clone();
        self.search
            .connect_clicked(move |_| search.emit(Input::Search));
        self.line.set_widget_name("presence-line");
        let words = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .valign(gtk::Align::Center)
            .build();
        words.append(&self.name);
        words.append(&self.line);
        let person = gtk::Box::builder().spacing(9).build();
        person.append(&self.avatar);
        person.append(&words);
        self.person.set_child(Some(&person));
        let back = sender.clone();
        self.back
            .connect_clicked(move |_| back.emit(Input::BackPressed));
        let details = self.details.downgrade();
        self.person.connect_clicked(move |_| {
            if let Some(details) = details.upgrade() {
                details.set_active(!details.is_active());
            }
        });
        self.bar.pack_start(&self.back);
        self.bar.pack_start(&self.person);
        self.bar.set_title_widget(Some(&gtk::Box::default()));
        self.bar.pack_end(&self.menu);
        self.bar.pack_end(&self.details);
        self.bar.pack_end(&self.search);
        self.show_nobody();
    }

    /// The button with the menu of the chat.
    pub(super) fn menu(&self) -> &gtk::MenuButton {
        &self.menu
    }

    pub(super) fn widget(&self) -> &adw::HeaderBar {
        &self.bar
    }

    /// Shows a back button when there is only one column.
    pub(super) fn set_folded(&self, folded: bool) {
        self.back.set_visible(folded);
        self.bar.set_show_start_title_buttons(folded);
    }

    /// Shows whether the details pane is open.
    pub(super) fn set_details_shown(&self, shown: bool) {
        self.details.block_signal(&self.toggled);
        self.details.set_active(shown);
        // The buttons of the window stand at its end: in the pane, when that is there.
        self.bar.set_show_end_title_buttons(!shown);
        self.details.unblock_signal(&self.toggled);
    }

    /// Shows no chat.
    pub(super) fn show_nobody(&self) {
        self.person.set_visible(false);
        self.search.set_visible(false);
        self.details.set_visible(false);
        self.menu.set_visible(false);
    }

    /// Shows who is at the other end.
    pub(super) fn show(&self, chat: &Conversation, reader: &Reader) {
        self.person.set_visible(true);
        self.search.set_visible(true);
        self.details.set_visible(true);
        self.menu.set_visible(chat.kind == ConversationKind::Person);
        self.avatar.set_person(&chat.name, chat.peer.as_str());
        self.avatar.set_picture(reader, chat.avatar.as_deref());
        let name = clean::line(&chat.name, clean::MAX_NAME);
        self.name.set_label(&name);
    }

    /// Shows what they do; none for those whose presence is not known.
    pub(super) fn show_presence(&self, presence: Option<&Presence>, is_typing: bool) {
        let line = match (is_typing, presence) {
            (true, _) => gettext("typing…"),
            (false, Some(presence)) => words::presence_line(presence),
            (false, None) => String::new(),
        };
        self.avatar.set_show(presence.map(|p| p.show));
        self.line.set_label(&line);
        self.line.set_visible(!line.is_empty());
        self.line
            .set_tooltip_text((!line.is_empty()).then_some(line.as_str()));
        let name = self.name.label();
        accessible::set_label(&self.person, &format!("{name}, {line}"));
    }

    /// Takes the keyboard focus.
    pub(super) fn grab_focus(&self) {
        self.details.grab_focus();
    }
}

fn one_line(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(gtk::pango::EllipsizeMode::End)
        .single_line_mode(true)
        .width_chars(6)
        .css_classes(classes.to_vec())
        .build()
}
