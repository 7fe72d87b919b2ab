//! Asks the store and the archive, and takes what they answer.

use relm4::prelude::*;

use super::{
    CommandOutput, Conversation, Opened, Output, Page, Summary,
    chat::{Chat, Due, Older, Wanted},
    find_bar, loading,
    row::People,
};
use crate::{
    command::{ChatCommand, Command},
    model::{ConversationId, Direction, Failure, FailureKind, Message, MessageId},
    timeline::{Changes, PageRequest, Paged, Place, Row, RowKey, Start, Stick},
    ui::composer,
};

impl Conversation {
    /// Opens a chat: what stands there goes at once, so that nobody writes to the wrong person.
    pub(super) fn open(&mut self, id: ConversationId, sender: &ComponentSender<Self>) {
        if self.chat.as_ref().is_some_and(|chat| chat.id == id) {
            self.focus();
            return;
        }
        self.read_chat(id, None, sender);
    }

    /// Shows no chat.
    pub(super) fn close(&mut self) {
        self.clear();
        self.number += 1;
    }

    pub(super) fn clear(&mut self) {
        self.chat = None;
        self.context.found.set(None);
        self.context.selected.take();
        self.selection_bar.show(None);
        self.composer.emit(composer::Input::Hide);
        self.details.emit(crate::ui::details::Input::Hide);
        self.list.show(&[]);
        self.header.show_nobody();
        self.bars.clear();
        self.find_bar.emit(find_bar::Input::Chat(None));
    }

    /// The chat that an answer is about, if it is still shown.
    pub(super) fn chat_of(&mut self, number: u64) -> Option<&mut Chat> {
        self.chat.as_mut().filter(|chat| chat.number == number)
    }

    pub(super) fn opened(
        &mut self,
        number: u64,
        opened: Result<Option<Opened>, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        let opened = match opened {
            Ok(Some(opened)) => opened,
            Ok(None) => return self.gone(sender),
            Err(failure) => {
                self.show_failure(&failure);
                return self.gone(sender);
            }
        };
        chat.read_done();
        let opened_id = chat.id;
        let wanted = chat.take_wanted();
        let page = opened.page;
        let _ = chat
            .timeline
            .load(page.messages, page.has_older, page.has_newer);
        let _ = chat.timeline.set_line(opened.line);
        let has_line = chat.timeline.rows().contains(&Row::Unread);
        chat.summary = Some(opened.summary);
        self.show_people();
        let is_typing = self.handle.live().is_typing(opened_id);
        if let Some(chat) = self.chat.as_mut() {
            let _ = chat.timeline.set_typing(is_typing);
            self.list.show(chat.timeline.rows());
        }
        self.show_summary(true);
        self.rows_changed(None);
        if let Some(Wanted::Message(sought)) = wanted {
            self.show_found(sought);
        } else if has_line {
            self.scrolling.go_to(RowKey::Unread);
        } else {
            self.scrolling.go_to_end();
        }
        if self.chat.as_ref().is_some_and(|chat| chat.wants_focus) {
            self.focus();
        }
        self.read_next(sender);
    }

    /// Says who talks; rows that are shown follow.
    fn show_people(&mut self) {
        let may_write = self.can_write();
        let Some(summary) = self.chat.as_ref().and_then(|chat| chat.summary.as_ref()) else {
            return;
        };
        let people = People {
            peer: summary.chat.name.clone(),
            address: summary.chat.peer.to_string(),
            picture: summary.chat.avatar.clone(),
            own: own_name(summary),
            own_address: summary.account.jid.to_string(),
        };
        let is_other = self.context.may_write.replace(may_write) != may_write;
        if is_other || *self.context.people.borrow() != people {
            self.context.people.replace(people);
            self.refresh_rows();
        }
    }

    pub(super) fn refresh_rows(&self) {
        for position in 0..self.list.len() {
            if let Some(object) = self.list.object(position) {
                object.refresh();
            }
        }
    }

    /// Shows changes of the timeline, and lets the view keep its place or follow.
    pub(super) fn rows_changed(&self, changes: Option<Changes<Row>>) {
        if let Some(changes) = changes {
            self.list.apply(changes);
        }
        let Some(chat) = &self.chat else {
            return;
        };
        self.scrolling.set_ends(chat.ends(self.is_online()));
        self.scrolling.list_changed();
    }

    /// Reads what is due, one thing at a time.
    pub(super) fn read_next(&mut self, sender: &ComponentSender<Self>) {
        let stick = self.scrolling.stick();
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        let reader = self.handle.reader();
        match chat.next_due() {
            None => {}
            Some(Due::Changed(ids)) => sender.spawn_oneshot_command(move || {
                let found = reader.messages(&ids).map_err(loading::failure);
                CommandOutput::Changed(number, ids, found)
            }),
            Some(Due::Reload) => {
                let (wanted, anchor) = (chat.wanted(), anchor(chat, stick));
                sender.spawn_oneshot_command(move || {
                    let page = loading::again(&reader, id, wanted, anchor);
                    CommandOutput::Reloaded(number, page.map_err(loading::failure))
                });
            }
        }
    }

