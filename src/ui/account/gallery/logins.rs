//! The log in form in its stages.

use std::future::{pending, ready};

use futures::{FutureExt, future::BoxFuture};
use relm4::prelude::*;

use crate::{
    i18n::gettext,
    model::{Failure, FailureKind, NewAccount, PasswordPlaces, SealedFile, Secret},
    ui::{
        account::login_form::{Input, LoginForm},
        dialog::framed,
        gallery::handle,
    },
    worker::{Handle, StandIn},
};

pub(super) fn empty() -> gtk::Window {
    form(handle(), &[])
}

pub(super) fn failed() -> gtk::Window {
    form(super::with(Refusing), &["alice@example.org"])
}

pub(super) fn trying() -> gtk::Window {
    form(super::with(Waiting), &["alice@example.org"])
}

/// A server that refuses every password, on a machine without a keyring.
struct Refusing;

impl StandIn for Refusing {
    fn password_places(&self) -> PasswordPlaces {
        PasswordPlaces {
            keyring: false,
            sealed_file: SealedFile::Open,
        }
    }

    fn try_login(
        &self,
        _account: &NewAccount,
        _password: &Secret,
    ) -> BoxFuture<'static, Result<(), Failure>> {
        let words = "Account does not exist";
        ready(Err(Failure::with_text(FailureKind::WrongPassword, words))).boxed()
    }
}

/// A server that never answers.
struct Waiting;

impl StandIn for Waiting {
    fn try_login(
        &self,
        _account: &NewAccount,
        _password: &Secret,
    ) -> BoxFuture<'static, Result<(), Failure>> {
        pending().boxed()
    }
}

/// The form; with an address it is filled in and sent.
fn form(handle: Handle, address: &[&str]) -> gtk::Window {
    let form = LoginForm::builder().launch(handle).detach();
    for address in address {
        form.emit(Input::Fill((*address).into(), Secret::new("correct horse")));
        form.emit(Input::Submit);
    }
    framed(form, &gettext("Log in"))
}
