//! Finds links in text, and says what is to be thought of them. The target of a link is always its text.
//! Opens nothing and shows nothing.

use std::ops::Range;

use linkify::{LinkFinder, LinkKind};
use unicode_security::{RestrictionLevel, RestrictionLevelDetection, skeleton};
use url::{Host, Url};

/// What may happen when a link is activated.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Opening {
    /// It opens at once.
    Direct,
    /// A person is asked first, and told why.
    Ask(Doubt),
    /// Never opened.
    Never,
}

/// Why a person is asked before a link is opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Doubt {
    /// Another program than the browser would open it; its scheme.
    Scheme(String),
    /// The name of the server looks like another one; its form in ASCII (punycode).
    LookAlike(String),
    /// What stands before the name of the server looks like the name of a server; the real one.
    HiddenHost(String),
}

/// Schemes that never become links: what follows is a key (XEP-0454, section 3), a script or a document by itself.
const NEVER: [&str; 5] = ["aesgcm", "javascript", "vbscript", "data", "blob"];
/// Schemes without `//` that become links.
const BARE: [&str; 2] = ["mailto:", "xmpp:"];

/// The links in a text, in order.
pub fn find(text: &str) -> Vec<Range<usize>> {
    let mut finder = LinkFinder::new();
    finder.kinds(&[LinkKind::Url]);
    let mut found: Vec<Range<usize>> = finder
        .links(text)
        .filter(|link| judge(link.as_str()) != Opening::Never)
        .map(|link| link.start()..link.end())
        .collect();
    for scheme in BARE {
        found.extend(bare(text, scheme));
    }
    found.sort_by_key(|range| range.start);
    let mut end = 0;
    found.retain(|range| {
        let free = range.start >= end;
        if free {
            end = range.end;
        }
        free
    });
    found
}

/// Links like `mailto:bob@example.org` with this scheme.
fn bare(text: &str, scheme: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find(scheme).map(|offset| from + offset) {
        let after = start + scheme.len();
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || "+-.:/".contains(c)) {
            from = after;
            continue;
        }
        let rest = &text[after..];
        let length = rest
            .find(|c: char| c.is_whitespace() || "<>\"`{}|\\^()[]".contains(c))
            .unwrap_or(rest.len());
        let target =
            rest[..length].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']);
        if target.contains('@') || (scheme == "xmpp:" && target.contains('.')) {
            found.push(start..after + target.len());
        }
        from = after + length;
    }
    found
}

/// What may happen when this link is activated.
pub fn judge(target: &str) -> Opening {
    let scheme = target
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if NEVER.contains(&scheme.as_str()) || target.chars().any(char::is_control) {
        return Opening::Never;
    }
    match scheme.as_str() {
        "mailto" | "xmpp" => Opening::Direct,
        "http" | "https" => match doubt(target) {
            Some(doubt) => Opening::Ask(doubt),
            None => Opening::Direct,
        },
        _ => Opening::Ask(Doubt::Scheme(scheme)),
    }
}

/// The name of the server in ASCII, where it differs from what the text of a web link seems to say.
pub fn real_host(target: &str) -> Option<String> {
    let url = web(target)?;
    let host = url.host_str()?;
    let shown = target.split_once("//")?.1;
    let plain = shown
        .get(..host.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(host))
        && !shown[host.len()..].starts_with(|c: char| c.is_alphanumeric() || "-.@%".contains(c))
        && url.username().is_empty()
        && url.password().is_none();
    (!plain).then(|| host.to_owned())
}

fn web(target: &str) -> Option<Url> {
    let url = Url::parse(target).ok()?;
    matches!(url.scheme(), "http" | "https").then_some(url)
}

