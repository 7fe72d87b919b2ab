//! Reactions to messages: which are offered first, and the place where one is chosen.

use gtk::{gdk, glib, prelude::*};
use relm4::prelude::*;

use super::{CommandOutput, Conversation, Input, list_view, row::TimelineRow};
use crate::{
    command::{ChatCommand, Command},
    i18n::{gettext, gettext_f},
    model::MessageId,
    timeline::text::clean,
    ui::accessible,
};

/// Under which name those used last are kept.
const RECENT: &str = "recent-reactions";
/// Offered until others have been used.
const USUAL: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
/// Longest emoji that is kept, in bytes: families with tags and joiners stay below.
const MAX_EMOJI: usize = 64;

impl Conversation {
    /// Reads which reactions were used last.
    pub(super) fn read_recent(&self, sender: &ComponentSender<Self>) {
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            CommandOutput::RecentReactions(match reader.value(RECENT) {
                Ok(value) => value.unwrap_or_default(),
                Err(error) => {
                    tracing::error!(%error, "the last reactions cannot be read");
                    String::new()
                }
            })
        });
    }

    pub(super) fn take_recent(&mut self, kept: &str) {
        self.recent = kept.split_whitespace().map(str::to_owned).collect();
    }

    /// Puts a reaction under a message, or takes it away.
    pub(super) fn react(
        &mut self,
        message: MessageId,
        emoji: String,
        on: bool,
        sender: &ComponentSender<Self>,
    ) {
        if on {
            self.recent = used(&self.recent, &emoji);
            self.handle.send(Command::Remember {
                name: RECENT,
                value: self.recent.join(" "),
            });
        }
        let command = ChatCommand::React { message, emoji, on };
        self.ask_chat(command, sender);
    }

    /// Offers reactions under a message.
    pub(super) fn open_reactions(&self, id: MessageId) {
        let row = list_view::live_rows(&self.view).find(|row| row.message() == Some(id));
        let (Some(row), Some(message)) = (row, self.message(id)) else {
            return;
        };
        let people = self.context.people.borrow();
        let own: Vec<&str> = message
            .reactions
            .iter()
            .filter(|reaction| reaction.authors.iter().any(|author| people.is_own(author)))
            .map(|reaction| reaction.emoji.as_str())
            .collect();
        let popover = popover(&row);
        popover.set_widget_name("reaction-choice");
        let line = gtk::Box::builder().spacing(2).build();
        for emoji in offered(&self.recent) {
            let is_own = own.contains(&emoji.as_str());
            line.append(&self.choice(&popover, id, emoji, is_own));
        }
        line.append(&self.more(&popover, &row, id));
        popover.set_child(Some(&line));
        // In the turn in which it was made, a popover is measured too low.
        glib::idle_add_local_once(move || popover.popup());
    }

    fn choice(
        &self,
        popover: &gtk::Popover,
        message: MessageId,
        emoji: String,
        is_own: bool,
    ) -> gtk::Button {
        let button = gtk::Button::builder()
            .label(&emoji)
            .css_classes(["flat", "circular", "emoji"])
            .build();
        let name = if is_own {
            button.add_css_class("own");
            // Translators: takes one's own reaction away
            gettext_f("Take {emoji} away", &[("emoji", &emoji)])
        } else {
            gettext_f("React with {emoji}", &[("emoji", &emoji)])
        };
        accessible::name_button(&button, &name);
        let (sender, popover) = (self.context.sender.clone(), popover.downgrade());
        button.connect_clicked(move |_| {
            if let Some(popover) = popover.upgrade() {
                popover.popdown();
            }
            sender.emit(Input::ReactPressed {
                message,
                emoji: emoji.clone(),
                on: !is_own,
            });
        });
        button
    }

    /// The button that opens the chooser with all emoji.
    fn more(&self, popover: &gtk::Popover, row: &TimelineRow, message: MessageId) -> gtk::Button {
        let button = gtk::Button::builder()
            .icon_name("list-add-symbolic")
            .name("more-reactions")
            .css_classes(["flat", "circular"])
            .build();
        accessible::name_button(&button, &gettext("Choose another emoji"));
        let (sender, popover) = (self.context.sender.clone(), popover.downgrade());
        let row = row.downgrade();
        button.connect_clicked(move |_| {
            if let Some(popover) = popover.upgrade() {
                popover.popdown();
            }
            let Some(row) = row.upgrade() else {
                return;
            };
            let chooser = gtk::EmojiChooser::new();
            place(chooser.upcast_ref(), &row);
            let sender = sender.clone();
            chooser.connect_emoji_picked(move |_, emoji| {
                sender.emit(Input::ReactPressed {
                    message,
                    emoji: emoji.to_owned(),
                    on: true,
                });
            });
            chooser.popup();
        });
        button
    }
}

fn popover(row: &TimelineRow) -> gtk::Popover {
    let popover = gtk::Popover::new();
    place(&popover, row);
    popover
}

/// Hangs a popover under the bubble of a row; it goes away when it is closed, and the row has the focus again.
fn place(popover: &gtk::Popover, row: &TimelineRow) {
    let (x, y) = row.menu_place();
    popover.set_pointing_to(Some(&gdk::Rectangle::new(x as i32, y as i32, 1, 1)));
    popover.set_parent(row);
    popover.connect_closed(|popover| {
        let popover = popover.clone();
        glib::idle_add_local_once(move || popover.unparent());
    });
}

/// Which are offered: those used last, then the usual ones.
fn offered(recent: &[String]) -> Vec<String> {
    let mut offered: Vec<String> = Vec::with_capacity(USUAL.len());
    let usual = USUAL.iter().map(|emoji| (*emoji).to_owned());
    for emoji in recent.iter().cloned().chain(usual) {
        // What is kept was once a reaction, but the store is not asked to remember that.
        if !offered.contains(&emoji) && emoji == clean::line(&emoji, 1) {
            offered.push(emoji);
        }
    }
    offered.truncate(USUAL.len());
    offered
}

/// Those used last, after this one was used.
fn used(recent: &[String], emoji: &str) -> Vec<String> {
    let others = recent.iter().filter(|other| *other != emoji).cloned();
    let mut used = vec![emoji.to_owned()];
    used.extend(others);
    used.retain(|emoji| emoji.len() <= MAX_EMOJI && !emoji.contains(char::is_whitespace));
    used.truncate(USUAL.len());
    used
}

#[cfg(test)]
mod tests {
    use super::{USUAL, offered, used};

    #[test]
    fn what_was_used_last_comes_first() {
        assert_eq!(offered(&[]), USUAL);
        let recent = used(&used(&[], "🎉"), "👍");
        assert_eq!(recent, ["👍", "🎉"]);
        let offered = offered(&recent);
        assert_eq!(offered[..3], ["👍", "🎉", "❤️"]);
        assert_eq!(offered.len(), USUAL.len());
        assert_eq!(used(&recent, "🎉"), ["🎉", "👍"]);
    }

    #[test]
    fn what_is_no_emoji_is_not_kept() {
        assert!(used(&[], "a b").is_empty());
        assert!(used(&[], &"👍".repeat(100)).is_empty());
        assert_eq!(offered(&["two words".into()]), USUAL);
    }
}