    pub(super) fn reloaded(
        &mut self,
        number: u64,
        page: Result<Page, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        chat.read_done();
        let wanted = chat.take_wanted();
        match page {
            Ok(page) => {
                let changes = chat
                    .timeline
                    .load(page.messages, page.has_older, page.has_newer);
                self.rows_changed(Some(changes));
                match wanted {
                    Some(Wanted::End) => self.scrolling.go_to_end(),
                    Some(Wanted::Message(sought)) => self.show_found(sought),
                    Some(Wanted::Moment(at)) => self.show_moment(at),
                    None => {}
                }
            }
            Err(failure) => self.show_failure(&failure),
        }
        self.read_next(sender);
    }

    pub(super) fn take_changed(
        &mut self,
        number: u64,
        ids: &[MessageId],
        found: Result<Vec<Message>, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let stick = self.scrolling.stick();
        let can_see = self.can_see();
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        chat.read_done();
        match found {
            Ok(found) => {
                let wrote = is_new_of(chat, &found, Direction::Outgoing);
                let heard = is_new_of(chat, &found, Direction::Incoming);
                let line = next_line(chat, wrote, heard && !can_see);
                let spoken = heard.then(|| found.last().cloned()).flatten();
                let first = chat.timeline.oldest();
                let mut changes = chat.timeline.merge(ids, found, Chat::give_up(stick));
                if chat.timeline.oldest() < first && chat.timeline.start() == Start::Complete {
                    chat.forget_archive();
                    self.list.apply(std::mem::take(&mut changes));
                    changes = self.with_chat(|chat| chat.timeline.set_start(Start::Unknown));
                }
                self.rows_changed(Some(changes));
                if let Some(line) = line {
                    let changes = self.with_chat(|chat| chat.timeline.set_line(line));
                    self.rows_changed(Some(changes));
                }
                if wrote {
                    self.scroll_to_own(sender);
                }
                if let Some(message) = spoken {
                    self.speak(&message);
                }
            }
            Err(failure) => self.show_failure(&failure),
        }
        self.read_next(sender);
    }

    /// Changes the open chat; no changes when there is none.
    pub(super) fn with_chat(
        &mut self,
        act: impl FnOnce(&mut Chat) -> Changes<Row>,
    ) -> Changes<Row> {
        self.chat.as_mut().map(act).unwrap_or_default()
    }

    /// What a person writes is shown, wherever they were reading.
    fn scroll_to_own(&mut self, sender: &ComponentSender<Self>) {
        if self
            .chat
            .as_ref()
            .is_some_and(|chat| chat.timeline.has_newer())
        {
            self.jump_to_end(sender);
        } else {
            self.scrolling.go_to_end();
        }
    }

    pub(super) fn fetch_older(&mut self, sender: &ComponentSender<Self>) {
        let is_online = self.is_online();
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        match chat.ask_older(is_online) {
            None => {}
            Some(Older::Page(request)) => {
                let reader = self.handle.reader();
                sender.spawn_oneshot_command(move || {
                    let page = loading::older(&reader, id, request.beside);
                    CommandOutput::Older(number, request, page)
                });
            }
            Some(Older::Archive) => {
                let peer = chat
                    .summary
                    .as_ref()
                    .map(|s| (s.chat.account, s.chat.peer.clone()));
                let changes = chat.timeline.set_start(Start::Fetching);
                self.rows_changed(Some(changes));
                let handle = self.handle.clone();
                sender.oneshot_command(async move {
                    let command = Command::Chat(ChatCommand::FetchOlder(id));
                    let mut answer = handle.request(command).await.map(|()| false);
                    if let (Ok(complete), Some((account, peer))) = (&mut answer, peer) {
                        let reader = handle.reader();
                        let read = move || reader.archive_complete(account, &peer);
                        let read = relm4::spawn_blocking(read).await;
                        *complete = matches!(read, Ok(Ok(true)));
                    }
                    CommandOutput::Archive(number, answer)
                });
            }
        }
    }

    pub(super) fn take_older(
        &mut self,
        number: u64,
        request: PageRequest,
        page: Result<Page, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        chat.older_done();
        match page {
            Ok(page) => match chat
                .timeline
                .take_older(request, page.messages, page.has_older)
            {
                Paged::Taken(changes) => self.rows_changed(Some(changes)),
                Paged::Stale => self.fetch_older(sender),
            },
            Err(failure) => self.show_failure(&failure),
        }
    }

