//! Writes chats as text for people. What somebody wrote can never look like another message: only the first line of a
//! message begins at the margin.

use std::{collections::HashMap, io::Write};

use super::{StoredChat, TransferError, Work};
use crate::{
    model::{AccountId, BareJid, Delivery, Direction, ImportedFrom, Security, Timestamp},
    store::{StoredMessage, StoredReaction},
};

/// Before every line that does not begin a message.
const INDENT: &str = "    ";

/// How times and fixed words of the text look.
#[derive(Clone, Debug)]
pub struct TextStyle {
    /// A time with date, in one line.
    pub time: fn(Timestamp) -> String,
    /// Fixed words.
    pub words: TextWords,
}

/// Fixed words of the text, in the language of the reader.
#[derive(Clone, Debug)]
pub struct TextWords {
    /// "Chat with", before name and address.
    pub chat_with: String,
    /// "Account", before the own address.
    pub account: String,
    /// "corrected", before a time.
    pub corrected: String,
    /// "earlier text", before what it said.
    pub earlier: String,
    /// "taken back", in the place of a text.
    pub taken_back: String,
    /// "cannot be read", in the place of a text.
    pub unreadable: String,
    /// "reply to", before the beginning of another message.
    pub reply_to: String,
    /// "hidden text", before its hint.
    pub hidden: String,
    /// "not sent".
    pub not_sent: String,
    /// "imported from", before the name of a program.
    pub imported_from: String,
}

/// A message of this chat as it is quoted: its author and how it begins.
struct Quote {
    author: String,
    words: String,
}

/// Characters of a quotation.
const QUOTED: usize = 80;
/// Messages that can be quoted: those that were written last.
const QUOTABLE: usize = 50_000;

pub(super) fn write(
    work: &mut Work<'_>,
    chats: &[StoredChat],
    style: &TextStyle,
    out: &mut dyn Write,
) -> Result<(), TransferError> {
    let mut names: HashMap<AccountId, (BareJid, HashMap<BareJid, String>)> = HashMap::new();
    for account in work.reader.accounts()? {
        let people = work.reader.roster(account.id)?.into_iter();
        let named = people.map(|contact| {
            let name = contact.display_name().to_owned();
            (contact.item.jid, name)
        });
        names.insert(account.id, (account.jid, named.collect()));
    }
    for chat in chats {
        let Some((own, people)) = names.get(&chat.account) else {
            continue;
        };
        let name = people
            .get(&chat.peer)
            .cloned()
            .unwrap_or_else(|| chat.peer.to_string());
        write_chat(work, chat, own, &name, style, out)?;
    }
    Ok(())
}

fn write_chat(
    work: &mut Work<'_>,
    chat: &StoredChat,
    own: &BareJid,
    name: &str,
    style: &TextStyle,
    out: &mut dyn Write,
) -> Result<(), TransferError> {
    let words = &style.words;
    let name = one_line(name);
    let title = if name == chat.peer.as_str() {
        format!("{} {name}", words.chat_with)
    } else {
        format!("{} {name} <{}>", words.chat_with, chat.peer)
    };
    put(out, &format!("{title}\n{} {own}\n\n", words.account))?;
    let mut reactions: HashMap<String, Vec<StoredReaction>> = HashMap::new();
    for reaction in work.reader.stored_reactions(chat.id)? {
        reactions
            .entry(reaction.target.clone())
            .or_default()
            .push(reaction);
    }
    let mut quotes: HashMap<String, Quote> = HashMap::new();
    work.messages(chat, |stored| {
        let author = match stored.message.direction {
            Direction::Incoming => name.clone(),
            Direction::Outgoing => own.to_string(),
        };
        let mut text = head(&stored, &author, style);
        for line in notes(&stored, &quotes, style) {
            text.push_str(INDENT);
            text.push_str(&line);
            text.push('\n');
        }
        let own_id = stored.message.origin_id.clone();
        for reaction in own_id.iter().filter_map(|id| reactions.get(id)).flatten() {
            let who = if reaction.author == *own {
                own.to_string()
            } else {
                name.clone()
            };
            let emojis = one_line(&reaction.emojis.join(" "));
            if !emojis.is_empty() {
                text.push_str(&format!("{INDENT}[{emojis} {who}]\n"));
            }
        }
        put(out, &text)?;
        if let Some(id) = own_id {
            if quotes.len() >= QUOTABLE {
                quotes.clear();
            }
            let words = one_line(newest_text(&stored))
                .chars()
                .take(QUOTED)
                .collect();
            quotes.insert(id, Quote { author, words });
        }
        Ok(())
    })?;
    put(out, "\n\n")
}

