//! XEP-0444: reacting to a message with emojis.

use minidom::Element;
use rxml::xml_ncname;
use unicode_segmentation::UnicodeSegmentation;
use xmpp_parsers::{message::Message, ns};

use super::Extension;

/// Emojis that are kept of one person under one message.
const MAX_EMOJIS: usize = 20;
/// Longest emoji, in bytes: families and flags of regions have up to 35.
const MAX_BYTES: usize = 64;

/// Says that reactions are understood; the session applies them.
#[derive(Debug, Default)]
pub struct Reactions;

/// What somebody reacts with, and to which message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reacted {
    /// Id of the message.
    pub to: String,
    /// All emojis that count now, without duplicates; none removes them.
    pub emojis: Vec<String>,
}

impl Extension for Reactions {
    fn xep(&self) -> &'static str {
        "XEP-0444"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::REACTIONS]
    }
}

/// The reactions in a message; what is no emoji is left out, and so is what is beyond the bounds.
pub fn reacted(message: &Message) -> Option<Reacted> {
    let mut all = message
        .payloads
        .iter()
        .filter(|p| p.is("reactions", ns::REACTIONS));
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let to = one.attr(xml_ncname!("id"))?.to_owned();
    let mut emojis: Vec<String> = Vec::new();
    for child in one.children().filter(|c| c.is("reaction", ns::REACTIONS)) {
        let text = child.text();
        let emoji = text.trim();
        if emojis.len() < MAX_EMOJIS && is_emoji(emoji) && !emojis.iter().any(|e| e == emoji) {
            emojis.push(emoji.to_owned());
        }
    }
    Some(Reacted { to, emojis })
}

/// The payload that says with what we react now.
pub fn reactions(to: &str, emojis: &[String]) -> Element {
    let reaction = |emoji: &String| {
        Element::builder("reaction", ns::REACTIONS)
            .append(emoji.as_str())
            .build()
    };
    Element::builder("reactions", ns::REACTIONS)
        .attr(xml_ncname!("id").to_owned(), to)
        .append_all(emojis.iter().map(reaction))
        .build()
}

/// Whether a text is one visible character that can be an emoji: no letters, no digits except keycaps.
pub fn is_emoji(text: &str) -> bool {
    const KEYCAP: char = '\u{20e3}';
    let one = text.graphemes(true).count() == 1 && text.len() <= MAX_BYTES;
    let first = text.chars().next().unwrap_or('a');
    one && (text.ends_with(KEYCAP)
        || (!first.is_alphanumeric() && first >= '\u{a9}' && !first.is_control()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(payload: &str) -> Option<Reacted> {
        let xml = format!("<message xmlns='jabber:client'>{payload}</message>");
        reacted(&Message::try_from(xml.parse::<Element>().unwrap()).unwrap())
    }

    #[test]
    fn reads_what_it_writes() {
        let emojis = ["👍".to_owned(), "👨‍👩‍👧".to_owned(), "1️⃣".to_owned()];
        let xml = String::from(&reactions("m1", &emojis));
        assert_eq!(
            parse(&xml),
            Some(Reacted {
                to: "m1".into(),
                emojis: emojis.to_vec()
            })
        );
        assert_eq!(
            parse("<reactions xmlns='urn:xmpp:reactions:0' id='m1'/>"),
            Some(Reacted {
                to: "m1".into(),
                emojis: vec![]
            })
        );
    }

    #[test]
    fn e39_text_and_floods_are_no_reactions() {
        let flood: String = (0..10_000)
            .map(|n| char::from_u32(0x1f300 + n % 500).unwrap())
            .chain("👍👍".chars())
            .map(|c| format!("<reaction>{c}</reaction>"))
            .collect();
        let text = "<reaction>hello</reaction><reaction>a</reaction><reaction>1</reaction><reaction/>                    <reaction>👍👍</reaction><reaction>&lt;b&gt;</reaction>";
        for (payload, count) in [(flood.as_str(), MAX_EMOJIS), (text, 0)] {
            let xml =
                format!("<reactions xmlns='urn:xmpp:reactions:0' id='m'>{payload}</reactions>");
            assert_eq!(parse(&xml).unwrap().emojis.len(), count);
        }
        assert_eq!(parse("<reactions xmlns='urn:xmpp:reactions:0'/>"), None);
    }
}
