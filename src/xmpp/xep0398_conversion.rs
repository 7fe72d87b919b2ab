//! XEP-0398: a server that keeps the picture of the account and that of its vCard the same, so that we need not.

use super::Link;

/// Whether our server does that for our account.
pub fn is_offered(link: &Link) -> bool {
    link.own.contains("urn:xmpp:pep-vcard-conversion:0")
}
