//! Reads forms and writes the filled ones (XEP-0004), with CAPTCHA pictures (XEP-0158, XEP-0221).
//! Fetches nothing: a picture is shown only when it came with the form.

use minidom::Element;
use xmpp_parsers::ns;

use super::text;
use crate::model::{Field, FieldKind, FieldOption, Form, Picture};

/// Namespace of media elements (XEP-0221).
const MEDIA: &str = "urn:xmpp:media-element";

/// Most fields of one form; a person would not fill more.
const MAX_FIELDS: usize = 200;

/// Most options of one field.
const MAX_OPTIONS: usize = 500;

/// Longest label and option, in characters.
const MAX_LABEL: usize = 300;

/// Longest text above the fields or in one, in characters.
const MAX_TEXT: usize = 4000;

/// Longest value that must be sent back as it is, in bytes.
const MAX_VALUE: usize = 16 * 1024;

/// Reads a form. `picture` gives the picture that a URI stands for, if it came with the form.
pub fn read(x: &Element, mut picture: impl FnMut(&str) -> Option<Picture>) -> Form {
    let lines: Vec<String> = x
        .children()
        .filter(|child| child.is("instructions", ns::DATA_FORMS))
        .map(Element::text)
        .collect();
    Form {
        title: x
            .get_child("title", ns::DATA_FORMS)
            .map(|title| text::bounded(&title.text(), MAX_LABEL))
            .unwrap_or_default(),
        instructions: text::bounded_lines(&lines.join("\n"), MAX_TEXT),
        fields: x
            .children()
            .filter(|child| child.is("field", ns::DATA_FORMS))
            .take(MAX_FIELDS)
            .filter_map(|field| read_field(field, &mut picture))
            .collect(),
        url: None,
    }
}

fn read_field(field: &Element, picture: &mut impl FnMut(&str) -> Option<Picture>) -> Option<Field> {
    let kind = read_kind(field, picture);
    let var = field.attr("var").unwrap_or_default().to_owned();
    // Only text to read may go without a name (XEP-0004, section 3.2).
    if var.len() > MAX_VALUE || (var.is_empty() && kind != FieldKind::Fixed) {
        return None;
    }
    let label = field
        .attr("label")
        .map(|label| text::bounded(label, MAX_LABEL))
        .filter(|label| !label.is_empty())
        .or_else(|| {
            let description = field.get_child("desc", ns::DATA_FORMS)?.text();
            Some(text::bounded(&description, MAX_LABEL))
        })
        .unwrap_or_default();
    let values = field
        .children()
        .filter(|child| child.is("value", ns::DATA_FORMS))
        .take(MAX_OPTIONS)
        .map(Element::text);
    let values: Vec<String> = match kind {
        FieldKind::Fixed => values
            .map(|value| text::bounded_lines(&value, MAX_TEXT))
            .collect(),
        _ => values.filter(|value| value.len() <= MAX_VALUE).collect(),
    };
    Some(Field {
        label: if label.is_empty() && kind != FieldKind::Fixed {
            text::bounded(&var, MAX_LABEL)
        } else {
            label
        },
        var,
        required: field.has_child("required", ns::DATA_FORMS),
        kind,
        values,
    })
}

fn read_kind(field: &Element, picture: &mut impl FnMut(&str) -> Option<Picture>) -> FieldKind {
    match field.attr("type").unwrap_or("text-single") {
        "boolean" => FieldKind::Switch,
        "fixed" => FieldKind::Fixed,
        "hidden" => FieldKind::Hidden,
        "text-private" => FieldKind::Password,
        "text-multi" | "jid-multi" => FieldKind::Lines,
        "list-single" => FieldKind::Choice(read_options(field)),
        "list-multi" => FieldKind::Choices(read_options(field)),
        // Unknown types are text (XEP-0004, section 3.3).
        _ => match field.get_child("media", MEDIA) {
            Some(media) => FieldKind::Captcha(
                media
                    .children()
                    .filter(|child| child.is("uri", MEDIA))
                    .find_map(|uri| picture(uri.text().trim())),
            ),
            None => FieldKind::Text,
        },
    }
}

fn read_options(field: &Element) -> Vec<FieldOption> {
    field
        .children()
        .filter(|child| child.is("option", ns::DATA_FORMS))
        .take(MAX_OPTIONS)
        .filter_map(|option| {
            let value = option.get_child("value", ns::DATA_FORMS)?.text();
            let label = option
                .attr("label")
                .map(|label| text::bounded(label, MAX_LABEL))
                .filter(|label| !label.is_empty())
                .unwrap_or_else(|| text::bounded(&value, MAX_LABEL));
            (value.len() <= MAX_VALUE).then_some(FieldOption { label, value })
        })
        .collect()
}

