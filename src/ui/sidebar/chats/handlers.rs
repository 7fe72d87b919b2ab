//! What follows from what happens to the list of chats.

use std::time::Duration;

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    Chats, CommandOutput, Content, Input, Output, Then, found,
    load::{self, Listed, Query},
};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    i18n::gettext,
    model::{ConversationId, Notifications, Timestamp},
    ui::{
        News, contact_dialogs,
        sidebar::{
            brief_time::until_midnight,
            context_menu::{self, Entry},
            rows::{ChatRow, Key, Row, RowEvent},
        },
    },
};

/// How long a burst of news is waited for: three frames.
const BURST: Duration = Duration::from_millis(50);

type Sender = ComponentSender<Chats>;

impl Chats {
    /// Reads again what is shown, now or as soon as the reading under way has ended.
    pub(super) fn reload(&mut self, sender: &Sender) {
        if self.refresh.want() {
            self.read(Duration::ZERO, sender);
        }
    }

    fn read(&self, after: Duration, sender: &Sender) {
        let (handle, query) = (self.handle.clone(), self.query.clone());
        sender.oneshot_command(async move {
            tokio::time::sleep(after).await;
            CommandOutput::Loaded(read_off_thread(handle, query).await)
        });
    }

    pub(super) fn loaded(&mut self, listed: Option<Listed>, sender: &Sender) {
        if self.refresh.done() {
            self.read(BURST, sender);
        }
        let Some(Listed { rows, away }) = listed else {
            self.content = Content::Unreadable;
            return;
        };
        self.away = away;
        if self.query.away && away == 0 {
            // The last of them has gone.
            return self.show_away(false, sender);
        }
        let unread = rows.iter().map(|row| match row {
            Row::Chat(row) if !row.muted => row.unread,
            Row::Chat(_)
            | Row::Contact(_)
            | Row::Group(_)
            | Row::Offer(_)
            | Row::Hit(_)
            | Row::Note(_) => 0,
        });
        if self.query.typed.is_empty() && !self.query.away {
            let _ = sender.output(Output::Unread(unread.sum()));
        }
        self.people = rows;
        self.show();
        match self.then.take() {
            Some(Then::RevealCurrent(chat)) => self.view.reveal(&Key::Chat(chat)),
            Some(Then::OpenFirst) => self.open_first(sender),
            None => {}
        }
    }

    /// Shows people, and below them the messages that were found.
    pub(super) fn show(&mut self) {
        let mut rows = self.people.clone();
        rows.extend(found::rows(&self.search, Timestamp::now(), &chrono::Local));
        let is_searching = !self.query.typed.trim().is_empty();
        self.content = match (rows.is_empty(), is_searching) {
            (false, _) => Content::Rows,
            // The way to the chats that were put away stands below the rows.
            (true, false) if self.away > 0 => Content::Rows,
            (true, false) => Content::NoChats,
            (true, true) if self.search.is_reading() => self.content,
            (true, true) => Content::NothingFound,
        };
        self.view.show(&rows);
    }

    pub(super) fn wait_for_midnight(&self, sender: &Sender) {
        sender.command(|out, shutdown| {
            shutdown
                .register(async move {
                    tokio::time::sleep(until_midnight(Timestamp::now(), &chrono::Local)).await;
                    let _ = out.send(CommandOutput::Midnight);
                })
                .drop_on_shutdown()
        });
    }

    pub(super) fn hear(&mut self, news: &News, sender: &Sender) {
        let concerns = news.iter().any(|event| match event {
            Event::Accounts
            | Event::Conversations(_)
            | Event::Messages { .. }
            | Event::Presence { .. }
            | Event::Profile { .. }
            | Event::Resync
            | Event::Roster { .. }
            | Event::Typing(_) => true,
            Event::Announce { .. }
            | Event::Attention(_)
            | Event::Blocked(_)
            | Event::Connection(_)
            | Event::Finished { .. }
            | Event::Requests
            | Event::Settings
            | Event::Sync(_) => false,
        });
        if concerns {
            self.reload(sender);
        }
        for event in news.iter() {
            if let Event::Messages { changed, .. } = event {
                self.messages_changed(changed, sender);
            } else if *event == Event::Resync {
                let ask = self.search.again();
                self.read_page(ask, sender);
            }
        }
    }

