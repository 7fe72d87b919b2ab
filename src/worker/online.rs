//! Being online: stanzas in and out, each counted only after the transaction that handled it has committed.

use std::time::Duration;

use futures::FutureExt;
use minidom::Element;
use tokio::time::Instant;
use xmpp_parsers::sm;

use super::{
    account_task::{AccountTask, Flow, Verdict, storage_failure},
    line::{Line, Sorted},
    session::{Arrival, Input},
};
use crate::{
    command::Command,
    event::Event,
    model::{ConnectionState, Failure, FailureKind, OutboxId, RequestId},
    store::StoreError,
    xmpp::{
        Effect,
        stream::{Connected, Enabled, Incoming, Management, Resume, Resumption, Unacked},
    },
};

/// Stanzas handled in one transaction: a commit costs as much as many stanzas, and the window must not wait long.
const BATCH: usize = 64;

/// Rows of the outbox read at once.
const FLUSH: u32 = 64;

/// How often time passes for the session while something waits.
const TICK: Duration = Duration::from_secs(1);

/// How often it passes else: an idle program must not wake the machine, but notice that it has slept.
const SLOW_TICK: Duration = Duration::from_secs(30);

/// A connection that lasted this long was good: the next failure is tried again quickly.
const GOOD_AFTER: Duration = Duration::from_secs(30);

/// How long a lost session is worth asking for when the server does not say (XEP-0198, section 5).
const RESUMABLE_FOR: Duration = Duration::from_secs(600);

/// Why being online, or trying to be, has ended.
pub(super) enum Exit {
    /// The task is to end.
    Quit,
    /// Disconnected by wish.
    Disconnected,
    /// To be connected anew at once.
    Again,
    /// Something failed.
    Failed(Failure),
}

/// A session without a connection that the server may still resume.
pub(super) struct Suspended {
    pub(super) management: Management,
    session: Resume,
    since: Instant,
    kept_for: Duration,
}

impl Suspended {
    /// What to ask the server for.
    pub(super) fn resume(&self) -> Resume {
        Resume {
            handled: self.management.handled(),
            ..self.session.clone()
        }
    }

    /// Whether the server has certainly given it up.
    pub(super) fn has_expired(&self) -> bool {
        self.since.elapsed() > self.kept_for
    }
}

impl AccountTask {
    /// Stays online until something ends that. The error is the store's: nothing of the last batch was counted.
    pub(super) async fn stay_online(
        &mut self,
        connected: Connected,
        management: Management,
    ) -> Result<Exit, StoreError> {
        let resumed = matches!(connected.resumption, Resumption::Resumed(_));
        let jid = connected.jid.clone();
        let arrival = Arrival {
            jid: jid.clone(),
            resumed,
            client_state: connected.client_state,
            roster_versions: connected.roster_versions,
            pre_approval: connected.pre_approval,
            carbons: connected.carbons,
            inactive: connected.inactive,
        };
        let mut line = Line::new(connected.stream, management, connected.management);
        let since = Instant::now();
        let early = connected.early;
        let ended = self.converse(&mut line, arrival, early, resumed).await;
        if since.elapsed() >= GOOD_AFTER {
            self.backoff.reset();
        }
        let exit = match ended {
            Ok(exit) => exit,
            Err(error) => Exit::Failed(storage_failure(&error)),
        };
        match &exit {
            Exit::Failed(_) => self.suspend(line, jid),
            Exit::Quit | Exit::Disconnected | Exit::Again => line.stream.close().await,
        }
        Ok(exit)
    }

    /// Keeps what is needed to resume, if the server can.
    fn suspend(&mut self, line: Line, jid: crate::model::FullJid) {
        let Some(Enabled {
            id: Some(id),
            max_seconds,
            location,
        }) = line.enabled
        else {
            return self.give_up_session();
        };
        let kept_for = max_seconds.map_or(RESUMABLE_FOR, |s| Duration::from_secs(u64::from(s)));
        let session = Resume {
            id,
            jid,
            handled: 0,
            location,
        };
        self.suspended = Some(Suspended {
            management: line.management,
            session,
            since: Instant::now(),
            kept_for,
        });
    }