    pub(super) fn archive_answered(
        &mut self,
        number: u64,
        answer: Result<bool, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        chat.older_done();
        let start = match answer {
            Ok(true) => Start::Complete,
            Ok(false) => Start::Unknown,
            Err(failure) if failure.kind == FailureKind::Unsupported => Start::Unknown,
            Err(_) => Start::Failed,
        };
        let changes = chat.timeline.set_start(start);
        self.rows_changed(Some(changes));
        // What came may be stored already, or come as news in a moment.
        if self.list.is_empty() {
            if let Some(chat) = self.chat.as_mut() {
                chat.note_resync();
            }
            self.read_next(sender);
        } else {
            let changes = self.with_chat(|chat| chat.timeline.expect_older());
            self.rows_changed(Some(changes));
        }
    }

    pub(super) fn fetch_newer(&mut self, sender: &ComponentSender<Self>) {
        let Some(chat) = self.chat.as_mut() else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        if let Some(request) = chat.ask_newer() {
            let reader = self.handle.reader();
            sender.spawn_oneshot_command(move || {
                let page = loading::newer(&reader, id, request.beside);
                CommandOutput::Newer(number, request, page)
            });
        }
    }

    pub(super) fn take_newer(
        &mut self,
        number: u64,
        request: PageRequest,
        page: Result<Page, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        chat.newer_done();
        match page {
            Ok(page) => match chat
                .timeline
                .take_newer(request, page.messages, page.has_newer)
            {
                Paged::Taken(changes) => self.rows_changed(Some(changes)),
                Paged::Stale => self.fetch_newer(sender),
            },
            Err(failure) => self.show_failure(&failure),
        }
    }

    /// Goes to the newest message, which may have to be read first.
    pub(super) fn jump_to_end(&mut self, sender: &ComponentSender<Self>) {
        self.mark_found(None);
        self.scrolling.go_to_end();
        if let Some(chat) = self.chat.as_mut().filter(|chat| chat.timeline.has_newer()) {
            chat.want(Wanted::End);
            self.read_next(sender);
        }
    }

    /// Reads the chat's row again.
    pub(super) fn read_summary(&self, sender: &ComponentSender<Self>) {
        let Some(chat) = &self.chat else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            CommandOutput::Summary(number, Box::new(loading::summary(&reader, id)))
        });
    }

    pub(super) fn summarised(
        &mut self,
        number: u64,
        summary: Result<Option<Summary>, Failure>,
        sender: &ComponentSender<Self>,
    ) {
        let Some(chat) = self.chat_of(number) else {
            return;
        };
        match summary {
            Ok(Some(summary)) if chat.summary.is_some() => {
                chat.summary = Some(summary);
                self.show_people();
                self.show_summary(false);
            }
            // Its messages are on their way; they bring the row with them.
            Ok(Some(_)) => {}
            Ok(None) => self.gone(sender),
            Err(failure) => self.show_failure(&failure),
        }
    }

    pub(super) fn gone(&mut self, sender: &ComponentSender<Self>) {
        self.close();
        let _ = sender.output(Output::Gone);
    }
}

/// The own name: what contacts are shown, else the part of the address before the `@`.
fn own_name(summary: &Summary) -> String {
    let account = &summary.account;
    if account.nickname.trim().is_empty() {
        let node = account.jid.node();
        node.map_or_else(|| account.jid.to_string(), |node| node.to_string())
    } else {
        account.nickname.clone()
    }
}

/// The place that a reload is to keep in view; none for the end of the chat.
fn anchor(chat: &Chat, stick: Stick) -> Option<Place> {
    let Stick::Held { anchor } = stick else {
        return None;
    };
    match anchor {
        RowKey::Message(id) => chat.timeline.message(id).map(|message| Place::of(message)),
        RowKey::Start | RowKey::Day(_) | RowKey::Unread | RowKey::Typing => chat.timeline.oldest(),
    }
}

/// Whether there is a message of this direction that was not loaded before, at the end of the chat.
fn is_new_of(chat: &Chat, found: &[Message], direction: Direction) -> bool {
    let newest = chat.timeline.newest().map(Place::of);
    found.iter().any(|message| {
        message.direction == direction
            && Some(Place::of(message)) > newest
            && chat.timeline.message(message.id).is_none()
            && !chat.timeline.has_newer()
    })
}

/// Where the unread line stands after news: it goes when the person answers, and stands before what comes while nobody
/// looks.
fn next_line(chat: &Chat, wrote: bool, unseen: bool) -> Option<Option<Option<Place>>> {
    if wrote {
        return chat.timeline.line().is_some().then_some(None);
    }
    let is_due = unseen && (chat.timeline.line().is_none() || chat.has_seen_all());
    is_due.then(|| Some(chat.timeline.newest().map(Place::of)))
}
