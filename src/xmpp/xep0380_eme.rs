//! XEP-0380: by what a message is encrypted, for those who cannot read it.

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::message::Message;

use super::text;

/// Namespace of the announcement.
pub const NS: &str = "urn:xmpp:eme:0";

/// Encryptions that have a name (XEP-0380, section 4, and the registry).
const KNOWN: &[(&str, &str)] = &[
    ("urn:xmpp:otr:0", "OTR"),
    ("jabber:x:encrypted", "Legacy OpenPGP"),
    ("urn:xmpp:openpgp:0", "OpenPGP for XMPP"),
    ("eu.siacs.conversations.axolotl", "OMEMO"),
    ("urn:xmpp:omemo:1", "OMEMO"),
    ("urn:xmpp:omemo:2", "OMEMO"),
];

/// Says by what a message is encrypted.
pub fn announce(namespace: &str) -> Element {
    Element::builder("encryption", NS)
        .attr(xml_ncname!("namespace").to_owned(), namespace)
        .build()
}

/// By what a message says that it is encrypted: a known name, else the one it gives itself.
pub fn announced(message: &Message) -> Option<String> {
    let element = message.payloads.iter().find(|p| p.is("encryption", NS))?;
    let namespace = element
        .attr(xml_ncname!("namespace"))
        .filter(|namespace| !namespace.is_empty())?;
    let known = KNOWN.iter().find(|(known, _)| *known == namespace);
    let name = known.map_or_else(
        || element.attr(xml_ncname!("name")).unwrap_or(namespace),
        |(_, name)| name,
    );
    Some(text::bounded(name, 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(inner: &str) -> Option<String> {
        let xml = format!("<message xmlns='jabber:client'>{inner}</message>");
        let element: Element = xml.parse().unwrap();
        announced(&Message::try_from(element).unwrap())
    }

    #[test]
    fn an_encryption_has_a_name() {
        let eme = |attributes: &str| name(&format!("<encryption xmlns='{NS}' {attributes}/>"));
        assert_eq!(
            eme("namespace='urn:xmpp:omemo:2'").as_deref(),
            Some("OMEMO")
        );
        // A known namespace is not called what the sender likes.
        assert_eq!(
            eme("namespace='urn:xmpp:otr:0' name='verified'").as_deref(),
            Some("OTR")
        );
        assert_eq!(
            eme("namespace='x:y' name='New\u{202e} thing'").as_deref(),
            Some("New thing")
        );
        assert_eq!(eme("namespace='x:y'").as_deref(), Some("x:y"));
        assert_eq!(eme(""), None);
        assert_eq!(name("<body>hi</body>"), None);
    }
}
