//! The letters that stand for somebody without a picture.

use unicode_segmentation::UnicodeSegmentation;

use crate::timeline::text::clean;

/// At most two letters of a name; of an address only one, since what follows the `@` says nothing of the person.
pub fn of(name: &str) -> String {
    let name = clean::line(name, clean::MAX_NAME);
    let name = name.split('@').next().unwrap_or_default();
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || "._-+/".contains(c))
        .filter_map(|word| word.graphemes(true).find(|letter| is_letter(letter)))
        .collect();
    let letters: String = match words.as_slice() {
        [] => return "?".to_owned(),
        [only] => (*only).to_owned(),
        [first, .., last] => format!("{first}{last}"),
    };
    letters.to_uppercase()
}

/// Whether a visible character can stand for a name; two code points are a letter with its mark.
fn is_letter(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(char::is_alphanumeric) && cluster.chars().count() <= 2
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn names_and_addresses_have_initials() {
        for (name, letters) in [
            ("Bob", "B"),
            ("alice smith", "AS"),
            ("Anna Maria von Berg", "AB"),
            ("bob@example.org", "B"),
            ("anna.berg@example.org", "AB"),
            ("שלום", "ש"),
            ("李明", "李"),
            ("(verified) ✓", "V"),
            ("🎉🎉", "?"),
            ("", "?"),
            ("\u{202e}x", "X"),
        ] {
            assert_eq!(of(name), letters, "{name:?}");
        }
    }
}
