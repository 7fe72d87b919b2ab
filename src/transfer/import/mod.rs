//! Brings history of other programs and of our own exports in.
//!
//! A source is only read, never changed. What comes from it is looked at as what a stranger sent: nothing in it counts as
//! checked or encrypted, and every row says where it came from. A second import of the same brings nothing twice.

mod chat;
mod dino;
mod foreign;
mod gajim_archive;
mod gajim_logs;
mod intake;
mod key;
mod limits;
mod own;
mod pidgin;
mod report;
mod source;
mod sqlite;

pub use report::{ChatReport, Report, Skipped};
pub use source::Source;

use intake::{Intake, Mode};

use super::{TransferError, Watch};
use crate::{model::Timestamp, store::Store};

/// Looks what an import would do; changes nothing.
///
/// # Errors
/// Says why the source cannot be used.
pub fn look(
    store: &Store,
    source: &Source,
    now: Timestamp,
    watch: &Watch,
) -> Result<Report, TransferError> {
    run(store, source, Mode::Look, now, watch)
}

/// Imports; what was brought in before an error or the end by the person stays, and is not brought in again.
///
/// # Errors
/// Says why the source cannot be used, or the own database not written.
pub fn import(
    store: &Store,
    source: &Source,
    now: Timestamp,
    watch: &Watch,
) -> Result<Report, TransferError> {
    run(store, source, Mode::Import, now, watch)
}

fn run(
    store: &Store,
    source: &Source,
    mode: Mode,
    now: Timestamp,
    watch: &Watch,
) -> Result<Report, TransferError> {
    let mut intake = Intake::new(store, source.program(), mode, now, watch)?;
    source.read(&mut intake)?;
    intake.finish()
}
