//! Reads the database of Dino: tables `account`, `jid`, `message` and what belongs to it.

use std::{collections::HashMap, path::Path};

use rusqlite::{Row, Statement};

use super::{
    Intake,
    foreign::{Corrections, Ends, Told, emojis},
    report::Skipped,
    sqlite::{Foreign, address, damaged, number, seconds, short, text, words},
};
use crate::{
    model::{Delivery, Direction, SendFailure, Timestamp},
    store::{StoredCorrection, StoredReaction},
    transfer::TransferError,
};

type Result<T> = std::result::Result<T, TransferError>;

/// Type of messages of two.
const CHAT: i64 = 1;
/// Kind of entries of a chat that are messages.
const MESSAGE: i64 = 1;
/// The quotation in the text of a reply (XEP-0461, section 3.3).
const REPLY: &str = "urn:xmpp:reply:0";

pub(super) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<()> {
    let database = Foreign::open(path, intake.watch())?;
    intake.expect(database.count("select count(*) from message", [])?);
    let dino = Dino::of(database)?;
    for account in dino
        .database
        .numbers("select id from account order by id", [])?
    {
        let peers = dino.database.numbers(
            "select distinct counterpart_id from message where account_id = ?1 order by 1",
            [account],
        )?;
        for peer in peers {
            dino.chat(account, peer, intake)?;
        }
    }
    intake.end_chat()?;
    dino.database.finish()
}

/// The database, and which parts of it this version of Dino has.
struct Dino {
    database: Foreign,
    has_corrections: bool,
    has_replies: bool,
    has_reactions: bool,
    has_fallbacks: bool,
    server_id: String,
}

impl Dino {
    fn of(database: Foreign) -> Result<Self> {
        Ok(Self {
            has_corrections: database.has_table("message_correction")?,
            has_replies: database.has_table("reply")?,
            has_reactions: database.has_table("reaction")?,
            has_fallbacks: database.has_table("body_meta")?,
            server_id: database.column("message", "server_id")?,
            database,
        })
    }

    fn chat(&self, account: i64, peer: i64, intake: &mut Intake<'_>) -> Result<()> {
        let rooms = self.database.count(
            "select count(*) from message where account_id = ?1 and counterpart_id = ?2 and type is not ?3",
            (account, peer, CHAT),
        )?;
        intake.skip(Skipped::Room, rooms);
        intake.advance(rooms)?;
        let rows = self.database.numbers(
            "select id from message where account_id = ?1 and counterpart_id = ?2 and type = ?3 order by time, id",
            (account, peer, CHAT),
        )?;
        if rows.is_empty() {
            return Ok(());
        }
        let Some(ends) = self.ends(account, peer)? else {
            intake.skip(Skipped::Damaged, rows.len() as u64);
            return intake.advance(rows.len() as u64);
        };
        intake.begin_chat(&ends.own, &ends.peer, None)?;
        let replaced = self.corrections_of(account, peer)?;
        let mut select = self.select_message()?;
        let mut read = |row: i64| -> Result<std::result::Result<Told, Skipped>> {
            let told = select
                .query_row([row], |row| Ok(message(row)))
                .map_err(damaged)?;
            Ok(match told {
                Ok(told) => Ok(self.without_quotation(row, told)?),
                Err(why) => Err(why),
            })
        };
        let mut corrections = Corrections::default();
        for (row, target) in &replaced {
            match read(*row)? {
                Ok(told) => {
                    let by = StoredCorrection {
                        body: told.body,
                        at: told.at,
                        origin_id: told.origin_id,
                    };
                    corrections.add(told.direction, target.clone(), by);
                }
                Err(why) => intake.skip(why, 1),
            }
        }
        for row in rows {
            intake.advance(1)?;
            if replaced.contains_key(&row) {
                continue;
            }
            match read(row)? {
                Ok(mut told) => {
                    told.corrections = corrections.of(told.direction, told.origin_id.as_deref());
                    intake.message(told.stored(&ends))?;
                }
                Err(why) => intake.skip(why, 1),
            }
        }
        for alone in corrections.alone() {
            intake.message(alone.stored(&ends))?;
        }
        self.reactions(account, peer, &ends, intake)
    }

    fn ends(&self, account: i64, peer: i64) -> Result<Option<Ends>> {
        let mut select = self.database.prepare(&format!(
            "select {}, {} from account a, jid j where a.id = ?1 and j.id = ?2",
            short("a.bare_jid"),
            short("j.bare_jid")
        ))?;
        let mut rows = select.query([account, peer]).map_err(damaged)?;
        let row = rows.next().map_err(damaged)?;
        Ok(row.and_then(|row| {
            Some(Ends {
                own: address(row, 0)?,
                peer: address(row, 1)?,
            })
        }))
    }

