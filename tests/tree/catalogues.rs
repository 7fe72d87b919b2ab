//! Every text that people read can be translated, and translations keep what the program puts in.
//!
//! The usual extractor does not know Rust (raw strings, broken lines, macros), so the calls are found in the tokens
//! and written out as plain calls for it: `make po`.

use std::{collections::BTreeSet, fmt::Write, fs};

use proc_macro2::{Delimiter, TokenTree};
use syn::Lit;

use crate::sources::{Source, inside, is_word, read, root, rust_files};

/// The functions that translate, and how many of their first arguments are text of the catalogue.
const FUNCTIONS: &[(&str, usize)] = &[
    ("gettext", 1),
    ("gettext_f", 1),
    ("ngettext", 2),
    ("ngettext_f", 2),
    ("pgettext", 2),
    ("pgettext_f", 2),
];

/// Where these functions are made.
const DEFINITION: &str = "src/i18n.rs";

/// A call of one of the functions.
#[derive(Debug, Eq, PartialEq)]
struct Call {
    function: &'static str,
    texts: Vec<String>,
}

/// The calls of a file, in order; what cannot be extracted is an error.
fn calls(source: &Source) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    find_calls(&source.tokens(), &mut calls)
        .map_err(|error| format!("{}: {error}", source.path))?;
    Ok(calls)
}

fn find_calls(tokens: &[TokenTree], calls: &mut Vec<Call>) -> Result<(), String> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if is_word(Some(token), "use") {
            at += tokens[at..].iter().position(ends_statement).unwrap_or(0);
        } else if is_test_module(tokens, at) {
            at += 3; // the tests' own texts are shown to nobody
        } else if let TokenTree::Ident(name) = token {
            let name = name.to_string();
            if let Some((function, texts)) = FUNCTIONS.iter().find(|(known, _)| *known == name) {
                calls.push(call(function, *texts, tokens.get(at + 1))?);
            }
        } else if let TokenTree::Group(group) = token {
            find_calls(&inside(group), calls)?;
        }
        at += 1;
    }
    Ok(())
}

fn ends_statement(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';')
}

/// `[cfg(test)] mod name {`, after the `#`.
fn is_test_module(tokens: &[TokenTree], at: usize) -> bool {
    tokens[at].to_string().replace(' ', "") == "[cfg(test)]"
        && is_word(tokens.get(at + 1), "mod")
        && matches!(tokens.get(at + 3), Some(TokenTree::Group(_)))
}

