//! Brings history of files and other programs into the store while accounts are connected.

use super::Handle;
use crate::{
    event::Event,
    model::Timestamp,
    transfer::{
        TransferError, Watch,
        import::{self, Report, Source},
    },
};

impl Handle {
    /// Looks what an import would do; changes nothing. Takes long: not for the window's thread.
    ///
    /// # Errors
    /// Says why the source cannot be used.
    pub fn look_at_import(&self, source: &Source, watch: &Watch) -> Result<Report, TransferError> {
        import::look(&self.store, source, Timestamp::now(), watch)
    }

    /// Imports; everything that is shown is then read again. Takes long: not for the window's thread.
    ///
    /// # Errors
    /// What was brought in until then stays.
    pub fn import(&self, source: &Source, watch: &Watch) -> Result<Report, TransferError> {
        let outcome = import::import(&self.store, source, Timestamp::now(), watch);
        self.outlet.emit(Event::Resync);
        outcome
    }
}
