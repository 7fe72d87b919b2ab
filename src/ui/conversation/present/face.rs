//! What of a message is shown: its text, or a sentence of ours in its place.

use crate::{
    i18n::{gettext, gettext_f},
    model::{Message, Quoted, Reaction, Security},
    timeline::text::clean,
};

/// Longest hint and quotation shown, in characters: one line of a wide bubble.
pub(crate) const MAX_LINE: usize = 100;
/// Most kinds of reactions shown under a message.
const MAX_REACTIONS: usize = 12;

/// What stands in a bubble.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Face {
    /// Its text.
    Text,
    /// A sentence of ours in the place of a text that cannot be had.
    Sentence(String),
    /// A text that the reader has to ask for: what it is about.
    Hidden(String),
}

/// What stands in the bubble of a message; `is_revealed` says that the reader asked for a hidden text.
pub(crate) fn of(message: &Message, is_revealed: bool) -> Face {
    if message.retracted.is_some() {
        return Face::Sentence(gettext("This message was taken back"));
    }
    if message.security == Security::Unreadable {
        return Face::Sentence(unreadable());
    }
    match &message.spoiler {
        Some(hint) if !is_revealed => Face::Hidden(hidden(hint)),
        Some(_) | None => Face::Text,
    }
}

/// What stands in the place of a message that cannot be read.
pub(crate) fn unreadable() -> String {
    gettext("This message is encrypted in a way that Tessera cannot read yet")
}

fn hidden(hint: &str) -> String {
    let hint = clean::line(hint, MAX_LINE);
    if hint.is_empty() {
        gettext("Hidden text")
    } else {
        // Translators: a text that is shown only when asked for, and what it is about
        gettext_f("Hidden text: {hint}", &[("hint", &hint)])
    }
}

/// What stands above a reply: who wrote the message that it replies to, and how that begins.
pub(crate) fn quote(quoted: Option<&Quoted>, is_own: bool, peer: &str) -> String {
    let Some(quoted) = quoted else {
        return gettext("Reply to a message that is not on this device");
    };
    let words = clean::line(&quoted.text, MAX_LINE);
    if is_own {
        gettext_f("You: {words}", &[("words", &words)])
    } else {
        let name = clean::line(peer, clean::MAX_NAME);
        gettext_f("{name}: {words}", &[("name", &name), ("words", &words)])
    }
}

/// What people reacted with: each emoji, and how many chose it where that is more than one.
pub(crate) fn reactions(reactions: &[Reaction]) -> String {
    let shown = reactions.iter().take(MAX_REACTIONS).map(|reaction| {
        let emoji = clean::line(&reaction.emoji, 1);
        match reaction.authors.len() {
            0 | 1 => emoji,
            many => format!("{emoji} {many}"),
        }
    });
    shown.collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    use super::{Face, of, quote, reactions};
    use crate::{
        model::{MessageId, Quoted, Reaction, Security, Timestamp},
        ui::conversation::sample,
    };

    #[test]
    fn what_is_taken_back_or_hidden_is_not_shown() {
        let mut message = sample::message(1, "the end of the film");
        assert_eq!(of(&message, false), Face::Text);
        message.spoiler = Some("\u{202e}film\n".into());
        assert_eq!(
            of(&message, false),
            Face::Hidden("Hidden text: film".into())
        );
        assert_eq!(of(&message, true), Face::Text);
        message.security = Security::Unreadable;
        assert!(matches!(of(&message, true), Face::Sentence(_)));
        message.retracted = Some(Timestamp(0));
        let taken_back = Face::Sentence("This message was taken back".into());
        assert_eq!(of(&message, true), taken_back);
    }

    #[test]
    fn quotes_are_ours_and_bounded() {
        let quoted = Quoted {
            message: MessageId(1),
            author: sample::jid("bob@example.org"),
            text: "words\n".repeat(1_000),
        };
        let words = quote(Some(&quoted), false, "Bob");
        assert!(words.starts_with("Bob: words words") && words.chars().count() < 120);
        assert!(quote(Some(&quoted), true, "Bob").starts_with("You: "));
        assert!(quote(None, false, "Bob").contains("not on this device"));
    }

    #[test]
    fn reactions_are_counted_and_bounded() {
        let reaction = |emoji: &str, count: usize| Reaction {
            emoji: emoji.into(),
            authors: vec![sample::jid("bob@example.org"); count],
        };
        assert_eq!(reactions(&[reaction("👍", 2), reaction("❤", 1)]), "👍 2  ❤");
        let many = vec![reaction("👍", 1); 10_000];
        assert!(reactions(&many).chars().count() < 50);
    }
}
