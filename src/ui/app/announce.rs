//! Announces new messages on the desktop, and takes that back when they were read.

use std::collections::HashMap;

use gtk::prelude::*;
use relm4::prelude::*;

use super::{App, CommandOutput};
use crate::{
    event::Event,
    model::ConversationId,
    ui::{
        News,
        notifications::{self, Note},
    },
};

impl App {
    /// Reads what is to be told about new messages, and which chats were read meanwhile.
    pub(super) fn announce(&self, news: &News, sender: &ComponentSender<Self>) {
        let calls = news.iter().filter_map(|event| match event {
            Event::Attention(chat) => Some(*chat),
            _ => None,
        });
        self.announce_calls(calls.collect(), sender);
        let mut newest = HashMap::new();
        let mut changed = vec![];
        for event in news.iter() {
            if let Event::Announce {
                conversation,
                message,
            } = event
            {
                newest.insert(*conversation, *message);
            } else if let Event::Conversations(chats) = event {
                changed.extend(chats.iter().copied());
            }
        }
        if !newest.is_empty() {
            let reader = self.handle.reader();
            let seen = self.chat.filter(|_| self.is_in_front);
            sender.spawn_oneshot_command(move || {
                let read = |(chat, message)| {
                    notifications::read(&reader, chat, message, seen).unwrap_or_else(|error| {
                        tracing::error!(%error, "a new message cannot be announced");
                        None
                    })
                };
                CommandOutput::Announce(newest.into_iter().filter_map(read).collect())
            });
        }
        if !changed.is_empty() {
            let reader = self.handle.reader();
            sender.spawn_oneshot_command(move || {
                let is_read = |chat: &ConversationId| {
                    matches!(reader.conversation(*chat), Ok(Some(chat)) if chat.unread == 0)
                };
                CommandOutput::Seen(changed.into_iter().filter(is_read).collect())
            });
        }
    }
}

impl App {
    /// Tells who calls for attention, even when the chat is in sight: that is what they ask for.
    fn announce_calls(&self, chats: Vec<ConversationId>, sender: &ComponentSender<Self>) {
        if chats.is_empty() {
            return;
        }
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let read = |chat| {
                notifications::read_attention(&reader, chat).unwrap_or_else(|error| {
                    tracing::error!(%error, "a call for attention cannot be announced");
                    None
                })
            };
            CommandOutput::Announce(chats.into_iter().filter_map(read).collect())
        });
    }
}

/// Shows notifications.
pub(super) fn show(root: &adw::ApplicationWindow, notes: &[Note]) {
    if let Some(app) = root.application() {
        for note in notes {
            notifications::show(&app, note);
        }
    }
}

/// Takes the notifications of chats back.
pub(super) fn withdraw(root: &adw::ApplicationWindow, chats: &[ConversationId]) {
    if let Some(app) = root.application() {
        for chat in chats {
            notifications::withdraw(&app, *chat);
        }
    }
}
