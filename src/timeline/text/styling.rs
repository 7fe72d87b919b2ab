//! Finds the styles of a text (XEP-0393), in linear time.
//! Knows nothing of widgets; links are given to it and are opaque.

use std::ops::Range;

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Style {
    /// Strongly emphasised: `*so*`.
    pub strong: bool,
    /// Emphasised: `_so_`.
    pub emphasis: bool,
    /// Struck through: `~so~`.
    pub strike: bool,
    /// Preformatted, inside a line or as a block.
    pub preformatted: bool,
    /// Inside a quotation.
    pub quote: bool,
}

/// A piece of text with one style.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Styled {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// How.
    pub style: Style,
}

/// Line that opens and closes a preformatted block.
const FENCE: &str = "```";
/// The directives of spans, in the order of [`slot`].
const DIRECTIVES: [u8; 4] = [b'*', b'_', b'~', b'`'];

/// The styles of a text, in order and without gaps. `opaque` are ranges (such as links), in order, in which no character
/// is a directive; each comes out in one piece unless it lies in a preformatted part or across lines.
pub fn styled(text: &str, opaque: &[Range<usize>]) -> Vec<Styled> {
    let mut out = Out::default();
    // The depth of quotation at which a preformatted block is open.
    let mut fence: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let most = fence.unwrap_or(usize::MAX);
        let (depth, mut content) = quotation(line, most);
        content += start;
        let words = text[content..end].trim_end_matches('\n');
        let quote = depth > 0;
        let preformatted = match fence {
            // XEP-0393 §3.1.2: ended by a line of three grave accents or by the end of the parent block.
            Some(open) if depth == open => {
                if words == FENCE {
                    fence = None;
                }
                true
            }
            _ => {
                // Without an open block the whole depth has been counted already; after one that ended, it has not
                // been deeper than the block was, so nothing is left to count either.
                fence = words.starts_with(FENCE).then_some(depth);
                fence.is_some()
            }
        };
        let base = Style {
            quote,
            preformatted,
            ..Style::default()
        };
        out.push(
            start..content,
            Style {
                preformatted: false,
                ..base
            },
        );
        if preformatted {
            out.push(content..end, base);
        } else {
            let mut line = Line::new(text, content..content + words.len(), opaque);
            line.spans(content..content + words.len(), base, &mut out);
            out.push(content + words.len()..end, base);
        }
        start = end;
    }
    out.0
}

/// How deep a line is quoted (at most `most`), and where its content starts.
fn quotation(line: &str, most: usize) -> (usize, usize) {
    let (mut depth, mut content) = (0, 0);
    while depth < most && line[content..].starts_with('>') {
        depth += 1;
        content += 1;
        // XEP-0393 §3.1.3: the first blank is trimmed before the child block is parsed.
        if let Some(blank) = line[content..].chars().next()
            && blank.is_whitespace()
            && blank != '\n'
        {
            content += blank.len_utf8();
        }
    }
    (depth, content)
}

#[derive(Default)]
struct Out(Vec<Styled>);

impl Out {
    /// Adds a piece, joined with the one before where the style is the same.
    fn push(&mut self, range: Range<usize>, style: Style) {
        if range.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.style == style && last.range.end == range.start => {
                last.range.end = range.end;
            }
            _ => self.0.push(Styled { range, style }),
        }
    }
}

/// One line with the places where each directive could close a span.
struct Line<'t> {
    text: &'t str,
    opaque: &'t [Range<usize>],
    closers: [Vec<usize>; 4],
    /// The first entry of each list that lies ahead; only grows, which makes the whole linear.
    ahead: [usize; 4],
}

impl<'t> Line<'t> {
    fn new(text: &'t str, range: Range<usize>, opaque: &'t [Range<usize>]) -> Self {
        let first = opaque.partition_point(|link| link.end <= range.start);
        let opaque = &opaque[first..];
        let mut closers: [Vec<usize>; 4] = Default::default();
        let mut links = opaque.iter().peekable();
        let mut before_blank = true;
        for (offset, c) in text[range.clone()].char_indices() {
            let at = range.start + offset;
            while links.next_if(|link| link.end <= at).is_some() {}
            let covered = links.peek().is_some_and(|link| link.start <= at);
            if let Some(slot) = slot(c)
                && !covered
                && !before_blank
            {
                closers[slot].push(at);
            }
            before_blank = c.is_whitespace();
        }
        Self {
            text,
            opaque,
            closers,
            ahead: [0; 4],
        }
    }

    /// Parses spans of a range; it nests at most as deep as there are directives, because the first possible closer of a
    /// span always ends it (lazy matching) and thus no directive occurs inside itself.
    fn spans(&mut self, range: Range<usize>, style: Style, out: &mut Out) {
        let mut at = range.start;
        let mut plain = range.start;
        let mut may_open = true;
        while let Some(c) = self.text[at..range.end].chars().next() {
            if let Some(end) = self.link_at(at) {
                at = end.min(range.end);
                may_open = false;
                continue;
            }
            let next = at + c.len_utf8();
            let Some(slot) = slot(c).filter(|_| may_open) else {
                may_open = c.is_whitespace();
                at = next;
                continue;
            };
            if self.text[next..range.end].starts_with(c) {
                // Nothing in between: neither directive is valid.
                at = next + 1;
                may_open = false;
                continue;
            }
            let blank = self.text[next..]
                .chars()
                .next()
                .is_none_or(char::is_whitespace);
            let close = self.closer(slot, next).filter(|close| *close < range.end);
            let (Some(close), false) = (close, blank) else {
                may_open = false;
                at = next;
                continue;
            };
            out.push(plain..at, style);
            let inner = with(style, slot);
            out.push(at..next, inner);
            if inner.preformatted {
                out.push(next..close, inner);
            } else {
                self.spans(next..close, inner, out);
            }
            out.push(close..close + 1, inner);
            at = close + 1;
            plain = at;
            may_open = false;
        }
        out.push(plain..range.end, style);
    }

