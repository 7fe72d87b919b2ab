//! A Tessera without a window: a temporary profile and a worker, driven and watched as the window does it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use tempfile::TempDir;
use tessera::{
    command::{AccountCommand, ChatCommand, Command, ContactCommand},
    event::Event,
    model::{
        AccountId, BareJid, ConnectionState, ConversationId, Delivery, Direction, Endpoint,
        Failure, FailureKind, Message, MessageId, NewAccount, PasswordStorage, Secret,
    },
    secrets::Secrets,
    store::{DatabaseKey, OutboxRow, Reader, Store},
    worker::{self, Handle},
    xmpp::stream::Patience,
};
use tokio::runtime::Runtime;

use crate::{
    prosody::{DOMAIN, password_of},
    waiting::{Log, PATIENCE},
};

/// Enough for every chat of these tests.
const ALL: u32 = 100_000;

/// One profile and, while it runs, its worker.
pub(crate) struct Client {
    profile: Arc<Profile>,
    patience: Patience,
    running: Option<Running>,
    runtime: Runtime,
}

/// What outlives the program.
struct Profile {
    folder: TempDir,
    key: DatabaseKey,
    secrets: Secrets,
}

struct Running {
    handle: Handle,
    store: Store,
    events: Log<Event>,
}

/// One account of a client.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) account: AccountId,
    pub(crate) jid: BareJid,
}

/// The address of an account of the test servers.
pub(crate) fn address(name: &str) -> BareJid {
    BareJid::new(&format!("{name}@{DOMAIN}")).expect("an address")
}

/// An account as the first-run page makes it.
pub(crate) fn new_account(name: &str, endpoint: Endpoint) -> NewAccount {
    NewAccount {
        jid: address(name),
        endpoint: Some(endpoint),
        proxy: None,
        password_storage: PasswordStorage::Keyring,
        allow_plain: false,
        pin: None,
    }
}

impl Client {
    /// A new profile with a worker that has nothing to do yet.
    pub(crate) fn start() -> Self {
        Self::start_with(Patience::default())
    }

    /// A new profile whose connections have other time limits.
    pub(crate) fn start_with(patience: Patience) -> Self {
        let profile = Profile {
            folder: tempfile::Builder::new()
                .prefix("tessera-profile-")
                .tempdir()
                .expect("a temporary folder"),
            key: DatabaseKey::random().expect("random bytes"),
            secrets: Secrets::in_memory(),
        };
        let mut client = Self {
            profile: Arc::new(profile),
            patience,
            running: None,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        };
        client.run();
        client
    }

    /// The folder of the profile.
    pub(crate) fn folder(&self) -> &Path {
        self.profile.folder.path()
    }

    /// The key of the database, in hex.
    pub(crate) fn key(&self) -> String {
        self.profile.key.hex().to_string()
    }

    /// The database of the profile.
    pub(crate) fn database(&self) -> PathBuf {
        database_in(self.profile.folder.path())
    }

    /// Quits the program in order.
    pub(crate) fn quit(&mut self) {
        if let Some(running) = self.running.take() {
            running.handle.quit(Duration::from_secs(10));
        }
    }

