//! Reads the database of Gajim since version 1.9 (2024): tables `account`, `remote`, `message` and what belongs to it.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

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
/// State of messages that Gajim has not sent yet.
const PENDING: i64 = 1;

pub(super) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<()> {
    let database = Foreign::open(path, intake.watch())?;
    intake.expect(database.count("select count(*) from message", [])?);
    let archive = Archive::of(database)?;
    for account in archive
        .database
        .numbers("select pk from account order by pk", [])?
    {
        let remotes = archive.database.numbers(
            "select distinct fk_remote_pk from message where fk_account_pk = ?1 order by 1",
            [account],
        )?;
        for remote in remotes {
            archive.chat(account, remote, intake)?;
        }
    }
    intake.end_chat()?;
    archive.database.finish()
}

/// The database, and which parts of it this version of Gajim has.
struct Archive {
    database: Foreign,
    correction_id: String,
    tables: HashSet<String>,
}

/// What is known of the messages of a chat beside the messages.
#[derive(Default)]
struct Around {
    corrections: Corrections,
    retractions: HashMap<(bool, String), Timestamp>,
    receipts: HashSet<String>,
    refusals: HashMap<String, String>,
    read_until: Option<Timestamp>,
}

impl Archive {
    fn of(database: Foreign) -> Result<Self> {
        Ok(Self {
            correction_id: database.column("message", "correction_id")?,
            tables: database.tables()?.into_iter().collect(),
            database,
        })
    }

    fn has(&self, table: &str) -> bool {
        self.tables.contains(table)
    }

    fn chat(&self, account: i64, remote: i64, intake: &mut Intake<'_>) -> Result<()> {
        let rooms = self.database.count(
            "select count(*) from message where fk_account_pk = ?1 and fk_remote_pk = ?2 and type is not ?3",
            (account, remote, CHAT),
        )?;
        intake.skip(Skipped::Room, rooms);
        intake.advance(rooms)?;
        let correction_id = &self.correction_id;
        let rows = self.database.numbers(
            &format!(
                "select pk from message where fk_account_pk = ?1 and fk_remote_pk = ?2 and type = ?3
                 and {correction_id} is null order by timestamp, pk"
            ),
            (account, remote, CHAT),
        )?;
        let Some(ends) = self.ends(account, remote)? else {
            intake.skip(Skipped::Damaged, rows.len() as u64);
            return intake.advance(rows.len() as u64);
        };
        let mut around = self.around(account, remote, intake)?;
        if rows.is_empty() && around.corrections.is_empty() {
            return Ok(());
        }
        intake.begin_chat(&ends.own, &ends.peer, None)?;
        let mut select = self.select_message()?;
        for row in rows {
            intake.advance(1)?;
            match select.query_row([row], |row| Ok(message(row, &mut around))) {
                Ok(Ok(told)) => intake.message(told.stored(&ends))?,
                Ok(Err(why)) => intake.skip(why, 1),
                Err(error) => return Err(damaged(error)),
            }
        }
        for alone in around.corrections.alone() {
            intake.message(alone.stored(&ends))?;
        }
        self.reactions(account, remote, &ends, intake)
    }

    fn ends(&self, account: i64, remote: i64) -> Result<Option<Ends>> {
        let mut select = self.database.prepare(&format!(
            "select {}, {} from account a, remote r where a.pk = ?1 and r.pk = ?2",
            short("a.jid"),
            short("r.jid")
        ))?;
        let mut rows = select.query((account, remote)).map_err(damaged)?;
        let row = rows.next().map_err(damaged)?;
        Ok(row.and_then(|row| {
            Some(Ends {
                own: address(row, 0)?,
                peer: address(row, 1)?,
            })
        }))
    }

