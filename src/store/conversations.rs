//! Chats: one per account and peer.

use super::{Reader, StoreError, Txn};
use crate::model::{
    AccountId, BareJid, Conversation, ConversationId, ConversationKind, MessageId, Notifications,
};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// The chat with a peer, made with this kind (and not open) when there is none. An existing kind stays.
    pub fn conversation_with(
        &self,
        _account: AccountId,
        _peer: &BareJid,
        _kind: ConversationKind,
    ) -> Result<ConversationId> {
        unimplemented!()
    }
    /// The chat with a peer, if there is one.
    pub fn find_conversation(
        &self,
        _account: AccountId,
        _peer: &BareJid,
    ) -> Result<Option<ConversationId>> {
        unimplemented!()
    }
    /// Account, peer and kind of a chat.
    pub fn conversation_peer(
        &self,
        _conversation: ConversationId,
    ) -> Result<(AccountId, BareJid, ConversationKind)> {
        unimplemented!()
    }
    /// Puts the chat on the list, or takes it off.
    pub fn set_conversation_open(&self, _conversation: ConversationId, _open: bool) -> Result<()> {
        unimplemented!()
    }
    /// Says whether the peer is a stranger.
    pub fn set_conversation_kind(
        &self,
        _conversation: ConversationId,
        _kind: ConversationKind,
    ) -> Result<()> {
        unimplemented!()
    }
    /// Puts the chat above the others, or back.
    pub fn set_pinned(&self, _conversation: ConversationId, _pinned: bool) -> Result<()> {
        unimplemented!()
    }
    /// Says what the chat may show on the desktop.
    pub fn set_notifications(
        &self,
        _conversation: ConversationId,
        _notifications: Notifications,
    ) -> Result<()> {
        unimplemented!()
    }
    /// What the chat may show on the desktop.
    pub fn notifications(&self, _conversation: ConversationId) -> Result<Notifications> {
        unimplemented!()
    }
    /// Keeps the text of the composer; empty forgets it.
    pub fn set_draft(&self, _conversation: ConversationId, _draft: &str) -> Result<()> {
        unimplemented!()
    }
    /// Everything up to this message (in the order of the chat) was seen; never goes back. Answers whether that changed anything.
    pub fn mark_read(&self, _conversation: ConversationId, _up_to: MessageId) -> Result<bool> {
        unimplemented!()
    }
}

impl Reader {
    /// Open chats of all accounts that are not of strangers: pinned first, then newest first.
    pub fn conversations(&self) -> Result<Vec<Conversation>> {
        unimplemented!()
    }
    /// One chat.
    pub fn conversation(&self, _conversation: ConversationId) -> Result<Option<Conversation>> {
        unimplemented!()
    }
    /// The chat with a peer, if there is one.
    pub fn conversation_with(
        &self,
        _account: AccountId,
        _peer: &BareJid,
    ) -> Result<Option<ConversationId>> {
        unimplemented!()
    }
    /// Unread messages of all chats that are not muted or of strangers.
    pub fn unread_total(&self) -> Result<u32> {
        unimplemented!()
    }
}
