//! Snapshots of what nobody stores: connections, presence, typing. Written by the sessions, read by the window.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use crate::model::{AccountId, BareJid, ConnectionState, ConversationId, Presence, SyncState};

/// A cheap handle on the snapshots.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<RwLock<State>>);

#[derive(Debug, Default)]
struct State {
    connections: HashMap<AccountId, ConnectionState>,
    syncs: HashMap<AccountId, SyncState>,
    presence: HashMap<AccountId, HashMap<BareJid, Presence>>,
    typing: HashSet<ConversationId>,
}

impl Live {
    /// The connection of an account.
    pub fn connection(&self, account: AccountId) -> ConnectionState {
        self.read()
            .connections
            .get(&account)
            .cloned()
            .unwrap_or_default()
    }

    /// How far history has been fetched.
    pub fn sync(&self, account: AccountId) -> SyncState {
        self.read().syncs.get(&account).copied().unwrap_or_default()
    }

    /// What a contact shows now.
    pub fn presence(&self, account: AccountId, jid: &BareJid) -> Presence {
        self.read()
            .presence
            .get(&account)
            .and_then(|all| all.get(jid))
            .cloned()
            .unwrap_or_default()
    }

    /// What all contacts of an account show now; those who are offline are missing.
    pub fn presences(&self, account: AccountId) -> HashMap<BareJid, Presence> {
        self.read()
            .presence
            .get(&account)
            .cloned()
            .unwrap_or_default()
    }

    /// Whether the peer of a chat is typing.
    pub fn is_typing(&self, conversation: ConversationId) -> bool {
        self.read().typing.contains(&conversation)
    }

    /// Replaces the connection of an account.
    pub fn set_connection(&self, account: AccountId, state: ConnectionState) {
        self.write().connections.insert(account, state);
    }

    /// Replaces how far history has been fetched.
    pub fn set_sync(&self, account: AccountId, state: SyncState) {
        self.write().syncs.insert(account, state);
    }

    /// Replaces what a contact shows; `None` when it went offline.
    pub fn set_presence(&self, account: AccountId, jid: &BareJid, presence: Option<Presence>) {
        let mut state = self.write();
        let all = state.presence.entry(account).or_default();
        match presence {
            Some(presence) => all.insert(jid.clone(), presence),
            None => all.remove(jid),
        };
    }

    /// Forgets what all contacts of an account show.
    pub fn clear_presence(&self, account: AccountId) {
        self.write().presence.remove(&account);
    }

    /// Says whether the peer of a chat is typing; answers whether that is news.
    pub fn set_typing(&self, conversation: ConversationId, typing: bool) -> bool {
        let mut state = self.write();
        if typing {
            state.typing.insert(conversation)
        } else {
            state.typing.remove(&conversation)
        }
    }

    /// Forgets everything of an account that was removed.
    pub fn forget(&self, account: AccountId) {
        let mut state = self.write();
        state.connections.remove(&account);
        state.syncs.remove(&account);
        state.presence.remove(&account);
    }

    // A panic while the lock is held leaves plain values behind, which are as good as any.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
