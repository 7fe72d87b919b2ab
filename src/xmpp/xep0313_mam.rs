//! XEP-0313: catching up with the archive after every gap, and fetching older messages on demand.
//!
//! The cursor is the archive id up to which everything is stored; it moves in the transaction that stores the
//! messages. Messages that wait to be sent are held back until the archive has shown which of them had arrived.

use std::collections::HashMap;

use minidom::Element;
use xmpp_parsers::{
    data_forms::{DataForm, DataFormType, Field},
    mam::{Fin, Query, QueryId as ArchiveQueryId, Result_},
    message::Message,
    ns,
    rsm::SetQuery,
};

use super::{
    Arrived, Cx, Effect, Extension, Handled, QueryId, Reply,
    envelope::{Envelope, Recipient},
};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    model::{BareJid, ConversationId, FailureKind, RequestId, SyncState},
    store::StoreError,
};

/// Messages per page: large enough that round trips do not matter, small enough for one quick transaction.
const PAGE: usize = 100;

/// Results that are kept of one page; a server that sends more is lying about the page.
const MAX_RESULTS: usize = 2 * PAGE;

/// Pages of one catch-up; a server that has more goes in circles.
const MAX_PAGES: u32 = 100_000;

/// Reads the archive of the own account.
#[derive(Debug, Default)]
pub struct Archive {
    running: HashMap<QueryId, Run>,
    /// Whether it is known if there is an archive.
    discovered: bool,
    /// Chats whose older messages were wanted before that.
    wanted: Vec<(ConversationId, RequestId)>,
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
    /// The newest page, when nothing is stored yet or the cursor is unknown to the archive.
    Newest,
    /// What lies before everything stored of one chat.
    Older {
        conversation: ConversationId,
        peer: BareJid,
        request: RequestId,
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
            caught_up(cx);
            return Ok(());
        }
        let purpose = match cx.txn.archive_cursor(cx.account.id)? {
            Some(after) => Purpose::CatchUp { after },
            None => Purpose::Newest,
        };
        show_progress(cx, SyncState::CatchingUp(0));
        self.ask(cx, purpose, 1, 0)
    }

    fn offline(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        self.discovered = false;
        for (_, request) in std::mem::take(&mut self.wanted) {
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
        let Command::Chat(ChatCommand::FetchOlder(conversation)) = command else {
            return Ok(Handled::No);
        };
        if self.discovered {
            self.fetch_older(cx, *conversation, request)?;
        } else {
            self.wanted.push((*conversation, request));
        }
        Ok(Handled::Yes)
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

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some(run) = self.running.remove(&query) else {
            return Ok(());
        };
        match reply {
            Reply::Result(payload) => {
                let fin = payload.and_then(|payload| Fin::try_from(payload).ok());
                self.page(cx, run, fin)
            }
            Reply::Error(error) => self.failed(cx, run, &super::refusal::condition(&error)),
            Reply::Lost => self.failed(cx, run, "lost"),
        }
    }
}

impl Archive {
    fn fetch_older(
        &mut self,
        cx: &mut Cx<'_, '_>,
        conversation: ConversationId,
        request: RequestId,
    ) -> Result<(), StoreError> {
        let (account, peer, _) = cx.txn.conversation_peer(conversation)?;
        let (_, nothing_older) = cx.txn.oldest_archived(account, &peer)?;
        if nothing_older || !cx.link.own.contains(ns::MAM) {
            cx.finish(request, Ok(()));
            return Ok(());
        }
        let purpose = Purpose::Older {
            conversation,
            peer,
            request,
        };
        self.ask(cx, purpose, 1, 0)
    }

    fn ask(
        &mut self,
        cx: &mut Cx<'_, '_>,
        purpose: Purpose,
        pages: u32,
        fetched: u64,
    ) -> Result<(), StoreError> {
        // A page at a time (XEP-0059).
        let archive_query = cx.link.fresh_id();
        let mut set = SetQuery {
            max: Some(PAGE),
            after: None,
            before: None,
            index: None,
        };
        let mut with = None;
        match &purpose {
            Purpose::CatchUp { after } => set.after = Some(after.clone()),
            Purpose::Newest => set.before = Some(String::new()),
            Purpose::Older { peer, .. } => {
                let (oldest, _) = cx.txn.oldest_archived(cx.account.id, peer)?;
                set.before = Some(oldest.unwrap_or_default());
                with = Some(peer.to_string());
            }
        }
        let query = Query {
            queryid: Some(ArchiveQueryId(archive_query.clone())),
            node: None,
            form: with.as_deref().map(filter),
            set: Some(set),
            flip_page: false,
        };
        let id = cx.set(self.xep(), None, Element::from(query));
        self.running.insert(
            id,
            Run {
                archive_query,
                purpose,
                results: vec![],
                pages,
                fetched,
            },
        );
        Ok(())
    }

