//! Bounds and cleans text that others wrote, and text of ours before it goes on the wire.
//! Knows nothing of stanzas.

use unicode_segmentation::UnicodeSegmentation;

/// Longest name of a person, group or client, in characters: longer ones are no names.
pub const MAX_NAME: usize = 128;
/// Longest status text or profile field, in characters: a paragraph.
pub const MAX_LINE: usize = 512;
/// Longest free text that is no message (note of a profile), in characters.
pub const MAX_NOTE: usize = 4096;
/// Most code points of one visible character: the longest emoji sequences have about ten; piled-up accents have more.
const MAX_CLUSTER: usize = 16;

/// One line of plain text of at most `max` characters: no control, no invisible and no direction-changing characters;
/// line breaks and runs of blanks become one blank.
pub fn bounded(text: &str, max: usize) -> String {
    let mut line = String::new();
    for word in printable(text, max.saturating_mul(4)).split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    cut(&line, max)
}

/// Like [`bounded`], but line breaks and tabs stay.
pub fn bounded_lines(text: &str, max: usize) -> String {
    cut(printable(text, max).trim(), max)
}

/// Whether a text can be sent as it is: XML 1.0 cannot carry most control characters at all (section 2.2).
pub fn is_sendable(text: &str) -> bool {
    text.chars().all(|c| {
        matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    })
}

/// Drops what nobody can see or what changes the direction of other text, and limits piled-up accents; looks at no
/// more than `max` characters.
fn printable(text: &str, max: usize) -> String {
    let seen: String = text.chars().take(max).filter(|c| !is_hidden(*c)).collect();
    seen.graphemes(true)
        .flat_map(|cluster| cluster.chars().take(MAX_CLUSTER))
        .collect()
}

fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{ffff}'
        )
}

fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => text[..end].trim_end().to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_NAME, bounded, bounded_lines, is_sendable};

    #[test]
    fn names_become_one_plain_line() {
        for (given, shown) in [
            ("Anna", "Anna"),
            ("  Anna \n\t Lee ", "Anna Lee"),
            ("An\u{0}na\u{1b}[31m", "Anna[31m"),
            ("\u{202e}annA\u{2069}", "annA"),
            ("A\u{200b}nna", "Anna"),
            ("<b>Anna</b> &amp;", "<b>Anna</b> &amp;"),
            ("\u{202e}\u{200b}", ""),
            ("نسترن\u{200c}ها", "نسترن\u{200c}ها"),
            ("👩‍❤️‍💋‍👨", "👩‍❤️‍💋‍👨"),
        ] {
            assert_eq!(bounded(given, MAX_NAME), shown, "{given:?}");
        }
    }

    #[test]
    fn j78_a_megabyte_and_piled_up_accents_are_cut() {
        assert_eq!(bounded(&"x".repeat(1 << 20), 10), "xxxxxxxxxx");
        let zalgo = format!("a{}", "\u{301}".repeat(500));
        assert!(bounded(&zalgo, MAX_NAME).chars().count() <= 16);
        assert_eq!(bounded_lines("a\nb\u{7}\n", 9), "a\nb");
    }

    #[test]
    fn control_characters_cannot_be_sent() {
        assert!(is_sendable("one\n\ttwo 👩‍❤️‍💋‍👨"));
        for text in ["\u{0}", "a\u{1b}b", "\u{ffff}"] {
            assert!(!is_sendable(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn bounded_text_is_bounded_sendable_and_stable(text in any::<String>(), max in 0_usize..40) {
            let once = bounded(&text, max);
            prop_assert!(once.chars().count() <= max);
            prop_assert!(is_sendable(&once));
            let bad = once.contains(['\n', '\u{202e}', '\u{2069}']);
            prop_assert!(!bad);
            prop_assert_eq!(&bounded(&once, max), &once);
        }
    }
}
