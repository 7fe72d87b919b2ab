//! The session of one account: one input, one transaction, one batch of effects.
//! Pure of I/O: no sockets, no clock, no threads; the task around it brings inputs and performs effects.

use minidom::Element;
use xmpp_parsers::{
    iq::{Iq, IqHeader, IqPayload},
    jid::FullJid,
    message::Message,
    presence::Presence,
    stanza_error::{DefinedCondition, ErrorType, StanzaError},
};

use super::{chats, receive};
use crate::{
    command::{AccountCommand, ChatCommand, Command, ContactCommand},
    event::Event,
    model::{Account, Delivery, Failure, FailureKind, RequestId, Secret, Settings, Timestamp},
    store::{Store, StoreError, Txn},
    xmpp::{
        Cx, Effect, Extension, Handled, Link, Live, Reply, console::typed_stanza, registry,
        settle::settle, stream::Unacked,
    },
};

/// One thing that happened to a session.
#[derive(Debug)]
pub enum Input {
    /// A stanza came over the stream.
    Stanza(Element),
    /// The window asks for something.
    Command(Command, RequestId),
    /// A connection is up.
    Online(Arrival),
    /// The session is lost for good: it can not be resumed.
    Offline,
    /// The server has these stanzas of ours.
    Acknowledged(Vec<Unacked>),
    /// The settings of the profile were replaced.
    Settings(Settings),
    /// The row of the account was changed.
    AccountChanged,
    /// Time has passed.
    Tick,
}

impl Input {
    /// The request that is to be answered, if this is one.
    pub fn request(&self) -> Option<RequestId> {
        if let Self::Command(_, request) = self {
            Some(*request)
        } else {
            None
        }
    }
}

/// What a session knows of a connection that is up.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The full JID the server gave.
    pub jid: FullJid,
    /// Whether a former session goes on with nothing lost.
    pub resumed: bool,
    /// Whether the server understands client state (XEP-0352).
    pub client_state: bool,
    /// Whether the roster can be asked by version (RFC 6121, section 2.6).
    pub roster_versions: bool,
    /// Whether presence subscriptions can be approved beforehand (RFC 6121, section 3.4).
    pub pre_approval: bool,
    /// Whether carbons are on already (XEP-0386).
    pub carbons: bool,
    /// Whether the server has been told that nobody looks at the window (XEP-0386).
    pub inactive: bool,
}

/// The state of one account's session that lives in memory; everything that must survive is in the store.
pub struct Session {
    account: Account,
    settings: Settings,
    extensions: Vec<Box<dyn Extension>>,
    link: Link,
    live: Live,
}

impl Session {
    /// A session that is not connected. `prefix` starts the ids of its stanzas: random outside tests.
    pub fn new(account: Account, settings: Settings, live: Live, prefix: &str) -> Self {
        let link = Link::new(account.jid.clone(), prefix);
        Self {
            account,
            settings,
            extensions: registry::extensions(),
            link,
            live,
        }
    }

    /// The account as last read.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The present connection.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// Whether something ends by itself after a while: time has to pass for it.
    pub fn waits(&self) -> bool {
        self.link.is_waiting() || self.extensions.iter().any(|extension| extension.waits())
    }

    /// The present connection, for the task that writes to it.
    pub fn link_mut(&mut self) -> &mut Link {
        &mut self.link
    }

    /// Handles inputs in one transaction, in order; what one of them wrote is undone alone if the store refuses it.
    ///
    /// # Errors
    /// When the transaction could not be begun or committed: nothing was written, no effect may be performed, and
    /// none of the stanzas may be acknowledged.
    pub fn step(
        &mut self,
        store: &Store,
        inputs: Vec<Input>,
        now: Timestamp,
    ) -> Result<Vec<Effect>, StoreError> {
        store.write(|txn| {
            let mut effects = Vec::new();
            for input in inputs {
                let begun = effects.len();
                let part = txn.part(|| self.handle(txn, input, now, &mut effects));
                if let Err(error) = part {
                    if error.is_disk_full() || matches!(error, StoreError::Undone) {
                        return Err(error);
                    }
                    // A bug of ours or a damaged row: this input is undone, the others are not held up by it.
                    tracing::error!(%error, "an input was undone");
                    effects.truncate(begun);
                    self.link.arrived.clear();
                }
            }
            Ok(effects)
        })
    }

