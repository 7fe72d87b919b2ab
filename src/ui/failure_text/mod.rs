//! Everything that can go wrong, in sentences: what happened, what it means, what to do.
//! Knows nothing of widgets; the words of servers appear only quoted, isolated and bounded.

mod conditions;
mod connection;
mod login;
mod network;
mod opening;
mod request;
mod transfer;
mod typing;

pub use connection::describe;
pub use opening::describe_open_error;
pub use transfer::describe_transfer_error;
pub use typing::{describe_address_error, describe_uri_error};

use crate::{
    i18n::{gettext, gettext_f},
    model::SendFailure,
    ui::untrusted_text::isolated,
};

/// Longest quotation of the other side, in characters: two lines of a dialog.
const MAX_QUOTE: usize = 200;

/// Longest name of an error condition that is shown, in characters; the standard ones have at most 25.
const MAX_CONDITION: usize = 40;

/// A failure in sentences.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// What happened, in a few words.
    pub title: String,
    /// What it means.
    pub meaning: String,
    /// What to do.
    pub advice: String,
    /// The other side's own words inside a sentence of ours, where there were any.
    pub quote: Option<String>,
}

impl Explanation {
    fn new(title: String, meaning: String, advice: String) -> Self {
        Self {
            title,
            meaning,
            advice,
            quote: None,
        }
    }

    /// Something that was not filled in or chosen yet.
    pub fn incomplete(what: String) -> Self {
        Self::new(gettext("Something is missing"), what, String::new())
    }

    /// Meaning, advice and quotation as one paragraph, for places without room for more.
    pub fn paragraph(&self) -> String {
        [Some(&self.meaning), Some(&self.advice), self.quote.as_ref()]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Why a message could not be sent.
pub fn describe_send_failure(failure: &SendFailure) -> Explanation {
    match failure {
        SendFailure::Refused(condition) => Explanation {
            quote: Some(condition_quote(condition)),
            ..Explanation::new(
                gettext("Not delivered"),
                conditions::of_message(condition),
                gettext("You can try again, or reach them another way."),
            )
        },
        SendFailure::Blocked => Explanation::new(
            gettext("Not sent: this contact is blocked"),
            gettext("Nothing is sent to an address that you have blocked."),
            gettext("Unblock the contact, then try again."),
        ),
        SendFailure::NoDevices => Explanation::new(
            gettext("Not sent: it cannot be encrypted"),
            gettext(
                "None of this contact's devices can be encrypted for, or you have rejected them all.",
            ),
            gettext("Ask the contact to turn on OMEMO and to log in once, then try again."),
        ),
        SendFailure::Cancelled => Explanation::new(
            gettext("Cancelled"),
            gettext("You cancelled this message before it was sent."),
            gettext("Try again to send it after all."),
        ),
    }
}

/// The name of an error condition, for those who search for it.
fn condition_quote(condition: &str) -> String {
    gettext_f(
        "The error is called {name}.",
        &[("name", &isolated(condition, MAX_CONDITION))],
    )
}

/// The words of a server, marked as its own.
fn server_quote(words: &str) -> Option<String> {
    (!words.trim().is_empty()).then(|| {
        gettext_f(
            "The server says: “{words}”",
            &[("words", &isolated(words, MAX_QUOTE))],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_is_quoted_not_believed() {
        let failure = SendFailure::Refused("\u{202e}<b>x</b>\n".repeat(100));
        let text = describe_send_failure(&failure);
        let quote = text.quote.clone().unwrap();
        assert!(!quote.contains('\u{202e}') && !quote.contains('\n'));
        assert!(quote.contains('\u{2068}') && quote.contains('\u{2069}'));
        assert!(quote.chars().count() < 80);
        assert!(!text.meaning.contains("<b>"));
    }

    #[test]
    fn every_send_failure_has_its_own_sentence() {
        let texts = [
            SendFailure::Refused("item-not-found".into()),
            SendFailure::Refused("remote-server-timeout".into()),
            SendFailure::Refused("unheard-of".into()),
            SendFailure::Blocked,
            SendFailure::Cancelled,
            SendFailure::NoDevices,
        ]
        .map(|f| describe_send_failure(&f).meaning);
        for (place, text) in texts.iter().enumerate() {
            assert!(text.ends_with('.'), "{text}");
            assert!(!texts[..place].contains(text), "{text}");
        }
    }
}