    /// The first place at or after `from` where this directive can close.
    fn closer(&mut self, slot: usize, from: usize) -> Option<usize> {
        let ahead = &mut self.ahead[slot];
        while self.closers[slot].get(*ahead).is_some_and(|at| *at < from) {
            *ahead += 1;
        }
        self.closers[slot].get(*ahead).copied()
    }

    /// The end of the opaque range that starts here.
    fn link_at(&mut self, at: usize) -> Option<usize> {
        while self.opaque.first().is_some_and(|link| link.end <= at) {
            self.opaque = &self.opaque[1..];
        }
        self.opaque
            .first()
            .filter(|link| link.start <= at)
            .map(|link| link.end)
    }
}

fn slot(c: char) -> Option<usize> {
    DIRECTIVES.iter().position(|d| char::from(*d) == c)
}

fn with(style: Style, slot: usize) -> Style {
    match DIRECTIVES[slot] {
        b'*' => Style {
            strong: true,
            ..style
        },
        b'_' => Style {
            emphasis: true,
            ..style
        },
        b'~' => Style {
            strike: true,
            ..style
        },
        _ => Style {
            preformatted: true,
            ..style
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Style, styled};

    /// Writes styles as letters before each piece: `b` strong, `i` emphasis, `s` strike, `m` preformatted, `q` quote.
    fn drawn(text: &str) -> String {
        styled(text, &[])
            .iter()
            .map(|piece| {
                let Style {
                    strong,
                    emphasis,
                    strike,
                    preformatted,
                    quote,
                } = piece.style;
                let mut letters = String::new();
                for (on, letter) in [
                    (strong, 'b'),
                    (emphasis, 'i'),
                    (strike, 's'),
                    (preformatted, 'm'),
                    (quote, 'q'),
                ] {
                    if on {
                        letters.push(letter);
                    }
                }
                format!("{letters}[{}]", &text[piece.range.clone()])
            })
            .collect()
    }

    #[test]
    fn spans_as_in_the_specification() {
        for (text, expected) in [
            ("plain span", "[plain span]"),
            ("*strong span*", "b[*strong span*]"),
            ("plain _emphasis_ plain", "[plain ]i[_emphasis_][ plain]"),
            ("`pre` plain *strong*", "m[`pre`][ plain ]b[*strong*]"),
            ("*strong*plain*", "b[*strong*][plain*]"),
            ("* plain *strong*", "[* plain ]b[*strong*]"),
            ("not strong*", "[not strong*]"),
            ("*not strong", "[*not strong]"),
            ("*not \n strong*", "[*not \n strong*]"),
            ("*not *strong", "[*not *strong]"),
            ("**", "[**]"),
            ("***", "[***]"),
            ("****", "[****]"),
            (
                "Everyone ~dis~likes cake.",
                "[Everyone ]s[~dis~][likes cake.]",
            ),
            ("This is `*monospace*`", "[This is ]m[`*monospace*`]"),
            ("*`monospace and bold`*", "b[*]bm[`monospace and bold`]b[*]"),
            ("*_~x~_*", "b[*]bi[_]bis[~x~]bi[_]b[*]"),
            ("snake_case_name and 2*3*4", "[snake_case_name and 2*3*4]"),
            ("*a _b* c_", "b[*a _b*][ c_]"),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }

    #[test]
    fn blocks_as_in_the_specification() {
        for (text, expected) in [
            (
                "```ignored\n(println \"*x*\")\n```\n\nafter *this*",
                "m[```ignored\n(println \"*x*\")\n```\n][\nafter ]b[*this*]",
            ),
            (
                "> ```\n> (code)\n\nplain",
                "q[> ]mq[```\n]q[> ]mq[(code)\n][\nplain]",
            ),
            (
                ">> That *is*.\n> Said\n\nWho?",
                "q[>> That ]bq[*is*]q[.\n> Said\n][\nWho?]",
            ),
            ("```\nnever closed", "m[```\nnever closed]"),
            (">", "q[>]"),
            ("a > b", "[a > b]"),
        ] {
            assert_eq!(drawn(text), expected, "{text:?}");
        }
    }

    #[test]
    fn directives_inside_links_are_letters() {
        let text = "*see https://example.org/a*b_c_ now*";
        let link = text.find("https").unwrap()..text.find(" now").unwrap();
        let pieces = styled(text, &[link]);
        assert_eq!(pieces.len(), 1);
        assert!(pieces[0].style.strong);
    }

    #[test]
    fn ten_thousand_of_anything_is_read_in_one_pass() {
        let deep = ">".repeat(10_000);
        assert_eq!(drawn(&deep), format!("q[{deep}]"));
        for part in ["*a ", "*a _b ~c `d ", "> ```\n", "*_~`", "*a* ", "```\n"] {
            let text = part.repeat(10_000);
            let joined: String = styled(&text, &[])
                .iter()
                .map(|piece| &text[piece.range.clone()])
                .collect();
            assert_eq!(joined, text);
        }
    }

    proptest! {
        #[test]
        fn pieces_cover_the_text_without_gaps(text in "[*_~` >a\n\\.é]{0,80}") {
            let mut at = 0;
            for piece in styled(&text, &[]) {
                prop_assert_eq!(piece.range.start, at);
                prop_assert!(text.is_char_boundary(piece.range.end));
                at = piece.range.end;
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
