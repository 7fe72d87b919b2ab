//! Files that are there either as before or complete, whatever happens while they are written.

use std::{
    fs::{File, OpenOptions},
    io::{Error, ErrorKind, Read, Result, Write},
    path::Path,
};

/// Replaces a small file of the person's own (mode 0600) in one step that survives a power cut.
pub(crate) fn replace_file(file: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    let draft = Path::new(&draft);
    // What an interrupted run has left.
    match std::fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut writer = options.open(draft)?;
    writer.write_all(bytes)?;
    writer.sync_all()?;
    drop(writer);
    std::fs::rename(draft, file)?;
    sync_folder_of(file)
}

/// Makes a change of names in the folder of a file durable; Windows does that by itself.
fn sync_folder_of(file: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        File::open(folder)?.sync_all()?;
    }
    let _ = file;
    Ok(())
}

/// A whole small file; `None` when there is none, an error when it is longer than it can be.
pub(crate) fn read_bounded(file: &Path, most: u64) -> Result<Option<Vec<u8>>> {
    let reader = match File::open(file) {
        Ok(reader) => reader,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Error::new(ErrorKind::FileTooLarge, "the file is too long"));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::{read_bounded, replace_file};

    #[test]
    fn a_file_is_replaced_and_what_an_interrupted_run_left_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        assert_eq!(read_bounded(&file, 9).unwrap(), None);
        std::fs::write(folder.path().join("a.new"), "half").unwrap();
        replace_file(&file, b"one").unwrap();
        replace_file(&file, b"two").unwrap();
        assert_eq!(read_bounded(&file, 9).unwrap().unwrap(), b"two");
        assert!(read_bounded(&file, 2).is_err());
        let names = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(names, 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = file.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
