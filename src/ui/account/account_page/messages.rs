//! What happens on the page of one account.

use std::path::PathBuf;

use crate::{
    model::{Account, ConnectionState, Failure, Fingerprint},
    ui::account::{endpoint::Typed, picture_file::ChosenPicture},
};

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Open what helps with the problem of the account.
    Fix,
    /// Publish this nickname.
    Nickname(String),
    /// Choose a picture from a file.
    ChoosePicture,
    /// This file was chosen.
    PictureFile(PathBuf),
    /// Publish the picture that was looked at.
    UsePicture(ChosenPicture),
    /// Show no picture any more.
    RemovePicture,
    /// Open the own profile.
    EditProfile,
    /// Server or proxy were edited.
    Endpoint(Typed),
    /// Use the edited server and proxy.
    ApplyEndpoint,
    /// Open the dialog that changes the password.
    ChangePassword,
    /// Forget the pinned certificate.
    ForgetPin,
    /// Whether the password itself may be sent inside TLS.
    AllowPlain(bool),
    /// The question whether to allow that was answered.
    PlainAnswered(bool),
    /// Open the blocked addresses.
    ShowBlocked,
    /// Open the console.
    ShowConsole,
    /// Open the dialog that removes the account.
    Remove,
}

/// What store and worker answer.
#[derive(Debug)]
pub enum CommandOutput {
    /// Something of the account changed.
    Changed,
    /// The account as it is now; nothing when it is gone.
    Loaded(Option<Box<Snapshot>>),
    /// The file was read; nothing when it is no picture.
    PictureRead(Option<ChosenPicture>),
    /// Something that was asked for came to its end.
    Ended(Result<(), Failure>),
}

/// What the page tells the window.
#[derive(Debug)]
pub enum Output {
    /// The account is gone.
    Gone,
}

/// Everything the page shows of the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The row.
    pub account: Account,
    /// Its connection.
    pub state: ConnectionState,
    /// SHA-1 of the own picture, in hex.
    pub avatar: Option<String>,
    /// The certificate that was pinned.
    pub pin: Option<Fingerprint>,
    /// The strongest login mechanism ever seen.
    pub strongest: Option<String>,
    /// How many addresses are blocked.
    pub blocked: usize,
}
