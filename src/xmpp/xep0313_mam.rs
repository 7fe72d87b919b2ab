//! XEP-0313: catching up with the archive after every gap, filling the past in the background, and fetching older
//! messages of one chat on demand.
//!
//! The cursor is the archive id up to which everything is stored; it moves in the transaction that stores the
//! messages. Messages that wait to be sent are held back until the archive has shown which of them had arrived.
//! What lies before the first page is a gap, which is filled from its newest end backwards (`fill`).

mod answer;
mod failures;
mod fill;
mod older;
mod order;
mod page;
mod question;

use std::collections::HashMap;

use xmpp_parsers::{
    mam::{Fin, Result_},
    message::Message,
    ns,
};

use self::{
    fill::Fill,
    order::Order,
    question::{PAGE, Question},
};
use super::{Cx, Effect, Extension, Handled, QueryId, Reply, envelope::Envelope};
use crate::{
    command::{AccountCommand, ChatCommand, Command},
    event::Event,
    model::{
        BareJid, ConversationId, FailureKind, MessageId, RequestId, Route, SyncState, Timestamp,
    },
    store::{ArchiveGap, StoreError},
};

/// Milliseconds by which our clock may be ahead of the server's.
const CLOCK_MARGIN: i64 = 3_600_000;

/// Results that are kept of one page; a server that sends more is lying about the page.
const MAX_RESULTS: usize = 2 * PAGE;

/// Pages of one catch-up; a server that has more goes in circles.
const MAX_PAGES: u32 = 100_000;

/// Pages that are passed in one search for older messages of a chat when they show nothing.
const MAX_SEARCH: u32 = 20;

/// Reads the archive of the own account.
#[derive(Debug, Default)]
pub struct Archive {
    running: HashMap<QueryId, Run>,
    /// Whether it is known if there is an archive.
    discovered: bool,
    /// Chats whose older messages were wanted before that.
    wanted: Vec<(ConversationId, RequestId)>,
    /// How far back chats have been searched in this session, where nothing to be shown was found.
    searched: HashMap<ConversationId, String>,
    fill: Fill,
    order: Order,
    /// When a catch-up that failed is to be tried again, and how often that was done.
    again: Option<Timestamp>,
    catch_ups: u32,
}

/// One page that was asked for.
#[derive(Debug)]
struct Run {
    archive_query: String,
    purpose: Purpose,
    results: Vec<Result_>,
    pages: u32,
    fetched: u64,
}

#[derive(Clone, Debug)]
enum Purpose {
    /// Everything after the cursor.
    CatchUp { after: String },
    /// Everything from the time of the cursor on: the archive does not know the cursor any more.
    Since { at: Timestamp },
    /// Everything since the first message that waits here was written, when nothing of the archive is stored yet:
    /// more of them than one page may have arrived before the connection was lost.
    SinceWritten { at: Timestamp },
    /// The newest page, when nothing is stored yet.
    Newest,
    /// The next page of the past; by time when the archive does not know the place any more.
    Fill { gap: ArchiveGap, by_time: bool },
    /// What lies before everything stored of one chat.
    Older {
        conversation: ConversationId,
        peer: BareJid,
        request: RequestId,
        by_time: bool,
    },
}

impl Extension for Archive {
    fn xep(&self) -> &'static str {
        "XEP-0313"
    }

    fn discovered(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.discovered = true;
        for (conversation, request) in std::mem::take(&mut self.wanted) {
            self.fetch_older(cx, conversation, request)?;
        }
        if !cx.link.own.contains(ns::MAM) {
            cx.link.caught_up = true;
            cx.effects.push(Effect::FlushOutbox);
            return Ok(());
        }
        self.catch_up(cx)
    }

    fn offline(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        for (_, request) in std::mem::take(self).wanted {
            cx.finish(request, Err(FailureKind::Offline.into()));
        }
        show_progress(cx, SyncState::Idle);
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        match command {
            Command::Chat(ChatCommand::FetchOlder(conversation)) => {
                if self.discovered {
                    self.fetch_older(cx, *conversation, request)?;
                } else {
                    self.wanted.push((*conversation, request));
                }
                Ok(Handled::Yes)
            }
            Command::Account(AccountCommand::FetchHistory { account, on }) => {
                cx.txn.set_history_paused(*account, !on)?;
                cx.emit(Event::Sync(*account));
                self.plan(cx)?;
                cx.finish(request, Ok(()));
                Ok(Handled::Yes)
            }
            Command::Chat(_) => {
                self.fill.disturbed = true;
                Ok(Handled::No)
            }
            _ => Ok(Handled::No),
        }
    }

    fn message(&mut self, cx: &mut Cx<'_, '_>, message: &Message) -> Result<Handled, StoreError> {
        let Some(payload) = message.payloads.iter().find(|p| p.is("result", ns::MAM)) else {
            return Ok(Handled::No);
        };
        // XEP-0313, section 4.1: only our own archive, and only for a question we asked.
        let ours = message
            .from
            .as_ref()
            .is_none_or(|from| *from == cx.account.jid);
        if ours && let Ok(result) = Result_::try_from(payload.clone()) {
            let asked = result.queryid.as_ref().map(|id| id.0.as_str());
            let run = self
                .running
                .values_mut()
                .find(|run| asked == Some(&run.archive_query));
            if let Some(run) = run.filter(|run| run.results.len() < MAX_RESULTS) {
                run.results.push(result);
            }
        }
        Ok(Handled::Yes)
    }

    fn received(
        &mut self,
        cx: &mut Cx<'_, '_>,
        envelope: &Envelope,
        stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        if envelope.route == Route::Archive {
            return Ok(());
        }
        self.fill.disturbed = true;
        if let Some(message) = stored.filter(|_| !cx.link.cursor_follows) {
            self.order.came_ahead(&envelope.peer, message);
        }
        Ok(())
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some(run) = self.running.remove(&query) else {
            return Ok(());
        };
        if let Purpose::Fill { .. } = run.purpose {
            self.fill.open = false;
        }
        match reply {
            Reply::Result(payload) => match payload.map(Fin::try_from) {
                Some(Ok(fin)) => self.page(cx, run, fin)?,
                Some(Err(_)) | None => self.failed(cx, run, "bad answer")?,
            },
            Reply::Error(error) => self.failed(cx, run, &super::refusal::condition(&error))?,
            Reply::Lost => self.failed(cx, run, failures::LOST)?,
        }
        if self.fill.may_go_on() {
            self.fill_next(cx)?;
        }
        Ok(())
    }

    fn waits(&self) -> bool {
        self.fill.due || self.again.is_some()
    }

    fn tick(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        if cx.link.jid.is_none() {
            return Ok(());
        }
        if self.again.is_some_and(|at| cx.now >= at) {
            self.again = None;
            return self.catch_up(cx);
        }
        if self.fill.after_pause(cx.now) {
            self.fill_next(cx)?;
        }
        Ok(())
    }
}

