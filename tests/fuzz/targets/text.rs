//! Text that others wrote, and text that a person typed or clicked.

use tessera::{
    model::{parse_address, parse_uri},
    timeline::text::{MessageText, clean, links as found},
};

/// A typed address.
pub(super) fn address(bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    if let Ok(jid) = parse_address(&typed) {
        assert_eq!(
            parse_address(jid.as_str()).as_ref(),
            Ok(&jid),
            "an address reads as itself"
        );
    }
}

/// A link to an address.
pub(super) fn uri(bytes: &[u8]) {
    let link = String::from_utf8_lossy(bytes);
    let _ = parse_uri(&link);
}

/// A message as it is shown.
pub(super) fn styling(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    let shown = MessageText::read(&body);
    let plain = shown.plain();
    assert!(
        plain.len() <= clean::MAX_BYTES + 64,
        "{} bytes are shown at once",
        plain.len()
    );
    assert!(
        !plain
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t'),
        "control characters are shown"
    );
    assert!(
        !plain.contains(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
        "text of others turns the direction of ours"
    );
    let _ = clean::isolated(&body);
}

/// Links in a message: each lies inside the text and opens what it says.
pub(super) fn links(bytes: &[u8]) {
    let body = String::from_utf8_lossy(bytes);
    for range in found::find(&body) {
        let target = body.get(range).expect("a link is a piece of the text");
        let _ = found::judge(target);
        let _ = found::real_host(target);
    }
}
