//! Base64 inside elements, as people's programs write it: with blanks and line breaks anywhere.

use base64::{Engine, engine::general_purpose::STANDARD};
use minidom::Element;

/// The bytes of an element's text; nothing if it is no base64, or would be more than `most` bytes.
pub(super) fn decode(element: &Element, most: usize) -> Option<Vec<u8>> {
    let texts = || element.texts().flat_map(str::bytes);
    // Looked at before anything is copied; a third more for base64, and as much again for blanks.
    if texts().take(most * 4 + 64).count() == most * 4 + 64 {
        return None;
    }
    let text: Vec<u8> = texts().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let bytes = STANDARD.decode(text).ok()?;
    (bytes.len() <= most).then_some(bytes)
}

/// An element with base64 as its text, without breaks.
pub(super) fn element(
    name: &str,
    namespace: &'static str,
    bytes: &[u8],
) -> minidom::ElementBuilder {
    Element::builder(name, namespace).append(STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str, most: usize) -> Option<Vec<u8>> {
        let element: Element = format!("<x xmlns='x'>{text}</x>").parse().unwrap();
        decode(&element, most)
    }

    #[test]
    fn p9_blanks_and_breaks_are_nothing() {
        assert_eq!(decoded("\n  aGVs\n\tbG8=\r\n ", 5).unwrap(), b"hello");
        assert_eq!(decoded("aGVs<y/>bG8=", 5).unwrap(), b"hello");
        assert_eq!(decoded("aGVsbG8=", 4), None);
        assert_eq!(decoded("aGVsbG8", 5), None);
        assert_eq!(decoded("aGVsb*8=", 5), None);
        assert_eq!(decoded(&" ".repeat(1 << 20), 5), None);
        assert_eq!(decoded("", 5).unwrap(), b"");
    }
}