    /// Stores a page and asks for the next; `fin` is missing when the server's answer makes no sense.
    fn page(&mut self, cx: &mut Cx<'_, '_>, run: Run, fin: Option<Fin>) -> Result<(), StoreError> {
        let Some(fin) = fin else {
            return self.failed(cx, run, "bad answer");
        };
        let last = fin.set.last.filter(|last| !last.is_empty());
        let count = run.results.len() as u64;
        let first_login = matches!(run.purpose, Purpose::Newest);
        let older = matches!(run.purpose, Purpose::Older { .. });
        hand_over(cx, run.results, first_login || older);
        match run.purpose {
            Purpose::Older {
                conversation,
                peer,
                request,
            } => {
                if fin.complete || count == 0 {
                    cx.txn.set_archive_complete(cx.account.id, &peer)?;
                }
                cx.emit(Event::Conversations(vec![conversation]));
                cx.finish(request, Ok(()));
                Ok(())
            }
            Purpose::Newest => {
                if let Some(last) = &last {
                    cx.txn.set_archive_cursor(cx.account.id, last)?;
                }
                caught_up(cx);
                Ok(())
            }
            Purpose::CatchUp { after } => {
                let fetched = run.fetched + count;
                if let Some(last) = &last {
                    cx.txn.set_archive_cursor(cx.account.id, last)?;
                }
                // C22: a page that is empty, or whose end is where it began, is the last one whatever it claims.
                let next = last.filter(|last| *last != after && count > 0 && !fin.complete);
                match next.filter(|_| run.pages < MAX_PAGES) {
                    Some(after) => {
                        show_progress(cx, SyncState::CatchingUp(fetched));
                        self.ask(cx, Purpose::CatchUp { after }, run.pages + 1, fetched)
                    }
                    None => {
                        caught_up(cx);
                        Ok(())
                    }
                }
            }
        }
    }

    fn failed(&mut self, cx: &mut Cx<'_, '_>, run: Run, why: &str) -> Result<(), StoreError> {
        match run.purpose {
            // The archive has forgotten our place: what it still has is better than nothing.
            Purpose::CatchUp { .. } if why == "item-not-found" => {
                self.ask(cx, Purpose::Newest, run.pages + 1, run.fetched)
            }
            Purpose::CatchUp { .. } | Purpose::Newest => {
                tracing::warn!(why, "the archive did not answer");
                if cx.link.jid.is_some() {
                    caught_up(cx);
                }
                Ok(())
            }
            Purpose::Older { request, .. } => {
                let kind = FailureKind::Refused(why.to_owned());
                cx.finish(request, Err(kind.into()));
                Ok(())
            }
        }
    }
}

/// Hands the results of one page to the session, which stores them in this same transaction.
fn hand_over(cx: &mut Cx<'_, '_>, results: Vec<Result_>, history: bool) {
    let me = cx.account.jid.clone();
    for Result_ { id, forwarded, .. } in results {
        let me = Recipient {
            account: &me,
            server_stamps_ids: false,
        };
        let delay = forwarded.delay;
        if let Ok(envelope) = Envelope::archived(forwarded.message, &id, delay.as_ref(), me, cx.now)
        {
            cx.link.arrived.push(Arrived { envelope, history });
        }
    }
}

/// From now on the cursor may follow live messages, and what waits may be sent.
fn caught_up(cx: &mut Cx<'_, '_>) {
    cx.link.caught_up = true;
    cx.effects.push(Effect::FlushOutbox);
    show_progress(cx, SyncState::Idle);
}

fn show_progress(cx: &mut Cx<'_, '_>, state: SyncState) {
    if cx.live.sync(cx.account.id) != state {
        cx.live.set_sync(cx.account.id, state);
        cx.emit(Event::Sync(cx.account.id));
    }
}

/// The filter that asks for messages with one peer.
fn filter(with: &str) -> DataForm {
    DataForm::new(
        DataFormType::Submit,
        ns::MAM,
        vec![Field::text_single("with", with)],
    )
}
