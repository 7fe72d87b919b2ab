//! Where history can come from, and how that is recognised.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::{Intake, dino, gajim_archive, gajim_logs, own, pidgin, sqlite};
use crate::{
    model::ImportedFrom,
    transfer::{TransferError, document},
};

/// First bytes of a database.
const DATABASE: &[u8; 16] = b"SQLite format 3\0";
/// Bytes at the beginning of a document in which its format stands.
const HEAD: u64 = 4096;

/// History that can be imported.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Source {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Own,
    GajimArchive,
    GajimLogs,
    Dino,
    Pidgin,
}

impl Source {
    /// Looks what a file or folder is: an export of ours, the database of Gajim or Dino, a folder with one of them, or
    /// with the logs of Pidgin.
    ///
    /// # Errors
    /// [`TransferError::Unknown`] when it is none of them; others when it cannot be read.
    pub fn recognise(path: &Path) -> Result<Self, TransferError> {
        let metadata = fs::metadata(path).map_err(TransferError::Reading)?;
        if metadata.is_file() {
            Self::recognise_file(path)
        } else if metadata.is_dir() {
            Self::recognise_folder(path)
        } else {
            // Devices and pipes might never end.
            Err(TransferError::Unknown)
        }
    }

    fn recognise_file(path: &Path) -> Result<Self, TransferError> {
        let mut head = Vec::new();
        File::open(path)
            .and_then(|file| file.take(HEAD).read_to_end(&mut head))
            .map_err(TransferError::Reading)?;
        let kind = if head.starts_with(DATABASE) {
            let tables = sqlite::tables(path)?;
            let has = |names: &[&str]| names.iter().all(|name| tables.iter().any(|t| t == name));
            if has(&["account", "remote", "message"]) {
                Kind::GajimArchive
            } else if has(&["logs", "jids"]) {
                Kind::GajimLogs
            } else if has(&["account", "jid", "message", "content_item"]) {
                Kind::Dino
            } else {
                return Err(TransferError::Unknown);
            }
        } else if String::from_utf8_lossy(&head).contains(document::FORMAT) {
            Kind::Own
        } else {
            return Err(TransferError::Unknown);
        };
        Ok(Self {
            path: path.to_owned(),
            kind,
        })
    }

    fn recognise_folder(path: &Path) -> Result<Self, TransferError> {
        for name in ["logs.db", "dino.db"] {
            let file = path.join(name);
            if file.is_file() {
                return Self::recognise_file(&file);
            }
        }
        for logs in [path.join("logs"), path.to_owned()] {
            if pidgin::is_logs(&logs) {
                return Ok(Self {
                    path: logs,
                    kind: Kind::Pidgin,
                });
            }
        }
        Err(TransferError::Unknown)
    }

    /// What other programs have on this computer, looked for where they keep it: `home` is the person's folder, `data`
    /// that for data of programs.
    pub fn known_places(home: &Path, data: &Path) -> Vec<Self> {
        let sandboxed = home.join(".var/app");
        let places = [
            data.join("gajim"),
            sandboxed.join("org.gajim.Gajim/data/gajim"),
            data.join("dino"),
            sandboxed.join("im.dino.Dino/data/dino"),
            home.join(".purple"),
            sandboxed.join("im.pidgin.Pidgin/.purple"),
        ];
        places
            .iter()
            .filter_map(|place| Self::recognise(place).ok())
            .collect()
    }

    /// A source that is not there, for the gallery.
    pub fn for_gallery(program: ImportedFrom, path: &Path) -> Self {
        let kind = match program {
            ImportedFrom::Tessera => Kind::Own,
            ImportedFrom::Gajim => Kind::GajimArchive,
            ImportedFrom::Dino => Kind::Dino,
            ImportedFrom::Pidgin => Kind::Pidgin,
        };
        Self {
            path: path.to_owned(),
            kind,
        }
    }

    /// The program that wrote it.
    pub fn program(&self) -> ImportedFrom {
        match self.kind {
            Kind::Own => ImportedFrom::Tessera,
            Kind::GajimArchive | Kind::GajimLogs => ImportedFrom::Gajim,
            Kind::Dino => ImportedFrom::Dino,
            Kind::Pidgin => ImportedFrom::Pidgin,
        }
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn read(&self, intake: &mut Intake<'_>) -> Result<(), TransferError> {
        match self.kind {
            Kind::Own => own::read(&self.path, intake),
            Kind::GajimArchive => gajim_archive::read(&self.path, intake),
            Kind::GajimLogs => gajim_logs::read(&self.path, intake),
            Kind::Dino => dino::read(&self.path, intake),
            Kind::Pidgin => pidgin::read(&self.path, intake),
        }
    }
}
