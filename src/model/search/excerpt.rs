//! Where a text has what is searched for, and the part of it that shows this.

use std::ops::Range;

use super::{
    Part, Query, Text,
    words::{Kind, Word, words},
};

/// Characters of an excerpt: a line or two.
const LENGTH: usize = 160;
/// Characters before the first place, so that it is understood.
const LEAD: usize = 40;
/// Places that are marked in one text.
const MOST_PLACES: usize = 200;

/// A part of a message's text, on one line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Excerpt {
    /// The text; untrusted. Line breaks and other control characters are blanks.
    pub text: String,
    /// What was searched for, as bytes of the text, in order and apart.
    pub places: Vec<Range<usize>>,
    /// Whether the message begins earlier.
    pub cut_before: bool,
    /// Whether the message goes on.
    pub cut_after: bool,
}

impl Query {
    /// Where a text has every word and phrase, in bytes, in order and apart; nothing when it lacks one.
    pub fn places(&self, text: &str) -> Option<Vec<Range<usize>>> {
        if self.texts.is_empty() {
            return Some(Vec::new());
        }
        let words = words(text);
        let mut places = Vec::new();
        for wanted in &self.texts {
            let found = wanted.places(text, &words);
            if found.is_empty() {
                return None;
            }
            places.extend(found);
        }
        places.sort_unstable_by_key(|place| (place.start, place.end));
        places.dedup_by(|later, earlier| {
            let touch = later.start <= earlier.end;
            if touch {
                earlier.end = earlier.end.max(later.end);
            }
            touch
        });
        Some(places)
    }

    /// The part of a text that shows what was searched for; nothing when something is not there.
    pub fn excerpt(&self, text: &str) -> Option<Excerpt> {
        self.places(text).map(|places| Excerpt::of(text, &places))
    }
}

impl Text {
    fn places(&self, text: &str, words: &[Word]) -> Vec<Range<usize>> {
        (0..words.len())
            .filter_map(|start| self.place_at(text, &words[start..]))
            .take(MOST_PLACES)
            .collect()
    }

    /// Where it stands if it begins with the first of these words.
    fn place_at(&self, text: &str, words: &[Word]) -> Option<Range<usize>> {
        let start = words.first()?.range.start;
        let mut end = start;
        let mut rest = words.iter();
        for (place, part) in self.parts.iter().enumerate() {
            let may_go_on = self.open && place + 1 == self.parts.len();
            match part {
                Part::Letters(wanted) => {
                    let word = rest.next()?;
                    let Kind::Letters(letters) = &word.kind else {
                        return None;
                    };
                    end = if letters == wanted {
                        word.range.end
                    } else if may_go_on && letters.starts_with(wanted) {
                        word.beginning(text, wanted.chars().count()).end
                    } else {
                        return None;
                    };
                }
                Part::Run(run) => {
                    for (place, wanted) in run.iter().enumerate() {
                        let word = rest.next()?;
                        if word.kind != Kind::Single(*wanted) || (place > 0 && !word.joined) {
                            return None;
                        }
                        end = word.range.end;
                    }
                }
            }
        }
        Some(start..end)
    }
}

impl Excerpt {
    fn of(text: &str, places: &[Range<usize>]) -> Self {
        let first = places.first().map_or(0, |place| place.start);
        let mut start = back(text, first, LEAD);
        let end = forth(text, start, LENGTH);
        if end == text.len() {
            // The rest is short: show more of what comes before.
            start = back(text, end, LENGTH).min(start);
        }
        let part = &text[start..end];
        Self {
            text: one_line(part),
            places: places
                .iter()
                .filter(|place| place.start < end && place.end > start)
                .map(|place| place.start.max(start) - start..place.end.min(end) - start)
                .collect(),
            cut_before: start > 0,
            cut_after: end < text.len(),
        }
    }
}

/// The place `count` characters before this one.
fn back(text: &str, place: usize, count: usize) -> usize {
    text[..place]
        .char_indices()
        .rev()
        .nth(count - 1)
        .map_or(0, |(at, _)| at)
}

/// The place `count` characters after this one.
fn forth(text: &str, place: usize, count: usize) -> usize {
    text[place..]
        .char_indices()
        .nth(count)
        .map_or(text.len(), |(at, _)| place + at)
}

