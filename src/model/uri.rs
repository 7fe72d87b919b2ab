//! Links to people (`xmpp:`, RFC 5122 with the actions of XEP-0147), read into what a dialog may be filled with.
//! Knows nothing of accounts or of the wire: a link never acts, it only proposes.

use super::address::{AddressError, BareJid, parse_address};

/// Longest link that is looked at, in bytes: enough for a long message, too little to stall the window.
const MAX_LENGTH: usize = 16 * 1024;

/// Most parameters that are looked at; the actions that are known have two.
const MAX_PARAMETERS: usize = 64;

/// Longest proposed message, in characters.
const MAX_BODY: usize = 5_000;

/// Longest proposed name or group, in characters.
const MAX_NAME: usize = 100;

/// A link that was understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct XmppUri {
    /// The address of whom the link is about.
    pub address: BareJid,
    /// The own account that the link wants to be opened with (RFC 5122, section 2.4), if it names one.
    pub account: Option<BareJid>,
    /// What the link proposes.
    pub action: UriAction,
}

/// What a link proposes; a person confirms it, always.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UriAction {
    /// Nothing beside the address, or something that is not known: open the chat.
    Open,
    /// Open the chat with this text in the composer.
    Message {
        /// The text, empty when none; untrusted.
        body: String,
    },
    /// Add a contact.
    AddContact {
        /// The proposed name, empty when none; untrusted.
        name: String,
        /// The proposed group, empty when none; untrusted.
        group: String,
    },
    /// Take a contact off the roster.
    RemoveContact,
    /// Something that this version does not do, such as joining a room; its name, in lower case.
    Unsupported(String),
}

/// Why a link cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UriError {
    /// It is another kind of link.
    #[error("not an xmpp: link")]
    NotXmpp,
    /// It is longer than any honest link.
    #[error("the link is too long")]
    TooLong,
    /// A percent sign is not followed by two hexadecimal digits, or the bytes are no text.
    #[error("the link is not properly encoded")]
    Encoding,
    /// The address in it is not valid.
    #[error("{0}")]
    Address(#[from] AddressError),
}

/// Reads a link as typed, pasted or handed over by another program.
///
/// # Errors
/// Says why it cannot be used; nothing of a link that is partly wrong is used.
pub fn parse_uri(link: &str) -> Result<XmppUri, UriError> {
    let link = link.trim();
    if link.len() > MAX_LENGTH {
        return Err(UriError::TooLong);
    }
    let rest = without_scheme(link).ok_or(UriError::NotXmpp)?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match path.strip_prefix("//") {
        Some(both) => both.split_once('/').map_or(("", both), |(a, p)| (a, p)),
        None => ("", path),
    };
    let account = if authority.is_empty() {
        None
    } else {
        Some(address(authority)?)
    };
    // A resource names a device, and dialogs are about people.
    let path = path.split_once('/').map_or(path, |(bare, _)| bare);
    Ok(XmppUri {
        address: address(path)?,
        account,
        action: action(query)?,
    })
}

/// The link without its scheme, whose letter case does not matter (RFC 3986, section 3.1).
fn without_scheme(link: &str) -> Option<&str> {
    const SCHEME: &str = "xmpp:";
    let start = link.get(..SCHEME.len())?;
    start
        .eq_ignore_ascii_case(SCHEME)
        .then(|| &link[SCHEME.len()..])
}

/// An address of a link, which stands there exactly: no blanks, no second scheme.
fn address(encoded: &str) -> Result<BareJid, UriError> {
    let text = decode(encoded)?;
    if text.trim() != text || text.contains(':') {
        return Err(AddressError::LocalPart.into());
    }
    Ok(parse_address(&text)?)
}

/// What a query proposes: its type, then parameters that are split before they are decoded.
fn action(query: &str) -> Result<UriAction, UriError> {
    let mut parts = query.split(';');
    let first = parts.next().unwrap_or_default();
    let kind = decode(first)?.to_lowercase();
    let parameters = parts
        .take(MAX_PARAMETERS)
        .filter_map(|part| part.split_once('='))
        .collect::<Vec<_>>();
    // The first of several counts: a later one cannot change what was shown before.
    let value = |name: &str| -> Result<String, UriError> {
        let found = parameters.iter().find(|(key, _)| *key == name);
        found.map_or(Ok(String::new()), |(_, value)| decode(value))
    };
    Ok(match kind.as_str() {
        "message" => UriAction::Message {
            body: message_text(&value("body")?),
        },
        "roster" | "subscribe" => UriAction::AddContact {
            name: one_line(&value("name")?),
            group: one_line(&value("group")?),
        },
        "remove" => UriAction::RemoveContact,
        // Keys of a device and other dialects have a parameter in the place of the type.
        kind if kind.is_empty() || kind.contains('=') => UriAction::Open,
        kind => UriAction::Unsupported(
            kind.chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .take(32)
                .collect(),
        ),
    })
}

/// Undoes percent-encoding, once.
fn decode(text: &str) -> Result<String, UriError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let digit = |place: usize| after.get(place).and_then(|b| char::from(*b).to_digit(16));
            let (Some(high), Some(low)) = (digit(0), digit(1)) else {
                return Err(UriError::Encoding);
            };
            let value = u8::try_from(high * 16 + low).map_err(|_| UriError::Encoding)?;
            bytes.push(value);
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8(bytes).map_err(|_| UriError::Encoding)
}

/// A proposed message: line breaks and tabs stay, other control characters go.
fn message_text(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !is_control(*c))
        .take(MAX_BODY)
        .collect()
}

/// A proposed name: no control characters, no blanks around.
fn one_line(text: &str) -> String {
    let text: String = text.chars().filter(|c| !is_control(*c)).collect();
    text.trim().chars().take(MAX_NAME).collect()
}

