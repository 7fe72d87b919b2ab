//! Reads the logs of Pidgin and what else uses libpurple: `PROTOCOL/ACCOUNT/PEER/TIME.html` and `.txt`.
//!
//! A log says less than happened: no ids, the days of long conversations only where times run backwards, and in text
//! files the names of the writers only. What cannot be told is left out and counted.

mod clock;
mod html;
mod plain;
mod record;

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::{
    Intake,
    foreign::{Ends, Told},
    report::Skipped,
};
use crate::{
    model::{BareJid, parse_address},
    transfer::TransferError,
};
use clock::Clock;
use record::{Names, Record};

type Result<T> = std::result::Result<T, TransferError>;

/// What libpurple calls XMPP.
const PROTOCOLS: [&str; 2] = ["jabber", "google-talk"];
/// What the folders of rooms end with.
const ROOM: &str = ".chat";
/// Longest log, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// Whether a folder has logs of XMPP.
pub(super) fn is_logs(folder: &Path) -> bool {
    PROTOCOLS.iter().any(|name| is_folder(&folder.join(name)))
}

pub(super) fn read(folder: &Path, intake: &mut Intake<'_>) -> Result<()> {
    let mut chats = Vec::new();
    for protocol in PROTOCOLS.map(|name| folder.join(name)) {
        if !is_folder(&protocol) {
            continue;
        }
        for account in entries(&protocol, intake)? {
            if !is_folder(&account) {
                continue;
            }
            let Some(own) = address_of(&account) else {
                continue;
            };
            for peer in entries(&account, intake)? {
                if is_folder(&peer) {
                    chats.push((own.clone(), peer));
                }
            }
        }
    }
    let mut logs = Vec::new();
    for (own, peer) in chats {
        let files = entries(&peer, intake)?;
        let is_log = |file: &PathBuf| {
            file.extension()
                .is_some_and(|extension| extension == "html" || extension == "txt")
        };
        let files: Vec<PathBuf> = files.into_iter().filter(is_log).collect();
        logs.push((own, peer, files));
    }
    intake.expect(logs.iter().map(|(_, _, files)| files.len() as u64).sum());
    for (own, peer, files) in logs {
        read_chat(own, &peer, &files, intake)?;
    }
    intake.end_chat()
}

fn read_chat(
    own: BareJid,
    folder: &Path,
    files: &[PathBuf],
    intake: &mut Intake<'_>,
) -> Result<()> {
    let Some(peer) = address_of(folder) else {
        // Rooms, people in rooms, and accounts' own logs.
        let count = files.len() as u64;
        let is_system = name_of(folder).starts_with('.');
        intake.skip(
            if is_system {
                Skipped::NoText
            } else {
                Skipped::Room
            },
            count,
        );
        return intake.advance(count);
    };
    let mut names = Names::of(&own, &peer);
    let ends = Ends { own, peer };
    intake.begin_chat(&ends.own, &ends.peer, None)?;
    for file in files {
        intake.advance(1)?;
        read_log(file, &ends, &mut names, intake)?;
    }
    Ok(())
}

fn read_log(file: &Path, ends: &Ends, names: &mut Names, intake: &mut Intake<'_>) -> Result<()> {
    let name = name_of(file);
    let Some(mut clock) = Clock::of_file(&name) else {
        intake.skip(Skipped::NoTime, 1);
        return Ok(());
    };
    let Some(text) = text_of(file) else {
        intake.skip(Skipped::Unreadable, 1);
        return Ok(());
    };
    let records = if name.ends_with(".html") {
        html::records(&text)
    } else {
        plain::records(&text)
    };
    names.learn(&records);
    for record in records {
        let Record::Message(said) = record else {
            intake.skip(Skipped::NoText, 1);
            continue;
        };
        let Some(at) = clock.tell(&said.stamp) else {
            intake.skip(Skipped::NoTime, 1);
            continue;
        };
        let Some(direction) = said.direction.or_else(|| names.direction_of(&said.name)) else {
            intake.skip(Skipped::NoAuthor, 1);
            continue;
        };
        intake.message(Told::new(direction, said.body, at).stored(ends))?;
    }
    Ok(())
}

/// What is in a folder, in order; what is only a link counts as unreadable: it could lead anywhere.
fn entries(folder: &Path, intake: &mut Intake<'_>) -> Result<Vec<PathBuf>> {
    intake.advance(0)?;
    let Ok(found) = fs::read_dir(folder) else {
        intake.skip(Skipped::Unreadable, 1);
        return Ok(Vec::new());
    };
    let mut paths = Vec::new();
    for entry in found {
        let entry = entry.map_err(TransferError::Reading)?;
        match entry.file_type() {
            Ok(kind) if kind.is_file() || kind.is_dir() => paths.push(entry.path()),
            Ok(_) | Err(_) => intake.skip(Skipped::Unreadable, 1),
        }
    }
    paths.sort();
    Ok(paths)
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// The text of a log, unless it is too long or no file.
fn text_of(file: &Path) -> Option<String> {
    let metadata = fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(file)
        .ok()?
        .take(MAX_FILE)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The address that a folder is named after; none for rooms.
fn address_of(folder: &Path) -> Option<BareJid> {
    let name = name_of(folder);
    if name.ends_with(ROOM) {
        return None;
    }
    parse_address(&unescaped(&name)?).ok()
}

/// A name of a file without the percent signs that stand for what file names cannot have.
fn unescaped(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let digits = after.get(..2).filter(|_| *first == b'%');
        let code = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = after.get(2..)?;
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).ok()
}
