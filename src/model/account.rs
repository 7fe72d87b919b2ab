//! Accounts: what is stored of them, and the state of their connection.

use super::{
    address::{BareJid, FullJid},
    certificate::Fingerprint,
    failure::Failure,
    ids::AccountId,
    presence::OwnPresence,
    time::Timestamp,
};

/// One account as stored.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// The row.
    pub id: AccountId,
    /// The address.
    pub jid: BareJid,
    /// Whether it connects by itself.
    pub enabled: bool,
    /// An explicit server, instead of what DNS says.
    pub endpoint: Option<Endpoint>,
    /// The proxy, if any.
    pub proxy: Option<Proxy>,
    /// Resource asked for at login; random once, then kept.
    pub resource: String,
    /// Whether the password itself may be sent inside TLS when the server knows nothing better.
    pub allow_plain: bool,
    /// Where the password is.
    pub password_storage: PasswordStorage,
    /// The name contacts are shown (XEP-0172), empty when none.
    pub nickname: String,
    /// The presence the person chose last.
    pub presence: OwnPresence,
    /// Place in lists, small first.
    pub position: i64,
}

/// What is needed to add an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewAccount {
    /// The address.
    pub jid: BareJid,
    /// An explicit server, instead of what DNS says.
    pub endpoint: Option<Endpoint>,
    /// The proxy, if any.
    pub proxy: Option<Proxy>,
    /// Where the password is kept.
    pub password_storage: PasswordStorage,
    /// Whether the password itself may be sent inside TLS; only after the person was asked.
    pub allow_plain: bool,
    /// The certificate that the person pinned while adding the account, kept with it.
    pub pin: Option<Fingerprint>,
}

/// An explicit server to connect to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint {
    /// Host name or address; the certificate must still be valid for the domain of the account.
    pub host: String,
    /// Port, 1 to 65535.
    pub port: u16,
    /// Whether TLS starts with the first byte (XEP-0368) instead of STARTTLS.
    pub direct_tls: bool,
}

/// A SOCKS5 proxy; names are resolved by the proxy, never here (RFC 1928).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Proxy {
    /// Host name or address of the proxy.
    pub host: String,
    /// Port of the proxy.
    pub port: u16,
    /// User name for the proxy, empty when none; Tor isolates circuits by it.
    pub username: String,
}

/// Where the password of an account is kept.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PasswordStorage {
    /// The keyring of the desktop or system.
    #[default]
    Keyring,
    /// A file sealed with a passphrase.
    SealedFile,
    /// Nowhere: asked at each start.
    Ask,
}

/// Where passwords can be kept on this machine at this moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PasswordPlaces {
    /// Whether a keyring answers.
    pub keyring: bool,
    /// The file of sealed passwords.
    pub sealed_file: SealedFile,
}

/// The file of sealed passwords of the profile.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SealedFile {
    /// There is none; the first passphrase makes it.
    #[default]
    Absent,
    /// Its passphrase has not been given in this run.
    Locked,
    /// Open for this run.
    Open,
}

/// The connection of an account, as the window shows it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum ConnectionState {
    /// Not connected because nobody asked for it.
    #[default]
    Offline,
    /// On the way.
    Connecting(ConnectStep),
    /// Connected and bound.
    Online {
        /// The full JID that the server gave.
        jid: FullJid,
    },
    /// Broken, tried again by itself.
    Waiting {
        /// When the next try starts.
        until: Timestamp,
        /// Why the last one failed.
        failure: Failure,
    },
    /// Broken, and only a person can go on.
    Stopped(Failure),
}

impl ConnectionState {
    /// Whether stanzas can be exchanged now.
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online { .. })
    }
}

/// A step on the way to being connected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ConnectStep {
    /// Asking DNS.
    Resolving,
    /// Opening TCP and TLS.
    Connecting,
    /// Logging in.
    Authenticating,
    /// Binding a resource or resuming.
    Binding,
}

/// How far the history of an account has been fetched.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SyncState {
    /// Nothing under way.
    #[default]
    Idle,
    /// Fetching what was missed; the number of messages so far.
    CatchingUp(u64),
    /// Fetching what is older than everything stored, newest first, in the background.
    Filling {
        /// Messages so far, over all sessions.
        fetched: u64,
        /// When the oldest of them was sent, if known: everything from then on is stored.
        reached: Option<Timestamp>,
        /// How many are still missing, if the server says so.
        missing: Option<u64>,
    },
}

/// How much of an account's archive is stored here.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct History {
    /// Whether nothing is missing.
    pub complete: bool,
    /// Whether the person stopped the fetching of the rest.
    pub paused: bool,
    /// Older messages fetched in the background so far.
    pub fetched: u64,
    /// Everything from then on is stored, if known.
    pub reached: Option<Timestamp>,
}
