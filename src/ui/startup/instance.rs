//! One running instance for each profile: the profile's name or folder becomes part of the application's id.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::config::APP_ID;

/// The application's id for a profile as named on the command line; the default profile has the plain one, which is
/// that of the desktop file.
pub(super) fn application_id(profile: Option<&str>) -> String {
    match profile {
        None | Some("default") => APP_ID.to_owned(),
        Some(profile) => format!("{APP_ID}.p{}", digest(&canonical(profile))),
    }
}

/// The same text for all ways of naming the same folder, as far as the file system tells.
fn canonical(profile: &str) -> String {
    if !profile.contains(std::path::is_separator) {
        return format!("name:{profile}");
    }
    let path = Path::new(profile);
    let path = path
        .canonicalize()
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned());
    format!("folder:{}", path.display())
}

/// Names on the bus have few characters to choose from; sixteen of these never meet by chance.
fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_has_an_id_of_its_own() {
        assert_eq!(application_id(None), APP_ID);
        assert_eq!(application_id(Some("default")), APP_ID);
        let work = application_id(Some("work"));
        assert_ne!(work, APP_ID);
        assert_ne!(work, application_id(Some("home")));
        assert_ne!(work, application_id(Some("./work")));
        for profile in ["work", "ein Ä name", "./x", "/tmp"] {
            let id = application_id(Some(profile));
            assert!(gtk::gio::Application::id_is_valid(&id), "{id}");
        }
    }

    #[test]
    fn one_folder_has_one_id_however_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().display().to_string();
        assert_eq!(
            application_id(Some(&name)),
            application_id(Some(&format!(
                "{name}/../{}",
                folder.path().file_name().unwrap().display()
            )))
        );
    }
}
