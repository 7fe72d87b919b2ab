//! From an address and a password to a bound stream of stanzas: DNS, TCP, TLS, SASL, binding, stream management.
//! Knows nothing of the store, of rosters or of messages.

mod certificate;
mod connecting;
mod dial;
mod element_stream;
pub(super) mod limits;
mod management;
mod negotiation;
mod patience;
#[doc(hidden)]
pub mod probe;
mod registration;
mod resolve;
mod sasl;
#[cfg(test)]
pub(crate) mod scripted;
mod stream_error;
mod tls;
mod token;
mod transport;

use minidom::Element;
use xmpp_parsers::jid::FullJid;

pub use connecting::{connect_with, revoke_token};
pub use element_stream::{ElementStream, Incoming};
pub use management::{Ack, Management, Unacked};
pub use patience::Patience;
pub use registration::{Registration, open_registration};
pub use token::Token;

use super::console::Console;
use crate::model::{
    BareJid, ConnectStep, Endpoint, Failure, FailureKind, Fingerprint, Proxy, Secret,
};

/// Everything a connection needs to know beside the password.
#[derive(Clone, Debug)]
pub struct ConnectOptions {
    /// Whose account.
    pub jid: BareJid,
    /// Resource to ask for.
    pub resource: String,
    /// An explicit server, else DNS decides.
    pub endpoint: Option<Endpoint>,
    /// The proxy, if any.
    pub proxy: Option<Proxy>,
    /// Whether the password itself may be sent inside TLS.
    pub allow_plain: bool,
    /// The certificate that was pinned by hand.
    pub pin: Option<Fingerprint>,
    /// The strongest mechanism ever seen for this account.
    pub strongest: Option<String>,
    /// A former session to resume (XEP-0198, section 5): its id and the number of stanzas we have handled.
    pub resume: Option<Resume>,
    /// A token to try before the password (XEP-0484), its use counted already.
    pub token: Option<Token>,
    /// Random id of this account on this device, a UUID of version 4 that stays the same (XEP-0388, section 2.2).
    pub device: String,
    /// Whether nobody looks at the window, which the server may know from the start (XEP-0352).
    pub inactive: bool,
    /// Where elements are shown to who reads along.
    pub console: Console,
}

/// A former session to resume.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resume {
    /// The server's id of the session.
    pub id: String,
    /// Its full JID.
    pub jid: FullJid,
    /// Stanzas we have handled.
    pub handled: u32,
    /// Where the server would like us to come back to; used only for the same domain's certificate.
    pub location: Option<String>,
}

/// What came of trying to resume.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Resumption {
    /// Nothing was to be resumed.
    New,
    /// Resumed: the server has handled this many of our stanzas.
    Resumed(u32),
    /// Refused, the session is new; the server may say how many of the former session's stanzas it had handled.
    Refused(Option<u32>),
}

/// A stream that is logged in and bound.
pub struct Connected {
    /// Stanzas and nonzas in and out.
    pub stream: ElementStream,
    /// The full JID the server gave.
    pub jid: FullJid,
    /// Whether a former session goes on.
    pub resumption: Resumption,
    /// Stream management that was enabled: id to resume with, `None` when the server cannot resume.
    pub management: Option<Enabled>,
    /// SASL name of the mechanism that was used.
    pub mechanism: String,
    /// Strongest mechanism that was ever used with this account, this one included, for the ledger.
    pub strongest: String,
    /// Whether the server understands client state (XEP-0352).
    pub client_state: bool,
    /// Whether the roster can be asked by version (XEP-0237 / RFC 6121, section 2.6).
    pub roster_versions: bool,
    /// Whether presence subscriptions can be approved beforehand (RFC 6121, section 3.4).
    pub pre_approval: bool,
    /// Whether carbons are on already (XEP-0280).
    pub carbons: bool,
    /// Whether the server has been told that nobody looks.
    pub inactive: bool,
    /// The token for the next login; any other is worth nothing now.
    pub token: Option<Token>,
    /// Stanzas that came before stream management counted; to be handled first and not to be counted.
    pub early: Vec<Element>,
}

/// Stream management as enabled by the server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Enabled {
    /// Id to resume with, if the server can.
    pub id: Option<String>,
    /// Seconds that the server keeps the session, if it says so.
    pub max_seconds: Option<u32>,
    /// Where the server would like us to come back to.
    pub location: Option<String>,
}

/// Why a negotiation stopped.
#[derive(Debug)]
enum Halt {
    /// For good.
    Failed(Failure),
    /// The server names another host (`see-other-host`).
    Redirect {
        /// Its name or address.
        host: String,
        /// Its port, if it says one.
        port: Option<u16>,
    },
    /// The same server is to be asked again on a new connection, without a token.
    Again,
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<FailureKind> for Halt {
    fn from(kind: FailureKind) -> Self {
        Self::Failed(kind.into())
    }
}

/// Connects, logs in and binds.
///
/// # Errors
/// A typed failure; nothing of the password has been sent unless the policy allowed it.
pub async fn connect(
    options: &ConnectOptions,
    password: &Secret,
    on_step: impl FnMut(ConnectStep) + Send,
) -> Result<Connected, Failure> {
    connect_with(options, password, &Patience::default(), on_step).await
}