    /// Starts the program again on the same profile.
    pub(crate) fn run(&mut self) {
        assert!(self.running.is_none(), "the program runs already");
        let store = Store::open(&self.database(), &self.profile.key).expect("the profile opens");
        let handle = worker::start_with(store.clone(), self.profile.secrets.clone(), self.patience)
            .expect("the worker starts");
        let events = Log::default();
        let (sink, mut source) = (events.clone(), handle.events());
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime");
            while let Some(event) = runtime.block_on(source.next()) {
                sink.push(event);
            }
        });
        self.running = Some(Running {
            handle,
            store,
            events,
        });
    }

    /// Quits and starts again.
    pub(crate) fn restart(&mut self) {
        self.quit();
        self.run();
    }

    /// The window's end of the worker.
    pub(crate) fn handle(&self) -> &Handle {
        &self.running().handle
    }

    /// Everything that is kept.
    pub(crate) fn reader(&self) -> Reader {
        self.handle().reader()
    }

    /// Asks for something and waits for the answer.
    pub(crate) fn request(&self, command: Command) -> Result<(), Failure> {
        self.wait_for(self.handle().request(command))
    }

    /// Asks for something that has to succeed.
    pub(crate) fn does(&self, command: Command) {
        let shown = format!("{command:?}");
        if let Err(failure) = self.request(command) {
            panic!("{shown}: {failure:?}");
        }
    }

    /// Waits for a future of the handle.
    pub(crate) fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime
            .block_on(async { tokio::time::timeout(PATIENCE, future).await })
            .expect("an answer in time")
    }

    /// Adds an account; answers when it is stored, not when it is connected.
    pub(crate) fn adds(&self, account: NewAccount, password: &str) -> AccountId {
        let jid = account.jid.clone();
        self.does(Command::Account(AccountCommand::Add {
            account,
            password: Secret::new(password),
        }));
        self.reader()
            .accounts()
            .expect("the accounts are readable")
            .into_iter()
            .find(|account| account.jid == jid)
            .expect("the account is stored")
            .id
    }

    /// Waits until something holds. It is looked at again after each event, as the window does it: what changes
    /// without an event is not seen.
    pub(crate) fn until<T>(&self, what: &str, holds: impl Fn(&Handle) -> Option<T>) -> T {
        self.within(PATIENCE, &holds).unwrap_or_else(|| {
            let late = if holds(self.handle()).is_some() {
                "it holds now, but no event told of it"
            } else {
                "it does not hold"
            };
            panic!("{what}: {late}; last events:\n{}", self.last_events())
        })
    }

    /// As [`Self::until`], with a deadline that is allowed to pass.
    pub(crate) fn within<T>(
        &self,
        patience: Duration,
        holds: impl Fn(&Handle) -> Option<T>,
    ) -> Option<T> {
        let running = self.running();
        running.events.wait(patience, |_| holds(&running.handle))
    }

    /// Waits for an event.
    pub(crate) fn is_told(&self, what: &str, fits: impl Fn(&Event) -> bool) {
        let events = &self.running().events;
        let told = events.wait(PATIENCE, |all| all.iter().any(&fits).then_some(()));
        assert!(
            told.is_some(),
            "no event of {what}; last events:\n{}",
            self.last_events()
        );
    }

    /// All events so far that fit.
    pub(crate) fn events(&self, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
        self.running()
            .events
            .look(|events| events.iter().filter(|event| fits(event)).cloned().collect())
    }

    /// Stanzas that wait to be acknowledged.
    pub(crate) fn outbox(&self, account: AccountId) -> Vec<OutboxRow> {
        self.running()
            .store
            .write(|txn| txn.outbox_after(account, tessera::model::OutboxId(0), ALL))
            .expect("the outbox is readable")
    }

    /// Runs one transaction of its own.
    pub(crate) fn store(&self) -> &Store {
        &self.running().store
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("the program runs")
    }

    fn last_events(&self) -> String {
        self.running().events.look(|events| {
            let from = events.len().saturating_sub(30);
            let lines: Vec<String> = events[from..].iter().map(|e| format!("{e:?}")).collect();
            lines.join("\n")
        })
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if thread::panicking() && self.running.is_some() {
            eprintln!("--- last events ---\n{}", self.last_events());
        }
        self.quit();
    }
}

impl Session {
    /// A new profile with one account, online.
    pub(crate) fn login(name: &str, endpoint: Endpoint) -> Self {
        Self::login_with(name, endpoint, Patience::default())
    }

    /// As [`Self::login`], with other time limits.
    pub(crate) fn login_with(name: &str, endpoint: Endpoint, patience: Patience) -> Self {
        let session = Self::begin(Client::start_with(patience), name, endpoint);
        session.is_online();
        session
    }

    /// Adds an account to a client, and does not wait for the connection.
    pub(crate) fn begin(client: Client, name: &str, endpoint: Endpoint) -> Self {
        let account = client.adds(new_account(name, endpoint), &password_of(name));
        Self {
            client,
            account,
            jid: address(name),
        }
    }

    /// The connection as the window sees it.
    pub(crate) fn state(&self) -> ConnectionState {
        self.client.handle().live().connection(self.account)
    }

    /// Waits until it is connected.
    pub(crate) fn is_online(&self) {
        self.reaches("being online", |state| state.is_online().then_some(()));
    }

    /// Waits until the connection is in a state; answers what was found in it.
    pub(crate) fn reaches<T>(
        &self,
        what: &str,
        holds: impl Fn(&ConnectionState) -> Option<T>,
    ) -> T {
        self.client
            .until(&format!("{} {what}", self.jid), |handle| {
                holds(&handle.live().connection(self.account))
            })
    }

    /// Waits until it stops, for a reason that only a person can remove.
    pub(crate) fn stops(&self) -> FailureKind {
        self.reaches("stopping", |state| match state {
            ConnectionState::Stopped(failure) => Some(failure.kind.clone()),
            ConnectionState::Offline
            | ConnectionState::Connecting(_)
            | ConnectionState::Online { .. }
            | ConnectionState::Waiting { .. } => None,
        })
    }

    /// Does something about the own account.
    pub(crate) fn account(&self, command: impl FnOnce(AccountId) -> AccountCommand) {
        self.client.does(Command::Account(command(self.account)));
    }

    /// Does something about contacts.
    pub(crate) fn contact(&self, command: ContactCommand) {
        self.client.does(Command::Contact(command));
    }

    /// Adds somebody to the roster and asks for the presence.
    pub(crate) fn adds(&self, name: &str) {
        self.contact(ContactCommand::Add {
            account: self.account,
            jid: address(name),
            name: String::new(),
            message: String::new(),
            groups: vec![],
        });
    }

