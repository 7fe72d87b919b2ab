//! Takes a message out of its end-to-end encryption before anything looks at what it says.

use crate::{
    event::Event,
    model::{Direction, MessageId, MessageSeal, Security},
    store::StoreError,
    xmpp::{Cx, Extension, Opened, SealedKey, envelope::Envelope},
};

/// What is known of a message's encryption after it was opened, or was not.
#[derive(Debug, Default)]
pub(super) struct Protection {
    seal: Option<MessageSeal>,
    key: Option<SealedKey>,
    /// Whether it says nothing to a person, or nothing new.
    pub(super) is_silent: bool,
    /// The message of ours that this is a copy of: the server has it.
    pub(super) arrived: Option<MessageId>,
}

impl Protection {
    /// What protected what the message says.
    pub(super) fn security(&self) -> Security {
        match self.key {
            Some(_) => Security::Sealed,
            None => Security::Clear,
        }
    }

    /// Keeps it with the row that the message has become. Who is written to with encryption for the first time answers
    /// with encryption, until the person says otherwise.
    pub(super) fn keep(
        &self,
        cx: &mut Cx<'_, '_>,
        message: MessageId,
        is_news: bool,
    ) -> Result<(), StoreError> {
        if let Some(seal) = &self.seal {
            cx.txn.set_seal(message, seal)?;
        }
        if let Some(key) = &self.key {
            cx.txn.set_seen_message(cx.account.id, key, message)?;
            let conversation = cx.txn.message(message)?.conversation;
            if is_news && cx.txn.begin_encryption(conversation, message)? {
                cx.emit(Event::Conversations(vec![conversation]));
            }
        }
        Ok(())
    }
}

/// Opens a message by the first extension that knows its encryption. One that cannot be read stays as it came.
pub(super) fn open(
    cx: &mut Cx<'_, '_>,
    extensions: &mut [Box<dyn Extension>],
    envelope: &mut Envelope,
) -> Result<Protection, StoreError> {
    let mut protection = Protection::default();
    for extension in extensions {
        let Some(opened) = extension.open(cx, envelope)? else {
            continue;
        };
        match opened {
            Opened::Clear { message, seal, key } => {
                envelope.message = *message;
                protection.seal = Some(seal);
                protection.key = Some(key);
            }
            Opened::Unreadable(seal) => protection.seal = Some(seal),
            Opened::Malformed => {}
            Opened::Nothing => protection.is_silent = true,
            Opened::Copy(message) => {
                protection.is_silent = true;
                if let Some(id) = &envelope.stanza_id {
                    cx.txn.add_archive_id(message, id)?;
                }
                let ours = envelope.direction == Direction::Outgoing;
                protection.arrived = ours.then_some(message);
            }
        }
        break;
    }
    Ok(protection)
}