/// Writes a filled form (type `submit`): all fields with a value, hidden ones as they came, text to read left out.
pub fn submit(form: &Form) -> Element {
    let mut x =
        Element::builder("x", ns::DATA_FORMS).attr(rxml::xml_ncname!("type").to_owned(), "submit");
    for field in &form.fields {
        if field.kind == FieldKind::Fixed || field.values.is_empty() {
            continue;
        }
        let mut element = Element::builder("field", ns::DATA_FORMS)
            .attr(rxml::xml_ncname!("var").to_owned(), field.var.as_str());
        for value in &field.values {
            element =
                element.append(Element::builder("value", ns::DATA_FORMS).append(value.as_str()));
        }
        x = x.append(element);
    }
    x.build()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(inner: &str) -> Form {
        read(
            &format!("<x xmlns='jabber:x:data' type='form'>{inner}</x>")
                .parse()
                .unwrap(),
            |_| None,
        )
    }

    #[test]
    fn every_kind_of_field_is_read() {
        for (kind, expected) in [
            ("text-single", FieldKind::Text),
            ("jid-single", FieldKind::Text),
            ("text-private", FieldKind::Password),
            ("text-multi", FieldKind::Lines),
            ("jid-multi", FieldKind::Lines),
            ("boolean", FieldKind::Switch),
            ("hidden", FieldKind::Hidden),
            ("fixed", FieldKind::Fixed),
            ("of-the-future", FieldKind::Text),
            ("list-single", FieldKind::Choice(Vec::new())),
            ("list-multi", FieldKind::Choices(Vec::new())),
        ] {
            let form = form(&format!("<field var='v' type='{kind}'/>"));
            assert_eq!(form.fields[0].kind, expected, "{kind}");
        }
    }

    #[test]
    fn a_form_is_read_as_it_is_meant() {
        let form = form(
            "<title>Join</title><instructions>One</instructions><instructions>Two</instructions>\
             <field var='FORM_TYPE' type='hidden'><value>jabber:iq:register</value></field>\
             <field type='fixed'><value>Read this</value></field>\
             <field var='username' type='text-single' label='Name'><required/></field>\
             <field var='colour' type='list-single'><desc>Which?</desc><value>r</value>\
             <option label='Red'><value>r</value></option><option><value>g</value></option></field>\
             <field type='text-single' label='no name'/>",
        );
        assert_eq!(form.title, "Join");
        assert_eq!(form.instructions, "One\nTwo");
        assert_eq!(form.fields.len(), 4);
        assert_eq!(form.fields[1].values, ["Read this"]);
        assert!(form.fields[2].required);
        assert_eq!(form.fields[2].label, "Name");
        assert_eq!(form.fields[3].label, "Which?");
        assert_eq!(
            form.fields[3].kind,
            FieldKind::Choice(vec![
                FieldOption {
                    label: "Red".into(),
                    value: "r".into()
                },
                FieldOption {
                    label: "g".into(),
                    value: "g".into()
                },
            ])
        );
    }

    #[test]
    fn a_picture_that_came_along_is_a_captcha() {
        let x: Element = "<x xmlns='jabber:x:data' type='form'><field var='ocr'>\
             <media xmlns='urn:xmpp:media-element'><uri type='image/png'>http://a.example/x</uri>\
             <uri type='image/png'>cid:1@bob.xmpp.org</uri></media></field></x>"
            .parse()
            .unwrap();
        let picture = Picture { png: vec![1] };
        let form = read(&x, |uri| uri.starts_with("cid:").then(|| picture.clone()));
        assert_eq!(form.fields[0].kind, FieldKind::Captcha(Some(picture)));
        assert_eq!(read(&x, |_| None).fields[0].kind, FieldKind::Captcha(None));
    }

    #[test]
    fn a_filled_form_keeps_what_is_hidden_and_leaves_out_what_is_only_read() {
        let mut form = form(
            "<field var='FORM_TYPE' type='hidden'><value>t</value></field>\
             <field type='fixed'><value>Read this</value></field>\
             <field var='username'/><field var='empty'/>",
        );
        form.fields[2].values = vec!["anna".into()];
        let expected: Element = "<x xmlns='jabber:x:data' type='submit'>\
             <field var='FORM_TYPE'><value>t</value></field>\
             <field var='username'><value>anna</value></field></x>"
            .parse()
            .unwrap();
        assert_eq!(submit(&form), expected);
    }

    #[test]
    fn a_flood_of_fields_and_spoofed_labels_are_bounded() {
        let form = form(&format!(
            "{}<field var='x' label='{}'/>",
            "<field var='a' label='b&#x202e;c'/>".repeat(10_000),
            "l".repeat(5_000) // A longer attribute does not even get through the XML parser.
        ));
        assert_eq!(form.fields.len(), MAX_FIELDS);
        assert_eq!(form.fields[0].label, "bc");
    }

    proptest! {
        #[test]
        fn never_panics(var in ".*", kind in ".*", label in ".*", value in ".*") {
            let field = Element::builder("field", ns::DATA_FORMS)
                .attr(rxml::xml_ncname!("var").to_owned(), var)
                .attr(rxml::xml_ncname!("type").to_owned(), kind)
                .attr(rxml::xml_ncname!("label").to_owned(), label)
                .append(Element::builder("value", ns::DATA_FORMS).append(value));
            let x = Element::builder("x", ns::DATA_FORMS).append(field).build();
            let _ = submit(&read(&x, |_| None));
        }
    }
}
