//! What happens to the main window.

use super::actions::Action;
use crate::{
    event::Event,
    model::{AccountId, ConversationId, Failure, Settings},
    ui::{conversation, first_run, jump, notifications::Note, sidebar},
};

/// What the person or a part of the window did.
#[derive(Debug)]
pub enum Input {
    /// The sidebar tells something.
    Sidebar(sidebar::Output),
    /// The conversation tells something.
    Conversation(conversation::Output),
    /// The first run tells something.
    FirstRun(first_run::Output),
    /// The jump dialog tells something.
    Jump(jump::Output),
    /// A menu or a key asks for this.
    Act(Action),
    /// Show this chat, such as when its notification was clicked.
    OpenChat(ConversationId),
    /// Show what an `xmpp:` link is about; nothing is done by itself.
    OpenUri(String),
    /// One column became two, or the other way round.
    Folded(bool),
    /// The window was shown, hidden, focused or left.
    Activity,
    /// The person wants to close the window.
    CloseRequested,
    /// The person wants to end the program.
    Quit,
}

/// What was found out off the main thread.
#[derive(Debug)]
pub enum CommandOutput {
    /// Things changed.
    News(Vec<Event>),
    /// The settings and whether there is an account, after they changed; `None` when the store could not be read.
    Read(Option<Box<(Settings, bool)>>),
    /// The worker has done what it was asked for, or could not.
    Asked(Result<(), Failure>),
    /// What to tell on the desktop.
    Announce(Vec<Note>),
    /// Chats of which nothing is new any more.
    Seen(Vec<ConversationId>),
    /// The chat with somebody is there, or could not be opened.
    ChatReady(Result<Ready, Failure>),
    /// What a link is about has been found out; `None` when the store could not be read.
    UriResolved(Option<Resolved>),
}

/// A chat that can be shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ready {
    /// The chat.
    pub chat: ConversationId,
    /// Whether to show who it is with, too.
    pub details: bool,
}

/// What to show for a link.
#[derive(Debug)]
pub enum Resolved {
    /// The chat with somebody who is known, and words to propose.
    Chat {
        /// The chat.
        chat: ConversationId,
        /// Words for the composer, empty for none.
        body: String,
    },
    /// A dialog with what the link proposes.
    Dialog {
        /// The account that it is about.
        account: AccountId,
        /// The link.
        link: String,
    },
    /// There is no account yet.
    NoAccount,
}
