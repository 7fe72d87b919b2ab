//! Cuts text into words, for the index and for what is searched in it.
//!
//! Case, accents and the form of letters make no difference. Scripts without blanks between words (Chinese, Japanese,
//! Thai …), Korean and emoji are cut into single characters; the index holds pairs of those, so that any part of such
//! a text is found.

use std::ops::Range;

use unicode_normalization::{
    UnicodeNormalization,
    char::{compose, is_combining_mark},
};

/// Changes when the same text is cut into other words than before: the index has to be made anew then.
const RULES: u32 = 1;

/// Longest word of the index, in characters; what follows is compared with the text itself.
pub(crate) const LONGEST: usize = 64;

/// Words of one message that are in the index: more than a book's chapter has, less than a flood.
const MOST_INDEXED: usize = 10_000;

/// By which rules words are made: an index made by others must not be used.
pub fn rules() -> String {
    let (std, forms) = (
        char::UNICODE_VERSION,
        unicode_normalization::UNICODE_VERSION,
    );
    format!("{RULES} {std:?} {forms:?}")
}

/// A word of a text, or one character of a script without blanks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Word {
    pub(crate) kind: Kind,
    /// Where it stands in the text, in bytes.
    pub(crate) range: Range<usize>,
    /// Whether nothing stands between it and the word before.
    pub(crate) joined: bool,
}

/// What a word is made of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Letters and digits.
    Letters(String),
    /// One character of a script without blanks.
    Single(char),
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    // Whether the last word may go on.
    let mut open = false;
    for (start, original) in text.char_indices() {
        let range = start..start + original.len_utf8();
        for c in folded(original) {
            match class(c) {
                Class::Nothing => {}
                Class::Gap => open = false,
                Class::Single => {
                    words.push(Word {
                        kind: Kind::Single(c),
                        range: range.clone(),
                        joined: open,
                    });
                    open = true;
                }
                Class::Letter => {
                    let joined = open;
                    if joined
                        && let Some(last) = words.last_mut()
                        && last.take(c)
                    {
                        last.range.end = range.end;
                    } else {
                        words.push(Word {
                            kind: Kind::Letters(c.to_string()),
                            range: range.clone(),
                            joined,
                        });
                    }
                    open = true;
                }
                Class::Mark => {
                    if open && let Some(last) = words.last_mut() {
                        last.mark(c, range.end);
                    }
                }
            }
        }
    }
    words
}

impl Word {
    /// Adds a letter to a word of letters.
    fn take(&mut self, c: char) -> bool {
        match &mut self.kind {
            Kind::Letters(letters) => {
                letters.push(c);
                true
            }
            Kind::Single(_) => false,
        }
    }

    /// Joins a mark that was written apart with the character before it, where they are one.
    fn mark(&mut self, c: char, end: usize) {
        match &mut self.kind {
            Kind::Letters(letters) => match letters.chars().next_back().and_then(|l| compose(l, c))
            {
                Some(composed) => {
                    letters.pop();
                    letters.push(composed);
                }
                None => letters.push(c),
            },
            Kind::Single(single) => *single = compose(*single, c).unwrap_or(*single),
        }
        self.range.end = end;
    }

    /// Where the first `count` characters of this word stand in its text.
    pub(crate) fn beginning(&self, text: &str, count: usize) -> Range<usize> {
        let mut seen = 0;
        for (offset, original) in text[self.range.clone()].char_indices() {
            seen += folded(original)
                .filter(|c| matches!(class(*c), Class::Letter | Class::Mark))
                .count();
            if seen >= count {
                let end = self.range.start + offset + original.len_utf8();
                return self.range.start..end;
            }
        }
        self.range.clone()
    }
}

/// What is kept of a text in the index: each word once, cut to `LONGEST` characters; pairs of single characters, and the last
/// one of each run alone.
pub fn index_words(text: &str) -> Vec<String> {
    let words = words(text);
    let mut index: Vec<String> = Vec::with_capacity(words.len());
    for (place, word) in words.iter().take(MOST_INDEXED).enumerate() {
        index.push(match &word.kind {
            Kind::Letters(letters) => cut(letters),
            Kind::Single(c) => match words.get(place + 1) {
                Some(Word {
                    kind: Kind::Single(next),
                    joined: true,
                    ..
                }) => [*c, *next].iter().collect(),
                Some(_) | None => c.to_string(),
            },
        });
    }
    index.sort_unstable();
    index.dedup();
    index
}

/// A word as long as the index keeps it.
pub(crate) fn cut(letters: &str) -> String {
    letters.chars().take(LONGEST).collect()
}

/// A name or address in the form in which names are compared: words between blanks.
pub fn fold_name(name: &str) -> String {
    let mut folded = String::new();
    for word in words(name) {
        folded.push(' ');
        match word.kind {
            Kind::Letters(letters) => folded.push_str(&letters),
            Kind::Single(c) => folded.push(c),
        }
    }
    folded
}

/// What a character does for words.
enum Class {
    /// A letter or digit.
    Letter,
    /// A word by itself.
    Single,
    /// Changes the character before it.
    Mark,
    /// Is not seen.
    Nothing,
    /// Ends a word.
    Gap,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | '0'..='9' => Class::Letter,
        '\0'..='\x7f' => Class::Gap,
        // Soft hyphen, joiners, direction marks and the like: a word goes on through them.
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{34f}'
        | '\u{61c}' => Class::Nothing,
        _ if is_accent(c) => Class::Nothing,
        _ if is_single(c) => Class::Single,
        // Vowels and final consonants of Korean that are written apart join what is before them, too.
        '\u{1160}'..='\u{11ff}' => Class::Mark,
        _ if is_combining_mark(c) => Class::Mark,
        _ if c.is_alphanumeric() => Class::Letter,
        _ => Class::Gap,
    }
}

