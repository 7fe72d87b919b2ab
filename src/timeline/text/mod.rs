//! What a message's text is to look like: cleaned, bounded, styled, with its links.
//! Knows nothing of widgets or markup languages.

pub mod clean;
pub mod links;
pub mod styling;

pub use styling::Style;

/// A text ready to be shown.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MessageText {
    /// Its pieces, in order.
    pub pieces: Vec<Piece>,
    /// Whether there is more than the pieces show.
    pub cut: bool,
    /// Whether it tells what its author does (XEP-0245): the name belongs before it.
    pub action: bool,
}

/// A piece of text with one look.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// The text, cleaned.
    pub text: String,
    /// Its style.
    pub style: Style,
    /// Whether it is a link; the target is the text.
    pub is_link: bool,
    /// For a link, the name of the server where the text hides it; to be shown after it.
    pub real_host: Option<String>,
}

impl MessageText {
    /// Reads a message's text, of which at most a row full is looked at.
    pub fn read(body: &str) -> Self {
        let action = body.strip_prefix("/me ");
        let cleaned = clean::message(action.unwrap_or(body));
        Self {
            pieces: pieces(&cleaned.text),
            cut: cleaned.cut,
            action: action.is_some(),
        }
    }

    /// The shown text without styles, for screen readers and tests.
    pub fn plain(&self) -> String {
        self.pieces
            .iter()
            .map(|piece| piece.text.as_str())
            .collect()
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let links = links::find(text);
    let mut links_left = links.iter().peekable();
    let mut pieces = Vec::new();
    for styled in styling::styled(text, &links) {
        let mut at = styled.range.start;
        while let Some(link) = links_left.next_if(|link| link.start < styled.range.end) {
            if styled.style.preformatted || link.start < at || link.end > styled.range.end {
                continue;
            }
            push(&mut pieces, &text[at..link.start], styled.style, false);
            push(&mut pieces, &text[link.clone()], styled.style, true);
            at = link.end;
        }
        push(
            &mut pieces,
            &text[at..styled.range.end],
            styled.style,
            false,
        );
    }
    pieces
}

fn push(pieces: &mut Vec<Piece>, text: &str, style: Style, is_link: bool) {
    if !text.is_empty() {
        pieces.push(Piece {
            text: text.to_owned(),
            style,
            is_link,
            real_host: if is_link {
                links::real_host(text)
            } else {
                None
            },
        });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MessageText, clean};

    #[test]
    fn links_and_styles_go_together() {
        let text = MessageText::read("*look: https://example.org/a*b_c and `https://example.org`");
        let links: Vec<_> = text.pieces.iter().filter(|piece| piece.is_link).collect();
        assert_eq!(links.len(), 1);
        assert_eq!(links[0].text, "https://example.org/a*b_c");
        assert_eq!(
            text.plain(),
            "*look: https://example.org/a*b_c and `https://example.org`"
        );
    }

    #[test]
    fn actions_lose_their_command_only() {
        let text = MessageText::read("/me waves");
        assert!(text.action);
        assert_eq!(text.plain(), "waves");
        for body in ["/mean", "/me", " /me x", "x\n/me y"] {
            assert!(!MessageText::read(body).action, "{body:?}");
        }
    }

    #[test]
    fn a_megabyte_without_a_break_is_bounded() {
        for unit in ["x", "*a ", "> ", "https://a.b/", "xmpp:a@b,", "e\u{301}"] {
            let text = MessageText::read(&unit.repeat(1_000_000 / unit.len()));
            assert!(text.cut);
            assert!(text.plain().len() <= clean::MAX_BYTES);
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_added(body in "[*_~` >a\n:/.@(é]{0,40}(https://[a-z*_.é]{1,12})?[*_ \n]{0,5}") {
            prop_assume!(!body.starts_with("/me "));
            prop_assert_eq!(MessageText::read(&body).plain(), clean::whole(&body));
        }
    }
}
