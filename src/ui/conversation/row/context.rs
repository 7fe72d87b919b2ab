//! What all rows of a chat share: who talks, and where actions go.

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
};

use crate::{
    model::{BareJid, MessageId},
    store::Reader,
    ui::conversation::{Input, selecting::Selected},
};

/// Shared by all rows of one view.
pub(crate) struct RowContext {
    /// Where buttons in rows report to.
    pub(crate) sender: relm4::Sender<Input>,
    /// Where pictures come from.
    pub(crate) reader: Reader,
    /// Who talks.
    pub(crate) people: RefCell<People>,
    /// Whether the view follows the newest message.
    pub(crate) follows: Cell<bool>,
    /// The message that somebody looked for, marked until it is not looked for any more.
    pub(crate) found: Cell<Option<MessageId>>,
    /// The messages that are chosen, while that is what the person does.
    pub(crate) selected: RefCell<Option<Selected>>,
    /// Whether anything can be sent in this chat.
    pub(crate) may_write: Cell<bool>,
    /// Messages whose hidden text the reader asked for.
    pub(crate) revealed: RefCell<HashSet<MessageId>>,
}

/// Who talks in a chat.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct People {
    /// The name of the peer.
    pub(crate) peer: String,
    /// The address of the peer.
    pub(crate) address: String,
    /// SHA-1 of the picture of the peer, in hex.
    pub(crate) picture: Option<String>,
    /// The own name, for own actions (`/me`).
    pub(crate) own: String,
    /// The own address.
    pub(crate) own_address: String,
}

impl People {
    /// Whether this is the own address.
    pub(crate) fn is_own(&self, address: &BareJid) -> bool {
        address.as_str() == self.own_address
    }
}

impl RowContext {
    /// Whether a message is chosen; none while nothing can be chosen.
    pub(crate) fn is_selected(&self, id: MessageId) -> Option<bool> {
        let selected = self.selected.borrow();
        selected.as_ref().map(|selected| selected.contains(id))
    }
}
