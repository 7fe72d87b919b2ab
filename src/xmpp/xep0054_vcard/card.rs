//! Reading and changing a vCard as XML, field by field.
//! Knows nothing of who it belongs to.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use minidom::Element;
use xmpp_parsers::ns;

use super::CardChange;
use crate::{
    model::Profile,
    xmpp::text::{MAX_LINE, MAX_NOTE, bounded as line, bounded_lines as lines},
};

/// A field: its element, and the one inside that carries the text, if the text is not in the field itself.
type Path = (&'static str, Option<&'static str>);

const FULL_NAME: Path = ("FN", None);
const NICKNAME: Path = ("NICKNAME", None);
const ORGANISATION: Path = ("ORG", Some("ORGNAME"));
const EMAIL: Path = ("EMAIL", Some("USERID"));
const URL: Path = ("URL", None);
const PHONE: Path = ("TEL", Some("NUMBER"));
const DESCRIPTION: Path = ("DESC", None);
const NOTE: Path = ("NOTE", None);

/// What a vCard says, bounded and cleaned.
pub(super) fn profile(card: &Element) -> Profile {
    let read = |path| line(&text(card, path), MAX_LINE);
    Profile {
        full_name: read(FULL_NAME),
        nickname: read(NICKNAME),
        organisation: read(ORGANISATION),
        email: read(EMAIL),
        url: read(URL),
        phone: read(PHONE),
        note: lines(&text(card, note_in(card)), MAX_NOTE),
    }
}

/// A profile as it can be sent.
pub(super) fn bounded(profile: &Profile) -> Profile {
    Profile {
        full_name: line(&profile.full_name, MAX_LINE),
        nickname: line(&profile.nickname, MAX_LINE),
        organisation: line(&profile.organisation, MAX_LINE),
        email: line(&profile.email, MAX_LINE),
        url: line(&profile.url, MAX_LINE),
        phone: line(&profile.phone, MAX_LINE),
        note: lines(&profile.note, MAX_NOTE),
    }
}

/// The bytes of the picture in base64 as they stand, if there is a picture inside the vCard (XEP-0153, section 4.3).
pub(in crate::xmpp) fn photo(card: &Element) -> Option<String> {
    let photo = card.get_child("PHOTO", ns::VCARD)?;
    let text = photo.get_child("BINVAL", ns::VCARD)?.text();
    (!text.trim().is_empty()).then_some(text)
}

/// Changes a vCard in place; what is not concerned stays as it is.
pub(super) fn apply(card: &mut Element, change: &CardChange) {
    match change {
        CardChange::Photo(png) => {
            while card.remove_child("PHOTO", ns::VCARD).is_some() {}
            if let Some(png) = png {
                let leaf =
                    |name, text: String| Element::builder(name, ns::VCARD).append(text).build();
                let photo = Element::builder("PHOTO", ns::VCARD)
                    .append(leaf("TYPE", "image/png".to_owned()))
                    .append(leaf("BINVAL", BASE64.encode(png)));
                card.append_child(photo.build());
            }
        }
        CardChange::Profile(new) => {
            // A field that reads as before may be longer than what we read of it.
            let old = profile(card);
            for (path, old, new) in [
                (FULL_NAME, &old.full_name, &new.full_name),
                (NICKNAME, &old.nickname, &new.nickname),
                (ORGANISATION, &old.organisation, &new.organisation),
                (EMAIL, &old.email, &new.email),
                (URL, &old.url, &new.url),
                (PHONE, &old.phone, &new.phone),
                (note_in(card), &old.note, &new.note),
            ] {
                if old != new {
                    write(card, path, new);
                }
            }
        }
    }
}

/// Where the free text stands: servers that keep vCards in another form give a description back as a note.
fn note_in(card: &Element) -> Path {
    let is_note = card.has_child("NOTE", ns::VCARD) && !card.has_child("DESC", ns::VCARD);
    if is_note { NOTE } else { DESCRIPTION }
}

/// The text of the first field of this kind.
fn text(card: &Element, (outer, inner): Path) -> String {
    let field = card.get_child(outer, ns::VCARD);
    let leaf = match inner {
        None => field,
        Some(inner) => field.and_then(|field| field.get_child(inner, ns::VCARD)),
    };
    leaf.map(Element::text).unwrap_or_default()
}

/// Changes the first field of this kind, adds or removes it.
fn write(card: &mut Element, (outer, inner): Path, text: &str) {
    let leaf = |name: &str| Element::builder(name, ns::VCARD).append(text).build();
    let Some(field) = card.get_child_mut(outer, ns::VCARD) else {
        if !text.is_empty() {
            card.append_child(match inner {
                None => leaf(outer),
                Some(inner) => Element::builder(outer, ns::VCARD)
                    .append_all(flag(outer))
                    .append(leaf(inner))
                    .build(),
            });
        }
        return;
    };
    match inner {
        None => {
            field.take_nodes();
            field.append_text_node(text);
        }
        Some(inner) => {
            field.remove_child(inner, ns::VCARD);
            if !text.is_empty() {
                field.append_child(leaf(inner));
            }
        }
    }
    let says_nothing = field.text().trim().is_empty()
        && field.children().all(|child| child.text().trim().is_empty());
    if says_nothing {
        card.remove_child(outer, ns::VCARD);
    }
}

/// What the kind of a new field is.
fn flag(outer: &str) -> Option<Element> {
    let name = match outer {
        "EMAIL" => "INTERNET",
        "TEL" => "VOICE",
        _ => return None,
    };
    Some(Element::bare(name, ns::VCARD))
}
