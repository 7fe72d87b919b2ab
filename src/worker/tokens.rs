//! Tokens that log an account in without its password (XEP-0484): counted before each use, kept beside the password,
//! forgotten with it.

use tokio::task::JoinHandle;

use super::account_task::AccountTask;
use crate::{
    model::{AccountId, PasswordStorage, Timestamp},
    store::{StoreError, Txn},
    xmpp::stream::Token,
};

/// What the task of an account has of its token.
#[derive(Default)]
pub(super) struct Tokens {
    /// The token, as far as it is known.
    present: Option<Token>,
    /// Whether the place where tokens are kept has been asked.
    looked: bool,
    /// The last change on its way to that place.
    writing: Option<JoinHandle<()>>,
}

impl Tokens {
    /// Waits until the last change has reached the place where tokens are kept, or that has failed.
    pub(super) async fn written(&mut self) {
        if let Some(writing) = self.writing.take() {
            let _ = writing.await;
        }
    }
}

impl AccountTask {
    /// The token for one attempt to log in, if there is one that has not expired.
    pub(super) async fn token_for_login(&mut self) -> Option<Token> {
        let now = Timestamp::now();
        if !self.tokens.looked {
            self.tokens.looked = true;
            let account = self.session.account();
            let found = self
                .secrets
                .token(&account.jid, account.password_storage)
                .await;
            self.tokens.present = found
                .unwrap_or_else(|error| {
                    tracing::debug!(%error, "no token could be read");
                    None
                })
                .as_ref()
                .and_then(Token::from_secret);
        }
        let token = self.tokens.present.as_mut()?;
        if token.has_expired(now) {
            self.forget_token().await;
            return None;
        }
        token.count_use();
        let token = token.clone();
        // Kept before it goes out: whatever becomes of this attempt, no count is sent twice.
        self.write_token().await;
        Some(token)
    }

    /// The token, as far as it is known here.
    pub(super) fn known_token(&self) -> Option<Token> {
        self.tokens.present.clone()
    }

    /// Keeps what the server left of the token after a login; a login does not wait for a keyring.
    pub(super) async fn keep_token(&mut self, token: Option<Token>) {
        if token.is_none() && self.tokens.present.is_none() {
            return;
        }
        self.tokens.present = token;
        self.write_token().await;
    }

    /// Forgets the token here and where it is kept.
    pub(super) async fn forget_token(&mut self) {
        // What nobody has looked for may still be there.
        let may_be_kept = !self.tokens.looked || self.tokens.present.is_some();
        self.tokens.present = None;
        self.tokens.looked = true;
        if may_be_kept {
            self.write_token().await;
        }
    }

    async fn write_token(&mut self) {
        let account = self.session.account();
        if account.password_storage == PasswordStorage::Ask {
            return;
        }
        let (jid, storage) = (account.jid.clone(), account.password_storage);
        let secrets = self.secrets.clone();
        let text = self.tokens.present.as_ref().map(Token::to_secret);
        // One after the other: the last change is the one that stays.
        self.tokens.written().await;
        self.tokens.writing = Some(tokio::spawn(async move {
            if let Err(error) = secrets.keep_token(&jid, storage, text.as_ref()).await {
                tracing::warn!(%error, "a login token could not be kept or forgotten");
            }
        }));
    }
}

/// The random id of an account on this device, made when first needed (XEP-0388, section 2.2).
pub(super) fn device(txn: &Txn<'_>, account: AccountId) -> Result<String, StoreError> {
    let name = device_name(account);
    if let Some(device) = txn.value(&name)? {
        return Ok(device);
    }
    let device = uuid::Uuid::new_v4().to_string();
    txn.set_value(&name, &device)?;
    Ok(device)
}

/// Forgets the id: an account that is added again is another one to the server.
pub(super) fn forget_device(txn: &Txn<'_>, account: AccountId) -> Result<(), StoreError> {
    txn.set_value(&device_name(account), "")
}

fn device_name(account: AccountId) -> String {
    format!("login.device.{}", account.0)
}