fn doubt(target: &str) -> Option<Doubt> {
    let Some(url) = web(target) else {
        // No browser would read it as it stands.
        return Some(Doubt::LookAlike(String::new()));
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let userinfo = !url.username().is_empty() || url.password().is_some();
    if userinfo {
        return Some(Doubt::HiddenHost(host));
    }
    match url.host() {
        Some(Host::Domain(ascii)) if looks_alike(ascii) => Some(Doubt::LookAlike(host)),
        Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_)) => None,
        None => Some(Doubt::LookAlike(host)),
    }
}

/// Whether a server name (in ASCII) stands for one that mixes scripts or can be read as a plain Latin one (UTS 39).
fn looks_alike(ascii: &str) -> bool {
    ascii
        .split('.')
        .filter(|label| label.starts_with("xn--"))
        .any(|label| {
            let shown = punycode_shown(label);
            let mixed = shown.detect_restriction_level() > RestrictionLevel::HighlyRestrictive;
            let latin_twin = !shown.is_ascii() && skeleton(&shown).all(|c| c.is_ascii());
            mixed || latin_twin
        })
}

/// The letters behind a punycode label; the label itself when they cannot be had.
fn punycode_shown(label: &str) -> String {
    let (shown, result) = idna::domain_to_unicode(label);
    if result.is_ok() {
        shown
    } else {
        label.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Doubt, Opening, find, judge, real_host};

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_are_found_where_people_write_them() {
        for (text, expected) in [
            (
                "see https://example.org/a_b?c=d#e.",
                &["https://example.org/a_b?c=d#e"][..],
            ),
            ("(https://example.org)", &["https://example.org"]),
            (
                "write mailto:bob@example.org, or xmpp:bob@example.org?message",
                &["mailto:bob@example.org", "xmpp:bob@example.org?message"],
            ),
            ("example.org and bob@example.org are not links", &[]),
            (
                "ssh://host smb://share file:///etc/passwd",
                &["ssh://host", "smb://share", "file:///etc/passwd"],
            ),
            (
                "aesgcm://example.org/f#00 javascript://x data:text/html,x",
                &[],
            ),
            ("xmpp: mailto: http://", &[]),
        ] {
            assert_eq!(found(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_harmless_links_open_at_once() {
        for target in [
            "https://example.org/x",
            "http://müller.example/",
            "mailto:a@b",
            "xmpp:a@b.example",
        ] {
            assert_eq!(judge(target), Opening::Direct, "{target}");
        }
        for scheme in ["file", "smb", "ssh", "tel", "vnc", "ms-word"] {
            let target = format!("{scheme}://host/x");
            assert_eq!(
                judge(&target),
                Opening::Ask(Doubt::Scheme(scheme.to_owned()))
            );
        }
        for target in [
            "javascript:alert(1)",
            "AESGCM://host/x#00",
            "data:,x",
            "https://a/\u{0}",
        ] {
            assert_eq!(judge(target), Opening::Never, "{target}");
        }
    }

    #[test]
    fn look_alikes_are_doubted() {
        // Cyrillic letters among Latin ones, and Cyrillic letters that read as a Latin word.
        for target in [
            "https://p\u{430}ypal.com/",
            "https://\u{430}\u{440}\u{440}\u{4cf}\u{435}.com/",
        ] {
            assert!(
                matches!(judge(target), Opening::Ask(Doubt::LookAlike(host)) if host.starts_with("xn--")),
                "{target}"
            );
        }
        assert_eq!(
            judge("https://paypal.com@evil.example/"),
            Opening::Ask(Doubt::HiddenHost("evil.example".to_owned()))
        );
    }

    #[test]
    fn the_real_host_is_known_where_the_text_hides_it() {
        for (target, host) in [
            ("https://example.org/x", None),
            ("https://EXAMPLE.org:8080", None),
            ("https://müller.example/", Some("xn--mller-kva.example")),
            ("https://paypal.com@evil.example/", Some("evil.example")),
            ("https://2130706433/", Some("127.0.0.1")),
            ("mailto:bob@example.org", None),
        ] {
            assert_eq!(real_host(target).as_deref(), host, "{target}");
        }
    }
}
