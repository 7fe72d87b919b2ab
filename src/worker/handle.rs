//! The window's end of the worker.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{
    runtime,
    sync::{Mutex, broadcast, mpsc},
};

use super::{
    account_task::Surroundings,
    outlet::Outlet,
    stand_in::{Nobody, StandIn},
    supervisor::ToWorker,
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{
        AccountId, BareJid, ConnectStep, Endpoint, Failure, FailureKind, Fingerprint, Form,
        NewAccount, PasswordPlaces, Proxy, Secret,
    },
    secrets::Secrets,
    store::{Reader, Store},
    xmpp::{
        Live,
        console::{Console, ConsoleReader, Consoles, Way},
        stream::{self, ConnectOptions, Registration},
    },
};

/// Everything the window may do with the worker; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Handle {
    pub(super) store: Store,
    live: Live,
    pub(super) outlet: Outlet,
    consoles: Consoles,
    behind: Behind,
}

/// Who does what is asked for.
#[derive(Clone)]
enum Behind {
    /// The worker.
    Worker(Worker),
    /// Nobody real: the gallery, or a test of a component.
    StandIn(Arc<dyn StandIn>),
}

/// What a handle has when there is a worker behind it.
#[derive(Clone)]
struct Worker {
    commands: mpsc::UnboundedSender<ToWorker>,
    secrets: Secrets,
    runtime: runtime::Handle,
    /// Registrations under way, by server.
    registrations: Arc<Mutex<HashMap<String, Registration>>>,
}

/// A stream of events; never ends before the worker does.
pub struct Events(broadcast::Receiver<Event>);

impl Handle {
    pub(super) fn new(
        around: &Surroundings,
        commands: mpsc::UnboundedSender<ToWorker>,
        runtime: runtime::Handle,
    ) -> Self {
        let worker = Worker {
            commands,
            secrets: around.secrets.clone(),
            runtime,
            registrations: Arc::default(),
        };
        Self {
            store: around.store.clone(),
            live: around.live.clone(),
            outlet: around.outlet.clone(),
            consoles: around.consoles.clone(),
            behind: Behind::Worker(worker),
        }
    }

    /// A handle with no worker behind it, for the gallery and for tests of components: commands do nothing.
    pub fn for_gallery(store: Store) -> Self {
        Self::with_stand_in(store, Nobody)
    }

    /// A handle with made-up answers instead of a worker, for the gallery and for tests of components.
    pub fn with_stand_in(store: Store, stand_in: impl StandIn + 'static) -> Self {
        Self {
            store,
            live: Live::default(),
            outlet: Outlet::new(),
            consoles: Consoles::default(),
            behind: Behind::StandIn(Arc::new(stand_in)),
        }
    }

    /// Tells readers of [`Self::events`] something, as the worker would; for the gallery and tests of components.
    pub fn pretend(&self, event: Event) {
        self.outlet.emit(event);
    }

    /// Shows an element in the console, as if it had gone over the stream; for the gallery and tests of components.
    /// What is no element is not shown.
    pub fn pretend_stanza(&self, account: AccountId, way: Way, xml: &str) {
        if let Ok(element) = xml.parse() {
            self.consoles.of(account).record(way, &element);
        }
    }

    /// Asks for something and does not wait; failures that matter show in the rows or the connection state.
    pub fn send(&self, command: Command) {
        match &self.behind {
            Behind::Worker(worker) => {
                // After the worker has ended there is nobody to ask.
                let _ = worker
                    .commands
                    .send(ToWorker::Command(command, self.outlet.request()));
            }
            Behind::StandIn(stand_in) => drop(stand_in.command(command)),
        }
    }

    /// Asks for something and waits until the server (or the store) has answered.
    ///
    /// # Errors
    /// The failure to show.
    pub async fn request(&self, command: Command) -> Result<(), Failure> {
        let worker = match &self.behind {
            Behind::Worker(worker) => worker,
            Behind::StandIn(stand_in) => return stand_in.command(command).await,
        };
        let (request, answer) = self.outlet.awaited_request();
        if worker
            .commands
            .send(ToWorker::Command(command, request))
            .is_err()
        {
            return Err(FailureKind::Offline.into());
        }
        answer
            .await
            .unwrap_or_else(|_| Err(FailureKind::Cancelled.into()))
    }

    /// Reads what goes over the stream of an account, from now on and as long as the reader is kept; the start of the
    /// connection is there when the reader came before it.
    pub fn console(&self, account: AccountId) -> ConsoleReader {
        self.consoles.of(account).read()
    }

    /// Sends a stanza that a person typed; what comes back shows in [`Self::console`].
    ///
    /// # Errors
    /// [`FailureKind::BadInput`] with the reason when it is no stanza, [`FailureKind::Offline`] without a connection.
    pub async fn send_typed(&self, account: AccountId, text: &str) -> Result<(), Failure> {
        let stanza = Secret::new(text);
        self.request(Command::Account(AccountCommand::SendTyped {
            account,
            stanza,
        }))
        .await
    }

