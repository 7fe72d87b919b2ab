//! What of a message is shown: its text, or a sentence of ours in its place.

use crate::{
    i18n::{gettext, gettext_f},
    model::{BareJid, Message, Quoted, Reaction, Security},
    timeline::text::clean,
    ui::conversation::row::People,
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
    gettext("This message is encrypted and cannot be read here")
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

/// One kind of reaction as it is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Shown {
    /// The emoji as it is stored; untrusted.
    pub(crate) emoji: String,
    /// How many chose it.
    pub(crate) count: usize,
    /// Whether one of them is oneself.
    pub(crate) is_own: bool,
    /// Their names.
    pub(crate) who: String,
}

/// What people reacted with, bounded; own ones are always among them, since they can be taken away.
pub(crate) fn shown_reactions(reactions: &[Reaction], people: &People) -> Vec<Shown> {
    let is_own = |reaction: &Reaction| reaction.authors.iter().any(|a| people.is_own(a));
    let shown = reactions.iter().enumerate();
    shown
        .filter(|(place, reaction)| *place < MAX_REACTIONS || is_own(reaction))
        .take(2 * MAX_REACTIONS)
        .map(|(_, reaction)| Shown {
            emoji: reaction.emoji.clone(),
            count: reaction.authors.len(),
            is_own: is_own(reaction),
            who: names(&reaction.authors, people),
        })
        .collect()
}

/// The names of people in one line.
fn names(authors: &[BareJid], people: &People) -> String {
    let name = |author: &BareJid| {
        if people.is_own(author) {
            gettext("You")
        } else if author.as_str() == people.address {
            clean::isolated(&people.peer)
        } else {
            clean::isolated(author.as_str())
        }
    };
    let names: Vec<String> = authors.iter().take(MAX_REACTIONS).map(name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Face, names, of, quote, reactions, shown_reactions};
    use crate::{
        model::{MessageId, Quoted, Reaction, Security, Timestamp},
        ui::conversation::{row::People, sample},
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

    #[test]
    fn who_reacted_is_said_and_own_reactions_are_never_left_out() {
        let people = People {
            peer: "Bob\u{202e}".into(),
            address: "bob@example.org".into(),
            own_address: "alice@example.org".into(),
            ..People::default()
        };
        let (alice, bob) = (
            sample::jid("alice@example.org"),
            sample::jid("bob@example.org"),
        );
        assert_eq!(
            names(&[bob.clone(), alice.clone()], &people),
            "\u{2068}Bob\u{2069}, You"
        );
        let mut many: Vec<Reaction> = (0..10_000)
            .map(|n| Reaction {
                emoji: format!("{n}"),
                authors: vec![bob.clone()],
            })
            .collect();
        many[5_000].authors.push(alice);
        let shown = shown_reactions(&many, &people);
        assert!(shown.len() < 30);
        let own: Vec<&str> = shown
            .iter()
            .filter(|shown| shown.is_own)
            .map(|shown| shown.emoji.as_str())
            .collect();
        assert_eq!(own, ["5000"]);
    }
}