fn call(function: &'static str, count: usize, group: Option<&TokenTree>) -> Result<Call, String> {
    let unclear = || format!("`{function}` must be called with literal text");
    let Some(TokenTree::Group(group)) = group else {
        return Err(unclear());
    };
    if group.delimiter() != Delimiter::Parenthesis {
        return Err(unclear());
    }
    let arguments = inside(group);
    let arguments: Vec<_> = arguments
        .split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','))
        .take(count)
        .collect();
    let texts: Vec<_> = arguments
        .iter()
        .filter_map(|argument| match argument {
            [TokenTree::Literal(literal)] => match Lit::new(literal.clone()) {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    if texts.len() == count && texts.iter().all(|text| !text.is_empty()) {
        Ok(Call { function, texts })
    } else {
        Err(unclear())
    }
}

/// The calls of all files; files without any are left out.
fn all_calls() -> Vec<(Source, Vec<Call>)> {
    let files: Result<Vec<_>, String> = rust_files("src")
        .into_iter()
        .filter(|source| source.path != DEFINITION)
        .map(|source| calls(&source).map(|calls| (source, calls)))
        .collect();
    let mut files = files.unwrap_or_else(|error| panic!("{error}"));
    files.retain(|(_, calls)| !calls.is_empty());
    files
}

/// The lines of a list such as `po/POTFILES`.
fn listed(path: &str) -> BTreeSet<String> {
    read(path)
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// A string of C.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

#[test]
fn calls_are_found_however_they_are_written() {
    let source = Source {
        path: "src/x.rs".into(),
        text: r##"
            use crate::i18n::{gettext, gettext_f};
            view! { gtk::Label { set_label: &gettext("in a \
                macro"), } }
            // gettext("a comment")
            const TEXT: &str = "gettext(\"a string\")";
            fn f<'a>(c: char) -> String {
                if c == '"' { return i18n::gettext(r#"raw "one""#); }
                ngettext_f(
                    "{n} day",
                    "{n} days",
                    3,
                    &[("x", &pgettext("noun", "Chat"))],
                )
            }
            #[cfg(test)]
            mod tests { fn g() { gettext("of a test"); } }
        "##
        .into(),
    };
    let call = |function, texts: &[&str]| Call {
        function,
        texts: texts.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(
        calls(&source).unwrap(),
        [
            call("gettext", &["in a macro"]),
            call("gettext", &["raw \"one\""]),
            call("ngettext_f", &["{n} day", "{n} days"]),
            call("pgettext", &["noun", "Chat"]),
        ]
    );
}

#[test]
fn what_cannot_be_extracted_is_refused() {
    for text in [
        "fn f() { gettext(name); }",
        "fn f() { gettext(&format!(\"x\")); }",
        "fn f() { names.map(gettext); }",
        "fn f() { ngettext(\"one\", many, 2); }",
        "fn f() { gettext(\"\"); }",
    ] {
        let source = Source {
            path: "src/x.rs".into(),
            text: text.into(),
        };
        assert!(calls(&source).is_err(), "{text}");
    }
}

#[test]
fn every_file_with_text_is_listed() {
    let found: BTreeSet<_> = all_calls().into_iter().map(|(file, _)| file.path).collect();
    let listed = listed("po/POTFILES");
    let rust: BTreeSet<_> = listed
        .iter()
        .filter(|path| path.ends_with(".rs"))
        .cloned()
        .collect();
    assert_eq!(
        found, rust,
        "po/POTFILES must list exactly the files with text to translate (`make po` does)"
    );
    for path in listed {
        assert!(
            root().join(&path).is_file(),
            "{path} is listed in po/POTFILES but not there"
        );
    }
}

/// Writes every call as C to `target/po/`, where `.ci/po` gives them to the extractor, and a new `POTFILES`.
#[test]
#[ignore = "writes; for `make po`"]
fn write_the_calls() {
    let folder = root().join("target/po");
    let _ = fs::remove_dir_all(&folder);
    let mut list = String::from("# Files with text to translate; `make po` writes this list.\n");
    for file in listed("po/POTFILES")
        .iter()
        .filter(|path| path.starts_with("data/"))
    {
        writeln!(list, "{file}").unwrap();
    }
    for (file, calls) in all_calls() {
        let mut text = String::new();
        for Call { function, texts } in calls {
            let texts: Vec<_> = texts.iter().map(|text| quoted(text)).collect();
            // No text is ever given to printf.
            writeln!(
                text,
                "/* xgettext:no-c-format */\n{function}({});",
                texts.join(", ")
            )
            .unwrap();
        }
        let path = folder.join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        writeln!(list, "{}", file.path).unwrap();
    }
    fs::write(folder.join("POTFILES"), list).unwrap();
}

/// One text of a catalogue.
#[derive(Default)]
struct Entry {
    sources: Vec<String>,
    translations: Vec<String>,
}

/// The entries of a catalogue, as far as the tests look at them.
fn entries(catalogue: &str) -> Vec<Entry> {
    let mut entries = vec![];
    let mut entry = Entry::default();
    let mut is_translation = false;
    for line in catalogue.lines().chain([""]) {
        let (key, text) = line.split_once('"').unwrap_or((line, ""));
        let text = text.trim_end_matches('"');
        match key.trim() {
            "msgid" | "msgid_plural" => {
                is_translation = false;
                entry.sources.push(text.into());
            }
            key if key.starts_with("msgstr") => {
                is_translation = true;
                entry.translations.push(text.into());
            }
            "" if line.starts_with('"') => {
                let texts = if is_translation {
                    &mut entry.translations
                } else {
                    &mut entry.sources
                };
                if let Some(last) = texts.last_mut() {
                    last.push_str(text);
                }
            }
            "" if !entry.sources.is_empty() => entries.push(std::mem::take(&mut entry)),
            _ => (),
        }
    }
    entries
}

/// The places to fill in a text: the `name` of each `{name}`.
fn places(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
        .collect()
}

#[test]
fn translations_keep_the_places_to_fill() {
    for language in listed("po/LINGUAS") {
        let catalogue = read(&format!("po/{language}.po"));
        let entries = entries(&catalogue);
        assert!(entries.len() > 1, "{language} has no texts");
        for entry in entries.iter().skip(1) {
            let (Some(first), Some(last)) = (entry.sources.first(), entry.sources.last()) else {
                continue;
            };
            let known: BTreeSet<_> = places(first).union(&places(last)).copied().collect();
            let needed: BTreeSet<_> = places(first).intersection(&places(last)).copied().collect();
            // What is not translated yet is counted by `make check`.
            for translation in entry.translations.iter().filter(|text| !text.is_empty()) {
                let used = places(translation);
                assert!(
                    used.is_subset(&known) && needed.is_subset(&used),
                    "{language}: {translation:?} does not fill what {first:?} fills"
                );
            }
        }
    }
}

#[test]
fn a_lost_place_is_seen() {
    let catalogue = "msgid \"\"\nmsgstr \"\"\n\"X: y\\n\"\n\n#: a\nmsgid \"Hi {name}\"\nmsgstr \"Hallo \"\n\"{nam}\"\n";
    let entries = entries(catalogue);
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1].sources, ["Hi {name}"]);
    assert_eq!(entries[1].translations, ["Hallo {nam}"]);
    assert_ne!(places("Hi {name}"), places("Hallo {nam}"));
}
