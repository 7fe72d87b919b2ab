//! The fixed fields of `jabber:iq:register`, from before there were forms (XEP-0077, section 14.1).

use minidom::Element;
use xmpp_parsers::ns;

use crate::{
    model::{Field, FieldKind, Form},
    xmpp::text,
};

/// Longest text above the fields, in characters.
const MAX_TEXT: usize = 4000;

/// Every field that XEP-0077 defines, as names on the wire; labels are the window's business.
const KNOWN: [&str; 17] = [
    "username", "nick", "password", "name", "first", "last", "email", "address", "city", "state",
    "zip", "phone", "url", "date", "misc", "text", "key",
];

/// Reads what the server asks for; everything asked for is required.
pub(super) fn read(query: &Element) -> Form {
    let instructions = query
        .get_child("instructions", ns::REGISTER)
        .map(|instructions| text::bounded_lines(&instructions.text(), MAX_TEXT))
        .unwrap_or_default();
    let mut fields: Vec<Field> = Vec::new();
    for child in query.children().filter(|child| child.has_ns(ns::REGISTER)) {
        let is_new = fields.iter().all(|field| field.var != child.name());
        if KNOWN.contains(&child.name()) && is_new {
            let value = child.text();
            fields.push(Field {
                var: child.name().to_owned(),
                label: child.name().to_owned(),
                kind: match child.name() {
                    "password" => FieldKind::Password,
                    "key" => FieldKind::Hidden,
                    _ => FieldKind::Text,
                },
                required: true,
                values: if value.is_empty() {
                    Vec::new()
                } else {
                    vec![value]
                },
            });
        }
    }
    Form {
        title: String::new(),
        instructions,
        fields,
        url: None,
    }
}

/// Writes the filled fields.
pub(super) fn write(form: &Form) -> Vec<Element> {
    form.fields
        .iter()
        .filter_map(|field| {
            let name = KNOWN.into_iter().find(|known| *known == field.var)?;
            let value = field.values.first()?;
            Some(
                Element::builder(name, ns::REGISTER)
                    .append(value.as_str())
                    .build(),
            )
        })
        .collect()
}
