//! Writes the document of [`document`](super::super::document), one record after the other.

use std::{collections::BTreeMap, io::Write};

use serde::Serialize;

use super::{StoredChat, TransferError, Work};
use crate::{
    config,
    model::{AccountId, BareJid, ConversationKind, Notifications},
    transfer::document::{
        AccountRecord, ChatRecord, ContactRecord, FORMAT, ReactionRecord, Record, RetractionRecord,
        VERSION,
    },
};

pub(super) fn write(
    work: &mut Work<'_>,
    chats: &[StoredChat],
    out: &mut dyn Write,
) -> Result<(), TransferError> {
    let mut document = Document { out, any: false };
    document.begin()?;
    let mut of_accounts: BTreeMap<i64, Vec<&StoredChat>> = BTreeMap::new();
    for chat in chats {
        of_accounts.entry(chat.account.0).or_default().push(chat);
    }
    for account in work.reader.accounts()? {
        let chats = of_accounts.remove(&account.id.0).unwrap_or_default();
        if chats.is_empty() && !work.whole {
            continue;
        }
        document.record(&Record::Account(AccountRecord {
            address: account.jid.to_string(),
        }))?;
        let only = chats.first().filter(|_| !work.whole).map(|chat| &chat.peer);
        for contact in contacts(work, account.id, only)? {
            document.record(&Record::Contact(contact))?;
        }
        for chat in chats {
            write_chat(work, chat, &mut document)?;
        }
    }
    document.end()
}

/// Names of everybody, or of one peer.
fn contacts(
    work: &Work<'_>,
    account: AccountId,
    only: Option<&BareJid>,
) -> Result<Vec<ContactRecord>, TransferError> {
    let mut contacts: BTreeMap<BareJid, ContactRecord> = BTreeMap::new();
    for person in work.reader.stored_nicknames(account)? {
        contacts.entry(person.jid).or_default().nickname = person.nickname;
    }
    for contact in work.reader.roster(account)? {
        let record = contacts.entry(contact.item.jid).or_default();
        record.name = contact.item.name;
        record.groups = contact.item.groups;
    }
    Ok(contacts
        .into_iter()
        .filter(|(jid, _)| only.is_none_or(|only| only == jid))
        .map(|(jid, record)| ContactRecord {
            address: jid.to_string(),
            ..record
        })
        .collect())
}

fn write_chat(
    work: &mut Work<'_>,
    chat: &StoredChat,
    document: &mut Document<'_>,
) -> Result<(), TransferError> {
    document.record(&Record::Chat(ChatRecord {
        address: chat.peer.to_string(),
        stranger: chat.kind == ConversationKind::Stranger,
        open: chat.open,
        archived: chat.archived,
        pinned: chat.pinned,
        muted: chat.notifications == Notifications::Muted,
        draft: chat.draft.clone(),
        read_up_to: chat.read_up_to.map(|message| message.0),
        messages: chat.messages,
    }))?;
    work.messages(chat, |message| {
        document.record(&Record::Message(Box::new(message.into())))
    })?;
    for reaction in work.reader.stored_reactions(chat.id)? {
        document.record(&Record::Reaction(ReactionRecord {
            target: reaction.target,
            author: reaction.author.to_string(),
            emojis: reaction.emojis,
            at: reaction.at.0,
        }))?;
    }
    for waiting in work.reader.stored_retractions(chat.id)? {
        document.record(&Record::Retraction(RetractionRecord {
            target: waiting.target,
            author: waiting.author.to_string(),
            at: waiting.at.0,
        }))?;
    }
    Ok(())
}

struct Document<'a> {
    out: &'a mut dyn Write,
    any: bool,
}

impl Document<'_> {
    fn begin(&mut self) -> Result<(), TransferError> {
        #[derive(Serialize)]
        struct Head {
            format: &'static str,
            version: u32,
            program: String,
        }
        let head = to_json(&Head {
            format: FORMAT,
            version: VERSION,
            program: format!("{} {}", config::APP_NAME, config::VERSION),
        })?;
        let head = head.trim_end_matches('}');
        self.put(&format!("{head},\"records\":["))
    }

    /// Writes a record on a line of its own.
    fn record(&mut self, record: &Record) -> Result<(), TransferError> {
        let line = to_json(record)?;
        self.put(if self.any { ",\n" } else { "\n" })?;
        self.any = true;
        self.put(&line)
    }

    fn end(&mut self) -> Result<(), TransferError> {
        self.put("\n]}\n")
    }

    fn put(&mut self, text: &str) -> Result<(), TransferError> {
        self.out
            .write_all(text.as_bytes())
            .map_err(TransferError::Writing)
    }
}

fn to_json(value: &impl Serialize) -> Result<String, TransferError> {
    serde_json::to_string(value).map_err(|error| TransferError::Writing(error.into()))
}