/// Control characters, and those that change the direction of the text around them.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(link: &str) -> (String, UriAction) {
        let uri = parse_uri(link).unwrap_or_else(|error| panic!("{link}: {error}"));
        (uri.address.to_string(), uri.action)
    }

    fn add(name: &str, group: &str) -> UriAction {
        UriAction::AddContact {
            name: name.into(),
            group: group.into(),
        }
    }

    fn message(body: &str) -> UriAction {
        UriAction::Message { body: body.into() }
    }

    #[test]
    fn reads_the_examples_of_the_standard() {
        for (link, action) in [
            ("xmpp:romeo@montague.net", UriAction::Open),
            ("xmpp:romeo@montague.net?message", message("")),
            (
                "xmpp:romeo@montague.net?message;subject=Test%20Message;body=Here%27s%20a%20test%20message",
                message("Here's a test message"),
            ),
            ("xmpp:romeo@montague.net?roster", add("", "")),
            (
                "xmpp:romeo@montague.net?roster;name=Romeo%20Montague;group=Friends",
                add("Romeo Montague", "Friends"),
            ),
            ("xmpp:romeo@montague.net?subscribe", add("", "")),
            (
                "xmpp:romeo@montague.net?unsubscribe",
                UriAction::Unsupported("unsubscribe".into()),
            ),
            ("xmpp:romeo@montague.net?remove", UriAction::RemoveContact),
            (
                "xmpp:romeo@montague.net?join",
                UriAction::Unsupported("join".into()),
            ),
        ] {
            assert_eq!(read(link), ("romeo@montague.net".into(), action), "{link}");
        }
    }

    #[test]
    fn address_and_scheme_come_in_many_forms() {
        for link in [
            "XMPP:bob@example.org",
            "  xmpp:bob@example.org\n",
            "xmpp:b%6Fb@example.org/phone?message#part",
            "xmpp:bob@example.org?omemo-sid-1=ab;omemo-sid-2=cd",
            "xmpp:bob@example.org?;;=;a",
        ] {
            assert_eq!(read(link).0, "bob@example.org", "{link}");
        }
        let uri = parse_uri("xmpp://alice@example.org/bob@example.org?message").unwrap();
        assert_eq!(uri.account, parse_address("alice@example.org").ok());
        assert_eq!(uri.address.to_string(), "bob@example.org");
    }

    #[test]
    fn decodes_once_and_after_splitting() {
        assert_eq!(
            read("xmpp:b@c?message;body=a%3Bbody%3Dx%26y%2520z+1").1,
            message("a;body=x&y%20z+1")
        );
        assert_eq!(
            read("xmpp:b@c?message;body=first;body=second;BODY=third").1,
            message("first")
        );
        assert_eq!(
            read("xmpp:b@c?roster;name=%E2%80%AEevil%00%0A;group=%20x%20").1,
            add("evil", "x")
        );
        assert_eq!(
            read("xmpp:b@c?message;body=a%0D%0Ab%07%09c").1,
            message("a\nb\tc")
        );
    }

    #[test]
    fn refuses_what_is_not_exact() {
        for (link, error) in [
            ("", UriError::NotXmpp),
            ("https://example.org", UriError::NotXmpp),
            ("bob@example.org", UriError::NotXmpp),
            ("xmp", UriError::NotXmpp),
            ("xmppü@x", UriError::NotXmpp),
            ("xmpp:", UriError::Address(AddressError::Empty)),
            (
                "xmpp:example.org",
                UriError::Address(AddressError::NoLocalPart),
            ),
            (
                "xmpp:bob%40evil@example.org",
                UriError::Address(AddressError::Domain),
            ),
            (
                "xmpp:xmpp:bob@example.org",
                UriError::Address(AddressError::LocalPart),
            ),
            (
                "xmpp:%20bob@example.org",
                UriError::Address(AddressError::LocalPart),
            ),
            (
                "xmpp:bob%2Fx@example.org",
                UriError::Address(AddressError::LocalPart),
            ),
            ("xmpp:b@c?message;body=%", UriError::Encoding),
            ("xmpp:b@c?message;body=%4", UriError::Encoding),
            ("xmpp:b@c?message;body=%zz", UriError::Encoding),
            ("xmpp:b@c?message;body=%+1", UriError::Encoding),
            ("xmpp:b@c?message;body=%C3%28", UriError::Encoding),
            ("xmpp:%FF@c", UriError::Encoding),
        ] {
            assert_eq!(parse_uri(link), Err(error), "{link}");
        }
    }

    #[test]
    fn is_bounded() {
        let long = format!("xmpp:b@c?message;body={}", "a".repeat(10_000));
        assert_eq!(read(&long).1, message(&"a".repeat(MAX_BODY)));
        let long = format!("xmpp:b@c?message;body={}", "a".repeat(MAX_LENGTH));
        assert_eq!(parse_uri(&long), Err(UriError::TooLong));
        let many = format!(
            "xmpp:b@c?message{};body=late",
            ";x=1".repeat(MAX_PARAMETERS)
        );
        assert_eq!(read(&many).1, message(""));
        let kind = format!("xmpp:b@c?{}", "j".repeat(1_000));
        assert_eq!(read(&kind).1, UriAction::Unsupported("j".repeat(32)));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(link in "(xmpp:)?[ -~é\u{202e}%;=?#/@]{0,80}") {
            let _ = parse_uri(&link);
        }

        #[test]
        fn what_was_encoded_comes_back(text in "\\PC{0,60}") {
            let encoded: String = text.bytes().map(|b| format!("%{b:02x}")).collect();
            prop_assert_eq!(decode(&encoded), Ok(text));
        }
    }
}
