//! Keeps the words of messages, in the same transactions as the messages: by triggers (schema 4).

use rusqlite::{
    Connection, OptionalExtension, TransactionBehavior,
    functions::{Context, FunctionFlags},
};
use sha2::{Digest, Sha256};

use crate::model::{BareJid, ConversationId, Direction, Timestamp, search};

/// First character of words that stand for something else than text; no text has it in the index.
const MARK: char = '\u{e000}';

/// Bits of a row that are the message's id: room for two billion messages.
const ID_BITS: u32 = 31;
/// Messages of 2^28 ms (three days) stand together, in the order of storing: few enough to be sorted when they are read.
const PERIOD_BITS: u32 = 28;
/// Times are taken for at most this, so that every row fits: some million years.
const FARTHEST: i64 = 1 << 59;

/// A span of time whose messages stand together in the index.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Period(i64);

impl Period {
    pub(super) fn of_time(at: Timestamp) -> Self {
        Self(at.0.clamp(-FARTHEST, FARTHEST) >> PERIOD_BITS)
    }

    pub(super) fn of_row(row: i64) -> Self {
        Self(row >> ID_BITS)
    }

    pub(super) fn first_row(self) -> i64 {
        self.0 << ID_BITS
    }

    pub(super) fn last_row(self) -> i64 {
        self.first_row() | ((1 << ID_BITS) - 1)
    }
}

fn row(at: Timestamp, id: i64) -> i64 {
    Period::of_time(at).first_row() | (id & ((1 << ID_BITS) - 1))
}

/// The SQL for the id in a row of the index.
pub(super) fn id_of_row(row: &str) -> String {
    format!("({row} & {})", (1u64 << ID_BITS) - 1)
}

/// The word that all messages of a chat have.
pub(super) fn chat_mark(conversation: ConversationId) -> String {
    format!("{MARK}c{}", conversation.0)
}

/// The word that all messages of an author have, and hardly any other.
pub(super) fn author_mark(author: &BareJid) -> String {
    author_text_mark(author.as_str())
}

fn author_text_mark(author: &str) -> String {
    let hash = Sha256::digest(author.as_bytes());
    let start: [u8; 8] = std::array::from_fn(|place| hash[place]);
    format!("{MARK}f{:016x}", u64::from_be_bytes(start))
}

/// The word that all messages of this direction have.
pub(super) fn direction_mark(direction: Direction) -> String {
    match direction {
        Direction::Incoming => format!("{MARK}i"),
        Direction::Outgoing => format!("{MARK}o"),
    }
}

/// The word that all messages with a link have.
pub(super) fn link_mark() -> String {
    format!("{MARK}l")
}

/// Makes the functions that the triggers use known to a connection that writes.
pub(in crate::store) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("search_row", 2, flags, |context| {
        Ok(row(context.get(0)?, context.get(1)?))
    })?;
    connection.create_scalar_function("search_words", 4, flags, search_words)
}

fn search_words(context: &Context<'_>) -> rusqlite::Result<String> {
    let author: String = context.get(1)?;
    let text: String = context.get(3)?;
    let mut words = search::index_words(&text);
    words.push(chat_mark(context.get(0)?));
    words.push(author_text_mark(&author));
    words.push(direction_mark(context.get(2)?));
    if search::has_link(&text) {
        words.push(link_mark());
    }
    Ok(words.join(" "))
}

/// Under this name the store keeps by which rules the words were made.
const RULES: &str = "search.rules";

/// Makes the index anew when there is none yet, or when its words were made by other rules.
pub(in crate::store) fn refresh(connection: &mut Connection) -> rusqlite::Result<()> {
    let rules = search::rules();
    let txn = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    let found: Option<String> = txn
        .query_row(
            "select value from kept_value where name = ?1",
            [RULES],
            |row| row.get(0),
        )
        .optional()?;
    if found.as_ref() != Some(&rules) {
        txn.execute_batch(
            "insert into message_search (message_search) values ('delete-all');
             insert into message_search (rowid, words)
                 select search_row(at, id), search_words(conversation, author, direction, coalesce(edited, body))
                 from message where security = 0 and retracted_at is null;",
        )?;
        txn.execute(
            "insert or replace into kept_value (name, value) values (?1, ?2)",
            (RULES, &rules),
        )?;
    }
    txn.commit()
}
