//! What the sidebar is told and what it tells.

use super::{account_menu, chats, contacts, strangers};
use crate::{
    model::{AccountId, BareJid, ConversationId, Failure, MessageId},
    ui::News,
};

/// What the window, the person or a part of the sidebar tells it.
#[derive(Debug)]
pub enum Input {
    /// Something changed.
    News(News),
    /// This chat is shown now, or none.
    Select(Option<ConversationId>),
    /// Whether there is only one column.
    Folded(bool),
    /// Put the keyboard focus there.
    Focus(Place),
    /// Show this list.
    Show(Page),
    /// Open the chat at this place, counted from 0.
    OpenAt(u32),
    /// Open the chat so many places below the current one.
    Step(i32),
    /// Leave the search, or the strangers.
    Back,
    #[doc(hidden)]
    Part(Part),
}

/// Where the keyboard focus can be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The button of accounts.
    Accounts,
    /// The search field.
    Search,
    /// The list that is shown.
    List,
}

/// Which list is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Page {
    /// Chats.
    Chats,
    /// Contacts.
    Contacts,
    /// The inbox of strangers.
    Strangers,
}

/// What happens inside the sidebar.
#[derive(Debug)]
pub struct Part(pub(super) Inside);

#[derive(Debug)]
pub(super) enum Inside {
    /// The account menu tells something.
    AccountMenu(account_menu::Output),
    /// The list of chats tells something.
    Chats(chats::Output),
    /// The list of contacts tells something.
    Contacts(contacts::Output),
    /// The inbox of strangers tells something.
    Strangers(strangers::Output),
    /// This was typed into the search field.
    Typed(String),
    /// Enter was pressed in the search field.
    Entered,
    /// The button of the banner was pressed.
    BannerPressed,
}

impl From<Inside> for Input {
    fn from(inside: Inside) -> Self {
        Self::Part(Part(inside))
    }
}

/// What the sidebar tells the window.
#[derive(Debug)]
pub enum Output {
    /// Show this chat.
    Open(ConversationId),
    /// Show this chat at a message that was found.
    OpenAt(ConversationId, MessageId),
    /// Show the chat with somebody, making it if there is none.
    OpenWith(AccountId, BareJid),
    /// Show this chat and who it is with.
    ShowDetails(ConversationId),
    /// Show the chat with somebody and who that is.
    ShowDetailsOf(AccountId, BareJid),
    /// This chat was closed.
    Closed(ConversationId),
    /// Begin a new chat.
    StartChat,
    /// Add somebody.
    AddContact,
    /// Open the dialog that helps this account on.
    Fix(AccountId),
    /// An account needs the person, in these words and with this button.
    Problem {
        /// Which account.
        account: AccountId,
        /// What happened.
        text: String,
        /// What the button says.
        button: String,
    },
    /// So many messages were not seen yet.
    Unread(u32),
    /// Something could not be done.
    Failed(Failure),
}
