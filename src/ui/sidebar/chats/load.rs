//! Reads what the list of chats shows; runs off the main thread.

use std::collections::{HashMap, HashSet};

use super::rows::{Around, chat_rows};
use crate::{
    model::{Account, AccountId, BareJid, Contact, ConversationId, Timestamp},
    store::StoreError,
    ui::sidebar::{
        contacts::{self, Roster},
        find::{Needle, typed_address},
        rows::{OfferRow, Row},
    },
    worker::Handle,
};

/// What to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    /// What was typed into the search field.
    pub(crate) typed: String,
    /// The chat that is shown at the right.
    pub(crate) current: Option<ConversationId>,
    /// Whether those are shown that were put away, instead of the others.
    pub(crate) away: bool,
}

/// What the list of chats shows.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The rows.
    pub(crate) rows: Vec<Row>,
    /// How many chats were put away.
    pub(crate) away: u32,
}

/// The rows of the list of chats, and how many chats are not among them because they were put away.
pub(crate) fn list(handle: &Handle, query: &Query) -> Result<Listed, StoreError> {
    Ok(Listed {
        rows: load(handle, query)?,
        away: handle.reader().archived_count()?,
    })
}

/// The rows of the list of chats: chats, and while searching also those put away, contacts without a chat, and offers.
fn load(handle: &Handle, query: &Query) -> Result<Vec<Row>, StoreError> {
    let reader = handle.reader();
    let live = handle.live();
    let needle = Needle::new(&query.typed);
    let mut chats = if query.away {
        reader.archived_conversations()?
    } else {
        reader.conversations()?
    };
    if !needle.is_empty() && !query.away {
        chats.extend(reader.archived_conversations()?);
    }
    let around = Around {
        now: Timestamp::now(),
        zone: chrono::Local,
        needle: &needle,
        current: query.current,
        is_typing: &|chat| live.is_typing(chat),
        show_of: &|account, jid| live.presence(account, jid).show,
    };
    let mut rows = chat_rows(&chats, &around);
    if needle.is_empty() || query.away {
        return Ok(rows);
    }
    let accounts = reader.accounts()?;
    let mut people: Vec<Contact> = Vec::new();
    let mut presences = HashMap::new();
    for account in &accounts {
        people.extend(reader.roster(account.id)?);
        presences.insert(account.id, live.presences(account.id));
    }
    let mut known: HashSet<_> = chats
        .iter()
        .map(|chat| (chat.account, chat.peer.clone()))
        .collect();
    let roster = Roster::new(people.clone());
    let beside = contacts::Around {
        presences: &presences,
        needle: &needle,
        online_only: false,
        folded: &HashSet::new(),
        current: query.current,
    };
    rows.extend(roster.found_beside(&beside, &known));
    known.extend(
        people
            .into_iter()
            .map(|contact| (contact.account, contact.item.jid)),
    );
    rows.extend(offers(&query.typed, &accounts, &known));
    Ok(rows)
}

/// Everybody whom a search finds, chats first; where nothing was typed, all chats.
///
/// # Errors
/// Those of the store.
pub(crate) fn find_people(handle: &Handle, typed: &str) -> Result<Vec<Row>, StoreError> {
    let query = Query {
        typed: typed.to_owned(),
        current: None,
        away: false,
    };
    load(handle, &query)
}

/// A chat with the address that was typed, from every account that does not know it yet.
pub(crate) fn offers(
    typed: &str,
    accounts: &[Account],
    known: &HashSet<(AccountId, BareJid)>,
) -> Vec<Row> {
    let Some(jid) = typed_address(typed) else {
        return vec![];
    };
    let from = |account: &Account| (accounts.len() > 1).then(|| account.jid.to_string());
    accounts
        .iter()
        .filter(|account| account.jid != jid && !known.contains(&(account.id, jid.clone())))
        .map(|account| {
            Row::Offer(
                OfferRow {
                    account: account.id,
                    from: from(account),
                    jid: jid.clone(),
                }
                .into(),
            )
        })
        .collect()
}