impl Archive {
    fn catch_up(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.catch_ups += 1;
        let purpose = match cx.txn.archive_cursor(cx.account.id)? {
            Some(after) => Purpose::CatchUp { after },
            None => match cx.txn.oldest_waiting(cx.account.id)? {
                Some(at) => Purpose::SinceWritten {
                    at: at.plus_millis(-CLOCK_MARGIN),
                },
                None => Purpose::Newest,
            },
        };
        show_progress(cx, SyncState::CatchingUp(0));
        self.ask(cx, purpose, 1, 0)
    }

    fn ask(
        &mut self,
        cx: &mut Cx<'_, '_>,
        purpose: Purpose,
        pages: u32,
        fetched: u64,
    ) -> Result<(), StoreError> {
        let question = match &purpose {
            Purpose::CatchUp { after } => Some(Question {
                after: Some(after.clone()),
                ..Question::default()
            }),
            Purpose::Since { at } | Purpose::SinceWritten { at } => Some(Question {
                start: Some(*at),
                ..Question::default()
            }),
            Purpose::Newest => Some(Question::newest()),
            Purpose::Fill { gap, by_time } => self.fill.question(gap, *by_time),
            Purpose::Older {
                conversation,
                peer,
                by_time,
                ..
            } => {
                let place = match self.searched.get(conversation) {
                    Some(place) => Some(place.clone()),
                    None => cx.txn.oldest_archived(cx.account.id, peer)?.0,
                };
                let mut question = Question::before(place.unwrap_or_default());
                if *by_time {
                    question = Question {
                        // The order may have given it an earlier time than its stamp.
                        end: cx
                            .txn
                            .oldest_archived_time(*conversation)?
                            .map(|at| at.plus_millis(order::REACH)),
                        ..Question::newest()
                    };
                }
                question.with = Some(peer.clone());
                Some(question)
            }
        };
        let Some(question) = question else {
            show_progress(cx, SyncState::Idle);
            return Ok(());
        };
        let archive_query = cx.link.fresh_id();
        let id = cx.set(self.xep(), None, question.element(archive_query.clone()));
        let run = Run {
            archive_query,
            purpose,
            results: vec![],
            pages,
            fetched,
        };
        self.running.insert(id, run);
        Ok(())
    }

    fn plan(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.plan_with(cx, None)
    }

    /// Finds out whether there is a gap to be filled, and shows it.
    fn plan_with(&mut self, cx: &mut Cx<'_, '_>, missing: Option<u64>) -> Result<(), StoreError> {
        let account = cx.account.id;
        let gap = cx.txn.archive_gap(account)?;
        let may =
            cx.link.cursor_follows && self.fill.is_hopeful() && !cx.txn.history_paused(account)?;
        self.fill.due = may && gap.is_some();
        if !cx.link.cursor_follows {
            return Ok(());
        }
        let state = match gap.filter(|_| may) {
            Some(gap) => SyncState::Filling {
                fetched: gap.fetched,
                reached: gap.before_at,
                missing,
            },
            None => SyncState::Idle,
        };
        show_progress(cx, state);
        Ok(())
    }

    /// Asks for the next page of the past, unless somebody waits for older messages of a chat.
    fn fill_next(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        let urgent = |run: &Run| matches!(run.purpose, Purpose::Older { .. });
        if self.running.values().any(urgent) {
            return Ok(());
        }
        let account = cx.account.id;
        let horizon = cx.txn.forgotten_before(account)?;
        if let Some(gap) = cx.txn.archive_gap(account)?
            && gap
                .before_at
                .is_some_and(|at| horizon.is_some_and(|horizon| at < horizon))
        {
            // What is older would not be kept.
            cx.txn.set_archive_gap(account, None)?;
        }
        match cx.txn.archive_gap(account)? {
            Some(gap) => self.ask(
                cx,
                Purpose::Fill {
                    gap,
                    by_time: false,
                },
                1,
                0,
            ),
            None => self.plan(cx),
        }
    }
}

fn show_progress(cx: &mut Cx<'_, '_>, state: SyncState) {
    if cx.live.sync(cx.account.id) != state {
        cx.live.set_sync(cx.account.id, state);
        cx.emit(Event::Sync(cx.account.id));
    }
}
