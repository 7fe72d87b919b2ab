//! XEP-0428: text that is there only for those who do not understand the rest.

use std::ops::Range;

use minidom::Element;
use rxml::xml_ncname;
use xmpp_parsers::message::Message;

use super::Extension;

/// Namespace of fallback markings.
pub const NS: &str = "urn:xmpp:fallback:0";

/// Ranges that are looked at in one message; more is no honest marking.
const MAX_RANGES: usize = 16;

/// Says that fallback markings are understood.
#[derive(Debug, Default)]
pub struct Fallback;

impl Extension for Fallback {
    fn xep(&self) -> &'static str {
        "XEP-0428"
    }

    fn features(&self) -> &'static [&'static str] {
        &[NS]
    }
}

/// Marks a range of the body, counted in code points, as being there for those who do not know this namespace.
pub fn of(namespace: &str, range: Range<usize>) -> Element {
    let body = Element::builder("body", NS)
        .attr(xml_ncname!("start").to_owned(), range.start.to_string())
        .attr(xml_ncname!("end").to_owned(), range.end.to_string())
        .build();
    Element::builder("fallback", NS)
        .attr(xml_ncname!("for").to_owned(), namespace)
        .append(body)
        .build()
}

/// Marks the whole body as being there for those who do not know this namespace.
pub fn of_all(namespace: &str) -> Element {
    Element::builder("fallback", NS)
        .attr(xml_ncname!("for").to_owned(), namespace)
        .build()
}

/// The body without what is there for those who do not know this namespace. A marking that makes no sense (beyond
/// the end, backwards, overlapping) or that would leave nothing hides nothing.
pub fn without(message: &Message, namespace: &str, body: &str) -> String {
    let mut ranges: Vec<Range<usize>> = message
        .payloads
        .iter()
        .filter(|p| p.is("fallback", NS) && p.attr(xml_ncname!("for")) == Some(namespace))
        .flat_map(Element::children)
        .filter(|child| child.is("body", NS))
        .filter_map(|child| {
            let place = |name| child.attr::<rxml::NcNameStr>(name)?.parse::<usize>().ok();
            Some(place(xml_ncname!("start"))?..place(xml_ncname!("end"))?)
        })
        .take(MAX_RANGES)
        .collect();
    ranges.sort_by_key(|range| range.start);
    let length = body.chars().count();
    let sensible = ranges
        .iter()
        .all(|range| range.start <= range.end && range.end <= length)
        && ranges.windows(2).all(|pair| pair[0].end <= pair[1].start);
    if !sensible || ranges.is_empty() {
        return body.to_owned();
    }
    let rest: String = body
        .chars()
        .enumerate()
        .filter(|(place, _)| !ranges.iter().any(|range| range.contains(place)))
        .map(|(_, c)| c)
        .collect();
    if rest.trim().is_empty() {
        body.to_owned()
    } else {
        rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(body: &str, ranges: &str) -> String {
        let xml = format!(
            "<message xmlns='jabber:client'><fallback xmlns='urn:xmpp:fallback:0' for='x'>{ranges}</fallback></message>"
        );
        let message = Message::try_from(xml.parse::<Element>().unwrap()).unwrap();
        without(&message, "x", body)
    }

    #[test]
    fn a_marked_range_is_left_out_by_code_points() {
        assert_eq!(visible("> ä🎂\nyes", "<body start='0' end='5'/>"), "yes");
        assert_eq!(visible("one two", ""), "one two");
    }

    #[test]
    fn e40_markings_that_make_no_sense_hide_nothing() {
        for ranges in [
            "<body start='0' end='99'/>",
            "<body start='5' end='2'/>",
            "<body start='0' end='4'/><body start='2' end='6'/>",
            "<body start='-1' end='2'/>",
            "<body start='0' end='7'/>",
            "<body/>",
        ] {
            assert_eq!(visible("one two", ranges), "one two", "{ranges}");
        }
    }
}
