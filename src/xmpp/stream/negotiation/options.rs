//! What a login needs to know, and what comes of it. Decides nothing but what counts as bound.

use minidom::Element;
use xmpp_parsers::jid::{BareJid, FullJid};

use super::binding::{Extras, Features};
use crate::{
    model::{Fingerprint, Secret},
    xmpp::stream::{Enabled, Resume, Resumption, Token, sasl::Bindings, token::Place},
};

/// What a login needs to know.
pub(in crate::xmpp::stream) struct LoginOptions {
    /// Whose account.
    pub(in crate::xmpp::stream) jid: BareJid,
    /// Resource to ask for.
    pub(in crate::xmpp::stream) resource: String,
    /// Whether the password itself may be sent.
    pub(in crate::xmpp::stream) allow_plain: bool,
    /// The strongest mechanism ever used.
    pub(in crate::xmpp::stream) strongest: Option<String>,
    /// A former session to resume.
    pub(in crate::xmpp::stream) resume: Option<Resume>,
    /// The password.
    pub(in crate::xmpp::stream) password: Secret,
    /// Channel binding data of this TLS connection.
    pub(in crate::xmpp::stream) bindings: Bindings,
    /// The certificate that is pinned by hand.
    pub(in crate::xmpp::stream) pin: Option<Fingerprint>,
    /// A token to try first, its use counted already.
    pub(in crate::xmpp::stream) token: Option<Token>,
    /// Random id of this account on this device, a UUID.
    pub(in crate::xmpp::stream) device: String,
    /// Whether nobody looks at the window.
    pub(in crate::xmpp::stream) inactive: bool,
}

impl LoginOptions {
    pub(super) fn username(&self) -> &str {
        self.jid.node().map_or("", |node| node.as_str())
    }

    /// This connection, as tokens see it.
    pub(super) fn place(&self, must_bind: bool) -> Place<'_> {
        Place {
            bindings: &self.bindings,
            pin: self.pin,
            must_bind,
        }
    }

    /// Whether a mechanism bound to the channel was ever used.
    pub(super) fn was_bound(&self) -> bool {
        self.strongest.as_deref().is_some_and(is_bound)
    }
}

/// Whether a mechanism is bound to the channel.
pub(super) fn is_bound(mechanism: &str) -> bool {
    mechanism.ends_with("-PLUS")
}

/// A stream that is logged in and bound.
#[derive(Debug)]
pub(in crate::xmpp::stream) struct Bound {
    /// The full JID that the server gave.
    pub(in crate::xmpp::stream) jid: FullJid,
    /// Whether a former session goes on.
    pub(in crate::xmpp::stream) resumption: Resumption,
    /// Stream management, if it was enabled.
    pub(in crate::xmpp::stream) management: Option<Enabled>,
    /// The mechanism that was used.
    pub(in crate::xmpp::stream) mechanism: &'static str,
    /// What the server can do on this stream.
    pub(in crate::xmpp::stream) features: Features,
    /// What else came with the login.
    pub(in crate::xmpp::stream) extras: Extras,
    /// Stanzas that came before stream management counted.
    pub(in crate::xmpp::stream) early: Vec<Element>,
    /// Elements of the session that came before its features; they count.
    pub(in crate::xmpp::stream) ahead: Vec<Element>,
}
