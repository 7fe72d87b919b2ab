//! Text that people read, in their language.
//! Knows nothing of what the text is about; the words of others are put in once and never looked at again.

use gettextrs::{bind_textdomain_codeset, bindtextdomain, textdomain};

use crate::config;

pub use gettextrs::{gettext, ngettext, pgettext};

/// Chooses the catalogues. The language itself is that of the environment, which GTK sets when it starts.
pub fn init() {
    let Some(folder) = config::locale_dir() else {
        tracing::info!("no catalogues of translated text were found: the text is English");
        return;
    };
    let chosen = bindtextdomain(config::DOMAIN, folder)
        .and_then(|_| bind_textdomain_codeset(config::DOMAIN, "UTF-8"))
        .and_then(|_| textdomain(config::DOMAIN));
    if let Err(error) = chosen {
        tracing::warn!(%error, "the catalogues of translated text cannot be used");
    }
}

/// Translates a text with named places, as in `gettext_f("Message {name}", &[("name", name)])`.
pub fn gettext_f(text: &str, values: &[(&str, &str)]) -> String {
    fill(&gettext(text), values)
}

/// Translates a text of one meaning among several, with named places.
pub fn pgettext_f(context: &str, text: &str, values: &[(&str, &str)]) -> String {
    fill(&pgettext(context, text), values)
}

/// Translates a text that counts: `{n}` is the number, other places are named in `values`.
pub fn ngettext_f(one: &str, many: &str, n: u32, values: &[(&str, &str)]) -> String {
    let number = n.to_string();
    let values: Vec<_> = values
        .iter()
        .copied()
        .chain([("n", number.as_str())])
        .collect();
    fill(&ngettext(one, many, n), &values)
}

/// Puts the values into their places in one pass: a value that looks like a place stays as it is.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, place) = rest.split_at(start);
        filled.push_str(before);
        let value = place.find('}').and_then(|end| {
            let (_, value) = values.iter().find(|(name, _)| *name == &place[1..end])?;
            Some((value, &place[end + 1..]))
        });
        if let Some((value, after)) = value {
            filled.push_str(value);
            rest = after;
        } else {
            filled.push('{');
            rest = &place[1..];
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_by_name() {
        let values = [("name", "Bob"), ("place", "here")];
        assert_eq!(
            fill("{name} is {place}, {name}!", &values),
            "Bob is here, Bob!"
        );
        assert_eq!(fill("nothing to fill", &values), "nothing to fill");
        assert_eq!(fill("", &values), "");
    }

    #[test]
    fn a_value_is_never_filled_itself() {
        let values = [("name", "{secret}"), ("secret", "42")];
        assert_eq!(fill("{name} and {secret}", &values), "{secret} and 42");
    }

    #[test]
    fn what_is_no_place_stays() {
        let values = [("name", "Bob")];
        assert_eq!(fill("{unknown} {name", &values), "{unknown} {name");
        assert_eq!(fill("{ {name}} ü{", &values), "{ Bob} ü{");
    }

    #[test]
    fn numbers_have_their_place() {
        let text = |n| {
            ngettext_f(
                "{n} message from {who}",
                "{n} messages from {who}",
                n,
                &[("who", "Bob")],
            )
        };
        assert_eq!(text(1), "1 message from Bob");
        assert_eq!(text(3), "3 messages from Bob");
    }
}