    async fn converse(
        &mut self,
        line: &mut Line,
        arrival: Arrival,
        early: Vec<Element>,
        resumed: bool,
    ) -> Result<Exit, StoreError> {
        if resumed && let Err(failure) = line.resend().await {
            return Ok(Exit::Failed(failure));
        }
        let jid = arrival.jid.clone();
        let mut inputs = vec![];
        if !self.window_active {
            let active = Command::WindowActive(false);
            inputs.push(Input::Command(active, self.outlet.request()));
        }
        inputs.push(Input::Online(arrival));
        // Came before stream management counted, and is not counted.
        inputs.extend(early.into_iter().map(Input::Stanza));
        let effects = self.step(inputs)?;
        self.show(ConnectionState::Online { jid });
        if let Err(failure) = self.perform(line, effects).await? {
            return Ok(Exit::Failed(failure));
        }
        let mut last_tick = Instant::now();
        loop {
            let pace = if self.session.waits() || line.overdue.is_some() {
                TICK
            } else {
                SLOW_TICK
            };
            let outcome = tokio::select! {
                incoming = line.stream.next() => self.incoming(line, incoming).await?,
                message = self.inbox.recv() => match self.take(message).await {
                    Verdict::ForSession(command, request) => {
                        self.online_command(line, command, request).await?
                    }
                    Verdict::Flow(Flow::Stay | Flow::Connect) => Ok(()),
                    Verdict::Flow(Flow::Check) => line.check().await,
                    Verdict::Flow(Flow::Reconnect) => return Ok(Exit::Again),
                    Verdict::Flow(Flow::Disconnect) => return Ok(Exit::Disconnected),
                    Verdict::Flow(Flow::Quit) => return Ok(Exit::Quit),
                },
                () = tokio::time::sleep_until(last_tick + pace) => {
                    last_tick = Instant::now();
                    self.time_passes(line).await?
                }
            };
            if let Err(failure) = outcome {
                self.last_words(line).await?;
                if !self.deleted {
                    return Ok(Exit::Failed(failure));
                }
            }
            if self.deleted {
                return Ok(Exit::Quit);
            }
        }
    }

    /// What came before the connection was found broken counts: a server may answer and hang up at once, and it is
    /// writing to it that fails first.
    async fn last_words(&mut self, line: &mut Line) -> Result<(), StoreError> {
        let mut inputs = Vec::new();
        let mut stanzas = 0;
        while inputs.len() < BATCH
            && let Some(Incoming::Element(element)) = line.stream.next().now_or_never()
        {
            match line.sort(element) {
                Sorted::Stanza(stanza) => {
                    stanzas += 1;
                    inputs.push(Input::Stanza(stanza));
                }
                Sorted::Acknowledged(arrived) => inputs.push(Input::Acknowledged(arrived)),
                Sorted::CountWanted | Sorted::Nothing => {}
                Sorted::Broken => line.enabled = None,
            }
        }
        if !inputs.is_empty()
            && let Err(failure) = self.batch(line, inputs, stanzas).await?
        {
            tracing::debug!(?failure, "nothing can be answered any more");
        }
        Ok(())
    }

    async fn time_passes(&mut self, line: &mut Line) -> Result<Result<(), Failure>, StoreError> {
        if line.check_failed() {
            return Ok(Err(FailureKind::Timeout.into()));
        }
        if line.slept()
            && let Err(failure) = line.check().await
        {
            return Ok(Err(failure));
        }
        if line.management.unacknowledged().next().is_some()
            && let Err(failure) = line.ask_for_count().await
        {
            return Ok(Err(failure));
        }
        self.batch(line, vec![Input::Tick], 0).await
    }

    async fn online_command(
        &mut self,
        line: &mut Line,
        command: Command,
        request: RequestId,
    ) -> Result<Result<(), Failure>, StoreError> {
        let done = self
            .batch(line, vec![Input::Command(command, request)], 0)
            .await;
        if let Err(error) = &done {
            let outcome = Err(storage_failure(error));
            self.outlet.emit(Event::Finished { request, outcome });
        }
        done
    }

