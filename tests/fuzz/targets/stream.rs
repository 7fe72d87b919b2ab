//! Bytes of a server on a bound stream. What our parser took must mean the same to every other parser that sees it
//! later: otherwise a stanza could hide inside another one (CVE-2022-22784 and its kin).

use std::cell::RefCell;

use minidom::Element;
use tessera::xmpp::stream::probe;
use tokio::runtime::Runtime;

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime"),
    );
}

/// The elements that these bytes are to our parser.
pub(super) fn elements(bytes: &[u8]) -> Vec<Element> {
    RUNTIME.with_borrow(|runtime| runtime.block_on(probe::elements(bytes)))
}

pub(super) fn run(bytes: &[u8]) {
    for element in elements(bytes) {
        if element.ns().is_empty() {
            // No stanza of anybody's; a reader without a stream around it cannot even say so.
            continue;
        }
        let written = String::from(&element);
        let read: Element = written
            .parse()
            .unwrap_or_else(|error| panic!("we wrote what we cannot read: {error}\n{written}"));
        assert_eq!(read, element, "reading again changes the meaning");
        let again = elements(written.as_bytes());
        assert_eq!(again, [element], "the stream reads it differently");
    }
}