/// The same text with the same length in bytes, on one line.
fn one_line(text: &str) -> String {
    let blanks = |c: char| if c.is_control() { c.len_utf8() } else { 0 };
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match blanks(c) {
            0 => line.push(c),
            count => line.extend(std::iter::repeat_n(' ', count)),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use proptest::prelude::*;

    use super::*;

    fn found<'t>(typed: &str, text: &'t str) -> Option<Vec<&'t str>> {
        let places = Query::parse(typed, &Utc).places(text)?;
        Some(places.into_iter().map(|place| &text[place]).collect())
    }

    #[test]
    fn every_word_must_be_there_and_its_beginning_is_marked() {
        let text = "We met at the Straßenbahn, then at the café — the Café!";
        for (typed, expected) in [
            ("", Some(&[][..])),
            ("the", Some(&["the", "the", "the", "the"])),
            ("cafe", Some(&["café", "Café"])),
            ("strasse", Some(&["Straße"])),
            ("\"strasse\"", None),
            ("\"at the\"", Some(&["at the", "at the"])),
            ("\"at the caf", Some(&["at the caf"])),
            ("\"the at\"", None),
            ("met nowhere", None),
            ("we me", Some(&["We", "me"])),
        ] {
            assert_eq!(found(typed, text).as_deref(), expected, "{typed:?}");
        }
        assert_eq!(found("日本", "在日本、日、本"), Some(vec!["日本"]));
        assert_eq!(found("本", "在日本、日、本"), Some(vec!["本", "本"]));
        assert_eq!(found("手机", "iPhone手机"), Some(vec!["手机"]));
        assert_eq!(found("ne手", "iPhone手机"), None);
        assert_eq!(found("aa aaa", "aaaa"), Some(vec!["aaa"]));
    }

    #[test]
    fn an_excerpt_shows_the_first_place_on_one_line() {
        let long = format!(
            "{}\nneedle\tin a {}",
            "hay ".repeat(100),
            "stack ".repeat(100)
        );
        let excerpt = Query::parse("needle", &Utc).excerpt(&long).unwrap();
        assert_eq!(excerpt.text.chars().count(), LENGTH);
        assert!(excerpt.cut_before && excerpt.cut_after);
        assert!(excerpt.text.contains(" needle in a stack"));
        assert_eq!(&excerpt.text[excerpt.places[0].clone()], "needle");
        let at_the_end = Query::parse("last", &Utc)
            .excerpt(&format!("{}last", "hay ".repeat(100)))
            .unwrap();
        assert_eq!(
            (at_the_end.text.len(), at_the_end.cut_after),
            (LENGTH, false)
        );
        let short = Query::parse("a", &Utc).excerpt("a\u{85}b").unwrap();
        assert_eq!(
            (short.text.as_str(), short.cut_before, short.cut_after),
            ("a  b", false, false)
        );
        let all = Query::parse("from:me", &Utc).excerpt("hi").unwrap();
        assert_eq!((all.text.as_str(), all.places.len()), ("hi", 0));
    }

    proptest! {
        #[test]
        fn what_is_marked_is_in_the_text(typed in "\\PC{0,6}", text in "\\PC{0,30}", noise in any::<String>()) {
            for text in [format!("{text}{typed}"), format!("{noise}{typed} {text}"), noise] {
                let query = Query::parse(&typed, &Utc);
                let Some(excerpt) = query.excerpt(&text) else { continue };
                let mut end = 0;
                for place in &excerpt.places {
                    prop_assert!(place.start >= end && place.start < place.end);
                    prop_assert!(excerpt.text.get(place.clone()).is_some());
                    end = place.end;
                }
                prop_assert!(query.texts.is_empty() || !excerpt.places.is_empty());
            }
        }

        #[test]
        fn a_text_that_is_found_has_its_words_in_the_index(typed in "[a-zA-Zäß日本語'\" ]{1,12}", text in "[a-zA-Zäß日本語' ]{0,30}") {
            let query = Query::parse(&typed, &Utc);
            let text = format!("{text} {}", typed.replace('"', ""));
            prop_assume!(query.places(&text).is_some());
            let index = super::super::index_words(&text);
            for wanted in query.texts.iter().flat_map(Text::index_words) {
                let has = |word: &String| if wanted.prefix { word.starts_with(&wanted.word) } else { *word == wanted.word };
                prop_assert!(index.iter().any(has), "{:?} in {:?}", wanted, index);
            }
        }
    }
}
