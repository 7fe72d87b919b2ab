//! Starts and ends the tasks of accounts, and brings commands to the right one.

use std::collections::HashMap;

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    account_task::{AccountTask, Ended, Surroundings, ToAccount, storage_failure},
    farewell, forgetting,
    session::Session,
    tokens,
};
use crate::{
    command::{AccountCommand, ChatCommand, Command, ContactCommand},
    event::Event,
    model::{
        Account, AccountId, Failure, FailureKind, NewAccount, PasswordStorage, RequestId, Secret,
        Settings, Timestamp,
    },
    store::StoreError,
};

/// What the window sends to the worker.
pub(super) enum ToWorker {
    /// A command, to be answered.
    Command(Command, RequestId),
    /// Say goodbye everywhere; answered when all connections are closed.
    Quit(std::sync::mpsc::Sender<()>),
}

/// Where a command goes.
enum Route {
    Here,
    One(AccountId),
    All,
    Nowhere,
}

/// All accounts of a profile.
pub(super) struct Supervisor {
    around: Surroundings,
    tasks: HashMap<AccountId, mpsc::UnboundedSender<ToAccount>>,
    running: JoinSet<(AccountId, Ended)>,
    /// Accounts to remove here as soon as their tasks have ended, and who wants to know.
    removing: HashMap<AccountId, Option<RequestId>>,
}

impl Supervisor {
    pub(super) fn new(around: Surroundings) -> Self {
        Self {
            around,
            tasks: HashMap::new(),
            running: JoinSet::new(),
            removing: HashMap::new(),
        }
    }

