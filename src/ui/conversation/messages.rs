//! What the conversation is told and what it tells.

use super::{
    find_bar,
    forwarding::Forwarded,
    loading::{Opened, Page, Summary},
};
use crate::{
    model::{ConversationId, Failure, Message, MessageId, Timestamp, Version},
    timeline::PageRequest,
    ui::{News, composer, jump},
};

/// What the window tells the conversation.
#[derive(Debug)]
pub enum Input {
    /// Show this chat.
    Open(ConversationId),
    /// Show this chat at a message, mark that and give it the keyboard focus.
    OpenAt(ConversationId, MessageId),
    /// Show this message of the chat and mark it.
    GoTo {
        /// Which.
        message: MessageId,
        /// Whether it takes the keyboard focus, too.
        focus: bool,
    },
    /// Show no chat.
    Close,
    /// Something changed.
    News(News),
    /// Whether there is only one column, so that a back button is needed.
    Folded(bool),
    /// Take the keyboard focus, as soon as the chat is there.
    Focus,
    /// Keep what stands in the composer; told when that is done.
    KeepDraft,
    /// Search here.
    Search,
    /// The bar that searches tells something.
    Find(FindBarTold),
    /// Show or hide the details pane.
    ShowDetails(bool),
    /// The details pane was shown or hidden by its own widget: what it shows when this is heard counts, so that two
    /// changes at once do not answer each other for ever.
    DetailsMoved(adw::Flap),
    /// Put this text into the composer, if it is empty; it is never sent by itself.
    Propose(String),
    /// The window came to the front or went behind others.
    WindowActive(bool),

    /// The composer tells something.
    Composer(composer::Output),
    /// The back button was pressed.
    BackPressed,
    /// The view began or ceased to follow the newest message.
    StickChanged,
    /// The newest message is visible.
    EndSeen,
    /// The oldest loaded message will be seen soon.
    NearOldest,
    /// The newest loaded message will be seen soon, and others follow it.
    NearNewest,
    /// The button to the newest message was pressed.
    JumpPressed,
    /// The message that this one replies to is to be shown.
    QuotePressed(MessageId),
    /// The first message from this moment on is to be shown.
    GoToMoment(Timestamp),
    /// The keyboard focus leaves the list by the Tab key.
    ListLeft {
        /// Whether it goes back instead of on.
        backward: bool,
    },
    /// The actions of a message are asked for.
    ActionsPressed(MessageId),
    /// A message is to be answered.
    ReplyPressed(MessageId),
    /// An own message is to be changed.
    EditPressed(MessageId),
    /// An own message is to be taken back.
    RetractPressed(MessageId),
    /// Reactions to a message are to be offered.
    ReactionsWanted(MessageId),
    /// A reaction was chosen, or is to go.
    ReactPressed {
        /// To which message.
        message: MessageId,
        /// The emoji.
        emoji: String,
        /// Whether it is to be there.
        on: bool,
    },
    /// The earlier texts of a message are asked for.
    VersionsPressed(MessageId),
    /// A day to go to is to be chosen.
    DateWanted,
    /// The chat is to be put away.
    PutAwayPressed,
    /// The chat is to be deleted.
    DeleteChatPressed,
    /// Messages are to be chosen.
    SelectionWanted,
    /// Messages are to be chosen, beginning with this one.
    SelectPressed(MessageId),
    /// A message is to be chosen, or not any more.
    SelectToggled {
        /// Which.
        message: MessageId,
        /// Whether everything from the last one to this one is meant.
        extend: bool,
    },
    /// No messages are to be chosen any more.
    SelectionLeft,
    /// The chosen messages are to be copied.
    CopySelected,
    /// A message is to be forwarded.
    ForwardPressed(MessageId),
    /// The chosen messages are to be forwarded.
    ForwardSelected,
    /// Messages are to be forwarded to this chat.
    ForwardTo(Vec<MessageId>, jump::Output),
    /// A message is to be deleted on this device.
    DeleteMessagePressed(MessageId),
    /// A message is to be copied; none means what is selected.
    CopyPressed(Option<MessageId>),
    /// The details of a message are asked for.
    DetailsPressed(MessageId),
    /// The whole text of a long message is asked for.
    ShowAllPressed(MessageId),
    /// The hidden text of a message is asked for.
    RevealPressed(MessageId),
    /// A failed message is to be sent again.
    RetryPressed(MessageId),
    /// A message that waits is to be given up.
    CancelPressed(MessageId),
    /// A link was activated.
    LinkActivated(String),
    /// The archive is to be asked again.
    ArchiveRetryPressed,
    /// A stranger is accepted.
    AcceptPressed,
    /// The peer is to be blocked.
    BlockPressed,
    /// The peer is to be unblocked.
    UnblockPressed,
    /// The stranger's chat is to be deleted.
    DeletePressed,
    /// A question was answered with yes.
    Confirmed(Confirmed),
}

/// What the bar that searches tells.
#[derive(Debug)]
pub struct FindBarTold(pub(super) find_bar::Output);

/// What a person agreed to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Confirmed {
    /// Block the peer.
    Block,
    /// Delete the stranger's chat.
    Delete,
    /// Open a link.
    OpenLink(String),
    /// Take a message back.
    Retract(MessageId),
    /// Delete a message on this device.
    DeleteMessage(MessageId),
}

/// What the conversation tells the window.
#[derive(Debug)]
pub enum Output {
    /// Back to the list of chats.
    Back,
    /// Show this chat.
    Open(ConversationId),
    /// The chat that is shown is no more: show none.
    Gone,
    /// What stands in the composer is with the worker.
    DraftKept,
    /// Open this link of a person (`xmpp:`).
    OpenUri(String),
    /// The details pane was shown or hidden.
    DetailsShown(bool),
}

/// What was read from the store or answered by the worker. Answers for a chat that is no longer shown are dropped by
/// their number.
#[derive(Debug)]
pub enum CommandOutput {
    /// A chat has been read.
    Opened(u64, Box<Result<Option<Opened>, Failure>>),
    /// The newest part of the chat, or the part around what is looked at, has been read again.
    Reloaded(u64, Result<Page, Failure>),
    /// The chat's own row has been read again.
    Summary(u64, Box<Result<Option<Summary>, Failure>>),
    /// Older messages.
    Older(u64, PageRequest, Result<Page, Failure>),
    /// Newer messages.
    Newer(u64, PageRequest, Result<Page, Failure>),
    /// Messages that changed, and how the store has them now.
    Changed(u64, Vec<MessageId>, Result<Vec<Message>, Failure>),
    /// The archive has been asked for older messages; answers whether there is nothing older still.
    Archive(u64, Result<bool, Failure>),
    /// A text could not be taken, and what it was to become.
    NotTaken(ConversationId, String, composer::Aim, Failure),
    /// Which reactions were used last.
    RecentReactions(String),
    /// All texts that a message had.
    Versions(Result<Vec<Version>, Failure>),
    /// The chosen messages as text, and how many they are.
    Transcript(Result<(String, u32), Failure>),
    /// Messages were forwarded.
    Forwarded(Result<Forwarded, Failure>),
    /// How many messages the chat has that is to be deleted.
    Counted(u64, Result<u64, Failure>),
    /// The last own message, if there is one that can be edited.
    LastOwn(u64, Option<Box<Message>>),
    /// Something that the person asked for failed.
    Failed(Failure),
    /// The chat that was deleted is gone.
    Deleted(u64),
    /// A day has ended.
    Midnight,
}
