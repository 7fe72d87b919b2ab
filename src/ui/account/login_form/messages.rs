//! What happens to the log in form, and what it tells.

use crate::{
    model::{Failure, Fingerprint, PasswordPlaces, Secret},
    ui::account::{endpoint::Typed, storage_choice::Choice},
};

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Put this address and password into the fields.
    Fill(String, Secret),
    /// The address was edited.
    Address(String),
    /// The address field was left: say now what is wrong with it.
    AddressLeft,
    /// The password was edited.
    Password(Secret),
    /// Where to keep the password was chosen.
    Storage(Choice),
    /// Server or proxy were edited.
    Endpoint(Typed),
    /// Log in.
    Submit,
    /// Stop trying.
    Stop,
    /// The certificate was looked at; whether to pin it.
    Certificate(Fingerprint, bool),
    /// Whether the password itself may be sent.
    Plain(bool),
}

/// What the worker answers.
#[derive(Debug)]
pub enum CommandOutput {
    /// Where passwords can be kept.
    Places(PasswordPlaces),
    /// The address is already an account here.
    AlreadyThere,
    /// The login worked; the account is being added.
    LoggedIn,
    /// How it ended.
    Ended(Result<(), Failure>),
}

/// What the form tells whoever holds it.
#[derive(Debug)]
pub enum Output {
    /// The account was added and connects.
    Added,
    /// The person wants to go back.
    Cancelled,
}
