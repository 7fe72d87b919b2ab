//! Reads what is typed into the search field.

use chrono::TimeZone;

use super::{Query, Sender, Text, dates};

/// Characters that are read; nobody types more, and what is pasted by mistake is not searched for.
const MOST_CHARACTERS: usize = 1000;
/// Words and phrases that are searched for at once.
const MOST_TEXTS: usize = 16;
/// Names in one query.
const MOST_NAMES: usize = 16;

/// Quotation marks of many languages, all taken for the same.
const QUOTES: &[char] = &[
    '"', '“', '”', '„', '‟', '«', '»', '「', '」', '『', '』', '＂',
];

impl Query {
    /// Reads what is typed: words, of which the beginning is enough, `"phrases"`, `from:NAME`, `from:me`, `in:CHAT`,
    /// `before:DATE`, `after:DATE` (2024, 2024-05 or 2024-05-31: its first moment in this zone of time) and `has:link`.
    /// Names with blanks stand in quotation marks.
    pub fn parse(typed: &str, zone: &impl TimeZone) -> Self {
        let end = typed
            .char_indices()
            .nth(MOST_CHARACTERS)
            .map_or(typed.len(), |(at, _)| at);
        let mut rest = typed[..end].trim_start();
        let mut query = Self::default();
        while !rest.is_empty() {
            let piece;
            (piece, rest) = Piece::first(rest);
            query.add(&piece, zone);
            rest = rest.trim_start();
        }
        query
    }

    fn add(&mut self, piece: &Piece<'_>, zone: &impl TimeZone) {
        let Some(filter) = piece.filter else {
            if let Some(text) = Text::of(piece.value, piece.open)
                && self.texts.len() < MOST_TEXTS
            {
                self.texts.push(text);
            }
            return;
        };
        let value = piece.value.trim();
        // It is being typed.
        if value.is_empty() {
            return;
        }
        match filter {
            Filter::From if self.from.len() < MOST_NAMES => self.from.push(if value == "me" {
                Sender::Me
            } else {
                Sender::Named(value.to_owned())
            }),
            Filter::In if self.within.len() < MOST_NAMES => self.within.push(value.to_owned()),
            Filter::From | Filter::In => self.ignored.push(piece.typed.to_owned()),
            Filter::Has if "links".starts_with(&value.to_lowercase()) && value.len() >= 4 => {
                self.has_link = true;
            }
            Filter::Has => self.ignored.push(piece.typed.to_owned()),
            Filter::After => match dates::beginning(value, zone) {
                Some(moment) => self.after = self.after.max(Some(moment)),
                None => self.ignored.push(piece.typed.to_owned()),
            },
            Filter::Before => match dates::beginning(value, zone) {
                Some(moment) => {
                    self.before = Some(self.before.map_or(moment, |other| other.min(moment)));
                }
                None => self.ignored.push(piece.typed.to_owned()),
            },
        }
    }
}

/// What stands before a colon.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Filter {
    From,
    In,
    Before,
    After,
    Has,
}

const FILTERS: &[(&str, Filter)] = &[
    ("from:", Filter::From),
    ("in:", Filter::In),
    ("before:", Filter::Before),
    ("after:", Filter::After),
    ("has:", Filter::Has),
];

/// Something between blanks, or in quotation marks.
struct Piece<'t> {
    typed: &'t str,
    filter: Option<Filter>,
    value: &'t str,
    /// Whether its last word may go on.
    open: bool,
}

impl<'t> Piece<'t> {
    /// The first piece of a text that begins with it, and what is left.
    fn first(text: &'t str) -> (Self, &'t str) {
        let filter = FILTERS.iter().find(|(name, _)| {
            text.get(..name.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(name))
        });
        let value = &text[filter.map_or(0, |(name, _)| name.len())..];
        let quoted = value.strip_prefix(QUOTES);
        let (value, open, rest) = match quoted {
            Some(inside) => match inside.split_once(QUOTES) {
                Some((value, rest)) => (value, false, rest),
                None => (inside, true, ""),
            },
            None => {
                let ends = |c: char| c.is_whitespace() || (filter.is_none() && QUOTES.contains(&c));
                let end = value.find(ends).unwrap_or(value.len());
                (&value[..end], true, &value[end..])
            }
        };
        let piece = Self {
            typed: &text[..text.len() - rest.len()],
            filter: filter.map(|(_, filter)| *filter),
            value,
            open,
        };
        (piece, rest)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, Utc};
    use proptest::prelude::*;