    /// Messages that are corrections, and the ids of what they correct.
    fn corrections_of(&self, account: i64, peer: i64) -> Result<HashMap<i64, String>> {
        let mut corrections = HashMap::new();
        if !self.has_corrections {
            return Ok(corrections);
        }
        let mut select = self.database.prepare(&format!(
            "select c.message_id, {} from message_correction c join message m on m.id = c.message_id
             where m.account_id = ?1 and m.counterpart_id = ?2 and m.type = ?3",
            short("c.to_stanza_id")
        ))?;
        let mut rows = select.query([account, peer, CHAT]).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            if let (Some(message), Some(target)) = (number(row, 0), words(row, 1)) {
                corrections.insert(message, target);
            }
        }
        Ok(corrections)
    }

    fn select_message(&self) -> Result<Statement<'_>> {
        let (join, reply, reply_to) = if self.has_replies {
            (
                "left join reply r on r.message_id = message.id",
                short("r.quoted_message_stanza_id"),
                short("r.quoted_message_from"),
            )
        } else {
            ("", "null".to_owned(), "null".to_owned())
        };
        self.database.prepare(&format!(
            "select {}, direction, time, marked, {}, {}, {}, {reply}, {reply_to}
             from message {join} where message.id = ?1",
            text("body"),
            short("message.stanza_id"),
            short(&self.server_id),
            short("counterpart_resource"),
        ))
    }

    /// Takes the quotation for older programs out of the text of a reply.
    fn without_quotation(&self, row: i64, told: Told) -> Result<Told> {
        if !self.has_fallbacks || told.reply_to.is_none() {
            return Ok(told);
        }
        let mut select = self.database.prepare(
            "select from_char, to_char from body_meta where message_id = ?1 and info = ?2 order by from_char desc",
        )?;
        let mut rows = select.query((row, REPLY)).map_err(damaged)?;
        let mut body: Vec<char> = told.body.chars().collect();
        while let Some(row) = rows.next().map_err(damaged)? {
            let place = |column| number(row, column).and_then(|at| usize::try_from(at).ok());
            if let (Some(from), Some(to)) = (place(0), place(1))
                && from < to
                && to <= body.len()
            {
                body.drain(from..to);
            }
        }
        Ok(Told {
            body: body.into_iter().collect(),
            ..told
        })
    }

    fn reactions(
        &self,
        account: i64,
        peer: i64,
        ends: &Ends,
        intake: &mut Intake<'_>,
    ) -> Result<()> {
        if !self.has_reactions {
            return Ok(());
        }
        let mut select = self.database.prepare(&format!(
            "select {}, {}, {}, r.time from reaction r join content_item i on i.id = r.content_item_id
             join message m on i.content_type = {MESSAGE} and m.id = i.foreign_id left join jid j on j.id = r.jid_id
             where r.account_id = ?1 and m.account_id = ?1 and m.counterpart_id = ?2 and m.type = {CHAT}",
            short("m.stanza_id"),
            short("j.bare_jid"),
            short("r.emojis")
        ))?;
        let mut rows = select.query((account, peer)).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            let author = address(row, 1).filter(|who| *who == ends.own || *who == ends.peer);
            if let (Some(target), Some(author), Some(at)) = (words(row, 0), author, number(row, 3))
            {
                intake.reaction(StoredReaction {
                    target,
                    author,
                    emojis: emojis(&words(row, 2).unwrap_or_default(), ','),
                    // Milliseconds, unlike all other times.
                    at: Timestamp(at),
                })?;
            }
        }
        Ok(())
    }
}

fn message(row: &Row<'_>) -> std::result::Result<Told, Skipped> {
    let direction = match number(row, 2) {
        Some(0) => Direction::Incoming,
        Some(1) => Direction::Outgoing,
        Some(_) | None => return Err(Skipped::Damaged),
    };
    let at = seconds(row, 3).ok_or(Skipped::NoTime)?;
    let body = match (words(row, 0), number(row, 1)) {
        (Some(body), _) => body,
        (None, Some(length)) if length > super::limits::MAX_TEXT as i64 => {
            return Err(Skipped::TooLong);
        }
        (None, None | Some(0)) => return Err(Skipped::NoText),
        (None, Some(_)) => return Err(Skipped::Damaged),
    };
    let is_own = direction == Direction::Outgoing;
    let delivery = match number(row, 4) {
        // Received; read.
        Some(1) if is_own => Delivery::Delivered,
        Some(2) if is_own => Delivery::Read,
        // Not sent yet; never to be sent; being sent.
        Some(4..=6) if is_own => return Err(Skipped::NotSent),
        Some(8) if is_own => {
            Delivery::Failed(SendFailure::Refused("undefined-condition".to_owned()))
        }
        Some(_) | None => Delivery::Sent,
    };
    Ok(Told {
        delivery,
        resource: words(row, 7).filter(|_| !is_own),
        origin_id: words(row, 5),
        stanza_id: words(row, 6),
        reply_to: words(row, 8).map(|id| (id, address(row, 9))),
        ..Told::new(direction, body, at)
    })
}
