//! What the details pane is told.

use super::loading::Known;
use crate::{
    model::{AccountId, BareJid, ConversationId, Failure},
    ui::News,
};

/// What happens to the details pane.
#[derive(Debug)]
pub enum Input {
    /// Show this contact, in this chat.
    Show(AccountId, BareJid, ConversationId),
    /// Show nobody.
    Hide,
    /// The pane was opened.
    Wake,
    /// The pane was closed: nothing needs to be read.
    Sleep,
    /// Something changed.
    News(News),
    /// The profile is asked for.
    ProfilePressed,
    /// Name and groups are to be changed.
    RenamePressed,
    /// The contact is to be added.
    AddPressed,
    /// The contact is to be removed.
    RemovePressed,
    /// Their presence is to be asked for again.
    AskAgainPressed,
    /// They shall see our presence, or no longer.
    PermissionChanged(bool),
    /// The switch of the notifications was moved.
    MuteChanged(bool),
    /// The switch of pinning was moved.
    PinChanged(bool),
    /// The contact is to be blocked or unblocked.
    BlockPressed,
    /// A person agreed to block.
    BlockConfirmed,
    /// The chat is to be exported.
    ExportPressed,
    /// The address is to be copied.
    CopyPressed,
    /// The pane is to be closed.
    ClosePressed,
}

/// What the details pane tells the chat.
#[derive(Debug)]
pub enum Output {
    /// Close the pane.
    Close,
}

/// What was read or answered; answers about another contact are dropped by their number.
#[derive(Debug)]
pub enum CommandOutput {
    /// What is known of the contact.
    Read(u64, Box<Result<Known, Failure>>),
    /// The profile has been fetched, or not.
    Profile(u64, Result<(), Failure>),
    /// Something that was asked for failed.
    Failed(Failure),
}