/// Accents, and the points of Hebrew and Arabic that are seldom typed.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}'..='\u{5c2}' | '\u{5c4}'..='\u{5c5}'
        | '\u{5c7}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}')
}

/// Characters of scripts without blanks between words, of Korean, and emoji.
fn is_single(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{fff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{115f}' | '\u{1780}'..='\u{17ff}' | '\u{1950}'..='\u{19df}'
        | '\u{1a20}'..='\u{1aaf}' | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309f}'
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{312f}' | '\u{31a0}'..='\u{31bf}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a000}'..='\u{a4cf}' | '\u{a9e0}'..='\u{a9ff}'
        | '\u{aa60}'..='\u{aadf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{1b000}'..='\u{1b16f}'
        | '\u{20000}'..='\u{3ffff}'
        | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
        && !matches!(c, '\u{f04}'..='\u{f14}' | '\u{e2f}' | '\u{e5a}'..='\u{e5b}' | '\u{104a}'..='\u{104f}' | '\u{17d4}'..='\u{17d6}')
}

/// A character in the form in which letters are compared: without case and accents, in its plainest form.
fn folded(c: char) -> impl Iterator<Item = char> {
    // Nearly everything that is written; the rest would cost ten times as much.
    let plain = c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c);
    let first = plain.then(|| c.to_ascii_lowercase());
    let rest = (!plain).then(|| {
        std::iter::once(c)
            .nfkd()
            .filter(|c| !is_accent(*c))
            .nfc()
            .flat_map(char::to_lowercase)
            .flat_map(simpler)
    });
    first.into_iter().chain(rest.into_iter().flatten())
}

/// Letters that have no accent and are still typed in a simpler way by many.
fn simpler(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' => ('d', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut_up(text: &str) -> Vec<String> {
        words(text)
            .into_iter()
            .map(|word| match word.kind {
                Kind::Letters(letters) => letters,
                Kind::Single(c) => format!("[{c}]"),
            })
            .collect()
    }

    #[test]
    fn words_are_found_in_every_language() {
        for (text, expected) in [
            ("", &[][..]),
            ("Hello, World! 2nd", &["hello", "world", "2nd"]),
            (
                "don't foo_bar a.b@c",
                &["don", "t", "foo", "bar", "a", "b", "c"],
            ),
            (
                "Müller MÜLLER Mu\u{308}ller",
                &["muller", "muller", "muller"],
            ),
            (
                "Straße ŒUVRE Łódź Ørsted İstanbul ısı",
                &["strasse", "oeuvre", "lodz", "orsted", "istanbul", "isi"],
            ),
            ("Ёлка Όσος", &["елка", "οσοσ"]),
            ("ｆｕｌｌ①²", &["full12"]),
            (
                "日本語 iPhone手机",
                &["[日]", "[本]", "[語]", "iphone", "[手]", "[机]"],
            ),
            ("カ\u{3099} ガ ｶﾞ", &["[ガ]", "[ガ]", "[ガ]"]),
            (
                "한국어 \u{1112}\u{1161}\u{11ab}",
                &["[한]", "[국]", "[어]", "[한]"],
            ),
            ("هَذَا שָׁלוֹם", &["هذا", "שלום"]),
            ("ok👍🏽❤\u{fe0f}", &["ok", "[👍]", "[🏽]", "[❤]"]),
            ("zero\u{200b}width so\u{ad}ft", &["zerowidth", "soft"]),
            ("a\u{e000}b \u{0}c", &["a", "b", "c"]),
        ] {
            assert_eq!(cut_up(text), expected, "{text:?}");
        }
        // Marks that are letters of their own stay in their words.
        assert_eq!(cut_up("हिन्दी").len(), 1);
        assert_eq!(cut_up("สวัสดี").len(), 6);
    }

    #[test]
    fn the_index_has_pairs_of_single_characters_and_every_last_one() {
        assert_eq!(
            index_words("日本語、日本 ok ok"),
            ["ok", "日本", "本", "本語", "語"]
        );
        assert_eq!(index_words(&"x".repeat(99)), ["x".repeat(64)]);
        let flood: String = (0..50_000).map(|n| format!("{n} ")).collect();
        assert_eq!(index_words(&flood).len(), MOST_INDEXED);
    }

    #[test]
    fn the_beginning_of_a_word_is_found_in_its_text() {
        let text = "x Straßen";
        let word = &words(text)[1];
        let beginning = |count| &text[word.beginning(text, count)];
        assert_eq!(beginning(4), "Stra");
        assert_eq!(beginning(5), "Straß");
        assert_eq!(beginning(6), "Straß");
        assert_eq!(beginning(99), "Straßen");
    }

    proptest! {
        #[test]
        fn anything_can_be_cut_up(text in "\\PC{0,40}", noise in any::<String>()) {
            for text in [text, noise] {
                let found = words(&text);
                for pair in found.windows(2) {
                    prop_assert!(pair[0].range.start <= pair[1].range.start);
                }
                for word in &found {
                    prop_assert!(text.get(word.range.clone()).is_some_and(|part| !part.is_empty()));
                    let beginning = word.beginning(&text, 2);
                    prop_assert!(text.get(beginning).is_some());
                }
                for word in index_words(&text) {
                    let fits = |c: char| {
                        let private = ('\u{e000}'..='\u{f8ff}').contains(&c);
                        !c.is_whitespace() && !private && (c.is_ascii_alphanumeric() || !c.is_ascii())
                    };
                    prop_assert!(!word.is_empty() && word.chars().all(fits));
                }
                // What was cut up once is cut up the same way again.
                let folded = fold_name(&text);
                prop_assert_eq!(fold_name(&folded), folded);
            }
        }
    }
}
