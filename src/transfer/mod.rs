//! Takes history out into files, and brings history of files and other programs in.
//! Knows nothing of the network or of what is on the screen. Everything here may take long: call it away from threads
//! that must answer at once.

mod document;
pub mod export;
pub mod import;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::store::StoreError;

/// How far something is that takes long.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    /// What is done, in any unit.
    pub done: u64,
    /// What there is to do, in the same unit, as far as that is known.
    pub total: u64,
}

/// Follows something that takes long, and can end it; cheap to clone.
#[derive(Clone)]
pub struct Watch {
    tell: Arc<dyn Fn(Progress) + Send + Sync>,
    cancelled: Arc<AtomicBool>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new(|_| ())
    }
}

impl Watch {
    /// Calls `tell` now and then, on the thread that works.
    pub fn new(tell: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        Self {
            tell: Arc::new(tell),
            cancelled: Arc::default(),
        }
    }

    /// Ends the work as soon as that is possible.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody wants the work to end.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn tell(&self, progress: Progress) {
        (self.tell)(progress);
    }

    /// An error once the work is to end.
    fn go_on(&self) -> Result<(), TransferError> {
        if self.is_cancelled() {
            Err(TransferError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// Why something could not be taken out or brought in.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The person ended it. What was brought in stays; a file that was being written is gone.
    #[error("cancelled")]
    Cancelled,
    /// A file cannot be read.
    #[error("cannot be read: {0}")]
    Reading(std::io::Error),
    /// A file cannot be written.
    #[error("cannot be written: {0}")]
    Writing(std::io::Error),
    /// It is not of a form that is known.
    #[error("not a known kind of history")]
    Unknown,
    /// A newer version of this program wrote it.
    #[error("written by a newer version (format {0})")]
    Newer(u32),
    /// It is damaged.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The other program wrote to its database in the meantime.
    #[error("changed while it was being read")]
    Changed,
    /// The own database says no.
    #[error(transparent)]
    Store(#[from] StoreError),
}
