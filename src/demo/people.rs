//! The people of the demonstration: they use Tessera themselves, without a window.

use std::{thread, time::Duration};

use tokio::sync::oneshot;

use super::{
    DemoError, FAREWELL, log_in, runtime,
    script::{self, Script},
    server::{self, Server},
};
use crate::{
    command::{AccountCommand, ChatCommand, Command, ContactCommand},
    event::Event,
    i18n::gettext,
    model::{AccountId, BareJid, ConversationId, Direction, Failure, MessageId, OwnPresence, Show},
    secrets::Secrets,
    store::{Store, StoreError},
    worker::{self, Events, Handle},
};

/// As long as somebody takes to see that there is something to read.
const NOTICING: Duration = Duration::from_millis(700);

/// As long as somebody types who types fast.
const TYPING: Duration = Duration::from_millis(1400);

/// The people; they leave when the value is dropped.
pub(super) struct People {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl People {
    /// Logs them in and lets them live.
    pub(super) fn start(server: &Server) -> Result<Self, DemoError> {
        let handle = worker::start(Store::in_memory()?, Secrets::in_memory())?;
        let runtime = runtime()?;
        let events = handle.events();
        for address in [server::ROBIN, server::NADIA, server::STRANGER] {
            runtime
                .block_on(log_in(&handle, server, address))
                .map_err(DemoError::Account)?;
        }
        let (stop, stopped) = oneshot::channel();
        let life = Life::new(handle.clone());
        let thread = thread::Builder::new()
            .name("tessera-demo".into())
            .spawn(move || {
                runtime.block_on(async {
                tokio::select! {
                    _ = stopped => (),
                    ended = life.run(events) => {
                        if let Err(error) = ended {
                            tracing::error!(%error, "the people of the demonstration have left");
                        }
                    }
                }
            });
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for People {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        self.handle.quit(FAREWELL);
    }
}

/// Why the people left.
#[derive(Debug, thiserror::Error)]
enum Accident {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0:?}")]
    Refused(Failure),
}

impl From<Failure> for Accident {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure)
    }
}

/// What happens, in order.
struct Life {
    handle: Handle,
    you: BareJid,
    script: Script,
    has_begun: bool,
}

impl Life {
    fn new(handle: Handle) -> Self {
        Self {
            handle,
            you: server::jid(server::YOU),
            script: Script::default(),
            has_begun: false,
        }
    }

    async fn run(mut self, mut events: Events) -> Result<(), Accident> {
        while let Some(event) = events.next().await {
            match event {
                Event::Announce {
                    conversation,
                    message,
                } => self.hear(conversation, message).await?,
                Event::Presence { .. } | Event::Connection(_) | Event::Resync => {
                    self.look_around().await?
                }
                _ => (),
            }
        }
        Ok(())
    }

    fn account(&self, address: &str) -> Result<AccountId, Accident> {
        let accounts = self.handle.reader().accounts()?;
        let found = accounts
            .iter()
            .find(|account| account.jid == server::jid(address));
        Ok(found.expect("everybody has logged in").id)
    }

    /// When everybody is there, the story begins.
    async fn look_around(&mut self) -> Result<(), Accident> {
        let robin = self.account(server::ROBIN)?;
        let is_there = self.handle.live().presence(robin, &self.you).show != Show::Offline;
        let are_all_online = [server::ROBIN, server::NADIA, server::STRANGER]
            .into_iter()
            .map(|address| self.account(address))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .all(|account| self.handle.live().connection(account).is_online());
        if self.has_begun || !is_there || !are_all_online {
            return Ok(());
        }
        self.has_begun = true;
        self.begin().await
    }

    async fn begin(&mut self) -> Result<(), Accident> {
        let nadia = self.account(server::NADIA)?;
        self.show(nadia, Show::Away, gettext("On a train")).await?;
        let chat = self.open(nadia).await?;
        self.say(chat, script::note_of_nadia()).await?;
        let stranger = self.account(server::STRANGER)?;
        let ask = ContactCommand::Add {
            account: stranger,
            jid: self.you.clone(),
            name: String::new(),
            groups: vec![],
            message: script::request_of_stranger(),
        };
        self.handle.request(Command::Contact(ask)).await?;
        let robin = self.account(server::ROBIN)?;
        self.show(robin, Show::Chat, gettext("Glad to be a program"))
            .await?;
        let chat = self.open(robin).await?;
        for greeting in script::greetings() {
            self.type_and_say(chat, greeting).await?;
        }
        Ok(())
    }

    async fn show(&self, account: AccountId, show: Show, status: String) -> Result<(), Accident> {
        let presence = AccountCommand::SetPresence {
            account: Some(account),
            presence: OwnPresence { show, status },
        };
        Ok(self.handle.request(Command::Account(presence)).await?)
    }

    async fn open(&self, account: AccountId) -> Result<ConversationId, Accident> {
        let peer = self.you.clone();
        let open = ChatCommand::Open { account, peer };
        self.handle.request(Command::Chat(open)).await?;
        let reader = self.handle.reader();
        let found = reader.conversation_with(account, &self.you)?;
        Ok(found.expect("a chat that was opened is there"))
    }

    /// Robin reads and answers; Nadia is on a train.
    async fn hear(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<(), Accident> {
        let reader = self.handle.reader();
        let Some(message) = reader.messages(&[message])?.pop() else {
            return Ok(());
        };
        let is_robin = reader.conversation(conversation)?.is_some_and(|chat| {
            self.account(server::ROBIN)
                .is_ok_and(|robin| chat.account == robin)
        });
        if !is_robin || message.direction != Direction::Incoming {
            return Ok(());
        }
        tokio::time::sleep(NOTICING).await;
        let read = ChatCommand::MarkRead {
            conversation,
            up_to: message.id,
        };
        self.handle.request(Command::Chat(read)).await?;
        for answer in self.script.answer(&message.body) {
            self.type_and_say(conversation, answer).await?;
        }
        Ok(())
    }

    async fn type_and_say(
        &self,
        conversation: ConversationId,
        body: String,
    ) -> Result<(), Accident> {
        let typing = ChatCommand::Typing {
            conversation,
            composing: true,
        };
        self.handle.send(Command::Chat(typing));
        tokio::time::sleep(TYPING).await;
        self.say(conversation, body).await
    }

    async fn say(&self, conversation: ConversationId, body: String) -> Result<(), Accident> {
        let send = ChatCommand::Send { conversation, body };
        Ok(self.handle.request(Command::Chat(send)).await?)
    }
}
