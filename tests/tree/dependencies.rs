//! What we depend on: its licences, where it comes from, and what must not be among it.
//!
//! `make deny` looks closer and knows reported weaknesses, but needs a network; both read `.cargo/deny.toml`.

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

use crate::sources::{read, root};

/// Every package of `Cargo.lock` for all systems.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version=1",
            "--locked",
            "--all-features",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("{other}"),
    }
}

/// The strings of a list of `.cargo/deny.toml`, such as `allow` in `[licenses]`.
fn listed(section: &str, key: &str) -> BTreeSet<String> {
    let text = read(".cargo/deny.toml");
    let section = text
        .split_once(&format!("\n[{section}]\n"))
        .unwrap_or_else(|| panic!("no section {section}"))
        .1;
    let section = section.split("\n[").next().unwrap_or_default();
    let (_, list) = section
        .split_once(&format!("{key} = ["))
        .unwrap_or_else(|| panic!("no {key}"));
    let list = list.split("\n]").next().unwrap_or_default();
    list.lines()
        .map(|line| line.split('#').next().unwrap_or_default())
        .filter_map(|line| line.split('"').nth(1))
        .map(str::to_owned)
        .collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences; `/` is the old way to write `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    let result = any_of(&mut words, allowed);
    result && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut result = all_of(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        result |= all_of(words, allowed);
    }
    result
}

fn all_of(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut result = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        result &= one(words, allowed);
    }
    result
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    match words.next() {
        Some("(") => {
            let result = any_of(words, allowed);
            words.next() == Some(")") && result
        }
        Some(licence) => {
            let mut licence = licence.to_owned();
            if words.next_if_eq(&"WITH").is_some() {
                licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
            }
            allowed.contains(&licence)
        }
        None => false,
    }
}

#[test]
fn licences_agree_with_ours() {
    let allowed = listed("licenses", "allow");
    let refused: Vec<_> = packages()
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{} ({})", package["name"], package["license"]))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn licence_expressions_are_understood() {
    let allowed: BTreeSet<_> = ["MIT", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]
        .map(str::to_owned)
        .into();
    for fine in [
        "MIT",
        "MIT OR Proprietary",
        "MIT/Proprietary",
        "(MIT OR Proprietary) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(fine, &allowed), "{fine}");
    }
    for refused in [
        "",
        "Proprietary",
        "MIT AND Proprietary",
        "Apache-2.0",
        "(MIT",
        "MIT MIT",
    ] {
        assert!(!is_allowed(refused, &allowed), "{refused}");
    }
}

#[test]
fn everything_comes_from_the_registry() {
    for package in packages() {
        let source = package["source"].as_str();
        let is_registered = source.is_some_and(|source| source.starts_with("registry+"));
        let is_ours = source.is_none() && package["name"] == "tessera";
        assert!(
            is_registered || is_ours,
            "{} comes from {source:?}",
            package["name"]
        );
    }
}

#[test]
fn nothing_unwanted_is_among_it() {
    let lock = read("Cargo.lock");
    let banned = listed("bans", "deny");
    assert!(!banned.is_empty());
    for name in banned {
        assert!(!lock.contains(&format!("\nname = \"{name}\"\n")), "{name}");
    }
}
