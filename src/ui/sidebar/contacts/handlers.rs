//! What follows from what happens to the list of contacts.

use std::time::Duration;

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    CommandOutput, Contacts, Content, Input, Loaded, Output,
    load::{self, FOLDED_GROUPS, Query},
};
use crate::{
    command::{Command, ContactCommand},
    event::Event,
    i18n::gettext,
    model::{ConversationId, FailureKind},
    timeline::Keyed,
    ui::{
        News, contact_dialogs,
        sidebar::{
            context_menu::{self, Entry},
            refresh::Refresh,
            rows::{ContactRow, GroupRow, Row, RowEvent},
        },
    },
    worker::Handle,
};

/// How long a burst of news is waited for: at login the presence of thousands arrives one by one.
const BURST: Duration = Duration::from_millis(100);

type Sender = ComponentSender<Contacts>;

impl Contacts {
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

    pub(super) fn loaded(&mut self, loaded: Option<Loaded>, sender: &Sender) {
        let again = self.refresh.done();
        if let Some(loaded) = loaded {
            self.show(loaded, again);
        } else {
            self.content = Content::Unreadable;
        }
        if again {
            self.read(BURST, sender);
        } else if std::mem::take(&mut self.open_first) {
            self.open_first(sender);
        }
    }

    fn show(&mut self, loaded: Loaded, is_stale: bool) {
        let is_searching = !self.query.typed.trim().is_empty();
        self.content = match (loaded.rows.is_empty(), is_searching) {
            (false, _) => Content::Rows,
            (true, true) => Content::NothingFound,
            (true, false) if loaded.online_only && !loaded.roster.is_empty() => {
                Content::NobodyOnline
            }
            (true, false) => Content::NoContacts,
        };
        self.view.show(&loaded.rows);
        // News that came while this was read may have been about the rosters.
        if !is_stale {
            self.query.roster = Some(loaded.roster);
        }
        self.query.folded.get_or_insert(loaded.folded);
    }

    pub(super) fn hear(&mut self, news: &News, sender: &Sender) {
        let mut concerns = false;
        for event in news.iter() {
            match event {
                Event::Accounts
                | Event::Blocked(_)
                | Event::Profile { .. }
                | Event::Resync
                | Event::Roster { .. }
                // A chat that was made or opened belongs to a contact.
                | Event::Conversations(_) => {
                    self.query.roster = None;
                    concerns = true;
                }
                Event::Connection(_) | Event::Presence { .. } | Event::Settings => concerns = true,
                Event::Announce { .. } | Event::Attention(_)
                | Event::Finished { .. }
                | Event::Messages { .. }
                | Event::Requests
                | Event::Sync(_)
                | Event::Typing(_) => {}
            }
        }
        if concerns {
            self.reload(sender);
        }
    }

    pub(super) fn search(&mut self, typed: String, sender: &Sender) {
        if self.query.typed != typed {
            self.query.typed = typed;
            self.reload(sender);
        }
    }

    pub(super) fn set_current(&mut self, current: Option<ConversationId>, sender: &Sender) {
        if self.query.current != current {
            self.query.current = current;
            self.reload(sender);
        }
    }

