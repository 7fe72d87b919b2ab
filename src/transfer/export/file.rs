//! A file that appears when it is complete.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use super::TransferError;

/// A file under another name until it is complete; dropped before, it is removed.
pub(super) struct NewFile {
    out: Option<BufWriter<File>>,
    part: PathBuf,
    to: PathBuf,
}

impl NewFile {
    /// Begins a file beside the one that it will become.
    pub(super) fn beside(to: &Path) -> Result<Self, TransferError> {
        let name = to
            .file_name()
            .ok_or_else(|| TransferError::Writing(io::ErrorKind::InvalidFilename.into()))?;
        let mut part_name = std::ffi::OsString::from(".");
        part_name.push(name);
        part_name.push(format!(".{}.part", uuid::Uuid::new_v4().simple()));
        let part = to.with_file_name(part_name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&part).map_err(TransferError::Writing)?;
        Ok(Self {
            out: Some(BufWriter::with_capacity(1 << 16, file)),
            part,
            to: to.to_owned(),
        })
    }

    /// Gives the file its name.
    pub(super) fn finish(mut self) -> Result<(), TransferError> {
        self.complete().map_err(TransferError::Writing)
    }

    fn complete(&mut self) -> io::Result<()> {
        let Some(out) = self.out.take() else {
            return Ok(());
        };
        let named = out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.part, &self.to));
        if named.is_err() {
            let _ = fs::remove_file(&self.part);
        }
        named
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.out {
            Some(out) => out.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), BufWriter::flush)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if self.out.take().is_some() {
            // Nothing can be done about one that stays.
            let _ = fs::remove_file(&self.part);
        }
    }
}
