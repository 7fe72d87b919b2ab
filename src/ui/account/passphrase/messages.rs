//! What happens to the dialog that asks for a passphrase, and what it tells.

use crate::model::Secret;

/// What the passphrase is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// A new passphrase for the stored chats of a profile.
    NewProfile,
    /// The passphrase that opens the stored chats of a profile.
    OpenProfile,
    /// A new passphrase for the file of sealed passwords.
    NewPasswords,
    /// The passphrase that opens the file of sealed passwords.
    OpenPasswords,
}

/// What the person or the holder of the dialog does.
#[derive(Debug)]
pub enum Input {
    /// The passphrase was edited.
    Passphrase(Secret),
    /// Its repetition was edited.
    Repeated(Secret),
    /// Take it.
    Submit,
    /// The window was closed, by whatever way.
    Closed,
    /// From the holder: the passphrase is wrong, or something else failed; say this, and let the person try again.
    Refused(String),
}

/// What the dialog tells its holder.
#[derive(Debug)]
pub enum Output {
    /// A passphrase was entered; the dialog waits (with a spinner) to be closed or told [`Input::Refused`].
    Entered(Secret),
    /// The person does not want to, or closed the dialog. Also told after [`Output::Entered`] when it is closed.
    Cancelled,
}
