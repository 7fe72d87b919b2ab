//! A part of a message with the places that were searched for: text and places, never markup.

use std::ops::Range;

use gtk::pango;

use crate::model::search::Excerpt;

/// How strong the colour behind a place is, of 65,535: the text stays readable in light and dark.
const STRENGTH: u16 = 22_000;
/// A yellow, as 16 bits each of red, green and blue.
const YELLOW: (u16, u16, u16) = (0xf6f6, 0xd3d3, 0x2d2d);

/// Text that can be shown, and the places in it that were searched for.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Marked {
    /// The text, safe to show.
    pub(crate) text: String,
    /// Bytes of the text, in order and apart.
    pub(crate) places: Vec<Range<usize>>,
}

impl Marked {
    /// Words of ours without a place in them.
    pub(crate) fn plain(text: String) -> Self {
        Self {
            text,
            places: Vec::new(),
        }
    }

    /// The excerpt without what could turn its direction, and with dots where the message goes on. `before` are words
    /// of ours.
    pub(crate) fn of(excerpt: &Excerpt, before: &str) -> Self {
        let mut text = before.to_owned();
        // What others wrote keeps its direction to itself (Unicode UAX #9, section 2.4.2).
        text.push('\u{2068}');
        if excerpt.cut_before {
            text.push('…');
        }
        let mut places = Vec::with_capacity(excerpt.places.len());
        let mut wanted = excerpt.places.iter().peekable();
        let mut start = None;
        for (at, c) in excerpt.text.char_indices() {
            if wanted.peek().is_some_and(|place| at >= place.end) {
                close(&mut start, text.len(), &mut places);
                wanted.next();
            }
            if wanted.peek().is_some_and(|place| at >= place.start) {
                start.get_or_insert(text.len());
            }
            if !turns(c) {
                text.push(c);
            }
        }
        close(&mut start, text.len(), &mut places);
        if excerpt.cut_after {
            text.push('…');
        }
        text.push('\u{2069}');
        Self { text, places }
    }

    /// What a label needs to show the places.
    pub(crate) fn attributes(&self) -> pango::AttrList {
        let list = pango::AttrList::new();
        for place in &self.places {
            let (Ok(start), Ok(end)) = (u32::try_from(place.start), u32::try_from(place.end))
            else {
                continue;
            };
            let (red, green, blue) = YELLOW;
            let attributes = [
                pango::AttrInt::new_weight(pango::Weight::Bold).into(),
                pango::AttrColor::new_background(red, green, blue).into(),
                pango::AttrInt::new_background_alpha(STRENGTH).into(),
            ];
            for mut attribute in attributes {
                let attribute: &mut pango::Attribute = &mut attribute;
                attribute.set_start_index(start);
                attribute.set_end_index(end);
                list.insert(attribute.clone());
            }
        }
        list
    }
}

fn close(start: &mut Option<usize>, end: usize, places: &mut Vec<Range<usize>>) {
    if let Some(start) = start.take()
        && start < end
    {
        places.push(start..end);
    }
}

/// Embeddings, overrides and isolates, marks of direction among them; and other characters that are not seen.
fn turns(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{2028}' | '\u{2029}'
        )
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use proptest::prelude::*;

    use super::*;
    use crate::model::search::Query;

    fn marked(typed: &str, text: &str) -> Option<Marked> {
        let excerpt = Query::parse(typed, &Utc).excerpt(text)?;
        Some(Marked::of(&excerpt, ""))
    }

    #[test]
    fn places_stay_where_they_are_when_characters_go() {
        let found = marked(
            "cafe train",
            "\u{202e}the <b>ca\u{200b}fe, the café\u{2069} train",
        )
        .unwrap();
        assert_eq!(found.text, "\u{2068}the <b>cafe, the café train\u{2069}");
        let words: Vec<&str> = found
            .places
            .iter()
            .map(|p| &found.text[p.clone()])
            .collect();
        assert_eq!(words, ["cafe", "café", "train"]);
        let own = Query::parse("hi", &Utc).excerpt("oh, hi").unwrap();
        let own = Marked::of(&own, "You: ");
        assert_eq!(own.text, "You: \u{2068}oh, hi\u{2069}");
        assert_eq!(&own.text[own.places[0].clone()], "hi");
        let long = marked("hay", &"hay ".repeat(200)).unwrap();
        assert!(long.text.ends_with("…\u{2069}") && long.places.len() > 20);
    }

    proptest! {
        #[test]
        fn nothing_in_a_message_breaks_its_marks(typed in "\\PC{1,6}", text in any::<String>(), around in "\\PC{0,20}") {
            for text in [format!("{text}{typed}{around}"), format!("{around} {typed}\u{202e}{text}")] {
                let Some(found) = marked(&typed, &text) else { continue };
                let mut end = 0;
                for place in &found.places {
                    prop_assert!(place.start >= end && place.start < place.end);
                    prop_assert!(found.text.get(place.clone()).is_some());
                    end = place.end;
                }
                let inside = &found.text['\u{2068}'.len_utf8()..found.text.len() - '\u{2069}'.len_utf8()];
                prop_assert!(!inside.chars().any(turns));
                let _ = found.attributes();
            }
        }
    }
}
