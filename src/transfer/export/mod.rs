//! Writes chats into a file: as text for people, or as a document with everything in it.

mod file;
mod json;
mod text;

use std::{io::Write, path::Path};

pub use text::{TextStyle, TextWords};

use super::{Progress, TransferError, Watch};
use crate::{
    model::ConversationId,
    store::{Page, Reader, StoredChat, StoredMessage},
};

/// Messages read at once.
const PAGE: u32 = 500;

/// What to export.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// All chats of all accounts.
    Everything,
    /// One chat.
    Chat(ConversationId),
}

/// How to write it.
#[derive(Clone, Debug)]
pub enum Format {
    /// Text that people read.
    Text(Box<TextStyle>),
    /// One JSON document with everything in it, which can be imported again.
    Json,
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Exported {
    /// Chats.
    pub chats: u64,
    /// Messages.
    pub messages: u64,
}

/// Writes chats into a file, which appears when it is complete; a file of this name is replaced then. Others on this
/// computer cannot read it.
///
/// # Errors
/// Nothing has changed then.
pub fn export(
    reader: &Reader,
    scope: Scope,
    format: &Format,
    to: &Path,
    watch: &Watch,
) -> Result<Exported, TransferError> {
    let mut out = file::NewFile::beside(to)?;
    let exported = write(reader, scope, format, &mut out, watch)?;
    watch.go_on()?;
    out.finish()?;
    Ok(exported)
}

/// Writes chats to anything.
///
/// # Errors
/// What was written until then is of no use.
pub fn write(
    reader: &Reader,
    scope: Scope,
    format: &Format,
    out: &mut dyn Write,
    watch: &Watch,
) -> Result<Exported, TransferError> {
    let only = match scope {
        Scope::Everything => None,
        Scope::Chat(chat) => Some(chat),
    };
    let chats = reader.stored_chats(only)?;
    let mut work = Work {
        reader,
        whole: only.is_none(),
        progress: Progress {
            done: 0,
            total: chats.iter().map(|chat| chat.messages).sum(),
        },
        watch,
    };
    let exported = Exported {
        chats: chats.len() as u64,
        messages: 0,
    };
    match format {
        Format::Text(style) => text::write(&mut work, &chats, style, out)?,
        Format::Json => json::write(&mut work, &chats, out)?,
    }
    Ok(Exported {
        messages: work.progress.done,
        ..exported
    })
}

/// One export under way.
struct Work<'a> {
    reader: &'a Reader,
    /// Whether everything is exported.
    whole: bool,
    progress: Progress,
    watch: &'a Watch,
}

impl Work<'_> {
    /// Calls `each` with every message of a chat, oldest first.
    fn messages(
        &mut self,
        chat: &StoredChat,
        mut each: impl FnMut(StoredMessage) -> Result<(), TransferError>,
    ) -> Result<(), TransferError> {
        let mut after = None;
        loop {
            self.watch.go_on()?;
            let page = self.reader.stored_messages(chat.id, after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(Page {
                at: last.message.at,
                id: last.id,
            });
            self.progress.done += page.len() as u64;
            for message in page {
                each(message)?;
            }
            self.watch.tell(self.progress);
        }
    }
}
