//! Why a profile could not be opened.

use super::{Explanation, MAX_QUOTE};
use crate::{
    i18n::{gettext, gettext_f},
    store::OpenError,
    ui::untrusted_text::isolated,
};

/// Why the database of a profile could not be opened; nothing was changed then.
pub fn describe_open_error(error: &OpenError) -> Explanation {
    match error {
        OpenError::KeyOrDamage => Explanation::new(
            gettext("The stored chats cannot be read"),
            gettext(
                "The key does not fit, or the file is damaged. The two cannot be told apart, because the file is encrypted.",
            ),
            gettext(
                "If you have a copy of the profile folder, put it back. The file has not been changed.",
            ),
        ),
        OpenError::Newer { found, known } => Explanation::new(
            gettext("This profile belongs to a newer Tessera"),
            gettext_f(
                "A newer version wrote it (format {found}; this version knows formats up to {known}).",
                &[("found", &found.to_string()), ("known", &known.to_string())],
            ),
            gettext("Install the newer version again. Nothing has been changed."),
        ),
        OpenError::DiskFull => Explanation::new(
            gettext("The disk is full"),
            gettext("There is no room for the stored chats, so Tessera cannot start safely."),
            gettext("Make room on the disk, then try again."),
        ),
        OpenError::Damaged(detail) => Explanation {
            quote: system_quote(detail),
            ..Explanation::new(
                gettext("The stored chats are damaged"),
                gettext("The database of this profile failed its check; it has not been changed."),
                gettext(
                    "If you have a copy of the profile folder, put it back. You can also move the folder away and start anew; what the server keeps will be fetched again.",
                ),
            )
        },
        OpenError::Io(error) => Explanation {
            quote: system_quote(&error.to_string()),
            ..Explanation::new(
                gettext("The profile folder cannot be used"),
                gettext("Tessera could not read or write its files."),
                gettext("Check that the folder exists and belongs to you, then try again."),
            )
        },
    }
}

/// Words of the operating system or of SQLite.
pub(super) fn system_quote(words: &str) -> Option<String> {
    (!words.trim().is_empty()).then(|| {
        gettext_f(
            "The system says: “{words}”",
            &[("words", &isolated(words, MAX_QUOTE))],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_open_error_has_its_own_sentences() {
        let errors = [
            OpenError::KeyOrDamage,
            OpenError::Newer { found: 9, known: 2 },
            OpenError::DiskFull,
            OpenError::Damaged("row 3 missing from index".into()),
            OpenError::Io(std::io::Error::other("permission denied")),
        ];
        let texts: Vec<_> = errors.iter().map(describe_open_error).collect();
        for (place, text) in texts.iter().enumerate() {
            assert!(!texts[..place].iter().any(|t| t.title == text.title));
            assert!(text.meaning.ends_with('.') && text.advice.ends_with('.'));
        }
        assert!(texts[1].meaning.contains('9') && texts[1].meaning.contains('2'));
        assert!(texts[3].quote.as_ref().unwrap().contains("row 3"));
    }
}
