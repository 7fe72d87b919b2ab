//! XEP-0420: what is encrypted is an envelope of elements, with who wrote it to whom.
//! Knows nothing of how it is encrypted.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::{date::DateTime, ns};

use super::stream::limits;
use crate::{
    crypto::Entropy,
    model::{BareJid, Jid, Timestamp},
};

/// Namespace of envelopes.
pub const NS: &str = "urn:xmpp:sce:1";

/// Largest envelope that is read, in bytes.
const MAX_ENVELOPE: usize = 256 * 1024;
/// Elements that are read of one envelope.
const MAX_CONTENT: usize = 100;
/// An envelope is padded to this size at least, in bytes, and then by up to [`MAX_PADDING`] more (section 4).
const LEAST: usize = 512;
/// Most random padding, in characters (section 4).
const MAX_PADDING: u8 = 200;

/// Elements that servers must see, and that count for nothing inside (section 9).
const FOR_SERVERS: &[&str] = &[
    "urn:xmpp:hints",
    "urn:xmpp:sid:0",
    "http://jabber.org/protocol/address",
    "urn:xmpp:delay",
    "urn:xmpp:carbons:2",
    "urn:xmpp:mam:2",
    "urn:xmpp:forward:0",
    "http://jabber.org/protocol/muc#user",
    "urn:xmpp:omemo:2",
    "eu.siacs.conversations.axolotl",
    "urn:xmpp:openpgp:0",
];

/// What an envelope says.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The elements, without those that must not be inside.
    pub content: Vec<Element>,
    /// When it was written, by the sender's clock; only plausible, never an order.
    pub time: Option<Timestamp>,
}

/// Why an envelope is refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// It is no envelope.
    Malformed,
    /// It was written by somebody else than the stanza says.
    OtherSender,
    /// It was written to somebody else.
    OtherRecipient,
}

/// Reads an envelope and checks that it is from whom and to whom its stanza is. Without `<to/>`, which is only
/// required in rooms, nothing is said about the recipient.
///
/// # Errors
/// Says why it must not be shown.
pub fn open(bytes: &[u8], from: &BareJid, to: &BareJid) -> Result<Opened, Refused> {
    if bytes.len() > MAX_ENVELOPE {
        return Err(Refused::Malformed);
    }
    let envelope = limits::parse(bytes).ok_or(Refused::Malformed)?;
    if !envelope.is("envelope", NS) {
        return Err(Refused::Malformed);
    }
    if affix(&envelope, "from")?.is_some_and(|jid| jid != *from) {
        return Err(Refused::OtherSender);
    }
    if affix(&envelope, "to")?.is_some_and(|jid| jid != *to) {
        return Err(Refused::OtherRecipient);
    }
    let time = envelope
        .get_child("time", NS)
        .and_then(|time| time.attr(xml_ncname!("stamp"))?.parse::<DateTime>().ok())
        .map(|stamp| Timestamp(stamp.0.timestamp_millis()));
    let content = one(&envelope, "content")?.ok_or(Refused::Malformed)?;
    let content = content
        .children()
        .filter(|child| !FOR_SERVERS.contains(&child.ns().as_str()))
        .take(MAX_CONTENT)
        .cloned()
        .collect();
    Ok(Opened { content, time })
}

/// The only child of this name.
fn one<'e>(envelope: &'e Element, name: &str) -> Result<Option<&'e Element>, Refused> {
    let mut all = envelope.children().filter(|child| child.is(name, NS));
    match (all.next(), all.next()) {
        (first, None) => Ok(first),
        (_, Some(_)) => Err(Refused::Malformed),
    }
}

fn affix(envelope: &Element, name: &str) -> Result<Option<BareJid>, Refused> {
    let Some(element) = one(envelope, name)? else {
        return Ok(None);
    };
    let jid = element.attr(xml_ncname!("jid")).ok_or(Refused::Malformed)?;
    let jid = Jid::new(jid).map_err(|_| Refused::Malformed)?;
    Ok(Some(jid.to_bare()))
}

/// An envelope to encrypt, padded so that its length says little.
pub fn seal(
    content: Vec<Element>,
    from: &BareJid,
    to: &BareJid,
    at: Timestamp,
    entropy: &mut dyn Entropy,
) -> String {
    let party = |name: &str, jid: &BareJid| {
        Element::builder(name, NS)
            .attr(xml_ncname!("jid").to_owned(), jid.as_str())
            .build()
    };
    let mut envelope = Element::builder("envelope", NS)
        .append(Element::builder("content", NS).append_all(content).build())
        .append(party("from", from))
        .append(party("to", to));
    if let Some(stamp) = chrono::DateTime::from_timestamp_millis(at.0) {
        let stamp = stamp.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let time = Element::builder("time", NS).attr(xml_ncname!("stamp").to_owned(), stamp);
        envelope = envelope.append(time.build());
    }
    let mut envelope = envelope.build();
    let length = String::from(&envelope).len();
    let mut random = [0];
    entropy.fill(&mut random);
    let padding = LEAST.saturating_sub(length) + usize::from(random[0] % (MAX_PADDING + 1));
    let mut random = vec![0; padding];
    entropy.fill(&mut random);
    let mut padded = STANDARD_NO_PAD.encode(random);
    padded.truncate(padding);
    envelope.append_child(Element::builder("rpad", NS).append(padded).build());
    String::from(&envelope)
}

