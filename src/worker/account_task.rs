//! The task of one account: brings inputs to its session, performs effects, and keeps it connected.

use std::time::Duration;

use tokio::{sync::mpsc, time::Instant};

use super::{
    backoff::{Backoff, is_passing, jitter},
    farewell,
    online::{Exit, Suspended},
    outlet::Outlet,
    session::{Input, Session},
    tokens::Tokens,
};
use crate::{
    command::Command,
    event::Event,
    model::{
        AccountId, ConnectStep, ConnectionState, Failure, FailureKind, PasswordStorage, RequestId,
        Secret, Settings, Show, Timestamp,
    },
    secrets::Secrets,
    store::{Store, StoreError},
    xmpp::{
        Effect, Live,
        console::{Console, Consoles},
        stream::{self, ConnectOptions, Connected, Management, Patience, Resumption, Unacked},
    },
};

/// What the supervisor sends to the task of an account.
#[derive(Debug)]
pub(super) enum ToAccount {
    /// The window asks for something.
    Command(Command, RequestId),
    /// The settings were replaced.
    Settings(Settings),
    /// The sealed passwords can be read now.
    PasswordsUnlocked,
    /// Say goodbye and end.
    Quit,
}

/// Why the task of an account ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Ended {
    /// It was asked to.
    Quit,
    /// The account is gone on the server.
    Deleted,
}

/// What a command means for the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flow {
    /// Nothing.
    Stay,
    /// Connect now, if not connected.
    Connect,
    /// The network may have changed: waits are over, and a connection that is up has to show that it lives.
    Check,
    /// Connect anew, even if connected.
    Reconnect,
    /// Disconnect and stay so.
    Disconnect,
    /// End the task.
    Quit,
}

/// Who is to act on a message of the supervisor.
pub(super) enum Verdict {
    /// Done, with this meaning for the connection.
    Flow(Flow),
    /// The session is.
    ForSession(Command, RequestId),
}

/// What all tasks of a profile share.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub(super) store: Store,
    pub(super) secrets: Secrets,
    pub(super) live: Live,
    pub(super) outlet: Outlet,
    pub(super) consoles: Consoles,
    pub(super) patience: Patience,
    pub(super) forgetting: super::forgetting::Waker,
}

/// What the task does next.
enum Phase {
    Idle,
    Connect,
    Wait(Duration, Failure),
    Stop(Failure),
}

/// The task of one account.
pub(super) struct AccountTask {
    pub(super) session: Session,
    pub(super) store: Store,
    pub(super) secrets: Secrets,
    pub(super) live: Live,
    pub(super) outlet: Outlet,
    console: Console,
    pub(super) inbox: mpsc::UnboundedReceiver<ToAccount>,
    pub(super) suspended: Option<Suspended>,
    pub(super) backoff: Backoff,
    pub(super) deleted: bool,
    pub(super) window_active: bool,
    pub(super) patience: Patience,
    pub(super) forgetting: super::forgetting::Waker,
    pub(super) password: Option<Secret>,
    pub(super) failure: Option<Failure>,
    pub(super) tokens: Tokens,
}

impl AccountTask {
    pub(super) fn new(
        session: Session,
        around: &Surroundings,
        inbox: mpsc::UnboundedReceiver<ToAccount>,
        password: Option<Secret>,
    ) -> Self {
        Self {
            console: around.consoles.of(session.account().id),
            session,
            store: around.store.clone(),
            secrets: around.secrets.clone(),
            live: around.live.clone(),
            outlet: around.outlet.clone(),
            patience: around.patience,
            forgetting: around.forgetting.clone(),
            inbox,
            suspended: None,
            backoff: Backoff::default(),
            deleted: false,
            window_active: true,
            password,
            failure: None,
            tokens: Tokens::default(),
        }
    }

    pub(super) fn id(&self) -> AccountId {
        self.session.account().id
    }

    /// Whether the person wants this account to be connected.
    pub(super) fn wants_connection(&self) -> bool {
        let account = self.session.account();
        account.enabled && account.presence.show != Show::Offline
    }

    /// Runs until asked to end.
    pub(super) async fn run(mut self) -> Ended {
        let mut phase = if self.wants_connection() {
            Phase::Connect
        } else {
            Phase::Idle
        };
        loop {
            phase = match phase {
                Phase::Idle => {
                    self.give_up_session();
                    self.show(ConnectionState::Offline);
                    match self.idle(None).await {
                        Flow::Quit => break,
                        Flow::Connect | Flow::Reconnect => Phase::Connect,
                        Flow::Stay | Flow::Check | Flow::Disconnect => Phase::Idle,
                    }
                }
                Phase::Stop(failure) => {
                    self.give_up_session();
                    self.failure = Some(failure.clone());
                    self.show(ConnectionState::Stopped(failure.clone()));
                    match self.idle(None).await {
                        Flow::Quit => break,
                        Flow::Connect | Flow::Reconnect => Phase::Connect,
                        Flow::Disconnect => Phase::Idle,
                        Flow::Stay | Flow::Check => Phase::Stop(failure),
                    }
                }
                Phase::Wait(wait, failure) => {
                    let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                    let until = Timestamp::now().plus_millis(millis);
                    self.show(ConnectionState::Waiting { until, failure });
                    match self.idle(Some(Instant::now() + wait)).await {
                        Flow::Quit => break,
                        Flow::Disconnect => Phase::Idle,
                        Flow::Stay | Flow::Check | Flow::Connect | Flow::Reconnect => {
                            Phase::Connect
                        }
                    }
                }
                Phase::Connect => match self.connect_and_stay().await {
                    Exit::Quit => break,
                    Exit::Disconnected => Phase::Idle,
                    Exit::Again => Phase::Connect,
                    Exit::Failed(failure) if is_passing(&failure.kind) => {
                        Phase::Wait(self.backoff.next(jitter()), failure)
                    }
                    Exit::Failed(failure) => Phase::Stop(failure),
                },
            };
            if self.deleted {
                break;
            }
        }
        self.give_up_session();
        self.tokens.written().await;
        self.show(ConnectionState::Offline);
        if self.deleted {
            Ended::Deleted
        } else {
            Ended::Quit
        }
    }

