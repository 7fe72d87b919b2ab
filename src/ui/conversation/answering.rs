//! Answers, changes and takes back messages: what may be done with which, and what the composer is told.

use relm4::prelude::*;

use super::{CommandOutput, Confirmed, Conversation, present::face, questions, row::People};
use crate::{
    command::{ChatCommand, Command},
    i18n::gettext,
    model::{ConversationKind, Delivery, Direction, Message, MessageId, Security},
    timeline::text::clean,
    ui::composer::{self, Aim},
};

/// How many messages are looked through for the last own one.
const LAST_FEW: u32 = 100;

impl Conversation {
    /// Whether anything can be sent in this chat.
    pub(super) fn can_write(&self) -> bool {
        let summary = self.chat.as_ref().and_then(|chat| chat.summary.as_ref());
        summary.is_some_and(|summary| {
            !summary.chat.blocked && summary.chat.kind == ConversationKind::Person
        })
    }

    pub(super) fn begin_reply(&self, id: MessageId) {
        let Some(message) = self.message(id).filter(|message| can_answer(message)) else {
            return;
        };
        let quote = quote(message, &self.context.people.borrow());
        self.begin(Aim::Reply { to: id, quote });
    }

    pub(super) fn begin_edit(&self, id: MessageId) {
        if let Some(message) = self.message(id) {
            self.edit(message);
        }
    }

    fn edit(&self, message: &Message) {
        if can_change(message) {
            self.begin(Aim::Edit {
                message: message.id,
                before: message.body.clone(),
            });
        }
    }

    fn begin(&self, aim: Aim) {
        if self.can_write() {
            self.composer.emit(composer::Input::Begin(aim));
        }
    }

    /// Looks for the last own message, which need not be loaded.
    pub(super) fn look_for_last_own(&self, sender: &ComponentSender<Self>) {
        let Some(chat) = &self.chat else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let newest = reader
                .newest_messages(id, LAST_FEW)
                .unwrap_or_else(|error| {
                    tracing::error!(%error, "the last message cannot be read");
                    Vec::new()
                });
            let last = newest.into_iter().rfind(can_change);
            CommandOutput::LastOwn(number, last.map(Box::new))
        });
    }

    pub(super) fn edit_last(&mut self, number: u64, message: Option<&Message>) {
        if self.chat_of(number).is_none() {
            return;
        }
        match message {
            Some(message) => self.edit(message),
            None => self.toast(&gettext(
                "There is no message of yours here that can be changed.",
            )),
        }
    }

    pub(super) fn ask_retract(
        &self,
        id: MessageId,
        sender: &ComponentSender<Self>,
        root: &gtk::Box,
    ) {
        let name = clean::isolated(&self.context.people.borrow().peer);
        questions::retract(&name).ask(root, sender.input_sender(), Confirmed::Retract(id));
    }

    pub(super) fn ask_delete_message(
        &self,
        id: MessageId,
        sender: &ComponentSender<Self>,
        root: &gtk::Box,
    ) {
        let confirmed = Confirmed::DeleteMessage(id);
        questions::delete_message().ask(root, sender.input_sender(), confirmed);
    }

    /// Asks for something about a message and shows it when that fails.
    pub(super) fn ask_chat(&self, command: ChatCommand, sender: &ComponentSender<Self>) {
        let handle = self.handle.clone();
        sender.command(move |out, shutdown| {
            let ask = async move {
                if let Err(failure) = handle.request(Command::Chat(command)).await {
                    let _ = out.send(CommandOutput::Failed(failure));
                }
            };
            shutdown.register(ask).drop_on_shutdown()
        });
    }
}

/// Whether a message can be answered or reacted to: its author gave it an id, and there is something to answer.
pub(super) fn can_answer(message: &Message) -> bool {
    message.origin_id.is_some()
        && message.retracted.is_none()
        && !matches!(message.delivery, Delivery::Failed(_))
}

/// Whether the text of a message is ours to change.
pub(super) fn can_change(message: &Message) -> bool {
    can_answer(message)
        && message.direction == Direction::Outgoing
        && message.security != Security::Unreadable
}

/// Whether there is a text to copy or to forward.
pub(super) fn has_text(message: &Message) -> bool {
    message.retracted.is_none()
        && message.security != Security::Unreadable
        && !message.body.is_empty()
}

/// Author and first words of a message; what is hidden stays so.
fn quote(message: &Message, people: &People) -> String {
    let text = match face::of(message, false) {
        face::Face::Text => message.body.clone(),
        face::Face::Sentence(words) | face::Face::Hidden(words) => words,
    };
    let quoted = crate::model::Quoted {
        message: message.id,
        author: message.author.clone(),
        text,
    };
    face::quote(Some(&quoted), people.is_own(&message.author), &people.peer)
}

#[cfg(test)]
mod tests {
    use super::{can_answer, can_change, has_text, quote};
    use crate::{
        model::{Delivery, Direction, Security, SendFailure, Timestamp},
        ui::conversation::{row::People, sample},
    };

    #[test]
    fn only_what_arrived_and_is_there_can_be_answered_and_only_ours_changed() {
        let mut message = sample::message(1, "hello");
        assert!(!can_answer(&message), "nobody could find it without an id");
        message.origin_id = Some("a".into());
        assert!(can_answer(&message) && !can_change(&message) && has_text(&message));
        message.direction = Direction::Outgoing;
        assert!(can_change(&message));
        message.security = Security::Sealed;
        assert!(can_change(&message) && has_text(&message));
        message.security = Security::Unreadable;
        assert!(!can_change(&message) && !has_text(&message));
        message.security = Security::Clear;
        message.delivery = Delivery::Failed(SendFailure::Cancelled);
        assert!(!can_answer(&message) && !can_change(&message) && has_text(&message));
        message.delivery = Delivery::Waiting;
        assert!(can_change(&message), "it goes out after the message");
        message.retracted = Some(Timestamp(0));
        message.body = String::new();
        assert!(!can_answer(&message) && !can_change(&message) && !has_text(&message));
    }

    #[test]
    fn a_quotation_keeps_what_is_hidden() {
        let people = People {
            peer: "Bob".into(),
            ..People::default()
        };
        let mut message = sample::message(1, "the gardener");
        assert_eq!(quote(&message, &people), "Bob: the gardener");
        message.spoiler = Some("the end".into());
        assert_eq!(quote(&message, &people), "Bob: Hidden text: the end");
    }
}
