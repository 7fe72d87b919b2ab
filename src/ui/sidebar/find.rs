//! Finds people by what was typed into the search field.
//! Knows nothing of rows or of the store.

use crate::model::{BareJid, parse_address};

/// What was typed, ready to be compared with thousands of names.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Needle {
    words: Vec<String>,
}

impl Needle {
    /// Reads what was typed: every word must be found somewhere.
    pub(crate) fn new(typed: &str) -> Self {
        Self {
            words: typed
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Whether nothing was typed, so that everything is shown.
    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether every word is in one of these texts.
    pub(crate) fn is_in(&self, texts: &[&str]) -> bool {
        self.words.is_empty() || {
            let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
            self.words
                .iter()
                .all(|word| texts.iter().any(|text| text.contains(word.as_str())))
        }
    }
}

/// The address to offer a chat with, if what was typed is one; a name alone is not.
pub(crate) fn typed_address(typed: &str) -> Option<BareJid> {
    let address = parse_address(typed).ok()?;
    // While `bob@example` is typed on the way to `bob@example.org`, offering the short one would only flicker;
    // a server without a dot is still reachable by its full form in the dialog that adds a contact.
    let domain = address.domain().as_str();
    (domain.contains('.') || domain == "localhost").then_some(address)
}

#[cfg(test)]
mod tests {
    use super::{Needle, typed_address};

    #[test]
    fn every_word_must_be_somewhere() {
        let needle = Needle::new(" mül BOB ");
        assert!(needle.is_in(&["Bob Müller", "bob@example.org"]));
        assert!(needle.is_in(&["Müller", "bob@example.org"]));
        assert!(!needle.is_in(&["Bob", "bob@example.org"]));
        assert!(Needle::new("  ").is_empty());
        assert!(Needle::new("").is_in(&[]));
    }

    #[test]
    fn only_whole_addresses_are_offered() {
        assert_eq!(
            typed_address(" bob@example.org").map(|jid| jid.to_string()),
            Some("bob@example.org".into())
        );
        for typed in ["bob", "bob@", "bob@example", "bob@example.org/phone", ""] {
            assert_eq!(typed_address(typed), None, "{typed}");
        }
    }
}
