//! Goes to a message, wherever in the chat it is, and marks it.

use relm4::prelude::*;

use super::{
    CommandOutput, Conversation, FindBarTold,
    chat::{Chat, Sought, Wanted},
    find_bar, loading,
};
use crate::{
    i18n::gettext,
    model::{ConversationId, MessageId, Timestamp},
    timeline::RowKey,
};

impl Conversation {
    /// Opens a chat at a message; where the chat is open already, goes there.
    pub(super) fn open_at(
        &mut self,
        id: ConversationId,
        message: MessageId,
        sender: &ComponentSender<Self>,
    ) {
        let sought = Sought {
            message,
            focus: true,
        };
        if self.chat.as_ref().is_some_and(|chat| chat.id == id) {
            self.go_to(sought, sender);
        } else {
            self.read_chat(id, Some(sought), sender);
        }
    }

    /// Shows a chat that was not shown before.
    pub(super) fn read_chat(
        &mut self,
        id: ConversationId,
        sought: Option<Sought>,
        sender: &ComponentSender<Self>,
    ) {
        self.clear();
        self.number += 1;
        let number = self.number;
        let mut chat = Chat::new(id, number);
        if let Some(sought) = sought {
            chat.opens_at(sought);
        }
        self.chat = Some(chat);
        self.find_bar.emit(find_bar::Input::Chat(Some(id)));
        let reader = self.handle.reader();
        let message = sought.map(|sought| sought.message);
        sender.spawn_oneshot_command(move || {
            CommandOutput::Opened(number, Box::new(loading::open(&reader, id, message)))
        });
    }

    /// Goes to a message of the chat that is open; what stands around it is read where it is not loaded.
    pub(super) fn go_to(&mut self, sought: Sought, sender: &ComponentSender<Self>) {
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        if chat.timeline.message(sought.message).is_some() {
            self.show_found(sought);
        } else {
            chat.want(Wanted::Message(sought));
            self.read_next(sender);
        }
    }

    /// Goes to the message that this one replies to.
    pub(super) fn show_quoted(&mut self, id: MessageId, sender: &ComponentSender<Self>) {
        let reply = self
            .message(id)
            .and_then(|message| message.reply_to.as_ref());
        let Some(quoted) = reply.and_then(|reply| reply.quoted.as_ref()) else {
            return self.toast(&gettext(
                "The message that this one answers is not on this device.",
            ));
        };
        let sought = Sought {
            message: quoted.message,
            focus: true,
        };
        self.go_to(sought, sender);
    }

    /// Goes to the first message from a moment on, or to the newest before it.
    pub(super) fn go_to_moment(&mut self, at: Timestamp, sender: &ComponentSender<Self>) {
        if let Some(chat) = self.chat.as_mut() {
            chat.want(Wanted::Moment(at));
            self.read_next(sender);
        }
    }

    /// Shows the first message from a moment on, which has been read.
    pub(super) fn show_moment(&self, at: Timestamp) {
        let messages = self.chat.as_ref().map(|chat| chat.timeline.stored());
        let message = messages.and_then(|stored| {
            let later = stored.iter().find(|message| message.at >= at);
            later.or(stored.last()).map(|message| message.id)
        });
        if let Some(message) = message {
            self.show_found(Sought {
                message,
                focus: true,
            });
        }
    }

    /// Brings a message that has been read into sight and marks it; says so when it is not there any more.
    pub(super) fn show_found(&self, sought: Sought) {
        let key = RowKey::Message(sought.message);
        if self.list.position(&key).is_none() {
            self.mark_found(None);
            return self.toast(&gettext("This message is not here any more."));
        }
        self.mark_found(Some(sought.message));
        self.scrolling.reveal(key, sought.focus);
    }

    /// Lets the person search in this chat.
    pub(super) fn search(&self) {
        self.find_bar.emit(find_bar::Input::Open);
    }

    pub(super) fn hear_find_bar(
        &mut self,
        FindBarTold(told): &FindBarTold,
        sender: &ComponentSender<Self>,
    ) {
        match told {
            find_bar::Output::GoTo(message) => {
                let (message, focus) = (*message, false);
                self.go_to(Sought { message, focus }, sender);
            }
            find_bar::Output::Nothing => self.mark_found(None),
            find_bar::Output::Closed => {
                self.mark_found(None);
                self.focus();
            }
        }
    }

    /// Marks this message and no other.
    pub(super) fn mark_found(&self, message: Option<MessageId>) {
        let before = self.context.found.replace(message);
        if before == message {
            return;
        }
        for id in before.into_iter().chain(message) {
            let position = self.list.position(&RowKey::Message(id));
            if let Some(object) = position.and_then(|at| self.list.object(at)) {
                object.refresh();
            }
        }
    }
}