    pub(super) fn search(&mut self, typed: String, sender: &Sender) {
        if self.query.typed != typed {
            self.query.typed = typed;
            self.reload(sender);
            self.search_messages(sender);
        }
    }

    pub(super) fn set_current(&mut self, current: Option<ConversationId>, sender: &Sender) {
        if self.query.current != current {
            self.query.current = current;
            self.then = current.map(Then::RevealCurrent);
            self.reload(sender);
        }
    }

    pub(super) fn ask(&self, command: Command, sender: &Sender) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move { CommandOutput::Asked(handle.request(command).await) });
    }

    /// Keys mean the row that has the focus: it begins with the chat that is shown. What was found is gone through
    /// from the top.
    pub(super) fn focus(&self) {
        let current = self.query.current.map(Key::Chat);
        let is_searching = !self.query.typed.trim().is_empty();
        self.view.focus(current.as_ref().filter(|_| !is_searching));
    }

    pub(super) fn open_at(&self, place: u32, sender: &Sender) {
        if let Some(chat) = self.chat_ids().get(place as usize) {
            let _ = sender.output(Output::Open(*chat));
        }
    }

    pub(super) fn step(&self, step: i32, sender: &Sender) {
        let chats = self.chat_ids();
        let current = self.query.current;
        let place = chats.iter().position(|chat| Some(*chat) == current);
        let next = match place {
            Some(place) => i64::try_from(place).unwrap_or(0) + i64::from(step),
            None => 0,
        };
        let chat = usize::try_from(next).ok().and_then(|next| chats.get(next));
        if let Some(chat) = chat {
            let _ = sender.output(Output::Open(*chat));
        }
    }

    /// Opens the first row, once the rows of what was typed last are there.
    pub(super) fn open_first(&mut self, sender: &Sender) {
        if self.refresh == crate::ui::sidebar::refresh::Refresh::Fresh {
            let first = (0..self.view.len()).find_map(|at| output_of(&self.view.row(at)?));
            match first {
                Some(first) => drop(sender.output(first)),
                None if self.search.is_reading() => self.then = Some(Then::OpenFirst),
                None => {}
            }
        } else {
            self.then = Some(Then::OpenFirst);
        }
    }

    pub(super) fn row_event(&mut self, event: RowEvent, root: &gtk::Stack, sender: &Sender) {
        match event {
            RowEvent::Activated(Row::Note(_)) => self.want_more(sender),
            RowEvent::Activated(row) => {
                if let Some(output) = output_of(&row) {
                    let _ = sender.output(output);
                }
            }
            RowEvent::MenuWanted { row, x, y } => self.open_menu(&row, x, y, sender),
            RowEvent::RenameWanted(row) => {
                if let (Row::Chat(chat), Some(window)) = (row, window_of(root)) {
                    self.rename(&chat, &window);
                }
            }
            RowEvent::RemoveWanted(row) => {
                if let Row::Chat(chat) = row {
                    self.close(chat.id, sender);
                }
            }
            RowEvent::Dropped { .. } => {}
        }
    }

    fn rename(&self, chat: &ChatRow, window: &gtk::Window) {
        if chat.is_contact {
            contact_dialogs::rename_contact(window, &self.handle, chat.account, &chat.peer);
        } else {
            let (account, address) = (Some(chat.account), Some(chat.peer.as_str()));
            contact_dialogs::add_contact(window, &self.handle, account, address);
        }
    }

    fn close(&self, chat: ConversationId, sender: &Sender) {
        self.ask(Command::Chat(ChatCommand::Close(chat)), sender);
        let _ = sender.output(Output::Closed(chat));
    }

    fn open_menu(&self, row: &Row, x: i32, y: i32, sender: &Sender) {
        if let Row::Chat(chat) = row {
            let sections = self.menu_of(chat, sender);
            context_menu::open(self.view.list_view(), x, y, sections);
        }
    }

    fn menu_of(&self, chat: &ChatRow, sender: &Sender) -> Vec<Vec<Entry>> {
        let id = chat.id;
        let ask = |label: String, command: ChatCommand| {
            let input = sender.input_sender().clone();
            Entry::new(label, move || {
                let _ = input.send(Input::Ask(Command::Chat(command.clone())));
            })
        };
        let again = |label: String, event: fn(Row) -> RowEvent| {
            let (input, row) = (
                sender.input_sender().clone(),
                Row::Chat(chat.clone().into()),
            );
            Entry::new(label, move || {
                let _ = input.send(Input::Row(event(row.clone())));
            })
        };
        let mut first = vec![];
        match (chat.unread > 0, chat.last) {
            (true, Some(up_to)) => first.push(ask(
                gettext("Mark as Read"),
                ChatCommand::MarkRead {
                    conversation: id,
                    up_to,
                },
            )),
            (false, Some(_)) => {
                first.push(ask(gettext("Mark as Unread"), ChatCommand::MarkUnread(id)));
            }
            (_, None) => {}
        }
        let (pin, mute, notifications) = (
            if chat.pinned {
                gettext("Unpin")
            } else {
                gettext("Pin to the Top")
            },
            if chat.muted {
                gettext("Unmute")
            } else {
                gettext("Mute")
            },
            if chat.muted {
                Notifications::All
            } else {
                Notifications::Muted
            },
        );
        first.push(ask(
            pin,
            ChatCommand::Pin {
                conversation: id,
                pinned: !chat.pinned,
            },
        ));
        first.push(ask(
            mute,
            ChatCommand::Notify {
                conversation: id,
                notifications,
            },
        ));
        let output = sender.output_sender().clone();
        let details = Entry::new(gettext("Details"), move || {
            let _ = output.send(Output::ShowDetails(id));
        });
        let rename = if chat.is_contact {
            again(gettext("Rename…"), RowEvent::RenameWanted)
        } else {
            again(gettext("Add to Contacts…"), RowEvent::RenameWanted)
        };
        let close = again(gettext("Close Chat"), RowEvent::RemoveWanted);
        let input = sender.input_sender().clone();
        let name = chat.name.clone();
        let delete = Entry::new(gettext("Delete Chat…"), move || {
            let _ = input.send(Input::DeleteWanted(id, name.clone()));
        });
        let last = if chat.away {
            let (account, peer) = (chat.account, chat.peer.clone());
            let back = ChatCommand::Open { account, peer };
            vec![ask(gettext("Put Back"), back), delete]
        } else {
            let input = sender.input_sender().clone();
            let away = Entry::new(gettext("Put Away"), move || {
                let _ = input.send(Input::PutAway(id));
            });
            vec![away, close, delete]
        };
        vec![first, vec![details, rename], last]
    }
}

/// Reads the rows on a thread that may wait for the disk.
async fn read_off_thread(handle: crate::worker::Handle, query: Query) -> Option<Listed> {
    let read = relm4::spawn_blocking(move || load::list(&handle, &query)).await;
    match read {
        Ok(Ok(rows)) => Some(rows),
        Ok(Err(error)) => {
            tracing::error!(%error, "the chats cannot be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the chats ended early");
            None
        }
    }
}

/// What a row opens.
fn output_of(row: &Row) -> Option<Output> {
    Some(match row {
        Row::Chat(row) => Output::Open(row.id),
        Row::Contact(row) => Output::OpenWith(row.account, row.jid.clone()),
        Row::Offer(row) => Output::OpenWith(row.account, row.jid.clone()),
        Row::Hit(row) => Output::OpenAt(row.chat, row.message),
        Row::Group(_) | Row::Note(_) => return None,
    })
}

fn window_of(widget: &impl IsA<gtk::Widget>) -> Option<gtk::Window> {
    widget.root().and_downcast()
}
