//! Tells a server that the token of this device is worth nothing any more (XEP-0484, section 3.6): when the account is
//! removed, when its password changes, and when somebody logs out who keeps no password here.

use super::{account_task::AccountTask, tokens};
use crate::{
    model::{Account, PasswordStorage, Timestamp},
    secrets::Secrets,
    store::{StoreError, Txn},
    xmpp::{
        console::Console,
        stream::{self, ConnectOptions, Patience, Token},
    },
};

/// What an account logs in with, as it is stored; without a session to resume and without a token.
pub(super) fn options(txn: &Txn<'_>, account: Account) -> Result<ConnectOptions, StoreError> {
    Ok(ConnectOptions {
        pin: txn.pinned_certificate(account.id)?,
        strongest: txn.strongest_mechanism(account.id)?,
        device: tokens::device(txn, account.id)?,
        jid: account.jid,
        resource: account.resource,
        endpoint: account.endpoint,
        proxy: account.proxy,
        allow_plain: account.allow_plain,
        resume: None,
        token: None,
        inactive: false,
        console: Console::default(),
    })
}

/// Makes the token worthless, in the background: nobody waits for a server that may be gone.
pub(super) fn say(mut options: ConnectOptions, mut token: Token, patience: Patience) {
    if token.has_expired(Timestamp::now()) {
        return;
    }
    token.count_use();
    options.token = Some(token);
    tokio::spawn(async move {
        match stream::revoke_token(&options, &patience).await {
            Ok(()) => tracing::debug!("the server has forgotten a login token"),
            Err(failure) => {
                tracing::info!(kind = ?failure.kind, "a login token could not be taken back; it ends by itself");
            }
        }
    });
}

/// The token that is kept of an account, if there is one.
pub(super) async fn kept_token(secrets: &Secrets, account: &Account) -> Option<Token> {
    if account.password_storage == PasswordStorage::Ask {
        return None;
    }
    let found = secrets.token(&account.jid, account.password_storage).await;
    Token::from_secret(&found.ok()??)
}

impl AccountTask {
    /// Forgets the token here and where it is kept, and has the server forget it.
    pub(super) async fn take_back_token(&mut self) {
        let account = self.session.account().clone();
        let token = match self.known_token() {
            Some(token) => Some(token),
            None => kept_token(&self.secrets, &account).await,
        };
        self.forget_token().await;
        if let Some(token) = token {
            match self.write(|txn| options(txn, account)) {
                Ok(options) => say(options, token, self.patience),
                Err(error) => tracing::warn!(%error, "a login token is not taken back"),
            }
        }
    }
}