    /// Lets somebody see the presence, and asks for theirs.
    pub(crate) fn approves(&self, name: &str) {
        self.contact(ContactCommand::Approve {
            account: self.account,
            jid: address(name),
            add: true,
        });
    }

    /// The chat with somebody, opened if need be.
    pub(crate) fn chat(&self, peer: &BareJid) -> ConversationId {
        self.client.does(Command::Chat(ChatCommand::Open {
            account: self.account,
            peer: peer.clone(),
        }));
        self.find_chat(peer).expect("the chat is stored")
    }

    /// The chat with somebody, if there is one.
    pub(crate) fn find_chat(&self, peer: &BareJid) -> Option<ConversationId> {
        self.client
            .reader()
            .conversation_with(self.account, peer)
            .expect("chats are readable")
    }

    /// Sends a message; answers its row as soon as it is stored.
    pub(crate) fn sends(&self, name: &str, body: &str) -> MessageId {
        let conversation = self.chat(&address(name));
        self.client.does(Command::Chat(ChatCommand::Send {
            conversation,
            body: body.to_owned(),
        }));
        self.messages(name)
            .into_iter()
            .rev()
            .find(|message| message.body == body)
            .expect("the message is a row before it is sent")
            .id
    }

    /// Sends a message and does not look at its row.
    pub(crate) fn sends_quickly(&self, name: &str, body: &str) {
        let conversation = self.find_chat(&address(name));
        let conversation = conversation.unwrap_or_else(|| self.chat(&address(name)));
        self.client.does(Command::Chat(ChatCommand::Send {
            conversation,
            body: body.to_owned(),
        }));
    }

    /// All messages with somebody, in the order of the chat.
    pub(crate) fn messages(&self, name: &str) -> Vec<Message> {
        messages(&self.client.reader(), self.account, &address(name))
    }

    /// Texts that came from somebody, in the order of the chat.
    pub(crate) fn texts_from(&self, name: &str) -> Vec<String> {
        texts(self.messages(name), Direction::Incoming)
    }

    /// Texts that went to somebody, in the order of the chat.
    pub(crate) fn texts_to(&self, name: &str) -> Vec<String> {
        texts(self.messages(name), Direction::Outgoing)
    }

    /// Waits until exactly these texts have come from somebody.
    pub(crate) fn sees(&self, name: &str, expected: &[&str]) {
        let what = format!("{} sees {expected:?} of {name}", self.jid);
        self.client.until(&what, |handle| {
            let messages = messages(&handle.reader(), self.account, &address(name));
            (texts(messages, Direction::Incoming) == expected).then_some(())
        });
    }

    /// Waits until exactly these texts went to somebody, from this device or another one.
    pub(crate) fn sees_sent(&self, name: &str, expected: &[&str]) {
        let what = format!("{} sees {expected:?} sent to {name}", self.jid);
        self.client.until(&what, |handle| {
            let messages = messages(&handle.reader(), self.account, &address(name));
            (texts(messages, Direction::Outgoing) == expected).then_some(())
        });
    }

    /// Waits until a message fares like this.
    pub(crate) fn learns(&self, message: MessageId, delivery: &Delivery) {
        let what = format!("{} learns {delivery:?}", self.jid);
        self.client.until(&what, |handle| {
            let found = handle.reader().messages(&[message]).expect("readable");
            (found.first()?.delivery == *delivery).then_some(())
        });
    }

    /// Says that everything of somebody was seen.
    pub(crate) fn reads(&self, name: &str) {
        let conversation = self.chat(&address(name));
        let newest = self
            .messages(name)
            .pop()
            .expect("there is something to read");
        self.client.does(Command::Chat(ChatCommand::MarkRead {
            conversation,
            up_to: newest.id,
        }));
    }

    /// Waits until nothing waits in the outbox.
    pub(crate) fn has_sent_everything(&self) {
        let what = format!("the outbox of {} is empty", self.jid);
        self.client.until(&what, |_| {
            self.client.outbox(self.account).is_empty().then_some(())
        });
    }
}

/// The database in the folder of a profile.
pub(crate) fn database_in(folder: &Path) -> PathBuf {
    folder.join("tessera.db")
}

/// All messages of a chat, in its order.
pub(crate) fn messages(reader: &Reader, account: AccountId, peer: &BareJid) -> Vec<Message> {
    let chat = reader
        .conversation_with(account, peer)
        .expect("chats are readable");
    chat.map_or_else(Vec::new, |chat| {
        reader
            .newest_messages(chat, ALL)
            .expect("messages are readable")
    })
}

fn texts(messages: Vec<Message>, direction: Direction) -> Vec<String> {
    messages
        .into_iter()
        .filter(|message| message.direction == direction)
        .map(|message| message.body)
        .collect()
}
