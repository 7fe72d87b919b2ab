//! Turns a message's text into the markup of labels. Every word of others is escaped; tags are ours alone.

use std::borrow::Cow;

use gtk::glib;
use unicode_segmentation::UnicodeSegmentation;

use crate::timeline::text::{MessageText, Piece, Style};

/// Visible characters of a word before it may break: two thirds of a wide line.
const LONGEST_WORD: usize = 40;
/// Zero-width space.
const BREAK: char = '\u{200B}';
/// Left-to-right isolate, and its end.
const LEFT_TO_RIGHT: char = '\u{2066}';
const POP: char = '\u{2069}';

/// The markup of a text; an action begins with the name of who acts.
pub(crate) fn of(text: &MessageText, actor: &str) -> String {
    let mut markup = String::new();
    if text.action {
        markup.push_str("<i><b>");
        markup.push_str(&escaped(&crate::timeline::text::clean::isolated(actor)));
        markup.push_str("</b> ");
    }
    for piece in &text.pieces {
        push(&mut markup, piece);
    }
    if text.cut {
        markup.push('…');
    }
    if text.action {
        markup.push_str("</i>");
    }
    markup
}

fn push(markup: &mut String, piece: &Piece) {
    let Style {
        strong,
        emphasis,
        strike,
        preformatted,
        quote,
    } = piece.style;
    let tags = [
        (quote, "<span alpha=\"70%\">", "</span>"),
        (strong, "<b>", "</b>"),
        (emphasis, "<i>", "</i>"),
        (strike, "<s>", "</s>"),
        (
            preformatted,
            "<span font_family=\"monospace\" background=\"#808080\" background_alpha=\"18%\">",
            "</span>",
        ),
    ];
    let wanted = || tags.iter().filter(|(on, _, _)| *on);
    markup.extend(wanted().map(|(_, open, _)| *open));
    let shown = escaped(&breakable(&piece.text));
    if piece.is_link {
        let shown = in_order(&shown);
        // The tooltip repeats the target, which is the text: nothing can hide in it.
        let target = escaped(&piece.text);
        markup.extend(["<a href=\"", &target, "\" title=\"", &target, "\">"]);
        markup.extend([&shown, "</a>"]);
    } else {
        markup.push_str(&shown);
    }
    if let Some(host) = &piece.real_host {
        let note = [
            " <span alpha=\"75%\" size=\"smaller\">[",
            &escaped(host),
            "]</span>",
        ];
        markup.extend(note);
    }
    markup.extend(wanted().rev().map(|(_, _, close)| *close));
}

/// Lets words that are longer than any real one break: Pango needs a time that grows with the square of their length
/// (6,000 letters without a blank took 77 ms for one layout, and 3 ms with breaks).
fn breakable(text: &str) -> Cow<'_, str> {
    let is_long = text
        .split(char::is_whitespace)
        .any(|word| word.len() > LONGEST_WORD && word.graphemes(true).nth(LONGEST_WORD).is_some());
    if !is_long {
        return Cow::Borrowed(text);
    }
    let mut broken = String::with_capacity(text.len() + text.len() / LONGEST_WORD * 3);
    let mut length = 0;
    for cluster in text.graphemes(true) {
        if cluster.starts_with(char::is_whitespace) {
            length = 0;
        } else if length == LONGEST_WORD {
            broken.push(BREAK);
            length = 1;
        } else {
            length += 1;
        }
        broken.push_str(cluster);
    }
    Cow::Owned(broken)
}

/// Keeps the parts of a link in their order where letters run from right to left: the server stays in its place.
fn in_order(link: &str) -> Cow<'_, str> {
    if link.is_ascii() {
        Cow::Borrowed(link)
    } else {
        Cow::Owned(format!("{LEFT_TO_RIGHT}{link}{POP}"))
    }
}

/// What is selected in a label, without what was put in for display.
pub(crate) fn as_written(text: &str) -> String {
    text.replace([BREAK, LEFT_TO_RIGHT, POP], "")
}

fn escaped(text: &str) -> glib::GString {
    glib::markup_escape_text(text)
}

#[cfg(test)]
mod tests {
    use gtk::pango;
    use proptest::prelude::*;

    use super::of;
    use crate::timeline::text::MessageText;

    /// What a label shows of a body, as Pango reads the markup (which knows no links, as labels do).
    fn shown(body: &str) -> String {
        let text = MessageText::read(body);
        let without_links = of(&text, "Bob")
            .replace("</a>", "")
            .split("<a ")
            .enumerate()
            .map(|(n, part)| match part.split_once("\">") {
                Some((_, rest)) if n > 0 => rest.to_owned(),
                _ => part.to_owned(),
            })
            .collect::<String>();
        let (_, shown, _) = pango::parse_markup(&without_links, '\0').expect("the markup is valid");
        super::as_written(&shown)
    }

    #[test]
    fn hostile_text_is_shown_letter_by_letter() {
        for body in [
            "<b>bold</b>",
            "<span size=\"100000\">big</span>",
            "&lt;&amp;&#x41;&bogus;",
            "</i></b></span>",
            "<a href=\"https://evil.example\">https://good.example</a>",
            "*<b>* _&_ ~\"'~ `<tt>`",
            "<!-- --> <![CDATA[x]]>",
            "]]> %s %n",
        ] {
            assert_eq!(shown(body), body);
        }
    }

    #[test]
    fn styles_become_tags() {
        let text = MessageText::read("*a* _b_ ~c~ `d`");
        assert_eq!(
            of(&text, "Bob"),
            "<b>*a*</b> <i>_b_</i> <s>~c~</s> <span font_family=\"monospace\" background=\"#808080\" \
             background_alpha=\"18%\">`d`</span>"
        );
    }

    #[test]
    fn a_link_has_its_text_as_target() {
        let text = MessageText::read("https://a.example/?a=1&b=\"2");
        let link = "https://a.example/?a=1&amp;b=";
        let expected = format!("<a href=\"{link}\" title=\"{link}\">{link}</a>&quot;2");
        assert_eq!(of(&text, "Bob"), expected);
    }

    #[test]
    fn long_words_can_break_but_targets_stay_whole() {
        let text = MessageText::read(&"x".repeat(100));
        assert_eq!(of(&text, "Bob").matches('\u{200B}').count(), 2);
        let link = format!("https://a.example/{}", "y".repeat(100));
        let markup = of(&MessageText::read(&link), "Bob");
        assert!(markup.contains(&format!("href=\"{link}\"")));
        assert!(!of(&MessageText::read("no long word here"), "Bob").contains('\u{200B}'));
    }

    #[test]
    fn a_hidden_host_is_shown() {
        let text = MessageText::read("https://good.example@evil.example/");
        assert!(of(&text, "Bob").ends_with("[evil.example]</span>"));
    }

    #[test]
    fn actions_name_who_acts_and_the_name_has_no_power() {
        let text = MessageText::read("/me waves");
        assert_eq!(
            of(&text, "<b>Bob\u{202e}"),
            "<i><b>\u{2068}&lt;b&gt;Bob\u{2069}</b> waves</i>"
        );
    }

    proptest! {
        #[test]
        fn any_text_gives_valid_markup(body in "[<>&\"'*_~`a \n;#/é:]{0,60}(https://[a-z&\"<>]{0,9})?\\PC{0,20}") {
            let text = MessageText::read(&body);
            prop_assume!(!text.action && text.pieces.iter().all(|piece| piece.real_host.is_none()));
            prop_assert_eq!(shown(&body), text.plain());
        }
    }
}
