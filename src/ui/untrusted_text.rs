//! Words of others, made safe to stand inside our own sentences: one line, bounded, isolated.
//! Knows nothing of markup: labels that show these words must not use it.

/// First strong isolate: what follows keeps its own direction (Unicode UAX #9, section 2.4.2).
const ISOLATE: char = '\u{2068}';

/// Pop directional isolate: the end of what was isolated.
const POP: char = '\u{2069}';

/// What stands for the part that was cut.
const ELLIPSIS: char = '…';

/// Untrusted words as one line of at most `max` characters, wrapped so that they cannot turn our text around.
pub fn isolated(words: &str, max: usize) -> String {
    format!("{ISOLATE}{}{POP}", one_line(words, max))
}

/// Untrusted words as one line of at most `max` characters, without control characters; for widgets of their own.
pub fn one_line(words: &str, max: usize) -> String {
    bounded(words, max, |c| if c.is_whitespace() { ' ' } else { c })
}

/// Untrusted words of several lines, at most `max` characters, without other control characters than line breaks.
pub fn lines(words: &str, max: usize) -> String {
    bounded(words, max, |c| match c {
        '\n' => '\n',
        c if c.is_whitespace() => ' ',
        c => c,
    })
}

fn bounded(words: &str, max: usize, blank: impl Fn(char) -> char) -> String {
    let mut clean = words
        .trim()
        .chars()
        .map(blank)
        .filter(|c| *c == '\n' || !(c.is_control() || changes_direction(*c)));
    let mut text: String = clean.by_ref().take(max).collect();
    if clean.next().is_some() {
        text.pop();
        text.push(ELLIPSIS);
    }
    text
}

/// Embeddings, overrides and isolates: an unbalanced one would reach into the text around it.
fn changes_direction(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_leave_their_place() {
        assert_eq!(
            isolated("a\u{2069}b\u{202e}c\nd\0e\te", 80),
            "\u{2068}abc de e\u{2069}"
        );
        assert_eq!(isolated("", 80), "\u{2068}\u{2069}");
    }

    #[test]
    fn words_are_bounded_in_characters() {
        assert_eq!(one_line("üüüü", 4), "üüüü");
        assert_eq!(one_line("üüüüü", 4), "üüü…");
        assert_eq!(one_line("  a  ", 1), "a");
        assert_eq!(one_line(&"x".repeat(1_000_000), 300).chars().count(), 300);
    }

    #[test]
    fn lines_stay_where_they_are_wanted() {
        assert_eq!(lines("a\r\nb\u{2028}c\u{202e}", 80), "a \nb c");
    }
}
