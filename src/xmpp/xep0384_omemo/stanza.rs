//! Messages before and after encryption: which parts are inside, and which must stay outside.

use minidom::Element;
use xmpp_parsers::{
    message::{Lang, Message},
    ns,
};

use super::encrypted;
use crate::{
    crypto::omemo::Profile,
    xmpp::{hint, xep0380_eme as eme, xep0382_spoiler as spoiler},
};

/// What those see who cannot decrypt at all; the same for everybody, thus not translated.
const FALLBACK: &str = "This message is encrypted with OMEMO, which this program does not know.";

/// Namespace of markers (XEP-0333).
const MARKERS: &str = "urn:xmpp:chat-markers:0";

/// Elements that servers and the sender's other devices need to see, and that tell nothing of the content
/// (XEP-0420, section 9).
const OUTSIDE: &[&str] = &[
    "urn:xmpp:hints",
    ns::SID,
    ns::DELAY,
    ns::RECEIPTS,
    MARKERS,
    ns::CHATSTATES,
];

fn stays_outside(element: &Element) -> bool {
    OUTSIDE.contains(&element.ns().as_str())
}

/// The text of a message of ours.
pub(super) fn text_of(message: &Message) -> Option<&str> {
    message.bodies.values().next().map(String::as_str)
}

/// What goes into an envelope of version 2.
pub(super) fn content(message: &Message) -> Vec<Element> {
    let body = text_of(message).map(crate::xmpp::xep0420_sce::body);
    let elements = message.payloads.iter().filter(|p| !stays_outside(p));
    body.into_iter().chain(elements.cloned()).collect()
}

/// A message that carries these encrypted elements instead of what it says. In version 0.3 only the text is
/// encrypted: the elements around it stay, without words in them.
pub(super) fn sealed(mut message: Message, elements: Vec<(Profile, Element)>) -> Message {
    let old = elements
        .iter()
        .any(|(profile, _)| *profile == Profile::Axolotl);
    message.bodies.clear();
    message.payloads = message
        .payloads
        .into_iter()
        .filter(|payload| old || stays_outside(payload))
        .map(without_words)
        .collect();
    if old {
        message.bodies.insert(Lang::new(), FALLBACK.to_owned());
    }
    let announced = if old {
        Profile::Axolotl
    } else {
        Profile::Omemo2
    };
    message.payloads.push(eme::announce(announced.namespace()));
    message
        .payloads
        .extend(elements.into_iter().map(|(_, element)| element));
    if !message
        .payloads
        .iter()
        .any(|p| p.is("store", "urn:xmpp:hints"))
    {
        // Without a text that servers see, archives would not keep it.
        message.payloads.push(hint("store"));
    }
    message
}

/// The hint of a spoiler is a part of what is said.
fn without_words(payload: Element) -> Element {
    if payload.is("spoiler", spoiler::NS) {
        return Element::builder("spoiler", spoiler::NS).build();
    }
    payload
}

/// A message in clear again, after version 0.3: with the text that was inside, and the elements around it.
pub(super) fn opened_old(mut message: Message, text: String) -> Message {
    remove_encryption(&mut message);
    message.bodies.clear();
    message.bodies.insert(Lang::new(), text);
    message
}

/// A message in clear again, after version 2: only what was inside counts, and what servers must see.
pub(super) fn opened_new(mut message: Message, content: Vec<Element>) -> Message {
    remove_encryption(&mut message);
    message.bodies.clear();
    message.subjects.clear();
    message.payloads.retain(stays_outside);
    for element in content {
        if element.is("body", ns::DEFAULT_NS) {
            message
                .bodies
                .entry(Lang::new())
                .or_insert_with(|| element.text());
        } else if !stays_outside(&element)
            || element.has_ns(ns::RECEIPTS)
            || element.has_ns(MARKERS)
        {
            message.payloads.push(element);
        }
    }
    message
}

fn remove_encryption(message: &mut Message) {
    message
        .payloads
        .retain(|p| encrypted::profile_of(p).is_none() && !p.is("encryption", eme::NS));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(inner: &str) -> Message {
        let xml = format!(
            "<message xmlns='jabber:client' type='chat' to='bob@example.org'>{inner}</message>"
        );
        Message::try_from(xml.parse::<Element>().unwrap()).unwrap()
    }

    fn element(profile: Profile) -> (Profile, Element) {
        (
            profile,
            Element::builder("encrypted", profile.namespace()).build(),
        )
    }

    const SECRET: &str = "<body>secret words</body><spoiler xmlns='urn:xmpp:spoiler:0'>secret hint</spoiler>\
        <reply xmlns='urn:xmpp:reply:0' id='x'/><origin-id xmlns='urn:xmpp:sid:0' id='o'/>";

    #[test]
    fn p18_nothing_that_is_said_stays_outside() {
        for elements in [
            vec![element(Profile::Axolotl)],
            vec![element(Profile::Omemo2)],
            vec![element(Profile::Axolotl), element(Profile::Omemo2)],
        ] {
            let xml = String::from(&Element::from(sealed(message(SECRET), elements)));
            assert!(!xml.contains("secret"), "{xml}");
            assert!(xml.contains("origin-id"));
        }
    }

    #[test]
    fn p24_archives_keep_it_and_others_are_told_what_it_is() {
        for profile in Profile::ALL {
            let sealed = sealed(message(SECRET), vec![element(profile)]);
            assert!(
                sealed
                    .payloads
                    .iter()
                    .any(|p| p.is("store", "urn:xmpp:hints"))
            );
            assert_eq!(eme::announced(&sealed).as_deref(), Some("OMEMO"));
        }
    }

    #[test]
    fn p23_version_2_has_no_text_outside_and_0_3_has_one() {
        assert!(
            sealed(message(SECRET), vec![element(Profile::Omemo2)])
                .bodies
                .is_empty()
        );
        let old = sealed(message(SECRET), vec![element(Profile::Axolotl)]);
        assert_eq!(text_of(&old), Some(FALLBACK));
    }

    #[test]
    fn g57_what_is_outside_an_envelope_counts_for_nothing() {
        let outer = message(
            "<body>forged</body><encrypted xmlns='urn:xmpp:omemo:2'/><encryption xmlns='urn:xmpp:eme:0' namespace='x'/>\
             <replace xmlns='urn:xmpp:message-correct:0' id='x'/><origin-id xmlns='urn:xmpp:sid:0' id='o'/>\
             <request xmlns='urn:xmpp:receipts'/>",
        );
        let inside = crate::xmpp::xep0420_sce::body("real");
        let opened = opened_new(outer.clone(), vec![inside]);
        assert_eq!(text_of(&opened), Some("real"));
        let names: Vec<&str> = opened.payloads.iter().map(Element::name).collect();
        assert_eq!(names, ["origin-id", "request"]);
        let empty = opened_new(outer, vec![]);
        assert_eq!(text_of(&empty), None);
    }
}
