//! Commands that change how, or whether, an account is connected.

use super::{
    account_task::{AccountTask, Flow, Verdict, storage_failure},
    session::Input,
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    model::{Account, Failure, FailureKind, PasswordStorage, RequestId, Secret, Show, Timestamp},
};

impl AccountTask {
    /// Does what concerns the connection; everything else is for the session.
    pub(super) async fn command(&mut self, command: Command, request: RequestId) -> Verdict {
        let outcome = match &command {
            Command::NetworkChanged => Ok(Flow::Check),
            Command::Account(account) => match self.connection_command(account).await {
                Some(outcome) => outcome,
                None => return Verdict::ForSession(command, request),
            },
            Command::WindowActive(active) => {
                self.window_active = *active;
                return Verdict::ForSession(command, request);
            }
            Command::Chat(_)
            | Command::Contact(_)
            | Command::Remember { .. }
            | Command::ApplySettings(_) => return Verdict::ForSession(command, request),
        };
        let (flow, outcome) = match outcome {
            Ok(flow) => (flow, Ok(())),
            Err(failure) => (Flow::Stay, Err(failure)),
        };
        self.outlet.emit(Event::Finished { request, outcome });
        Verdict::Flow(flow)
    }

    /// Commands that change how or whether to connect; nothing when it is none of these.
    async fn connection_command(
        &mut self,
        command: &AccountCommand,
    ) -> Option<Result<Flow, Failure>> {
        let flow = match command {
            AccountCommand::Connect(_) => {
                self.change(|account| {
                    account.enabled = true;
                    if account.presence.show == Show::Offline {
                        account.presence.show = Show::Online;
                    }
                });
                Flow::Connect
            }
            AccountCommand::Disconnect(_) => {
                self.change(|account| account.enabled = false);
                // Who keeps no password here does not want to be let in again without one.
                if self.session.account().password_storage == PasswordStorage::Ask {
                    self.take_back_token().await;
                }
                Flow::Disconnect
            }
            AccountCommand::SupplyPassword {
                password, storage, ..
            } => {
                let kept = self.keep_password(password, *storage).await;
                self.password = Some(password.clone());
                if let Err(failure) = kept {
                    return Some(Err(failure));
                }
                Flow::Connect
            }
            AccountCommand::PinCertificate { fingerprint, .. } => {
                let (id, pin) = (self.id(), *fingerprint);
                if let Err(error) = self.write(|txn| txn.pin_certificate(id, pin, Timestamp::now()))
                {
                    return Some(Err(storage_failure(&error)));
                }
                Flow::Connect
            }
            AccountCommand::ForgetPin(_) => {
                let id = self.id();
                if let Err(error) = self.write(|txn| txn.forget_pin(id, Timestamp::now())) {
                    return Some(Err(storage_failure(&error)));
                }
                Flow::Stay
            }
            AccountCommand::AllowPlain { allow, .. } => {
                self.change(|account| account.allow_plain = *allow);
                if *allow { Flow::Connect } else { Flow::Stay }
            }
            AccountCommand::AcceptWeakerLogin(_) => match self.accept_weaker() {
                Ok(()) => Flow::Connect,
                Err(failure) => return Some(Err(failure)),
            },
            AccountCommand::SetEndpoint {
                endpoint, proxy, ..
            } => {
                self.change(|account| {
                    account.endpoint.clone_from(endpoint);
                    account.proxy.clone_from(proxy);
                });
                if self.wants_connection() {
                    Flow::Reconnect
                } else {
                    Flow::Stay
                }
            }
            AccountCommand::SetPresence { presence, .. } => {
                let online = self.session.link().jid.is_some();
                self.change(|account| account.presence = presence.clone());
                match (presence.show, online) {
                    (Show::Offline, _) => Flow::Disconnect,
                    (_, false) => Flow::Connect,
                    // The presence extension sends it.
                    (_, true) => return None,
                }
            }
            AccountCommand::Add { .. }
            | AccountCommand::UnlockPasswords(_)
            | AccountCommand::SetNickname { .. }
            | AccountCommand::SetAvatar { .. }
            | AccountCommand::SetProfile { .. }
            | AccountCommand::FetchHistory { .. }
            | AccountCommand::ForgetAfter { .. }
            | AccountCommand::ChangePassword { .. }
            | AccountCommand::SendTyped { .. }
            | AccountCommand::Remove { .. } => return None,
        };
        Some(Ok(flow))
    }

    fn accept_weaker(&mut self) -> Result<(), Failure> {
        let Some(FailureKind::WeakerLogin { now, .. }) =
            self.failure.as_ref().map(|f| f.kind.clone())
        else {
            return Err(FailureKind::BadInput.into());
        };
        let id = self.id();
        self.write(|txn| txn.set_strongest_mechanism(id, &now, Timestamp::now()))
            .map_err(|error| storage_failure(&error))
    }

    pub(super) async fn keep_password(
        &mut self,
        password: &Secret,
        storage: PasswordStorage,
    ) -> Result<(), Failure> {
        self.take_back_token().await;
        self.change(|account| account.password_storage = storage);
        if storage == PasswordStorage::Ask {
            return Ok(());
        }
        let jid = self.session.account().jid.clone();
        self.secrets
            .keep(&jid, storage, password)
            .await
            .map_err(|error| Failure::with_text(error.failure_kind(), error.to_string()))
    }

    /// Changes the row of the account, here and in the session.
    fn change(&mut self, edit: impl FnOnce(&mut Account)) {
        let mut account = self.session.account().clone();
        edit(&mut account);
        if let Err(error) = self.write(|txn| txn.update_account(&account)) {
            tracing::error!(%error, "an account could not be changed");
            return;
        }
        self.step_or_log(vec![Input::AccountChanged]);
        self.outlet.emit(Event::Accounts);
    }
}
