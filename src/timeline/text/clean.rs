//! Makes text of others harmless to show: no control characters, no hidden direction changes, no towers of marks, no end.
//! Knows nothing of styling or links.

use unicode_segmentation::UnicodeSegmentation;

/// Longest text shown in a chat at once, in bytes; more waits behind "Show all". A screen holds about a third of it.
pub const MAX_BYTES: usize = 6_000;
/// Most lines shown in a chat at once, for the same reason.
pub const MAX_LINES: usize = 60;
/// Longest name shown, in characters: enough for any real one.
pub const MAX_NAME: usize = 80;

/// Code points of one visible character. Letters with marks of living languages need fewer.
const MAX_CLUSTER: usize = 10;
/// Code points of one visible character that is joined or tagged (families, flags of regions).
const MAX_JOINED_CLUSTER: usize = 24;
/// Zero-width joiner, of which emoji sequences are made.
const JOINER: char = '\u{200D}';

/// A cleaned text, and whether some of it was left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cleaned {
    /// What can be shown.
    pub text: String,
    /// Whether there is more.
    pub cut: bool,
}

/// Cleans a message's text and cuts it to a length that a row can show; takes time in proportion to what is shown.
pub fn message(raw: &str) -> Cleaned {
    bounded(raw, MAX_BYTES, MAX_LINES)
}

/// Cleans a whole text of several lines, however long.
pub fn whole(raw: &str) -> String {
    bounded(raw, usize::MAX, usize::MAX).text
}

/// Cleans a text of one line (name, status, subject): line breaks become blanks, and the end of a long one an ellipsis.
pub fn line(raw: &str, max_chars: usize) -> String {
    // A visible character has at least one byte, a permitted one at most four per code point.
    let enough = max_chars.saturating_mul(4 * MAX_JOINED_CLUSTER);
    let cleaned = bounded(raw.trim(), enough, usize::MAX);
    let text = cleaned.text.replace(['\n', '\t'], " ");
    let mut clusters = text.grapheme_indices(true);
    match clusters.nth(max_chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if cleaned.cut => format!("{text}…"),
        None => text,
    }
}

/// A cleaned name that cannot turn the direction of the sentence it is put in (U+2068 … U+2069).
pub fn isolated(name: &str) -> String {
    format!("\u{2068}{}\u{2069}", line(name, MAX_NAME))
}

fn bounded(raw: &str, max_bytes: usize, max_lines: usize) -> Cleaned {
    let mut text = String::with_capacity(raw.len().min(max_bytes));
    let mut lines = 1;
    let mut cut = false;
    for cluster in raw.graphemes(true) {
        if is_break(cluster) {
            lines += 1;
        }
        if text.len() + cluster.len().min(MAX_CLUSTER * 4) > max_bytes || lines > max_lines {
            cut = true;
            break;
        }
        push_cluster(&mut text, cluster);
    }
    // Blank lines at the end only make the row taller.
    text.truncate(text.trim_end().len());
    Cleaned { text, cut }
}

fn is_break(cluster: &str) -> bool {
    matches!(
        cluster,
        "\n" | "\r" | "\r\n" | "\u{85}" | "\u{2028}" | "\u{2029}" | "\u{b}" | "\u{c}"
    )
}

fn push_cluster(text: &mut String, cluster: &str) {
    if is_break(cluster) {
        text.push('\n');
        return;
    }
    let joined = cluster.contains(JOINER) || cluster.chars().any(is_tag);
    let most = if joined {
        MAX_JOINED_CLUSTER
    } else {
        MAX_CLUSTER
    };
    text.extend(cluster.chars().filter(|c| is_shown(*c)).take(most));
}

/// Tag characters, of which flags of regions are made.
fn is_tag(c: char) -> bool {
    ('\u{E0020}'..='\u{E007F}').contains(&c)
}

/// Whether a character may be shown: no controls, and nothing that turns the direction of what follows
/// (embeddings, overrides and isolates; the plain marks U+200E, U+200F and U+061C stay).
fn is_shown(c: char) -> bool {
    match c {
        '\t' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => false,
        // Invisible fillers that names and words are faked with.
        '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{115F}' | '\u{1160}' | '\u{3164}' => false,
        c => !c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, MAX_LINES, isolated, line, message, whole};

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "did you get the file?",
            "שלום עולם",
            "x\ty\nz",
            "👨‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 é",
            "<b>&amp;</b>",
        ] {
            assert_eq!(message(text).text, text);
            assert!(!message(text).cut);
        }
    }

    #[test]
    fn controls_and_direction_changes_are_gone() {
        assert_eq!(
            message("a\0b\u{1b}[31mc\u{202E}gpj.exe\u{2066}").text,
            "ab[31mcgpj.exe"
        );
        assert_eq!(message("a\r\nb\u{2028}c\rd").text, "a\nb\nc\nd");
        assert_eq!(isolated("Bob\u{2069}\u{202E}"), "\u{2068}Bob\u{2069}");
    }

    #[test]
    fn towers_of_marks_are_lowered() {
        let tower = format!("a{}b", "\u{301}".repeat(5_000));
        assert_eq!(message(&tower).text.chars().count(), 11);
        let chain = "👩".to_owned() + &"\u{200D}👩".repeat(5_000);
        assert!(message(&chain).text.chars().count() <= 24);
    }

    #[test]
    fn long_texts_are_cut_and_can_be_had_whole() {
        let long = "x".repeat(1_000_000);
        let cleaned = message(&long);
        assert!(cleaned.cut && cleaned.text.len() <= MAX_BYTES);
        assert_eq!(whole(&long).len(), 1_000_000);
        let lines = message(&"a\n".repeat(100_000));
        assert!(lines.cut && lines.text.lines().count() <= MAX_LINES);
    }

    #[test]
    fn names_are_one_short_line() {
        assert_eq!(line("  Anna\n(verified)  ", 80), "Anna (verified)");
        assert_eq!(line(&"n".repeat(200), 5), "nnnnn…");
        assert_eq!(line(&"n".repeat(1_000_000), 80).chars().count(), 81);
    }
}