    /// Runs until asked to quit, or until every handle is gone.
    pub(super) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<ToWorker>) {
        match self.around.store.reader().accounts() {
            Ok(accounts) => accounts
                .into_iter()
                .for_each(|account| self.start(account, None)),
            Err(error) => tracing::error!(%error, "the accounts cannot be read"),
        }
        let around = self.around.clone();
        let forgetting = tokio::spawn(forgetting::run(
            around.store,
            around.outlet,
            around.forgetting,
        ));
        let farewell = loop {
            tokio::select! {
                message = inbox.recv() => match message {
                    Some(ToWorker::Command(command, request)) => self.command(command, request).await,
                    Some(ToWorker::Quit(done)) => break Some(done),
                    None => break None,
                },
                Some(ended) = self.running.join_next() => self.ended(ended).await,
            }
        };
        forgetting.abort();
        for task in self.tasks.values() {
            let _ = task.send(ToAccount::Quit);
        }
        while self.running.join_next().await.is_some() {}
        // What it writes just now is finished first; without a runtime under it, it could not go on.
        let _ = forgetting.await;
        if let Some(done) = farewell {
            let _ = done.send(());
        }
    }

    fn start(&mut self, account: Account, password: Option<Secret>) {
        let id = account.id;
        let settings = self
            .around
            .store
            .reader()
            .settings()
            .unwrap_or_else(|error| {
                tracing::error!(%error, "the settings cannot be read; the defaults are used");
                Settings::default()
            });
        let prefix = uuid::Uuid::new_v4().simple().to_string();
        let session = Session::new(account, settings, self.around.live.clone(), &prefix);
        let (sender, inbox) = mpsc::unbounded_channel();
        let task = AccountTask::new(session, &self.around, inbox, password);
        self.tasks.insert(id, sender);
        self.running.spawn(async move { (id, task.run().await) });
    }

    async fn command(&mut self, command: Command, request: RequestId) {
        match self.route(&command) {
            Ok(Route::One(account)) => self.forward(account, command, request),
            Ok(Route::All) => {
                for task in self.tasks.values() {
                    let own = self.around.outlet.request();
                    let _ = task.send(ToAccount::Command(command.clone(), own));
                }
                self.finish(request, Ok(()));
            }
            Ok(Route::Here) => {
                if let Some(outcome) = self.perform(command, request).await {
                    self.finish(request, outcome);
                }
            }
            Ok(Route::Nowhere) => self.finish(request, Err(FailureKind::BadInput.into())),
            Err(error) => self.finish(request, Err(storage_failure(&error))),
        }
    }

    fn forward(&self, account: AccountId, command: Command, request: RequestId) {
        let sent = self
            .tasks
            .get(&account)
            .is_some_and(|task| task.send(ToAccount::Command(command, request)).is_ok());
        if !sent {
            self.finish(request, Err(FailureKind::BadInput.into()));
        }
    }

    fn route(&self, command: &Command) -> Result<Route, StoreError> {
        let reader = self.around.store.reader();
        Ok(match command {
            Command::Account(command) => account_route(command),
            Command::Contact(command) => Route::One(contact_account(command)),
            Command::Chat(command) => {
                let conversation = match command {
                    ChatCommand::Open { account, .. } => return Ok(Route::One(*account)),
                    ChatCommand::Retry(message)
                    | ChatCommand::Cancel(message)
                    | ChatCommand::Retract(message)
                    | ChatCommand::DeleteMessage(message)
                    | ChatCommand::Reply { to: message, .. }
                    | ChatCommand::Correct { message, .. }
                    | ChatCommand::React { message, .. } => {
                        match reader.messages(&[*message])?.first() {
                            Some(message) => message.conversation,
                            None => return Ok(Route::Nowhere),
                        }
                    }
                    ChatCommand::Close(id)
                    | ChatCommand::Archive(id)
                    | ChatCommand::MarkUnread(id)
                    | ChatCommand::FetchOlder(id)
                    | ChatCommand::AcceptStranger(id)
                    | ChatCommand::RenewSessions(id)
                    | ChatCommand::Delete(id) => *id,
                    ChatCommand::Send { conversation, .. }
                    | ChatCommand::Encrypt { conversation, .. }
                    | ChatCommand::SendSpoiler { conversation, .. }
                    | ChatCommand::Forward {
                        to: conversation, ..
                    }
                    | ChatCommand::MarkRead { conversation, .. }
                    | ChatCommand::SaveDraft { conversation, .. }
                    | ChatCommand::Typing { conversation, .. }
                    | ChatCommand::Pin { conversation, .. }
                    | ChatCommand::Notify { conversation, .. } => *conversation,
                };
                reader
                    .conversation(conversation)?
                    .map_or(Route::Nowhere, |c| Route::One(c.account))
            }
            Command::ApplySettings(_) | Command::Remember { .. } => Route::Here,
            Command::WindowActive(_) | Command::NetworkChanged => Route::All,
        })
    }

    /// Does what concerns no single session; nothing when the answer comes later.
    async fn perform(
        &mut self,
        command: Command,
        request: RequestId,
    ) -> Option<Result<(), Failure>> {
        let outcome = match command {
            Command::Account(AccountCommand::Add { account, password }) => {
                self.add(account, password).await
            }
            Command::Account(AccountCommand::UnlockPasswords(passphrase)) => {
                self.unlock(passphrase).await
            }
            Command::Account(AccountCommand::Remove { account, .. }) => {
                self.removing.insert(account, Some(request));
                let _ = self.tasks.get(&account)?.send(ToAccount::Quit);
                return None;
            }
            Command::Account(AccountCommand::ForgetAfter { account, days }) => self
                .write(|txn| txn.set_forget_after(account, days))
                .map(|()| {
                    self.around.forgetting.wake();
                    self.around.outlet.emit(Event::Accounts);
                })
                .map_err(|error| storage_failure(&error)),
            Command::ApplySettings(settings) => self.apply(settings),
            Command::Remember { name, value } => self
                .write(|txn| txn.set_value(name, &value))
                .map_err(|error| storage_failure(&error)),
            Command::Account(_)
            | Command::Chat(_)
            | Command::Contact(_)
            | Command::WindowActive(_)
            | Command::NetworkChanged => Err(FailureKind::BadInput.into()),
        };
        Some(outcome)
    }

    async fn add(&mut self, new: NewAccount, password: Secret) -> Result<(), Failure> {
        if new.password_storage != PasswordStorage::Ask {
            self.around
                .secrets
                .keep(&new.jid, new.password_storage, &password)
                .await
                .map_err(|error| Failure::with_text(error.failure_kind(), error.to_string()))?;
        }
        let resource = format!(
            "Tessera.{}",
            &uuid::Uuid::new_v4().simple().to_string()[..8]
        );
        let account = self
            .write(|txn| match txn.add_account(&new, &resource)? {
                Some(id) => {
                    if let Some(pin) = new.pin {
                        txn.pin_certificate(id, pin, Timestamp::now())?;
                    }
                    txn.account(id).map(Some)
                }
                None => Ok(None),
            })
            .map_err(|error| storage_failure(&error))?
            .ok_or(FailureKind::NameTaken)?;
        self.start(account, Some(password));
        self.around.outlet.emit(Event::Accounts);
        Ok(())
    }

    async fn unlock(&self, passphrase: Secret) -> Result<(), Failure> {
        self.around
            .secrets
            .unlock(&passphrase)
            .await
            .map_err(|error| Failure::with_text(error.failure_kind(), error.to_string()))?;
        for task in self.tasks.values() {
            let _ = task.send(ToAccount::PasswordsUnlocked);
        }
        Ok(())
    }

    fn apply(&self, settings: Settings) -> Result<(), Failure> {
        self.write(|txn| txn.set_settings(&settings))
            .map_err(|error| storage_failure(&error))?;
        for task in self.tasks.values() {
            let _ = task.send(ToAccount::Settings(settings.clone()));
        }
        self.around.outlet.emit(Event::Settings);
        Ok(())
    }

    async fn ended(&mut self, ended: Result<(AccountId, Ended), tokio::task::JoinError>) {
        let (account, why) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                // A bug of ours; the account comes back with the next start, nothing stored is lost.
                tracing::error!(%error, "the task of an account broke");
                return;
            }
        };
        self.tasks.remove(&account);
        let wanted = self.removing.remove(&account);
        if wanted.is_some() || why == Ended::Deleted {
            let outcome = self.remove(account).await;
            if let Some(Some(request)) = wanted {
                self.finish(request, outcome);
            }
        }
    }

    async fn remove(&mut self, account: AccountId) -> Result<(), Failure> {
        let (row, options) = self
            .write(|txn| {
                let row = txn.account(account)?;
                let options = farewell::options(txn, row.clone())?;
                txn.remove_account(account)?;
                tokens::forget_device(txn, account)?;
                Ok((row, options))
            })
            .map_err(|error| storage_failure(&error))?;
        if let Some(token) = farewell::kept_token(&self.around.secrets, &row).await {
            farewell::say(options, token, self.around.patience);
        }
        self.around.live.forget(account);
        self.around.consoles.forget(account);
        if let Err(error) = self.around.secrets.forget(&row.jid).await {
            tracing::warn!(%error, "the password of a removed account could not be forgotten");
        }
        self.around.outlet.emit(Event::Accounts);
        self.around.outlet.emit(Event::Conversations(vec![]));
        self.around.outlet.emit(Event::Requests);
        Ok(())
    }

    fn finish(&self, request: RequestId, outcome: Result<(), Failure>) {
        self.around
            .outlet
            .emit(Event::Finished { request, outcome });
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&crate::store::Txn<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        tokio::task::block_in_place(|| self.around.store.write(work))
    }
}

