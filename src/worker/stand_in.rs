//! What stands in the worker's place where there is none: in the gallery, and in tests of components.
//! Knows nothing of the network; every answer is made up.

use std::future::ready;

use futures::{FutureExt, future::BoxFuture};

use crate::{
    command::Command,
    model::{BareJid, Failure, FailureKind, Form, NewAccount, PasswordPlaces, SealedFile, Secret},
};

/// Answers in the worker's place; what is not overridden succeeds at once and does nothing.
pub trait StandIn: Send + Sync {
    /// Answers [`super::Handle::request`], and hears of [`super::Handle::send`].
    fn command(&self, _command: Command) -> BoxFuture<'static, Result<(), Failure>> {
        ready(Ok(())).boxed()
    }

    /// Answers [`super::Handle::password_places`].
    fn password_places(&self) -> PasswordPlaces {
        PasswordPlaces {
            keyring: true,
            sealed_file: SealedFile::Absent,
        }
    }

    /// Answers [`super::Handle::registration_form`].
    fn registration_form(&self, _server: &str) -> BoxFuture<'static, Result<Form, Failure>> {
        ready(Ok(Form::default())).boxed()
    }

    /// Answers [`super::Handle::register`].
    fn register(&self, _server: &str, _form: Form) -> BoxFuture<'static, Result<BareJid, Failure>> {
        ready(Err(FailureKind::Unsupported.into())).boxed()
    }

    /// Answers [`super::Handle::try_login`].
    fn try_login(
        &self,
        _account: &NewAccount,
        _password: &Secret,
    ) -> BoxFuture<'static, Result<(), Failure>> {
        ready(Ok(())).boxed()
    }
}

/// Succeeds at once and does nothing.
pub struct Nobody;

impl StandIn for Nobody {}
