//! Finds, makes and locks the folder of a profile.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    path::{Path, PathBuf, is_separator},
};

use directories::ProjectDirs;

use super::{DATABASE, ProfileError, note};

/// The profile when none is named.
const DEFAULT: &str = "default";
/// Longest name, in bytes: short enough for every file system and for a window's title.
const LONGEST_NAME: usize = 64;
/// Name of the file that is locked.
const LOCK: &str = "lock";

/// Name and folder of a profile as named on the command line.
pub(super) fn find(name_or_folder: Option<&str>) -> Result<(String, PathBuf), ProfileError> {
    let value = name_or_folder.unwrap_or(DEFAULT);
    if value.contains(is_separator) {
        let folder = std::path::absolute(value).map_err(|_| ProfileError::BadName)?;
        let name = folder.file_name().ok_or(ProfileError::BadName)?;
        return Ok((name.to_string_lossy().into_owned(), folder));
    }
    if !is_name(value) {
        return Err(ProfileError::BadName);
    }
    // ~/.local/share/tessera on Linux and BSD, AppData\Local\Tessera\data on Windows.
    let dirs = ProjectDirs::from("", "", "Tessera").ok_or(ProfileError::NoHome)?;
    Ok((value.to_owned(), dirs.data_local_dir().join(value)))
}

/// Whether every file system takes it and it is not a hidden file or a path.
fn is_name(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= LONGEST_NAME
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || "-_.@+ ".contains(c))
        && value.trim() == value
        && !value.starts_with(['.', '-'])
        && !value.ends_with('.')
}

/// Makes the folder when there is none and locks it as long as the file lives.
pub(super) fn make_and_lock(folder: &Path) -> Result<File, ProfileError> {
    make(folder)?;
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let lock = options.open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(ProfileError::Locked),
        Err(TryLockError::Error(error)) => Err(ProfileError::Unreadable(error)),
    }
}

fn make(folder: &Path) -> Result<(), ProfileError> {
    if folder.try_exists()? {
        if !is_profile(folder)? {
            return Err(ProfileError::NotAProfile(folder.to_owned()));
        }
    } else {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(folder)?;
    }
    keep_private(folder)?;
    Ok(())
}

/// Whether a folder is empty or has something of a profile in it: any other is not ours to fill or to close.
fn is_profile(folder: &Path) -> std::io::Result<bool> {
    let mut is_empty = true;
    for entry in folder.read_dir()? {
        is_empty = false;
        let name = entry?.file_name();
        if [LOCK, DATABASE, note::FILE]
            .iter()
            .any(|ours| name == *ours)
        {
            return Ok(true);
        }
    }
    Ok(is_empty)
}

/// Nobody else may look into it; below a Windows profile that is so already.
fn keep_private(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = folder.metadata()?.permissions();
        if permissions.mode() & 0o777 != 0o700 {
            permissions.set_mode(0o700);
            std::fs::set_permissions(folder, permissions)?;
        }
    }
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_folders_are_told_apart() {
        let (name, folder) = find(None).unwrap();
        assert_eq!(name, "default");
        assert!(folder.ends_with("default"));
        let (name, folder) = find(Some("/tmp/x/work")).unwrap();
        assert_eq!(
            (name.as_str(), folder),
            ("work", PathBuf::from("/tmp/x/work"))
        );
        let (_, folder) = find(Some("./work")).unwrap();
        assert_eq!(folder, std::env::current_dir().unwrap().join("work"));
        assert!(find(Some("alice@example.org")).is_ok());
        for bad in [
            "", ".", "..", ".hidden", "-x", " x", "x ", "a\nb", "a:b", "x.", "/",
        ] {
            assert!(
                matches!(find(Some(bad)), Err(ProfileError::BadName)),
                "{bad:?}"
            );
        }
        assert!(find(Some(&"x".repeat(65))).is_err());
    }

    #[test]
    fn a_folder_with_other_things_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("thesis.odt"), "words").unwrap();
        let refused = make_and_lock(folder.path());
        assert!(matches!(refused, Err(ProfileError::NotAProfile(_))));
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn one_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        let first = make_and_lock(&folder).unwrap();
        assert!(matches!(make_and_lock(&folder), Err(ProfileError::Locked)));
        drop(first);
        make_and_lock(&folder).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = folder.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    }
}