fn account_route(command: &AccountCommand) -> Route {
    match command {
        AccountCommand::Add { .. }
        | AccountCommand::UnlockPasswords(_)
        | AccountCommand::ForgetAfter { .. }
        | AccountCommand::Remove {
            on_server: false, ..
        } => Route::Here,
        AccountCommand::SetPresence { account: None, .. } => Route::All,
        AccountCommand::SetPresence {
            account: Some(account),
            ..
        }
        | AccountCommand::Connect(account)
        | AccountCommand::Disconnect(account)
        | AccountCommand::AcceptWeakerLogin(account)
        | AccountCommand::ForgetPin(account)
        | AccountCommand::SupplyPassword { account, .. }
        | AccountCommand::PinCertificate { account, .. }
        | AccountCommand::AllowPlain { account, .. }
        | AccountCommand::SetEndpoint { account, .. }
        | AccountCommand::SetNickname { account, .. }
        | AccountCommand::SetAvatar { account, .. }
        | AccountCommand::SetProfile { account, .. }
        | AccountCommand::FetchHistory { account, .. }
        | AccountCommand::ChangePassword { account, .. }
        | AccountCommand::SendTyped { account, .. }
        | AccountCommand::Remove {
            account,
            on_server: true,
        } => Route::One(*account),
    }
}

fn contact_account(command: &ContactCommand) -> AccountId {
    match command {
        ContactCommand::Add { account, .. }
        | ContactCommand::Edit { account, .. }
        | ContactCommand::Remove { account, .. }
        | ContactCommand::Approve { account, .. }
        | ContactCommand::Deny { account, .. }
        | ContactCommand::AskAgain { account, .. }
        | ContactCommand::Block { account, .. }
        | ContactCommand::Unblock { account, .. }
        | ContactCommand::FetchProfile { account, .. } => *account,
    }
}