    /// Handles what has come, together with everything else that is there already.
    async fn incoming(
        &mut self,
        line: &mut Line,
        first: Incoming,
    ) -> Result<Result<(), Failure>, StoreError> {
        let mut inputs = Vec::new();
        let mut stanzas = 0;
        let mut counts_wanted = false;
        let mut next = Some(first);
        let mut ended = None;
        while let Some(incoming) = next.take() {
            match incoming {
                Incoming::Element(element) => {
                    line.quiet = false;
                    line.overdue = None;
                    match line.sort(element) {
                        Sorted::Stanza(stanza) => {
                            stanzas += 1;
                            inputs.push(Input::Stanza(stanza));
                        }
                        Sorted::Acknowledged(arrived) => inputs.push(Input::Acknowledged(arrived)),
                        Sorted::CountWanted => counts_wanted = true,
                        Sorted::Nothing => {}
                        Sorted::Broken => {
                            // A session whose counts cannot be true is not resumed.
                            line.enabled = None;
                            ended = Some(FailureKind::Protocol.into());
                        }
                    }
                }
                Incoming::Quiet => {
                    if line.quiet {
                        ended = Some(FailureKind::Timeout.into());
                    } else if let Err(failure) = line.ask_for_life().await {
                        ended = Some(failure);
                    }
                }
                Incoming::Ended(failure) => ended = Some(failure),
            }
            if ended.is_none() && inputs.len() < BATCH {
                next = line.stream.next().now_or_never();
            }
        }
        if !inputs.is_empty()
            && let Err(failure) = self.batch(line, inputs, stanzas).await?
        {
            return Ok(Err(failure));
        }
        if counts_wanted && ended.is_none() {
            let answer = Element::from(sm::A {
                h: line.management.handled(),
            });
            if let Err(failure) = line.stream.send(&answer).await {
                return Ok(Err(failure));
            }
        }
        Ok(ended.map_or(Ok(()), Err))
    }

    /// One transaction, then its effects, and only then its stanzas count as handled.
    async fn batch(
        &mut self,
        line: &mut Line,
        inputs: Vec<Input>,
        stanzas: u32,
    ) -> Result<Result<(), Failure>, StoreError> {
        let effects = self.step(inputs)?;
        for _ in 0..stanzas {
            line.management.committed();
        }
        self.perform(line, effects).await
    }

    async fn perform(
        &mut self,
        line: &mut Line,
        effects: Vec<Effect>,
    ) -> Result<Result<(), Failure>, StoreError> {
        let mut events = Vec::new();
        let mut flush = false;
        let mut outcome = Ok(());
        for effect in effects {
            match effect {
                Effect::Emit(event) => events.push(event),
                Effect::FlushOutbox => flush = true,
                Effect::KeepPassword(password) => self.password_changed(password).await,
                Effect::AccountDeleted => self.deleted = true,
                Effect::Forget => self.forgetting.wake(),
                Effect::Transmit(stanza) => {
                    let sent = line
                        .transmit(Unacked {
                            stanza,
                            outbox: None,
                        })
                        .await;
                    outcome = outcome.and(sent);
                }
            }
        }
        self.outlet.emit_all(events);
        if outcome.is_ok() && flush && self.session.link().caught_up {
            outcome = self.flush(line).await?;
        }
        Ok(outcome)
    }

    /// Writes the rows of the outbox that this session has not written yet, and asks the server for its count.
    async fn flush(&mut self, line: &mut Line) -> Result<Result<(), Failure>, StoreError> {
        let account = self.id();
        let mut wrote = false;
        loop {
            let after: OutboxId = self.session.link().flushed;
            let rows = tokio::task::block_in_place(|| {
                self.store
                    .write(|txn| txn.outbox_after(account, after, FLUSH))
            })?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                self.session.link_mut().flushed = row.id;
                // Our own bytes, parsed only to be framed by the stream.
                let Ok(stanza) = row.xml.parse::<Element>() else {
                    tracing::error!(row = row.id.0, "a row of the outbox is damaged");
                    continue;
                };
                wrote = true;
                if let Err(failure) = line
                    .transmit(Unacked {
                        stanza,
                        outbox: Some(row.id),
                    })
                    .await
                {
                    return Ok(Err(failure));
                }
            }
        }
        if wrote {
            return Ok(line.ask_for_count().await);
        }
        Ok(Ok(()))
    }
}
