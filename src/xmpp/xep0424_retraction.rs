//! XEP-0424: taking a message back.

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::message::Message;

use super::Extension;

/// Namespace of retractions.
pub const NS: &str = "urn:xmpp:message-retract:1";

/// Says that retractions are understood; the session applies them.
#[derive(Debug, Default)]
pub struct Retractions;

impl Extension for Retractions {
    fn xep(&self) -> &'static str {
        "XEP-0424"
    }

    fn features(&self) -> &'static [&'static str] {
        &[NS]
    }
}

/// The id of the message that this one takes back; none when it is its own.
pub fn retracted(message: &Message) -> Option<String> {
    let mut all = message.payloads.iter().filter(|p| p.is("retract", NS));
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let id = one.attr(xml_ncname!("id"))?;
    let own = message.id.as_ref().map(|id| id.0.as_str());
    (own != Some(id)).then(|| id.to_owned())
}

/// The payload that takes a message back.
pub fn retract(id: &str) -> Element {
    Element::builder("retract", NS)
        .attr(xml_ncname!("id").to_owned(), id)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(payload: &str) -> Message {
        let xml = format!("<message xmlns='jabber:client' id='new'>{payload}</message>");
        Message::try_from(xml.parse::<Element>().unwrap()).unwrap()
    }

    #[test]
    fn names_what_it_takes_back() {
        let mut plain = message("");
        assert_eq!(retracted(&plain), None);
        plain.payloads.push(retract("old"));
        assert_eq!(retracted(&plain).as_deref(), Some("old"));
    }

    #[test]
    fn e38_a_message_cannot_take_itself_back() {
        assert_eq!(
            retracted(&message(
                "<retract xmlns='urn:xmpp:message-retract:1' id='new'/>"
            )),
            None
        );
        assert_eq!(
            retracted(&message("<retract xmlns='urn:xmpp:message-retract:1'/>")),
            None
        );
    }
}