    /// Handles commands without a connection until one changes that, or until the time has come (then `Connect`).
    async fn idle(&mut self, until: Option<Instant>) -> Flow {
        loop {
            let timer = async {
                match until {
                    Some(until) => tokio::time::sleep_until(until).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = timer => return Flow::Connect,
                message = self.inbox.recv() => {
                    let flow = self.handle(message).await;
                    if flow != Flow::Stay {
                        return flow;
                    }
                }
            }
        }
    }

    async fn connect_and_stay(&mut self) -> Exit {
        self.failure = None;
        self.show(ConnectionState::Connecting(ConnectStep::Resolving));
        let password = match self.password().await {
            Ok(password) => password,
            Err(failure) => return Exit::Failed(failure),
        };
        let mut options = match self.options() {
            Ok(options) => options,
            Err(error) => return Exit::Failed(storage_failure(&error)),
        };
        options.token = self.token_for_login().await;
        let (live, outlet, id) = (self.live.clone(), self.outlet.clone(), self.id());
        let patience = self.patience;
        let on_step = move |step| {
            live.set_connection(id, ConnectionState::Connecting(step));
            outlet.emit(Event::Connection(id));
        };
        let connecting = stream::connect_with(&options, &password, &patience, on_step);
        tokio::pin!(connecting);
        let connected = loop {
            tokio::select! {
                result = &mut connecting => match result {
                    Ok(connected) => break connected,
                    Err(failure) => return self.not_connected(failure).await,
                },
                message = self.inbox.recv() => match self.handle(message).await {
                    Flow::Stay | Flow::Check | Flow::Connect => {}
                    Flow::Reconnect => return Exit::Again,
                    Flow::Disconnect => return Exit::Disconnected,
                    Flow::Quit => return Exit::Quit,
                }
            }
        };
        self.password = Some(password.clone());
        self.keep_token(connected.token.clone()).await;
        match self.arrive(connected).await {
            Ok(exit) => exit,
            Err(error) => Exit::Failed(storage_failure(&error)),
        }
    }

    async fn not_connected(&mut self, failure: Failure) -> Exit {
        if failure.kind == FailureKind::WrongPassword {
            self.password = None;
            self.forget_token().await;
        }
        Exit::Failed(failure)
    }

    /// Settles what became of the former session, then stays online until something ends that.
    async fn arrive(&mut self, connected: Connected) -> Result<Exit, StoreError> {
        let account = self.session.account().clone();
        let strongest = connected.strongest.clone();
        self.write(|txn| {
            if txn.strongest_mechanism(account.id)?.as_deref() != Some(&strongest) {
                txn.set_strongest_mechanism(account.id, &strongest, Timestamp::now())?;
            }
            Ok(())
        })?;
        let suspended = self.suspended.take();
        let management = match (suspended, &connected.resumption) {
            (Some(suspended), Resumption::Resumed(handled)) => {
                let mut management = suspended.management;
                if !self.settle(&mut management, Some(*handled))? {
                    // Both would resume this session with counts that never fit again: begin a new one.
                    self.step_and_emit(vec![Input::Offline])?;
                    connected.stream.close().await;
                    return Ok(Exit::Failed(FailureKind::Protocol.into()));
                }
                management
            }
            (Some(suspended), Resumption::Refused(handled)) => {
                let mut management = suspended.management;
                self.settle(&mut management, *handled)?;
                self.step_and_emit(vec![Input::Offline])?;
                Management::default()
            }
            (Some(_), Resumption::New) => {
                self.step_and_emit(vec![Input::Offline])?;
                Management::default()
            }
            (None, _) => Management::default(),
        };
        self.stay_online(connected, management).await
    }

    /// Takes what the server has off the outbox; answers whether its count can be true.
    fn settle(
        &mut self,
        management: &mut Management,
        handled: Option<u32>,
    ) -> Result<bool, StoreError> {
        let Some(handled) = handled else {
            return Ok(true);
        };
        match management.acknowledge(handled) {
            stream::Ack::Arrived(stanzas) => {
                self.step_and_emit(vec![Input::Acknowledged(stanzas)])?;
                Ok(true)
            }
            stream::Ack::Impossible => Ok(false),
        }
    }

    fn options(&mut self) -> Result<ConnectOptions, StoreError> {
        if self.suspended.as_ref().is_some_and(Suspended::has_expired) {
            self.give_up_session();
        }
        let account = self.session.account().clone();
        let stored = self.write(|txn| farewell::options(txn, account))?;
        Ok(ConnectOptions {
            resume: self.suspended.as_ref().map(Suspended::resume),
            inactive: !self.window_active,
            console: self.console.clone(),
            ..stored
        })
    }

    async fn password(&self) -> Result<Secret, Failure> {
        if let Some(password) = &self.password {
            return Ok(password.clone());
        }
        let account = self.session.account();
        if account.password_storage == PasswordStorage::Ask {
            return Err(FailureKind::PasswordNeeded.into());
        }
        match self
            .secrets
            .password(&account.jid, account.password_storage)
            .await
        {
            Ok(Some(password)) => Ok(password),
            Ok(None) => Err(FailureKind::PasswordNeeded.into()),
            Err(error) => Err(Failure::with_text(error.failure_kind(), error.to_string())),
        }
    }

    /// Handles what the supervisor sends while there is no stream to send to.
    pub(super) async fn handle(&mut self, message: Option<ToAccount>) -> Flow {
        match self.take(message).await {
            Verdict::Flow(flow) => flow,
            Verdict::ForSession(command, request) => {
                self.step_or_log(vec![Input::Command(command, request)]);
                Flow::Stay
            }
        }
    }

    /// Handles what the supervisor sends, unless it is for the session.
    pub(super) async fn take(&mut self, message: Option<ToAccount>) -> Verdict {
        let flow = match message {
            None | Some(ToAccount::Quit) => Flow::Quit,
            Some(ToAccount::Settings(settings)) => {
                self.step_or_log(vec![Input::Settings(settings)]);
                Flow::Stay
            }
            Some(ToAccount::PasswordsUnlocked) => {
                let locked = |failure: &Failure| failure.kind == FailureKind::PasswordsLocked;
                if self.failure.as_ref().is_some_and(locked) {
                    Flow::Connect
                } else {
                    Flow::Stay
                }
            }
            Some(ToAccount::Command(command, request)) => {
                return self.command(command, request).await;
            }
        };
        Verdict::Flow(flow)
    }

    /// Keeps a new password that the server has accepted.
    pub(super) async fn password_changed(&mut self, password: Secret) {
        let storage = self.session.account().password_storage;
        if let Err(failure) = self.keep_password(&password, storage).await {
            tracing::error!(kind = ?failure.kind, "the new password could not be kept; it will be asked for");
        }
        self.password = Some(password);
    }

    /// Runs one transaction outside of the session, off the runtime's other tasks.
    pub(super) fn write<T>(
        &self,
        work: impl FnOnce(&crate::store::Txn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        tokio::task::block_in_place(|| self.store.write(work))
    }

    /// Steps the session and performs what needs no connection; stanzas wait for a resumption, or are lost.
    pub(super) fn step_and_emit(&mut self, inputs: Vec<Input>) -> Result<(), StoreError> {
        let effects = self.step(inputs)?;
        let mut events = Vec::new();
        for effect in effects {
            match effect {
                Effect::Emit(event) => events.push(event),
                Effect::Transmit(stanza) => {
                    if let Some(suspended) = &mut self.suspended {
                        suspended.management.sent(Unacked {
                            stanza,
                            outbox: None,
                        });
                    }
                }
                Effect::AccountDeleted => self.deleted = true,
                Effect::Forget => self.forgetting.wake(),
                // Rows wait in the outbox; a password can only be changed online.
                Effect::FlushOutbox | Effect::KeepPassword(_) => {}
            }
        }
        self.outlet.emit_all(events);
        Ok(())
    }

    pub(super) fn step_or_log(&mut self, inputs: Vec<Input>) {
        let requests: Vec<RequestId> = inputs.iter().filter_map(Input::request).collect();
        if let Err(error) = self.step_and_emit(inputs) {
            tracing::error!(%error, "the store refused");
            for request in requests {
                let outcome = Err(storage_failure(&error));
                self.outlet.emit(Event::Finished { request, outcome });
            }
        }
    }

    pub(super) fn step(&mut self, inputs: Vec<Input>) -> Result<Vec<Effect>, StoreError> {
        tokio::task::block_in_place(|| self.session.step(&self.store, inputs, Timestamp::now()))
    }

    /// The former session will not be resumed.
    pub(super) fn give_up_session(&mut self) {
        self.suspended = None;
        if self.session.link().jid.is_some() {
            self.step_or_log(vec![Input::Offline]);
        }
    }

    pub(super) fn show(&self, state: ConnectionState) {
        self.live.set_connection(self.id(), state);
        self.outlet.emit(Event::Connection(self.id()));
    }
}

/// A failure of the store, as it is shown.
pub(super) fn storage_failure(error: &StoreError) -> Failure {
    Failure::with_text(error.failure_kind(), error.to_string())
}
