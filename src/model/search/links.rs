//! Whether a text has a link, for `has:link`. What may happen with one is the timeline's business.

/// Whether there is a link in a text: to something of the web, or an address that mail or chat programs open.
pub fn has_link(text: &str) -> bool {
    WEB.iter().any(|scheme| follows(text, scheme, is_host))
        || ADDRESSES
            .iter()
            .any(|scheme| follows(text, scheme, is_address))
}

const WEB: [&str; 4] = ["https://", "http://", "ftp://", "ftps://"];
const ADDRESSES: [&str; 2] = ["xmpp:", "mailto:"];

/// Whether a scheme begins a word and something fitting follows it.
fn follows(text: &str, scheme: &str, fits: fn(&str) -> bool) -> bool {
    text.match_indices(scheme).any(|(at, _)| {
        let begins = !text[..at].ends_with(|c: char| c.is_alphanumeric());
        begins && fits(&text[at + scheme.len()..])
    })
}

fn is_host(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_alphanumeric() || c == '[')
}

fn is_address(rest: &str) -> bool {
    let target = rest.split(char::is_whitespace).next().unwrap_or_default();
    is_host(target) && target.contains(['@', '.'])
}

#[cfg(test)]
mod tests {
    use super::has_link;

    #[test]
    fn links_are_told_from_text() {
        for text in [
            "https://example.org",
            "see (http://[::1]/x)",
            "xmpp:bob@example.org",
            "mailto:a@b.",
        ] {
            assert!(has_link(text), "{text}");
        }
        for text in [
            "",
            "https://",
            "https:// x",
            "xhttps://y",
            "xmpp: is a protocol",
            "example.org",
            "://",
        ] {
            assert!(!has_link(text), "{text}");
        }
    }
}