    fn select_message(&self) -> Result<Statement<'_>> {
        let (join, reply, reply_to) = if self.has("reply") {
            (
                "left join reply r on r.fk_message_pk = m.pk",
                short("r.id"),
                short("r.\"to\""),
            )
        } else {
            ("", "null".to_owned(), "null".to_owned())
        };
        self.database.prepare(&format!(
            "select {}, m.direction, m.timestamp, m.state, {}, {}, {}, {reply}, {reply_to}
             from message m {join} where m.pk = ?1",
            text("m.text"),
            short("m.id"),
            short("m.stanza_id"),
            short("m.resource"),
        ))
    }

    fn around(&self, account: i64, remote: i64, intake: &mut Intake<'_>) -> Result<Around> {
        let mut around = Around::default();
        let of = [account, remote];
        let correction_id = &self.correction_id;
        let mut each = |sql: &str, take: &mut dyn FnMut(&Row<'_>, &mut Around)| -> Result<()> {
            let mut select = self.database.prepare(&format!(
                "{sql} where fk_account_pk = ?1 and fk_remote_pk = ?2"
            ))?;
            let mut rows = select.query(of).map_err(damaged)?;
            while let Some(row) = rows.next().map_err(damaged)? {
                take(row, &mut around);
            }
            Ok(())
        };
        if correction_id != "null" {
            let mut without = 0;
            let mut count = 0;
            each(
                &format!(
                    "select {}, direction, {}, timestamp, {} from (select * from message
                     where type = {CHAT} and {correction_id} is not null) as message",
                    short(correction_id),
                    text("text"),
                    short("id")
                ),
                &mut |row, around| {
                    count += 1;
                    match correction(row) {
                        Some((direction, target, by)) => {
                            around.corrections.add(direction, target, by)
                        }
                        None => without += 1,
                    }
                },
            )?;
            intake.skip(Skipped::Damaged, without);
            intake.advance(count)?;
        }
        if self.has("retraction") {
            each(
                &format!(
                    "select {}, direction, timestamp from retraction",
                    short("id")
                ),
                &mut |row, around| {
                    if let (Some(id), Some(whose), Some(at)) =
                        (words(row, 0), direction(row, 1), seconds(row, 2))
                    {
                        let is_own = whose == Direction::Outgoing;
                        around.retractions.insert((is_own, id), at);
                    }
                },
            )?;
        }
        if self.has("receipt") {
            each(
                &format!("select {} from receipt", short("id")),
                &mut |row, around| {
                    around.receipts.extend(words(row, 0));
                },
            )?;
        }
        if self.has("error") {
            each(
                &format!(
                    "select {}, {} from error",
                    short("message_id"),
                    short("condition")
                ),
                &mut |row, around| {
                    if let (Some(id), Some(condition)) = (words(row, 0), words(row, 1)) {
                        around.refusals.insert(id, condition);
                    }
                },
            )?;
        }
        if self.has("displayed_marker") {
            each(
                "select max(timestamp) from (select m.fk_account_pk, m.fk_remote_pk, m.timestamp from message m
                 join displayed_marker d on d.id = m.id and d.fk_account_pk = m.fk_account_pk
                 and d.fk_remote_pk = m.fk_remote_pk where m.direction = 2)",
                &mut |row, around| around.read_until = seconds(row, 0),
            )?;
        }
        Ok(around)
    }

    fn reactions(
        &self,
        account: i64,
        remote: i64,
        ends: &Ends,
        intake: &mut Intake<'_>,
    ) -> Result<()> {
        if !self.has("reaction") {
            return Ok(());
        }
        let mut select = self.database.prepare(&format!(
            "select {}, direction, {}, timestamp from reaction where fk_account_pk = ?1 and fk_remote_pk = ?2",
            short("id"),
            short("emojis")
        ))?;
        let mut rows = select.query((account, remote)).map_err(damaged)?;
        while let Some(row) = rows.next().map_err(damaged)? {
            let (Some(target), Some(direction), Some(at)) =
                (words(row, 0), direction(row, 1), seconds(row, 3))
            else {
                continue;
            };
            intake.reaction(StoredReaction {
                target,
                author: ends.author(direction).clone(),
                emojis: emojis(&words(row, 2).unwrap_or_default(), ';'),
                at,
            })?;
        }
        Ok(())
    }
}

fn direction(row: &Row<'_>, column: usize) -> Option<Direction> {
    match number(row, column) {
        Some(1) => Some(Direction::Incoming),
        Some(2) => Some(Direction::Outgoing),
        Some(_) | None => None,
    }
}

fn correction(row: &Row<'_>) -> Option<(Direction, String, StoredCorrection)> {
    let by = StoredCorrection {
        body: words(row, 2)?,
        at: seconds(row, 4)?,
        origin_id: words(row, 5),
    };
    Some((direction(row, 1)?, words(row, 0)?, by))
}

fn message(row: &Row<'_>, around: &mut Around) -> std::result::Result<Told, Skipped> {
    let direction = direction(row, 2).ok_or(Skipped::Damaged)?;
    let at = seconds(row, 3).ok_or(Skipped::NoTime)?;
    let id = words(row, 5);
    let corrections = around.corrections.of(direction, id.as_deref());
    let is_own = direction == Direction::Outgoing;
    let retracted = id
        .as_ref()
        .and_then(|id| around.retractions.get(&(is_own, id.clone())).copied());
    let body = match (words(row, 0), number(row, 1)) {
        (Some(body), _) => body,
        (None, _) if retracted.is_some() => String::new(),
        (None, Some(length)) if length > super::limits::MAX_TEXT as i64 => {
            return Err(Skipped::TooLong);
        }
        (None, None | Some(0)) => return Err(Skipped::NoText),
        (None, Some(_)) => return Err(Skipped::Damaged),
    };
    let delivery = match &id {
        Some(id) if is_own && around.refusals.contains_key(id) => {
            let condition = around.refusals.remove(id).unwrap_or_default();
            Delivery::Failed(SendFailure::Refused(condition))
        }
        _ if is_own && number(row, 4) == Some(PENDING) => return Err(Skipped::NotSent),
        _ if is_own && around.read_until.is_some_and(|until| at <= until) => Delivery::Read,
        Some(id) if is_own && around.receipts.contains(id) => Delivery::Delivered,
        Some(_) | None => Delivery::Sent,
    };
    Ok(Told {
        delivery,
        resource: words(row, 7).filter(|_| !is_own),
        origin_id: id,
        stanza_id: words(row, 6),
        reply_to: words(row, 8).map(|id| (id, address(row, 9))),
        retracted,
        corrections,
        ..Told::new(direction, body, at)
    })
}