    fn handle(
        &mut self,
        txn: &Txn<'_>,
        input: Input,
        now: Timestamp,
        effects: &mut Vec<Effect>,
    ) -> Result<(), StoreError> {
        if let Input::Settings(new) = &input {
            // Contacts learn from our presence what can be done now.
            self.link.presence_due |=
                self.link.announced && self.settings.receive_attention != new.receive_attention;
            self.settings = new.clone();
        }
        if let Input::AccountChanged = input {
            self.account = txn.account(self.account.id)?;
            return Ok(());
        }
        let Self {
            account,
            settings,
            extensions,
            link,
            live,
        } = self;
        let cx = &mut Cx {
            txn,
            account,
            now,
            settings,
            link,
            live,
            effects,
        };
        match input {
            Input::Stanza(element) => stanza(cx, extensions, element)?,
            Input::Command(command, request) => perform(cx, extensions, &command, request)?,
            Input::Online(arrival) => online(cx, extensions, arrival)?,
            Input::Offline => offline(cx, extensions)?,
            Input::Acknowledged(stanzas) => acknowledged(cx, stanzas)?,
            Input::Tick => tick(cx, extensions)?,
            Input::Settings(_) | Input::AccountChanged => {}
        }
        after(cx, extensions)?;
        // An extension may have changed the row (presence, nickname).
        let is_change = |effect: &Effect| matches!(effect, Effect::Emit(Event::Accounts));
        if cx.effects.iter().any(is_change) {
            self.account = txn.account(self.account.id)?;
        }
        Ok(())
    }
}

type Extensions = [Box<dyn Extension>];

/// What extensions left for the session to do, in the same transaction.
fn after(cx: &mut Cx<'_, '_>, extensions: &mut Extensions) -> Result<(), StoreError> {
    settle(extensions, cx)?;
    for arrived in std::mem::take(&mut cx.link.arrived) {
        let begun = cx.effects.len();
        let txn = cx.txn;
        match txn.part(|| receive::chat_message(cx, extensions, arrived)) {
            Ok(()) => {}
            Err(error) if error.is_disk_full() || matches!(error, StoreError::Undone) => {
                return Err(error);
            }
            Err(error) => {
                // One entry that cannot be stored does not hold up all others of the archive.
                tracing::error!(%error, "an entry of the archive was left out");
                cx.effects.truncate(begun);
            }
        }
    }
    Ok(())
}

fn online(
    cx: &mut Cx<'_, '_>,
    extensions: &mut Extensions,
    arrival: Arrival,
) -> Result<(), StoreError> {
    cx.link.jid = Some(arrival.jid);
    cx.link.client_state = arrival.client_state;
    cx.link.roster_versions = arrival.roster_versions;
    cx.link.pre_approval = arrival.pre_approval;
    cx.link.told_inactive = arrival.inactive;
    // A resumed session has them as it had them.
    cx.link.carbons |= arrival.carbons;
    for extension in extensions {
        extension.online(cx, arrival.resumed)?;
    }
    if arrival.resumed {
        cx.effects.push(Effect::FlushOutbox);
    }
    Ok(())
}

fn offline(cx: &mut Cx<'_, '_>, extensions: &mut Extensions) -> Result<(), StoreError> {
    for (owner, query) in cx.link.abandon() {
        deliver(cx, extensions, owner, query, Reply::Lost)?;
    }
    for extension in extensions {
        extension.offline(cx)?;
    }
    Ok(())
}