    pub(super) fn ask(&self, command: Command, sender: &Sender) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move { CommandOutput::Asked(handle.request(command).await) });
    }

    /// Keys mean the row that has the focus: it begins with the contact whose chat is shown.
    pub(super) fn focus(&self) {
        let is_searching = !self.query.typed.trim().is_empty();
        let rows = (0..self.view.len()).filter_map(|place| self.view.row(place));
        let current = rows
            .filter(|row| matches!(row, Row::Contact(row) if row.current))
            .map(|row| row.key())
            .next();
        self.view.focus(current.as_ref().filter(|_| !is_searching));
    }

    /// Opens the first contact, once the rows of what was typed last are there.
    pub(super) fn open_first(&mut self, sender: &Sender) {
        if self.refresh != Refresh::Fresh {
            self.open_first = true;
            return;
        }
        let rows = (0..self.view.len()).filter_map(|place| self.view.row(place));
        if let Some(row) = rows.into_iter().find(|row| !matches!(row, Row::Group(_))) {
            self.open(&row, sender);
        }
    }

    pub(super) fn row_event(&mut self, event: RowEvent, root: &gtk::Stack, sender: &Sender) {
        let window: Option<gtk::Window> = root.root().and_downcast();
        match (event, window) {
            (RowEvent::Activated(row), _) => self.open(&row, sender),
            (RowEvent::MenuWanted { row, x, y }, _) => {
                if let Row::Contact(contact) = row {
                    let sections = self.menu_of(&contact, sender);
                    context_menu::open(self.view.list_view(), x, y, sections);
                }
            }
            (RowEvent::RenameWanted(Row::Contact(row)), Some(window)) => {
                contact_dialogs::rename_contact(&window, &self.handle, row.account, &row.jid);
            }
            (RowEvent::RemoveWanted(Row::Contact(row)), Some(window)) => {
                contact_dialogs::remove_contact(&window, &self.handle, row.account, &row.jid);
            }
            (RowEvent::Dropped { dragged, on }, _) => self.dropped(dragged, on, sender),
            (RowEvent::RenameWanted(_) | RowEvent::RemoveWanted(_), _) => {}
        }
    }

    fn open(&mut self, row: &Row, sender: &Sender) {
        let (account, jid) = match row {
            Row::Contact(row) => (row.account, row.jid.clone()),
            Row::Offer(row) => (row.account, row.jid.clone()),
            Row::Group(group) => return self.fold(group, sender),
            Row::Chat(_) | Row::Hit(_) | Row::Note(_) => return,
        };
        let _ = sender.output(Output::OpenWith(account, jid));
    }

    /// Hides or shows the members of a group, and keeps that.
    fn fold(&mut self, group: &GroupRow, sender: &Sender) {
        let folded = self.query.folded.get_or_insert_default();
        if !folded.remove(&*group.name) {
            folded.insert(group.name.to_string());
        }
        self.handle.send(Command::Remember {
            name: FOLDED_GROUPS,
            value: load::write_folded(folded),
        });
        self.reload(sender);
    }

    fn dropped(&self, dragged: Row, on: Row, sender: &Sender) {
        let to = match on {
            Row::Group(group) => group.name.clone(),
            Row::Contact(member) => member.group.clone(),
            Row::Chat(_) | Row::Offer(_) | Row::Hit(_) | Row::Note(_) => return,
        };
        let Row::Contact(dragged) = dragged else {
            return;
        };
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let reader = handle.reader();
            let read = relm4::spawn_blocking(move || load::moved_to(&reader, &dragged, &to)).await;
            CommandOutput::Asked(match read {
                Ok(Ok(Some(edit))) => handle.request(edit).await,
                Ok(Ok(None)) => Ok(()),
                Ok(Err(error)) => Err(error.failure_kind().into()),
                Err(_) => Err(FailureKind::Cancelled.into()),
            })
        });
    }

    fn menu_of(&self, contact: &ContactRow, sender: &Sender) -> Vec<Vec<Entry>> {
        let (account, jid) = (contact.account, contact.jid.clone());
        let tell = |label: String, output: Output| {
            let sender = sender.output_sender().clone();
            let output = std::cell::Cell::new(Some(output));
            Entry::new(label, move || {
                if let Some(output) = output.take() {
                    let _ = sender.send(output);
                }
            })
        };
        let ask = |label: String, command: ContactCommand| {
            let input = sender.input_sender().clone();
            Entry::new(label, move || {
                let _ = input.send(Input::Ask(Command::Contact(command.clone())));
            })
        };
        let again = |label: String, event: fn(Row) -> RowEvent| {
            let input = sender.input_sender().clone();
            let row = Row::Contact(contact.clone().into());
            Entry::new(label, move || {
                let _ = input.send(Input::Row(event(row.clone())));
            })
        };
        let mut second = vec![again(gettext("Name and Groups…"), RowEvent::RenameWanted)];
        if !contact.seen && !contact.blocked {
            let jid = jid.clone();
            second.push(ask(
                gettext("Ask Again to See Their Status"),
                ContactCommand::AskAgain { account, jid },
            ));
        }
        let block = if contact.blocked {
            let jid = jid.clone().into();
            ask(gettext("Unblock"), ContactCommand::Unblock { account, jid })
        } else {
            let (input, jid) = (sender.input_sender().clone(), jid.clone());
            Entry::new(gettext("Block…"), move || {
                let _ = input.send(Input::Block(account, jid.clone()));
            })
        };
        vec![
            vec![
                tell(gettext("Open Chat"), Output::OpenWith(account, jid.clone())),
                tell(gettext("Details"), Output::ShowDetails(account, jid)),
            ],
            second,
            vec![block, again(gettext("Remove…"), RowEvent::RemoveWanted)],
        ]
    }
}

/// Reads the rows on a thread that may wait for the disk.
async fn read_off_thread(handle: Handle, query: Query) -> Option<Loaded> {
    let read = relm4::spawn_blocking(move || load::load(&handle, query)).await;
    match read {
        Ok(Ok(loaded)) => Some(loaded),
        Ok(Err(error)) => {
            tracing::error!(%error, "the contacts cannot be read");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the contacts ended early");
            None
        }
    }
}