/// A text as element of an envelope.
pub fn body(text: &str) -> Element {
    Element::builder("body", ns::DEFAULT_NS)
        .append(text)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemEntropy;

    fn jid(text: &str) -> BareJid {
        BareJid::new(text).unwrap()
    }

    fn read(xml: &str) -> Result<Opened, Refused> {
        open(
            xml.as_bytes(),
            &jid("anna@example.org"),
            &jid("bob@example.org"),
        )
    }

    #[test]
    fn what_is_sealed_is_read_and_says_little_by_its_length() {
        let (anna, bob) = (jid("anna@example.org"), jid("bob@example.org"));
        let mut lengths = Vec::new();
        for text in ["", "yes", "no, not at all <&> \u{1f600}"] {
            let at = Timestamp(1_700_000_000_000);
            let sealed = seal(vec![body(text)], &anna, &bob, at, &mut SystemEntropy);
            lengths.push(sealed.len());
            let opened = read(&sealed).unwrap();
            assert_eq!(opened.content.len(), 1);
            assert_eq!(opened.content[0].text(), text);
            assert!(opened.content[0].is("body", ns::DEFAULT_NS));
            assert_eq!(opened.time, Some(at));
        }
        assert!(
            lengths
                .iter()
                .all(|length| (LEAST..LEAST + 250).contains(length)),
            "{lengths:?}"
        );
    }

    #[test]
    fn g57_an_envelope_of_others_is_refused() {
        let envelope = |affixes: &str| {
            read(&format!(
                "<envelope xmlns='urn:xmpp:sce:1'><content><body xmlns='jabber:client'>hi</body></content>{affixes}</envelope>"
            ))
        };
        assert!(envelope("").is_ok());
        assert!(
            envelope("<from jid='anna@example.org/phone'/><to jid='BOB@example.org'/>").is_ok()
        );
        assert_eq!(
            envelope("<from jid='eve@example.org'/>"),
            Err(Refused::OtherSender)
        );
        assert_eq!(
            envelope("<to jid='eve@example.org'/>"),
            Err(Refused::OtherRecipient)
        );
        for broken in [
            "<from/>",
            "<from jid='@'/>",
            "<from jid='anna@example.org'/><from jid='anna@example.org'/>",
            "<content/>",
        ] {
            assert_eq!(envelope(broken), Err(Refused::Malformed), "{broken}");
        }
        assert_eq!(envelope("<time stamp='yesterday'/>").unwrap().time, None);
        assert!(envelope("<time stamp='1999-01-01T00:00:00Z'/><rpad/>").is_ok());
    }

    #[test]
    fn g57_what_servers_must_see_counts_for_nothing_inside() {
        let opened = read(
            "<envelope xmlns='urn:xmpp:sce:1'><content><body xmlns='jabber:client'>hi</body>\
             <store xmlns='urn:xmpp:hints'/><stanza-id xmlns='urn:xmpp:sid:0' by='bob@example.org' id='x'/>\
             <addresses xmlns='http://jabber.org/protocol/address'/>\
             <encrypted xmlns='urn:xmpp:omemo:2'/></content></envelope>",
        );
        assert_eq!(opened.unwrap().content.len(), 1);
    }

    #[test]
    fn g57_hostile_xml_is_refused() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        for xml in [
            "",
            "<envelope/>",
            "<envelope xmlns='urn:xmpp:sce:0'><content/></envelope>",
            "<envelope xmlns='urn:xmpp:sce:1'/>",
            "<envelope xmlns='urn:xmpp:sce:1'><content>",
            "<!DOCTYPE x [<!ENTITY e 'x'>]><envelope xmlns='urn:xmpp:sce:1'><content>&e;</content></envelope>",
            &format!("<envelope xmlns='urn:xmpp:sce:1'><content>{deep}</content></envelope>"),
            &format!(
                "<envelope xmlns='urn:xmpp:sce:1'><content>{}</content></envelope>",
                "x".repeat(MAX_ENVELOPE)
            ),
        ] {
            assert_eq!(read(xml), Err(Refused::Malformed), "{:.80}", xml);
        }
        assert_eq!(
            open(&[0xff, 0xfe, 0], &jid("a@b.c"), &jid("a@b.c")),
            Err(Refused::Malformed)
        );
    }
}
