//! What happens while an account is created.

use crate::{
    model::{BareJid, Failure, Fingerprint, Form, PasswordPlaces},
    ui::account::{endpoint::Typed, storage_choice::Choice},
};

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Put this server into its field.
    Fill(String),
    /// The server was edited.
    Server(String),
    /// Host, port or proxy were edited.
    Endpoint(Typed),
    /// Where to keep the password was chosen.
    Storage(Choice),
    /// Fetch the form; also to get a new one.
    Fetch,
    /// Back to the choice of a server.
    Back,
    /// Send the form.
    Submit,
    /// The certificate was looked at; whether to pin it.
    Certificate(Fingerprint, bool),
}

/// What the worker answers.
#[derive(Debug)]
pub enum CommandOutput {
    /// Where passwords can be kept.
    Places(PasswordPlaces),
    /// The form of the server, or why there is none.
    Fetched(Result<Form, Failure>),
    /// The form was accepted: this is the new account.
    Registered(BareJid),
    /// The form was not accepted.
    Refused(Failure),
    /// The new account is here, or why not.
    Added(Result<(), Failure>),
}