    use super::*;
    use crate::model::Timestamp;

    fn index(query: &Query) -> Vec<Vec<String>> {
        let text = |text: &Text| {
            text.index_words()
                .into_iter()
                .map(|word| word.word + if word.prefix { "*" } else { "" })
                .collect()
        };
        query.texts.iter().map(text).collect()
    }

    #[test]
    fn words_and_phrases_are_told_apart() {
        for (typed, expected) in [
            ("", &[][..]),
            ("  ?! -- \"\" ", &[]),
            ("Hello wor", &[&["hello*"][..], &["wor*"]]),
            ("\"to be\" or", &[&["to", "be"], &["or*"]]),
            ("\"to be", &[&["to", "be*"]]),
            ("x\"a\"y", &[&["x*"], &["a"], &["y*"]]),
            ("„zwei Wörter“", &[&["zwei", "worter"]]),
            ("don't e.g.", &[&["don", "t*"], &["e", "g*"]]),
            ("日", &[&["日*"]]),
            ("日本語", &[&["日本", "本語"]]),
            ("\"日\"", &[&["日*"]]),
            ("「日本」", &[&["日本"]]),
            ("iPhone手机", &[&["iphone", "手机"]]),
            ("from:", &[]),
            ("time: 5:30", &[&["time*"], &["5", "30*"]]),
            ("inside:out", &[&["inside", "out*"]]),
            (
                "a OR b AND NOT * ^c NEAR(d) col:e",
                &[
                    &["a*"],
                    &["or*"],
                    &["b*"],
                    &["and*"],
                    &["not*"],
                    &["c*"],
                    &["near", "d*"],
                    &["col", "e*"],
                ],
            ),
        ] {
            assert_eq!(index(&Query::parse(typed, &Utc)), expected, "{typed:?}");
        }
        // What the index has cut is found by what it has.
        let long = "y".repeat(70);
        assert_eq!(index(&Query::parse(&long, &Utc)), [["y".repeat(64)]]);
    }

    #[test]
    fn filters_say_who_where_when_and_what() {
        let query = Query::parse(
            "lunch FROM:bob from:\"Eve Example\" from:me in:team@example.org has:link in: from:\" \"",
            &Utc,
        );
        assert_eq!(index(&query), [["lunch*"]]);
        assert_eq!(
            query.from,
            [
                Sender::Named("bob".to_owned()),
                Sender::Named("Eve Example".to_owned()),
                Sender::Me
            ]
        );
        assert_eq!(query.within, ["team@example.org"]);
        assert!(query.has_link && query.ignored.is_empty());
        let query = Query::parse("has:wings after:yesterday before:2024-13 ok", &Utc);
        assert_eq!(
            query.ignored,
            ["has:wings", "after:yesterday", "before:2024-13"]
        );
        assert_eq!(index(&query), [["ok*"]]);
        assert!(Query::parse("has:wings", &Utc).is_empty());
        assert!(!Query::parse("before:2024", &Utc).is_empty());
    }

    #[test]
    fn dates_begin_where_the_person_lives_and_the_narrowest_counts() {
        let east = FixedOffset::east_opt(2 * 3600).unwrap();
        let query = Query::parse(
            "after:2024-05-01 before:2024-06 after:2023 before:2025",
            &east,
        );
        let first_of_may = 1_714_521_600_000;
        assert_eq!(query.after, Some(Timestamp(first_of_may - 2 * 3_600_000)));
        assert_eq!(
            query.before,
            Some(Timestamp(first_of_may + 31 * 86_400_000 - 2 * 3_600_000))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_is_too_much(noise in any::<String>(), typed in "([a-z\" :*]|from:|before:|\\PC){0,60}") {
            for typed in [noise, typed, "\"".repeat(2000), "from:a ".repeat(500)] {
                let query = Query::parse(&typed, &Utc);
                prop_assert!(query.texts.len() <= MOST_TEXTS && query.from.len() <= MOST_NAMES);
                for text in &query.texts {
                    for IndexWord { word, .. } in text.index_words() {
                        prop_assert!(!word.is_empty() && word.chars().count() <= super::super::words::LONGEST);
                        prop_assert!(!word.contains(['"', '\0', ' ']));
                    }
                }
            }
        }
    }

    use super::super::IndexWord;
}