    /// Where passwords can be kept at this moment; asks the keyring, which may take a while.
    pub async fn password_places(&self) -> PasswordPlaces {
        match &self.behind {
            Behind::Worker(worker) => worker.secrets.places().await,
            Behind::StandIn(stand_in) => stand_in.password_places(),
        }
    }

    /// Fetches the registration form of a server over a connection of its own (XEP-0077); `pin` is a certificate
    /// that the person accepted for this server.
    ///
    /// # Errors
    /// The failure to show; an unknown certificate among them.
    pub async fn registration_form(
        &self,
        server: &str,
        endpoint: Option<Endpoint>,
        proxy: Option<Proxy>,
        pin: Option<Fingerprint>,
    ) -> Result<Form, Failure> {
        let worker = match &self.behind {
            Behind::Worker(worker) => worker,
            Behind::StandIn(stand_in) => return stand_in.registration_form(server).await,
        };
        let registrations = worker.registrations.clone();
        let server = server.to_owned();
        on_worker(worker, async move {
            let registration = stream::open_registration(&server, endpoint, proxy, pin).await?;
            let form = registration.form().clone();
            registrations.lock().await.insert(server, registration);
            Ok(form)
        })
        .await
    }

    /// Sends the filled form on the connection that fetched it; answers the new address.
    ///
    /// # Errors
    /// The failure to show: name taken, form rejected and so on; a new form may be fetched then.
    pub async fn register(&self, server: &str, form: Form) -> Result<BareJid, Failure> {
        let worker = match &self.behind {
            Behind::Worker(worker) => worker,
            Behind::StandIn(stand_in) => return stand_in.register(server, form).await,
        };
        let registrations = worker.registrations.clone();
        let server = server.to_owned();
        on_worker(worker, async move {
            let mut registration = registrations
                .lock()
                .await
                .remove(&server)
                .ok_or(FailureKind::ConnectionLost)?;
            let outcome = registration.submit(form).await;
            if outcome.is_err() {
                registrations.lock().await.insert(server, registration);
            }
            outcome
        })
        .await
    }

    /// Tries an address and password without keeping anything: connects, logs in, disconnects.
    ///
    /// # Errors
    /// The failure to show.
    pub async fn try_login(&self, account: &NewAccount, password: &Secret) -> Result<(), Failure> {
        let worker = match &self.behind {
            Behind::Worker(worker) => worker,
            Behind::StandIn(stand_in) => return stand_in.try_login(account, password).await,
        };
        let options = ConnectOptions {
            jid: account.jid.clone(),
            resource: format!(
                "Tessera.{}",
                &uuid::Uuid::new_v4().simple().to_string()[..8]
            ),
            endpoint: account.endpoint.clone(),
            proxy: account.proxy.clone(),
            allow_plain: account.allow_plain,
            pin: account.pin,
            strongest: None,
            resume: None,
            token: None,
            device: uuid::Uuid::new_v4().to_string(),
            inactive: false,
            console: Console::default(),
        };
        let password = password.clone();
        on_worker(worker, async move {
            let connected = stream::connect(&options, &password, |_: ConnectStep| ()).await?;
            connected.stream.close().await;
            Ok(())
        })
        .await
    }

    /// Says goodbye to all servers and ends the worker; returns when that is done, at the latest after `patience`.
    pub fn quit(&self, patience: Duration) {
        if let Behind::Worker(worker) = &self.behind {
            let (done, farewell) = std::sync::mpsc::channel();
            if worker.commands.send(ToWorker::Quit(done)).is_ok() {
                // Whoever is not done by then is cut off; the store is safe at any moment.
                let _ = farewell.recv_timeout(patience);
            }
            if let Err(error) = self.store.settle() {
                tracing::warn!("the store is checked at the next start: {error}");
            }
        }
    }

    /// Everything that is kept.
    pub fn reader(&self) -> Reader {
        self.store.reader()
    }

    /// Everything that is not kept.
    pub fn live(&self) -> &Live {
        &self.live
    }

    /// Events from now on.
    pub fn events(&self) -> Events {
        Events(self.outlet.subscribe())
    }
}

/// Runs something on the worker's runtime; it ends when the caller stops waiting.
async fn on_worker<T: Send + 'static>(
    worker: &Worker,
    work: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let task = AbortOnDrop(worker.runtime.spawn(work));
    task.await
}

/// A task that is of no use when nobody waits for it any more.
struct AbortOnDrop<T>(tokio::task::JoinHandle<Result<T, Failure>>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, Failure>;

    fn poll(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0)
            .poll(cx)
            .map(|joined| joined.unwrap_or_else(|_| Err(FailureKind::Cancelled.into())))
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Events {
    /// The next event; `None` when the worker has ended. Events that were missed become one [`Event::Resync`].
    pub async fn next(&mut self) -> Option<Event> {
        match self.0.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Event::Resync),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
