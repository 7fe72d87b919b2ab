//! What the composer is told and what it tells.

use super::{Aim, Protection};
use crate::model::{ConversationId, Encryption};

/// What happens to the composer.
#[derive(Debug)]
pub enum Input {
    /// Write in this chat from now on.
    Show(Target),
    /// The chat that is written in has another name, or is blocked or free again.
    Renamed(Target),
    /// Write in no chat.
    Hide,
    /// The person chose how keys and typing work.
    SettingsChanged {
        /// Whether Enter sends, else Ctrl+Enter does.
        enter_sends: bool,
        /// Whether contacts learn that we are typing.
        send_typing: bool,
    },
    /// Take the keyboard focus.
    Focus,
    /// Keep the draft now; told when that is done.
    KeepDraft,
    /// Put this text into an empty composer, for a person to look at before it is sent.
    Propose(String),
    /// A text could not be taken, which was to become this: give it back to the person.
    GiveBack(ConversationId, String, Aim),
    /// The text will become this from now on.
    Begin(Aim),
    /// The text is to become just a message.
    AimCancelled,
    /// The button that hides the text was pressed.
    SpoilerPressed,
    /// The hint of a hidden text was typed.
    HintTyped(String),
    /// The key that edits the last own message was pressed.
    EditLastPressed,
    /// The text was changed by the person.
    Edited,
    /// The send button or key was pressed.
    SendPressed,
    /// The person wants the chat encrypted like this.
    EncryptionChosen(Encryption),
    /// The lock was opened.
    LockOpened,
    /// The emoji button was pressed.
    EmojiPressed,
    /// Nothing was typed for a while since this edit.
    Paused(u64),
    /// Nothing was typed for a moment since this edit.
    DraftDue(u64),
}

/// The chat that is written in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Which.
    pub conversation: ConversationId,
    /// The name of the peer; untrusted.
    pub name: String,
    /// The text that was left there.
    pub draft: String,
    /// Whether something can be sent there now.
    pub access: Access,
    /// How what is sent is protected.
    pub protection: Protection,
}

/// Whether something can be sent in a chat.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Access {
    /// It can.
    #[default]
    Open,
    /// Not before the stranger is accepted.
    Stranger,
    /// Not while the peer is blocked.
    Blocked,
}

/// What the composer tells the chat.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Output {
    /// Send this.
    Send {
        /// Where.
        conversation: ConversationId,
        /// What.
        body: String,
        /// What becomes of it.
        aim: Aim,
    },
    /// The chat is to be encrypted like this.
    Encrypt(ConversationId, Encryption),
    /// The person looks at how the chat is encrypted, which may have changed.
    LockOpened,
    /// The last own message is to be edited.
    EditLast,
    /// Keep this.
    Draft {
        /// Where.
        conversation: ConversationId,
        /// The text, empty to forget it.
        text: String,
    },
    /// The draft has been kept, as was asked.
    DraftKept,
    /// The person types, or stopped.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Whether typing goes on.
        composing: bool,
    },
    /// The text is longer than a message can be.
    TooLong,
}
