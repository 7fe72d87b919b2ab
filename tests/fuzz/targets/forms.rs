//! Forms of a server, read and sent back.

use tessera::xmpp::xep0004_forms;

use super::stream::elements;

pub(super) fn run(bytes: &[u8]) {
    for element in elements(bytes) {
        let form = xep0004_forms::read(&element, |_| None);
        let answer = xep0004_forms::submit(&form);
        let _ = String::from(&answer);
        assert!(form.fields.len() <= 200, "an endless form is shown");
    }
}
