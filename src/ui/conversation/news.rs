//! What the worker tells about the chat that is open.

use relm4::prelude::*;

use super::{Conversation, find_bar};
use crate::{
    event::Event,
    model::{AccountId, BareJid},
    timeline::Changes,
    ui::{
        News,
        composer::{self, Target},
        details,
    },
};

/// What has to be done about a batch of news.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Todo {
    summary: bool,
    messages: bool,
    typing: bool,
    presence: bool,
    connection: bool,
}

impl Conversation {
    pub(super) fn take_news(&mut self, news: &News, sender: &ComponentSender<Self>) {
        self.details.emit(details::Input::News(news.clone()));
        self.find_bar.emit(find_bar::Input::News(news.clone()));
        let mut todo = Todo::default();
        for event in news.iter() {
            self.note(event, &mut todo);
        }
        if todo.summary {
            self.read_summary(sender);
        }
        if todo.typing {
            self.show_typing_row();
        }
        if todo.presence || todo.typing {
            self.show_presence();
        }
        if todo.connection {
            self.show_bars();
            self.rows_changed(None);
        }
        if todo.messages {
            self.read_next(sender);
        }
    }

    fn note(&mut self, event: &Event, todo: &mut Todo) {
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        let id = chat.id;
        let peer = chat
            .summary
            .as_ref()
            .map(|summary| (summary.chat.account, summary.chat.peer.clone()));
        let is_account = |account: &AccountId| peer.as_ref().is_some_and(|p| p.0 == *account);
        let is_peer = |account: &AccountId, jids: &[BareJid]| {
            peer.as_ref()
                .is_some_and(|p| p.0 == *account && (jids.is_empty() || jids.contains(&p.1)))
        };
        match event {
            Event::Messages {
                conversation,
                changed,
            } if *conversation == id => {
                chat.note_changed(changed);
                todo.messages = true;
            }
            Event::Conversations(ids) => todo.summary |= ids.is_empty() || ids.contains(&id),
            Event::Typing(conversation) => todo.typing |= *conversation == id,
            Event::Presence { account, changed } => todo.presence |= is_peer(account, changed),
            Event::Roster { account, changed } => todo.summary |= is_peer(account, changed),
            Event::Profile { account, jid } => {
                let is_own = peer.as_ref().is_some_and(|p| p.0 == *account);
                todo.summary |= is_peer(account, std::slice::from_ref(jid)) || is_own;
            }
            Event::Blocked(account) => todo.summary |= is_account(account),
            Event::Connection(account) => {
                todo.connection |= is_account(account);
                todo.presence |= is_account(account);
            }
            Event::Accounts | Event::Settings | Event::Requests => todo.summary = true,
            Event::Resync => {
                chat.note_resync();
                *todo = Todo {
                    summary: true,
                    messages: true,
                    typing: true,
                    presence: true,
                    connection: true,
                };
            }
            Event::Messages { .. }
            | Event::Sync(_)
            | Event::Announce { .. }
            | Event::Attention(_)
            | Event::Finished { .. } => {}
        }
    }

    /// Whether the account of the chat is connected.
    pub(super) fn is_online(&self) -> bool {
        let summary = self.chat.as_ref().and_then(|chat| chat.summary.as_ref());
        summary.is_some_and(|s| self.handle.live().connection(s.chat.account).is_online())
    }

    /// Shows the chat's row everywhere; `is_new` when another chat was shown before.
    pub(super) fn show_summary(&mut self, is_new: bool) {
        let Some(summary) = self.chat.as_ref().and_then(|chat| chat.summary.as_ref()) else {
            return;
        };
        let chat = &summary.chat;
        self.header.show(chat, &self.handle.reader());
        self.composer.emit(composer::Input::SettingsChanged {
            enter_sends: summary.settings.enter_sends,
            send_typing: summary.settings.send_typing
                && summary.subscription.they_see_us()
                && !self.chat.as_ref().is_some_and(|chat| chat.is_stranger()),
        });
        let target = Target {
            conversation: chat.id,
            name: chat.name.clone(),
            draft: chat.draft.clone(),
            access: summary.access(),
            protection: summary.protection,
        };
        self.composer.emit(if is_new {
            composer::Input::Show(target)
        } else {
            composer::Input::Renamed(target)
        });
        if is_new {
            self.details.emit(details::Input::Show(
                chat.account,
                chat.peer.clone(),
                chat.id,
            ));
        }
        self.show_bars();
        self.show_presence();
    }

    fn show_bars(&self) {
        if let Some(summary) = self.chat.as_ref().and_then(|chat| chat.summary.as_ref()) {
            let connection = self.handle.live().connection(summary.chat.account);
            self.bars.show(&summary.chat, &connection);
        }
    }

    fn show_presence(&self) {
        let Some(chat) = &self.chat else {
            return;
        };
        let Some(summary) = &chat.summary else {
            return;
        };
        let live = self.handle.live();
        // Of those whose presence we may not see nothing is known, which is not the same as being away.
        let is_known = summary.subscription.we_see_them() && self.is_online();
        let presence = is_known.then(|| live.presence(summary.chat.account, &summary.chat.peer));
        self.header
            .show_presence(presence.as_ref(), live.is_typing(chat.id));
    }

    pub(super) fn show_typing_row(&mut self) {
        let live = self.handle.live().clone();
        let changes = self.with_chat(|chat| {
            let typing = live.is_typing(chat.id);
            chat.timeline.set_typing(typing)
        });
        if changes != Changes::default() {
            self.rows_changed(Some(changes));
        }
    }
}