fn tick(cx: &mut Cx<'_, '_>, extensions: &mut Extensions) -> Result<(), StoreError> {
    for (owner, query) in cx.link.expire(cx.now) {
        deliver(cx, extensions, owner, query, Reply::Lost)?;
    }
    for extension in extensions {
        extension.tick(cx)?;
    }
    Ok(())
}

fn acknowledged(cx: &mut Cx<'_, '_>, stanzas: Vec<Unacked>) -> Result<(), StoreError> {
    for outbox in stanzas.into_iter().filter_map(|stanza| stanza.outbox) {
        if let Some(message) = cx.txn.remove_outbox(outbox)?
            && cx.txn.set_delivery(message, &Delivery::Sent)?
        {
            chats::message_changed(cx, message)?;
        }
    }
    Ok(())
}

fn stanza(
    cx: &mut Cx<'_, '_>,
    extensions: &mut Extensions,
    element: Element,
) -> Result<(), StoreError> {
    let name = element.name().to_owned();
    match name.as_str() {
        "message" => match Message::try_from(element) {
            Ok(message) => receive::message(cx, extensions, message),
            Err(error) => ignored("message", &error),
        },
        "presence" => match Presence::try_from(element) {
            Ok(presence) => first_taker(extensions, |e| e.presence(cx, &presence)).map(|_| ()),
            Err(error) => ignored("presence", &error),
        },
        "iq" => match Iq::try_from(element) {
            Ok(iq) => self::iq(cx, extensions, iq),
            Err(error) => ignored("iq", &error),
        },
        _ => Ok(()),
    }
}

/// A stanza that does not parse is dropped; its content is not logged.
fn ignored(what: &str, error: &impl std::fmt::Display) -> Result<(), StoreError> {
    tracing::debug!(what, %error, "a stanza was ignored");
    Ok(())
}

fn iq(cx: &mut Cx<'_, '_>, extensions: &mut Extensions, iq: Iq) -> Result<(), StoreError> {
    let reply = match &iq {
        Iq::Get { .. } | Iq::Set { .. } => {
            if first_taker(extensions, |e| e.iq(cx, &iq))? == Handled::No {
                refuse(cx, iq);
            }
            return Ok(());
        }
        Iq::Result { payload, .. } => Reply::Result(payload.clone()),
        Iq::Error { error, .. } => Reply::Error(Box::new(error.clone())),
    };
    match cx.link.close_query(iq.id(), iq.from()) {
        Some((owner, query)) => deliver(cx, extensions, owner, query, reply),
        None => Ok(()),
    }
}

/// Nobody knows this request (RFC 6120, section 8.4).
fn refuse(cx: &mut Cx<'_, '_>, iq: Iq) {
    let (IqHeader { from, id, .. }, _) = iq.split();
    let error = StanzaError::new(
        ErrorType::Cancel,
        DefinedCondition::ServiceUnavailable,
        "en",
        "",
    );
    cx.transmit(
        IqHeader {
            from: None,
            to: from,
            id,
        }
        .assemble(IqPayload::Error(error)),
    );
}

fn deliver(
    cx: &mut Cx<'_, '_>,
    extensions: &mut Extensions,
    owner: &'static str,
    query: crate::xmpp::QueryId,
    reply: Reply,
) -> Result<(), StoreError> {
    match extensions
        .iter_mut()
        .find(|extension| extension.xep() == owner)
    {
        Some(extension) => extension.reply(cx, query, reply),
        None => Ok(()),
    }
}

