//! Chats that were put away, and chats that are deleted.

use relm4::prelude::*;

use super::{Chats, CommandOutput, Input, Output};
use crate::{
    command::{ChatCommand, Command},
    i18n::ngettext_f,
    model::ConversationId,
    ui::conversation,
};

impl Chats {
    /// Shows the chats that were put away, or the others again.
    pub(super) fn show_away(&mut self, away: bool, sender: &ComponentSender<Self>) {
        if self.query.away != away {
            self.query.away = away;
            self.people.clear();
            self.reload(sender);
            self.focus();
        }
    }

    /// Whether there is a way to the chats that were put away.
    pub(super) fn has_way_to_away(&self) -> bool {
        self.away > 0 && !self.query.away && self.query.typed.trim().is_empty()
    }

    /// What the button says that leads there.
    pub(super) fn words_for_away(&self) -> String {
        ngettext_f("{n} chat put away", "{n} chats put away", self.away, &[])
    }

    /// Puts a chat away; what shows it shows none then.
    pub(super) fn put_away(&self, chat: ConversationId, sender: &ComponentSender<Self>) {
        self.ask(Command::Chat(ChatCommand::Archive(chat)), sender);
        let _ = sender.output(Output::Closed(chat));
    }

    /// Counts what would be lost, to ask with that.
    pub(super) fn count_for_deletion(
        &self,
        chat: ConversationId,
        name: String,
        sender: &ComponentSender<Self>,
    ) {
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let count = reader.message_count(chat).map_err(|error| {
                tracing::error!(%error, "the messages of a chat cannot be counted");
                error.failure_kind().into()
            });
            CommandOutput::Counted(chat, name, count)
        });
    }

    /// Asks whether to delete a chat.
    pub(super) fn ask_deletion(
        chat: ConversationId,
        name: &str,
        count: u64,
        root: &gtk::Stack,
        sender: &ComponentSender<Self>,
    ) {
        let input = sender.input_sender().clone();
        conversation::ask_delete_chat(root, name, count, move || {
            let _ = input.send(Input::DeleteConfirmed(chat));
        });
    }

    pub(super) fn delete(&self, chat: ConversationId, sender: &ComponentSender<Self>) {
        self.ask(Command::Chat(ChatCommand::Delete(chat)), sender);
        let _ = sender.output(Output::Closed(chat));
    }
}
