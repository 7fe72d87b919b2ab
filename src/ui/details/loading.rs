//! Reads what is known of a contact; runs off the main thread.

use crate::{
    model::{AccountId, BareJid, Contact, Conversation, ConversationId, Failure, Profile},
    store::{Reader, StoreError},
};

/// What the store knows of a contact.
#[derive(Clone, Debug)]
pub struct Known {
    /// The chat; none when it is gone.
    pub chat: Option<Conversation>,
    /// The roster item; none for those who are not contacts.
    pub contact: Option<Contact>,
    /// What they say of themselves, if it was ever fetched.
    pub profile: Option<Profile>,
}

/// Reads it.
pub(super) fn read(
    reader: &Reader,
    account: AccountId,
    jid: &BareJid,
    chat: ConversationId,
) -> Result<Known, Failure> {
    let read = || -> Result<Known, StoreError> {
        Ok(Known {
            chat: reader.conversation(chat)?,
            contact: reader.contact(account, jid)?,
            profile: reader.profile(account, jid)?,
        })
    };
    read().map_err(|error| {
        tracing::error!(%error, "a contact could not be read");
        Failure::new(error.failure_kind())
    })
}
