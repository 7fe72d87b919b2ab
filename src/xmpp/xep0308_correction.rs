//! XEP-0308: correcting a message that was sent.

use rxml::xml_ncname;
use xmpp_parsers::{
    message::{Id, Message},
    message_correct::Replace,
    ns,
};

use super::Extension;

/// Says that corrections are understood; the session applies them.
#[derive(Debug, Default)]
pub struct Corrections;

impl Extension for Corrections {
    fn xep(&self) -> &'static str {
        "XEP-0308"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::MESSAGE_CORRECT]
    }
}

/// The id of the message that this one replaces; none when it replaces itself or several.
pub fn replaced(message: &Message) -> Option<String> {
    let mut all = message
        .payloads
        .iter()
        .filter(|p| p.is("replace", ns::MESSAGE_CORRECT));
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let id = one.attr(xml_ncname!("id"))?;
    let own = message.id.as_ref().map(|id| id.0.as_str());
    (own != Some(id)).then(|| id.to_owned())
}

/// Says in a message that it replaces another one.
pub fn mark(message: &mut Message, replaces: &str) {
    message.payloads.push(
        Replace {
            id: Id(replaces.to_owned()),
        }
        .into(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: &str) -> Message {
        let xml = format!("<message xmlns='jabber:client' id='new'>{payload}</message>");
        Message::try_from(xml.parse::<minidom::Element>().unwrap()).unwrap()
    }

    #[test]
    fn names_what_it_replaces() {
        let mut plain = message("");
        assert_eq!(replaced(&plain), None);
        mark(&mut plain, "old");
        assert_eq!(replaced(&plain).as_deref(), Some("old"));
    }

    #[test]
    fn e37_a_message_cannot_replace_itself_nor_several() {
        assert_eq!(
            replaced(&message(
                "<replace xmlns='urn:xmpp:message-correct:0' id='new'/>"
            )),
            None
        );
        assert_eq!(
            replaced(&message("<replace xmlns='urn:xmpp:message-correct:0'/>")),
            None
        );
        let twice = "<replace xmlns='urn:xmpp:message-correct:0' id='a'/>".repeat(2);
        assert_eq!(replaced(&message(&twice)), None);
    }
}
