//! The window's end of the worker.

use tokio::sync::broadcast;

use crate::{
    command::Command,
    event::Event,
    model::{
        BareJid, Endpoint, Failure, Fingerprint, Form, NewAccount, PasswordPlaces, Proxy, Secret,
    },
    store::{Reader, Store},
    xmpp::Live,
};

/// Everything the window may do with the worker; cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct Handle {
    store: Store,
    live: Live,
    events: broadcast::Sender<Event>,
}

/// A stream of events; never ends before the worker does.
pub struct Events(broadcast::Receiver<Event>);

impl Handle {
    /// A handle with no worker behind it, for the gallery and for tests of components.
    pub fn for_gallery(store: Store) -> Self {
        Self {
            store,
            live: Live::default(),
            events: broadcast::channel(64).0,
        }
    }

    /// Asks for something and does not wait; failures that matter show in the rows or the connection state.
    pub fn send(&self, _command: Command) {
        unimplemented!()
    }

    /// Asks for something and waits until the server (or the store) has answered.
    ///
    /// # Errors
    /// The failure to show.
    pub async fn request(&self, _command: Command) -> Result<(), Failure> {
        unimplemented!()
    }

    /// Where passwords can be kept at this moment; asks the keyring, which may take a while.
    pub async fn password_places(&self) -> PasswordPlaces {
        unimplemented!()
    }

    /// Fetches the registration form of a server over a connection of its own (XEP-0077); `pin` is a certificate
    /// that the person accepted for this server.
    ///
    /// # Errors
    /// The failure to show; an unknown certificate among them.
    pub async fn registration_form(
        &self,
        _server: &str,
        _endpoint: Option<Endpoint>,
        _proxy: Option<Proxy>,
        _pin: Option<Fingerprint>,
    ) -> Result<Form, Failure> {
        unimplemented!()
    }

    /// Sends the filled form on the connection that fetched it; answers the new address.
    ///
    /// # Errors
    /// The failure to show: name taken, form rejected and so on; a new form may be fetched then.
    pub async fn register(&self, _server: &str, _form: Form) -> Result<BareJid, Failure> {
        unimplemented!()
    }

    /// Tries an address and password without keeping anything: connects, logs in, disconnects.
    ///
    /// # Errors
    /// The failure to show.
    pub async fn try_login(
        &self,
        _account: &NewAccount,
        _password: &Secret,
    ) -> Result<(), Failure> {
        unimplemented!()
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
        Events(self.events.subscribe())
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
