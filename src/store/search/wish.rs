//! Turns a query into what the index is asked.

use std::collections::HashSet;

use rusqlite::{Connection, Row};

use super::index::{author_mark, chat_mark, direction_mark, link_mark};
use crate::{
    model::{
        BareJid, ConversationId, Direction, Message,
        search::{IndexWord, Query, Sender, fold_name},
    },
    store::{StoreError, codes::StoredJid},
};

type Result<T> = std::result::Result<T, StoreError>;

/// A query in the words of the index.
pub(super) struct Wish {
    /// What `match` is given.
    pub(super) expression: String,
    /// Who may have written it, when that matters.
    authors: Option<HashSet<BareJid>>,
    /// Whether the person who searches may, too.
    mine: bool,
}

impl Wish {
    /// Nothing when no message can fulfil it.
    pub(super) fn of(connection: &Connection, query: &Query) -> Result<Option<Self>> {
        let mut all: Vec<String> = Vec::new();
        for IndexWord { word, prefix } in query.texts.iter().flat_map(|text| text.index_words()) {
            let star = if prefix { "*" } else { "" };
            all.push(format!("\"{word}\"{star}"));
        }
        if query.has_link {
            all.push(quoted(&link_mark()));
        }
        if let Some(conversation) = query.conversation {
            all.push(quoted(&chat_mark(conversation)));
        }
        if !query.within.is_empty() {
            let chats = chats_named(connection, &query.within)?;
            all.push(any(chats.iter().map(|(chat, _)| chat_mark(*chat))));
        }
        let mut wish = Self {
            expression: String::new(),
            authors: None,
            mine: query.from.contains(&Sender::Me),
        };
        if !query.from.is_empty() {
            let named: Vec<String> = query.from.iter().filter_map(name_of).collect();
            let authors = authors_named(connection, &named)?;
            let mine = wish.mine.then(|| direction_mark(Direction::Outgoing));
            all.push(any(authors.iter().map(author_mark).chain(mine)));
            wish.authors = Some(authors);
        }
        if all.iter().any(String::is_empty) {
            return Ok(None);
        }
        if all.is_empty() {
            // Only times were given.
            all.push(any(
                [Direction::Incoming, Direction::Outgoing].map(direction_mark)
            ));
        }
        all.sort_unstable();
        all.dedup();
        wish.expression = all.join(" AND ");
        Ok(Some(wish))
    }

    /// Whether the author is among those who were asked for: marks of authors may be alike.
    pub(super) fn may_be_by(&self, message: &Message) -> bool {
        let mine = self.mine && message.direction == Direction::Outgoing;
        self.authors
            .as_ref()
            .is_none_or(|authors| mine || authors.contains(&message.author))
    }
}

fn name_of(sender: &Sender) -> Option<String> {
    match sender {
        Sender::Me => None,
        Sender::Named(name) => Some(name.clone()),
    }
}

/// A word of the index that must be there; words have no quotation marks.
fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

/// One of these words must be there; empty when there is none.
fn any(words: impl IntoIterator<Item = String>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| quoted(&word)).collect();
    match words.as_slice() {
        [] => String::new(),
        words => format!("({})", words.join(" OR ")),
    }
}

/// Chats whose address or name has words that begin like one of these names.
fn chats_named(
    connection: &Connection,
    names: &[String],
) -> Result<Vec<(ConversationId, BareJid)>> {
    let mut select = connection.prepare_cached(
        "select c.id, c.peer, coalesce(r.name, ''), coalesce(p.nickname, '') from conversation c
         left join roster_item r on r.account = c.account and r.jid = c.peer
         left join person p on p.account = c.account and p.jid = c.peer where c.doomed = 0",
    )?;
    let mut chats = Vec::new();
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (peer, names_here) = address_and_names(row)?;
        if is_named(names, &names_here) {
            chats.push((row.get(0)?, peer));
        }
    }
    Ok(chats)
}

/// Authors, ourselves included, whose address or name has words that begin like one of these names.
fn authors_named(connection: &Connection, names: &[String]) -> Result<HashSet<BareJid>> {
    let mut authors: HashSet<BareJid> = chats_named(connection, names)?
        .into_iter()
        .map(|(_, peer)| peer)
        .collect();
    let mut select = connection.prepare_cached("select id, jid, nickname, '' from account")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (jid, names_here) = address_and_names(row)?;
        if is_named(names, &names_here) {
            authors.insert(jid);
        }
    }
    Ok(authors)
}

fn address_and_names(row: &Row<'_>) -> rusqlite::Result<(BareJid, [String; 3])> {
    let jid = row.get::<_, StoredJid>(1)?.0;
    let names = [jid.to_string(), row.get(2)?, row.get(3)?];
    Ok((jid, names))
}

fn is_named(wanted: &[String], names: &[String]) -> bool {
    let names: Vec<String> = names.iter().map(|name| fold_name(name)).collect();
    wanted.iter().any(|wanted| {
        let wanted = fold_name(wanted);
        !wanted.is_empty() && names.iter().any(|name| name.contains(&wanted))
    })
}
