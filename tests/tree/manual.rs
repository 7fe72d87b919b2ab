//! The manual page says what `--help` says.

use std::{collections::BTreeSet, process::Command};

use crate::sources::read;

/// The `--words` of a text.
fn options(text: &str) -> BTreeSet<String> {
    text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '-'))
        .filter(|word| word.len() > 2 && word.starts_with("--"))
        .map(str::to_owned)
        .collect()
}

fn output(option: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tessera"))
        .arg(option)
        .env_remove("DISPLAY")
        .output()
        .expect("the program runs");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn every_option_is_in_the_manual() {
    // In the source of the manual every `-` of an option is written `\-`.
    let manual = read("data/tessera.1").replace("\\-", "-");
    let help = output("--help");
    assert!(options(&help).contains("--version"), "{help}");
    assert_eq!(options(&manual), options(&help));
}

#[test]
fn the_manual_is_of_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(output("--version"), format!("tessera {version}\n"));
    assert!(read("data/tessera.1").contains(&format!("\"Tessera {version}\"")));
    let release = format!("<release version=\"{version}\"");
    assert!(read("data/im.tessera.Tessera.metainfo.xml").contains(&release));
    assert!(read("CHANGELOG.md").contains(&format!("\n## [{version}]")));
}
