//! Failures of exports and imports.

use std::io::ErrorKind;

use super::{Explanation, request};
use crate::{i18n::gettext, transfer::TransferError};

/// Why history could not be taken out or brought in.
pub fn describe_transfer_error(error: &TransferError) -> Explanation {
    match error {
        TransferError::Cancelled => Explanation::new(
            gettext("Stopped"),
            gettext("What was imported until then stays."),
            gettext("Start it again to go on: nothing comes twice."),
        ),
        TransferError::Reading(error) => Explanation::new(
            gettext("It cannot be read"),
            match error.kind() {
                ErrorKind::NotFound => gettext("It is not there any more."),
                ErrorKind::PermissionDenied => gettext("Tessera may not read it."),
                ErrorKind::FileTooLarge => gettext("A part of it is longer than any message is."),
                _ => gettext("The system reports an error while reading."),
            },
            gettext("Look whether you can open it with another program, or choose another one."),
        ),
        TransferError::Writing(error) => Explanation::new(
            gettext("The file cannot be written"),
            match error.kind() {
                ErrorKind::PermissionDenied => gettext("Tessera may not write there."),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                    gettext("There is no room left.")
                }
                _ => gettext("The system reports an error while writing."),
            },
            gettext("Nothing was changed. Choose another place."),
        ),
        TransferError::Unknown => Explanation::new(
            gettext("This is no history that Tessera knows"),
            gettext(
                "It knows the databases of Gajim and Dino, the folder with the logs of Pidgin, and what Tessera itself has exported as JSON.",
            ),
            gettext("Choose another file or folder."),
        ),
        TransferError::Newer(_) => Explanation::new(
            gettext("A newer Tessera has written this"),
            gettext("It may have parts that this version does not know."),
            gettext("Update Tessera, then import it again."),
        ),
        TransferError::Damaged(_) => Explanation::new(
            gettext("It is damaged"),
            gettext("What could be read until then stays."),
            gettext("Try a copy of it, if there is one."),
        ),
        TransferError::Changed => Explanation::new(
            gettext("It changed in the meantime"),
            gettext("The other program was started and has written to its database."),
            gettext("Close it, or leave it open, and import again: nothing comes twice."),
        ),
        TransferError::Store(error) if error.is_disk_full() => request::disk_full(),
        TransferError::Store(_) => request::storage(),
    }
}
