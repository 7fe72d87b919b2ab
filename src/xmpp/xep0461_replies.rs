//! XEP-0461: replying to a message.

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{jid::Jid, message::Message};

use super::{Extension, xep0428_fallback as fallback};
use crate::model::BareJid;

/// Namespace of replies.
pub const NS: &str = "urn:xmpp:reply:0";

/// Says that replies are understood; the session stores them.
#[derive(Debug, Default)]
pub struct Replies;

impl Extension for Replies {
    fn xep(&self) -> &'static str {
        "XEP-0461"
    }

    fn features(&self) -> &'static [&'static str] {
        &[NS]
    }
}

/// The id of the message that this one replies to, and its author as the reply says.
pub fn replied_to(message: &Message) -> Option<(String, Option<BareJid>)> {
    let mut all = message.payloads.iter().filter(|p| p.is("reply", NS));
    let (one, None) = (all.next()?, all.next()) else {
        return None;
    };
    let id = one
        .attr(xml_ncname!("id"))
        .filter(|id| !id.is_empty() && id.len() <= 1024)?;
    let author = one.attr(xml_ncname!("to")).and_then(|to| Jid::new(to).ok());
    Some((id.to_owned(), author.map(|jid| jid.to_bare())))
}

/// Makes a message a reply, with the quoted lines in front for those who know no replies (section 3.1).
pub fn mark(message: &mut Message, id: &str, author: &BareJid, quoted: &str) {
    let reply = Element::builder("reply", NS)
        .attr(xml_ncname!("to").to_owned(), author.as_str())
        .attr(xml_ncname!("id").to_owned(), id)
        .build();
    message.payloads.push(reply);
    let quote: String = quoted.lines().map(|line| format!("> {line}\n")).collect();
    if let Some(body) = message.bodies.values_mut().next() {
        body.insert_str(0, &quote);
        message
            .payloads
            .push(fallback::of(NS, 0..quote.chars().count()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xmpp_parsers::message::Lang;

    #[test]
    fn a_reply_is_read_as_it_was_made_without_its_quote() {
        let author = BareJid::new("bob@example.org").unwrap();
        let mut message = Message::chat(None).with_body(Lang::new(), "Grüße 👋".to_owned());
        mark(&mut message, "m1", &author, "two\nlines 🎂");
        assert_eq!(
            message.bodies.values().next().unwrap(),
            "> two\n> lines 🎂\nGrüße 👋"
        );
        assert_eq!(replied_to(&message), Some(("m1".to_owned(), Some(author))));
        let body = message.bodies.values().next().unwrap();
        assert_eq!(fallback::without(&message, NS, body), "Grüße 👋");
    }

    #[test]
    fn e40_a_reply_without_an_id_is_none() {
        let xml = "<message xmlns='jabber:client'><reply xmlns='urn:xmpp:reply:0' to='b@x.org'/></message>";
        let message = Message::try_from(xml.parse::<Element>().unwrap()).unwrap();
        assert_eq!(replied_to(&message), None);
    }
}