fn perform(
    cx: &mut Cx<'_, '_>,
    extensions: &mut Extensions,
    command: &Command,
    request: RequestId,
) -> Result<(), StoreError> {
    if cx.link.jid.is_none() && needs_server(command) {
        cx.finish(request, Err(FailureKind::Offline.into()));
        return Ok(());
    }
    if first_taker(extensions, |e| e.command(cx, command, request))? == Handled::Yes {
        return Ok(());
    }
    let outcome = match command {
        Command::Chat(chat) => chats::perform(cx, extensions, chat)?,
        // Stored by the supervisor; who is online tells it by the presence extension.
        Command::Account(AccountCommand::SetPresence { .. }) => Ok(()),
        Command::Account(AccountCommand::SendTyped { stanza, .. }) => send_typed(cx, stanza),
        Command::Account(_)
        | Command::Contact(_)
        | Command::ApplySettings(_)
        | Command::Remember { .. }
        | Command::NetworkChanged => Err(FailureKind::Unsupported.into()),
        // Servers without client state need not be told.
        Command::WindowActive(_) => Ok(()),
    };
    cx.finish(request, outcome);
    Ok(())
}

fn send_typed(cx: &mut Cx<'_, '_>, stanza: &Secret) -> Result<(), Failure> {
    let stanza = typed_stanza(stanza.reveal())
        .map_err(|error| Failure::with_text(FailureKind::BadInput, error.to_string()))?;
    cx.transmit(stanza);
    Ok(())
}

/// Whether a command makes no sense without a connection.
fn needs_server(command: &Command) -> bool {
    match command {
        Command::Contact(contact) => match contact {
            ContactCommand::Add { .. }
            | ContactCommand::Edit { .. }
            | ContactCommand::Remove { .. }
            | ContactCommand::Approve { .. }
            | ContactCommand::Deny { .. }
            | ContactCommand::AskAgain { .. }
            | ContactCommand::Block { .. }
            | ContactCommand::Unblock { .. }
            | ContactCommand::FetchProfile { .. } => true,
        },
        Command::Chat(chat) => matches!(chat, ChatCommand::FetchOlder(_)),
        Command::Account(account) => matches!(
            account,
            AccountCommand::SetNickname { .. }
                | AccountCommand::SetAvatar { .. }
                | AccountCommand::SetProfile { .. }
                | AccountCommand::ChangePassword { .. }
                | AccountCommand::SendTyped { .. }
                | AccountCommand::Remove { .. }
        ),
        Command::ApplySettings(_)
        | Command::Remember { .. }
        | Command::WindowActive(_)
        | Command::NetworkChanged => false,
    }
}

/// Asks the extensions in order until one takes it.
pub(super) fn first_taker(
    extensions: &mut Extensions,
    mut ask: impl FnMut(&mut dyn Extension) -> Result<Handled, StoreError>,
) -> Result<Handled, StoreError> {
    for extension in extensions {
        if ask(extension.as_mut())? == Handled::Yes {
            return Ok(Handled::Yes);
        }
    }
    Ok(Handled::No)
}

/// Merges events of one batch, so that the window hears of a chat once.
pub(super) fn coalesce(events: Vec<Event>) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::with_capacity(events.len());
    for event in events {
        if !merged.iter_mut().any(|earlier| absorb(earlier, &event)) {
            merged.push(event);
        }
    }
    merged
}

/// Whether an earlier event says, or can be made to say, what this one says.
fn absorb(earlier: &mut Event, event: &Event) -> bool {
    if let (
        Event::Messages {
            conversation,
            changed,
        },
        Event::Messages {
            conversation: of,
            changed: more,
        },
    ) = (&mut *earlier, event)
    {
        if conversation == of {
            add_missing(changed, more);
        }
        return conversation == of;
    }
    if let (Event::Conversations(changed), Event::Conversations(more)) = (&mut *earlier, event)
        && !changed.is_empty()
        && !more.is_empty()
    {
        add_missing(changed, more);
        return true;
    }
    earlier == event
}

fn add_missing<T: Copy + PartialEq>(all: &mut Vec<T>, more: &[T]) {
    for item in more {
        if !all.contains(item) {
            all.push(*item);
        }
    }
}
