//! What the program is called and where the files that came with it are.
//! Knows nothing of the person's own files; those are the profile's.

use std::path::{Path, PathBuf};

/// Name of the application on the bus, of its desktop file and of its icon.
pub const APP_ID: &str = "im.tessera.Tessera";

/// Name shown to people.
pub const APP_NAME: &str = "Tessera";

/// Name of the catalogues of translated text.
pub const DOMAIN: &str = "tessera";

/// Where the icons and style sheets are inside the program.
pub const RESOURCES: &str = "/im/tessera/Tessera";

/// Version as in the package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Web page of the program.
pub const WEBSITE: &str = "https://tessera.im";

/// The folder of the catalogues, if there is one: beside an installed program, or the build folder of the source tree.
///
/// Found from where the program itself lies, so that an installed program can be moved.
pub fn locale_dir() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?.canonicalize().ok()?;
    locale_dir_of(&program)
}

fn locale_dir_of(program: &Path) -> Option<PathBuf> {
    let folder = program.parent()?;
    let installed = folder.parent()?.join("share/locale");
    // Programs of the source tree are `target/*/tessera`, its tests `target/*/deps/*`.
    let built = folder
        .ancestors()
        .skip(1)
        .take(2)
        .map(|above| above.join("locale"));
    std::iter::once(installed)
        .chain(built)
        .find(|folder| folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(below: &Path, folder: &str) -> PathBuf {
        let path = below.join(folder);
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn catalogues_lie_beside_an_installed_program() {
        let prefix = tempfile::tempdir().unwrap();
        let program = made(prefix.path(), "bin").join("tessera");
        assert_eq!(locale_dir_of(&program), None);
        let locale = made(prefix.path(), "share/locale");
        assert_eq!(locale_dir_of(&program), Some(locale));
    }

    #[test]
    fn catalogues_of_the_source_tree_lie_in_its_build_folder() {
        let tree = tempfile::tempdir().unwrap();
        let locale = made(tree.path(), "target/locale");
        let program = made(tree.path(), "target/debug").join("tessera");
        let test = made(tree.path(), "target/debug/deps").join("tessera-1234");
        assert_eq!(locale_dir_of(&program), Some(locale.clone()));
        assert_eq!(locale_dir_of(&test), Some(locale));
    }
}
