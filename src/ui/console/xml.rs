//! Puts the elements of a stanza onto lines of their own, for the eye.
//! Knows nothing of what they mean; whatever the text is, it stays as it is but for blanks between elements.

/// Blanks per level.
const STEP: usize = 2;
/// Deepest level that is still moved to the right.
const MOST_LEVELS: usize = 12;
/// Longest text that is shown, in bytes: a screen full. What is copied is whole.
const MOST: usize = 6_000;

/// A piece of XML text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Piece<'x> {
    Open(&'x str),
    Close(&'x str),
    Empty(&'x str),
    Text(&'x str),
}

/// The text with each element on a line of its own, cut where it is too long to be looked at.
pub(super) fn on_lines(xml: &str) -> String {
    let mut lines = String::with_capacity(xml.len() + xml.len() / 4);
    let mut level = 0_usize;
    let mut before: Option<Piece<'_>> = None;
    for piece in pieces(xml) {
        if let Piece::Close(_) = piece {
            level = level.saturating_sub(1);
        }
        // Text, and what closes or follows it, stays beside it.
        let beside = matches!(piece, Piece::Text(_))
            || matches!(before, Some(Piece::Text(_)) | None)
            || matches!((before, piece), (Some(Piece::Open(_)), Piece::Close(_)));
        if !beside {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', STEP * level.min(MOST_LEVELS)));
        }
        let (Piece::Open(text) | Piece::Close(text) | Piece::Empty(text) | Piece::Text(text)) =
            piece;
        if let Some(end) = cut(text, MOST.saturating_sub(lines.len())) {
            lines.push_str(&text[..end]);
            lines.push('…');
            break;
        }
        lines.push_str(text);
        if let Piece::Open(_) = piece {
            level += 1;
        }
        before = Some(piece);
    }
    lines
}

/// Where to cut a text that is longer than this, in bytes.
fn cut(text: &str, most: usize) -> Option<usize> {
    (text.len() > most).then(|| {
        (0..=most)
            .rev()
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or_default()
    })
}

/// Tags and the texts between them; what is no tag after all is text.
fn pieces(xml: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let is_tag = rest.starts_with('<');
        let end = if is_tag {
            tag_end(rest)
        } else {
            rest.find('<')
        };
        let (piece, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        Some(match piece {
            _ if !is_tag || end.is_none() => Piece::Text(piece),
            tag if tag.starts_with("</") => Piece::Close(tag),
            tag if tag.ends_with("/>") => Piece::Empty(tag),
            tag => Piece::Open(tag),
        })
    })
}

/// Where the tag ends that a text begins with: values may hold any sign.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn elements_stand_below_each_other_and_text_beside_its_element() {
        for (xml, lines) in [
            ("<iq id='1'/>", "<iq id='1'/>"),
            (
                "<message to=\"a>b\"><body>hi <b/>you</body><x/></message>",
                "<message to=\"a>b\">\n  <body>hi <b/>you</body>\n  <x/>\n</message>",
            ),
            ("<a><b></b></a>", "<a>\n  <b></b>\n</a>"),
            ("<a><b", "<a><b"),
            ("no xml", "no xml"),
        ] {
            assert_eq!(on_lines(xml), lines, "{xml}");
        }
    }

    #[test]
    fn what_is_too_long_is_cut() {
        let long = format!("<body>{}</body>", "ü".repeat(10_000));
        let lines = on_lines(&long);
        assert!(lines.len() <= MOST + '…'.len_utf8() && lines.ends_with("ü…"));
        let deep = "<a>".repeat(5_000);
        assert!(on_lines(&deep).len() <= MOST + 100);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_but_blanks(text in "[<>/ab'\" =é…]{0,200}") {
            let signs = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(signs(&on_lines(&text)), signs(&text));
        }
    }
}
