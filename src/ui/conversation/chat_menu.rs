//! What can be done with the whole chat: go to a date, choose messages, put it away, delete it.

use adw::prelude::*;
use gtk::glib;
use relm4::prelude::*;

use super::{CommandOutput, Confirmed, Conversation, Input, loading, questions};
use crate::{
    command::ChatCommand,
    i18n::gettext,
    model::Timestamp,
    ui::{
        accessible,
        sidebar::context_menu::{self, Entry},
    },
};

/// The button with the menu of a chat.
pub(super) fn button(sender: &relm4::Sender<Input>) -> gtk::MenuButton {
    let button = gtk::MenuButton::builder()
        .icon_name("view-more-symbolic")
        .name("chat-menu")
        .build();
    accessible::name_button(&button, &gettext("What can be done with this chat"));
    let entry = |label: String, input: fn() -> Input| {
        let sender = sender.clone();
        Entry::new(label, move || sender.emit(input()))
    };
    let find = vec![
        entry(gettext("Go to Date…"), || Input::DateWanted),
        entry(gettext("Select Messages"), || Input::SelectionWanted),
    ];
    let end = vec![
        entry(gettext("Put Away"), || Input::PutAwayPressed),
        entry(gettext("Delete Chat…"), || Input::DeleteChatPressed),
    ];
    button.set_popover(Some(&context_menu::build(vec![find, end])));
    button
}

impl Conversation {
    /// Offers days to go to.
    pub(super) fn open_calendar(&self) {
        let over = self.header.menu();
        let popover = gtk::Popover::builder().name("calendar").build();
        popover.set_parent(over);
        let calendar = gtk::Calendar::new();
        accessible::set_label(&calendar, &gettext("The day to go to"));
        let show = gtk::Button::builder()
            .label(gettext("Go There"))
            .name("go-to-day")
            .css_classes(["suggested-action"])
            .build();
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .build();
        column.append(&calendar);
        column.append(&show);
        popover.set_child(Some(&column));
        let sender = self.context.sender.clone();
        let (weak, day) = (popover.downgrade(), calendar.downgrade());
        show.connect_clicked(move |_| {
            if let Some(popover) = weak.upgrade() {
                popover.popdown();
            }
            if let Some(start) = day.upgrade().and_then(|day| start_of(&day.date())) {
                sender.emit(Input::GoToMoment(start));
            }
        });
        popover.connect_closed(|popover| {
            let popover = popover.clone();
            glib::idle_add_local_once(move || popover.unparent());
        });
        // In the turn in which it was made, a popover is measured too low; and the menu has to close first.
        glib::idle_add_local_once(move || {
            popover.popup();
            calendar.grab_focus();
        });
    }

    pub(super) fn put_away(&mut self, sender: &ComponentSender<Self>) {
        if let Some(chat) = &self.chat {
            let command = ChatCommand::Archive(chat.id);
            self.ask_chat(command, sender);
            self.gone(sender);
        }
    }

    /// Counts what would be lost, to ask with that.
    pub(super) fn count_for_deletion(&self, sender: &ComponentSender<Self>) {
        let Some(chat) = &self.chat else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            CommandOutput::Counted(number, reader.message_count(id).map_err(loading::failure))
        });
    }

    pub(super) fn ask_delete_all(
        &mut self,
        number: u64,
        count: u64,
        sender: &ComponentSender<Self>,
        root: &gtk::Box,
    ) {
        if self.chat_of(number).is_some() {
            let name = self.context.people.borrow().peer.clone();
            let question = questions::delete_chat(&name, count);
            question.ask(root, sender.input_sender(), Confirmed::Delete);
        }
    }
}

/// When a day begins here.
fn start_of(day: &glib::DateTime) -> Option<Timestamp> {
    let (year, month, day) = day.ymd();
    let start = glib::DateTime::from_local(year, month, day, 0, 0, 0.0).ok()?;
    Some(Timestamp(start.to_unix() * 1000))
}

#[cfg(test)]
mod tests {
    use gtk::glib;

    use super::{super::present::time, start_of};

    #[test]
    fn a_day_begins_at_its_first_moment_here() {
        let noon = glib::DateTime::from_local(2026, 11, 20, 12, 30, 7.0).unwrap();
        let start = start_of(&noon).unwrap();
        assert_eq!(time::sortable(start), "2026-11-20 00:00");
        let before = time::local_day(start.plus_millis(-1));
        assert_eq!(before.to_string(), "2026-11-19");
    }
}
