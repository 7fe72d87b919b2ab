//! Reads the database of Gajim before version 1.9 (2024): tables `jids` and `logs`.

use std::path::Path;

use rusqlite::Row;
use serde::Deserialize;

use super::{
    Intake,
    foreign::{Ends, Told},
    report::Skipped,
    sqlite::{Foreign, address, damaged, number, seconds, short, text, words},
};
use crate::{
    model::{Delivery, Direction, SendFailure},
    store::StoredCorrection,
    transfer::TransferError,
};

type Result<T> = std::result::Result<T, TransferError>;

/// Kinds of lines: of rooms, and messages that came and went.
const ROOM: i64 = 2;
const INCOMING: [i64; 2] = [3, 4];
const OUTGOING: [i64; 2] = [5, 6];
/// Marks of messages: they arrived, or were seen.
const RECEIVED: i64 = 0;
const DISPLAYED: i64 = 1;

/// What Gajim kept of a message that was corrected.
#[derive(Deserialize)]
struct Additional {
    corrected: Option<Corrected>,
}

#[derive(Deserialize)]
struct Corrected {
    original_text: Option<String>,
}

pub(super) fn read(path: &Path, intake: &mut Intake<'_>) -> Result<()> {
    let database = Foreign::open(path, intake.watch())?;
    intake.expect(database.count("select count(*) from logs", [])?);
    let rooms = database.count("select count(*) from logs where kind = ?1", [ROOM])?;
    intake.skip(Skipped::Room, rooms);
    let column = |name: &str| database.column("logs", name);
    let (account, message_id, stanza_id) = (
        column("account_id")?,
        column("message_id")?,
        column("stanza_id")?,
    );
    let select_message = format!(
        "select {}, kind, time, {}, {}, {}, {}, {}, {} from logs where log_line_id = ?1",
        text("message"),
        short(&message_id),
        short(&stanza_id),
        column("marker")?,
        short(&column("error")?),
        // A correction keeps the first text there.
        column("additional_data").map(|data| text(&data))?,
        short(&column("contact_name")?),
    );
    let mut select_message = database.prepare(&select_message)?;
    for jid in database.numbers("select jid_id from jids order by jid_id", [])? {
        let accounts = database.numbers(
            &format!("select distinct {account} from logs where jid_id = ?1 and kind between 3 and 6 order by 1"),
            [jid],
        )?;
        let all = database.count(
            "select count(*) from logs where jid_id = ?1 and kind between 3 and 6",
            [jid],
        )?;
        let mut found = 0;
        for own in accounts {
            let rows = database.numbers(
                &format!(
                    "select log_line_id from logs where jid_id = ?1 and kind between 3 and 6
                     and {account} = ?2 order by time, log_line_id"
                ),
                [jid, own],
            )?;
            found += rows.len() as u64;
            let Some(ends) = ends(&database, own, jid)? else {
                intake.skip(Skipped::Damaged, rows.len() as u64);
                continue;
            };
            intake.begin_chat(&ends.own, &ends.peer, None)?;
            for row in rows {
                intake.advance(1)?;
                match select_message.query_row([row], |row| Ok(message(row))) {
                    Ok(Ok(told)) => intake.message(told.stored(&ends))?,
                    Ok(Err(why)) => intake.skip(why, 1),
                    Err(error) => return Err(damaged(error)),
                }
            }
        }
        // The oldest versions did not know of which account a message was.
        intake.skip(Skipped::NoAuthor, all - found.min(all));
    }
    intake.end_chat()?;
    drop(select_message);
    database.finish()
}

fn ends(database: &Foreign, account: i64, jid: i64) -> Result<Option<Ends>> {
    let mut select = database.prepare(&format!(
        "select {}, {} from jids a, jids j where a.jid_id = ?1 and j.jid_id = ?2",
        short("a.jid"),
        short("j.jid")
    ))?;
    let mut rows = select.query([account, jid]).map_err(damaged)?;
    let row = rows.next().map_err(damaged)?;
    Ok(row.and_then(|row| {
        Some(Ends {
            own: address(row, 0)?,
            peer: address(row, 1)?,
        })
    }))
}

fn message(row: &Row<'_>) -> std::result::Result<Told, Skipped> {
    let direction = match number(row, 2) {
        Some(kind) if INCOMING.contains(&kind) => Direction::Incoming,
        Some(kind) if OUTGOING.contains(&kind) => Direction::Outgoing,
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
    let delivery = match (words(row, 7), number(row, 6)) {
        (Some(_), _) if is_own => {
            Delivery::Failed(SendFailure::Refused("undefined-condition".to_owned()))
        }
        (_, Some(DISPLAYED)) if is_own => Delivery::Read,
        (_, Some(RECEIVED)) if is_own => Delivery::Delivered,
        (_, _) => Delivery::Sent,
    };
    let first = words(row, 8)
        .and_then(|json| serde_json::from_str::<Additional>(&json).ok())
        .and_then(|data| data.corrected?.original_text)
        .filter(|first| *first != body);
    let told = Told {
        delivery,
        resource: words(row, 10).filter(|_| !is_own),
        origin_id: words(row, 4),
        stanza_id: words(row, 5),
        ..Told::new(direction, body, at)
    };
    Ok(match first {
        None => told,
        Some(first) => Told {
            corrections: vec![StoredCorrection {
                body: told.body,
                // When that was is not kept.
                at,
                origin_id: None,
            }],
            body: first,
            ..told
        },
    })
}
