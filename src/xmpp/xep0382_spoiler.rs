//! XEP-0382: texts that are shown only when the reader asks for it.

use minidom::Element;
use xmpp_parsers::message::Message;

use super::{Extension, text};

/// The namespace.
pub const NS: &str = "urn:xmpp:spoiler:0";

/// Says that spoilers are understood; the session stores them.
#[derive(Debug, Default)]
pub struct Spoilers;

impl Extension for Spoilers {
    fn xep(&self) -> &'static str {
        "XEP-0382"
    }

    fn features(&self) -> &'static [&'static str] {
        &[NS]
    }
}

/// The hint of a text that is not to be shown at once, empty when it has none: the one without a language, else the
/// first.
pub fn hint(message: &Message) -> Option<String> {
    let spoilers = || message.payloads.iter().filter(|p| p.is("spoiler", NS));
    let plain = spoilers().find(|spoiler| spoiler.attrs().is_empty());
    let spoiler = plain.or_else(|| spoilers().next())?;
    Some(text::bounded(&spoiler.text(), text::MAX_LINE))
}

/// Says in a message that its text is not to be shown at once.
pub fn mark(message: &mut Message, hint: &str) {
    let spoiler = Element::builder("spoiler", NS);
    message.payloads.push(if hint.is_empty() {
        spoiler.build()
    } else {
        spoiler.append(hint).build()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: &str) -> Message {
        let xml = format!("<message xmlns='jabber:client'>{payload}</message>");
        Message::try_from(xml.parse::<Element>().unwrap()).unwrap()
    }

    #[test]
    fn a_hint_comes_back_as_it_was_sent() {
        for text in ["", "the end of the film"] {
            let mut sent = message("");
            assert_eq!(hint(&sent), None);
            mark(&mut sent, text);
            assert_eq!(hint(&sent).as_deref(), Some(text));
        }
    }

    #[test]
    fn of_several_hints_the_one_for_everybody_counts_and_it_is_one_line() {
        let both = format!(
            "<spoiler xmlns='{NS}' xml:lang='ca'>fi</spoiler><spoiler xmlns='{NS}'>end</spoiler>"
        );
        assert_eq!(hint(&message(&both)).as_deref(), Some("end"));
        let long = format!(
            "<spoiler xmlns='{NS}'>a\n\u{202e}b{}</spoiler>",
            "x".repeat(5000)
        );
        let hint = hint(&message(&long)).unwrap();
        assert!(hint.starts_with("a b") && hint.chars().count() <= text::MAX_LINE);
    }
}