/// Time, author and text of a message.
fn head(stored: &StoredMessage, author: &str, style: &TextStyle) -> String {
    let time = (style.time)(stored.message.at);
    let text = if stored.retracted.is_some() {
        format!("[{}]", style.words.taken_back)
    } else if stored.message.security == Security::Unreadable {
        format!("[{}]", style.words.unreadable)
    } else {
        indented(newest_text(stored))
    };
    format!("{time}  {author}: {text}\n")
}

/// What is to be known about a message beside its text, a line each.
fn notes(
    stored: &StoredMessage,
    quotes: &HashMap<String, Quote>,
    style: &TextStyle,
) -> Vec<String> {
    let words = &style.words;
    let mut notes = Vec::new();
    if let Some((id, _)) = &stored.message.reply_to {
        notes.push(match quotes.get(id) {
            Some(quote) => format!("[{} {}: {}]", words.reply_to, quote.author, quote.words),
            None => format!("[{} …]", words.reply_to),
        });
    }
    if let Some(hint) = &stored.message.spoiler {
        notes.push(format!("[{}: {}]", words.hidden, one_line(hint)));
    }
    if let Some((_, at)) = &stored.edited {
        notes.push(format!("[{} {}]", words.corrected, (style.time)(*at)));
        let mut versions = vec![(stored.message.at, &stored.message.body)];
        versions.extend(stored.corrections.iter().map(|c| (c.at, &c.body)));
        versions.sort_by_key(|(at, _)| *at);
        versions.pop();
        for (_, body) in versions {
            notes.push(format!("[{}: {}]", words.earlier, indented(body)));
        }
    }
    if let Delivery::Failed(_) | Delivery::Waiting = stored.message.delivery {
        notes.push(format!("[{}]", words.not_sent));
    }
    if let Some(from) = stored.imported {
        notes.push(format!("[{} {}]", words.imported_from, program(from)));
    }
    notes
}

fn program(from: ImportedFrom) -> &'static str {
    match from {
        ImportedFrom::Tessera => "Tessera",
        ImportedFrom::Gajim => "Gajim",
        ImportedFrom::Dino => "Dino",
        ImportedFrom::Pidgin => "Pidgin",
    }
}

fn newest_text(stored: &StoredMessage) -> &str {
    stored
        .edited
        .as_ref()
        .map_or(&stored.message.body, |(text, _)| text)
}

/// A text whose further lines are indented, without characters that could move the cursor of a terminal.
fn indented(text: &str) -> String {
    let mut lines = text.split('\n').map(harmless);
    let mut out = lines.next().unwrap_or_default();
    for line in lines {
        out.push('\n');
        out.push_str(INDENT);
        out.push_str(&line);
    }
    out
}

fn one_line(text: &str) -> String {
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn harmless(line: &str) -> String {
    let line = line.strip_suffix('\r').unwrap_or(line);
    line.chars()
        .map(|c| match c {
            '\t' => '\t',
            // Line separators would begin a line at the margin, and overrides turn what follows around.
            '\u{2028}' | '\u{2029}' | '\u{202d}' | '\u{202e}' => '\u{fffd}',
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

fn put(out: &mut dyn Write, text: &str) -> Result<(), TransferError> {
    out.write_all(text.as_bytes())
        .map_err(TransferError::Writing)
}
