//! Plain values that every layer speaks: ids, addresses, messages, contacts, settings.
//! Knows nothing of SQL, stanzas, threads or widgets.

mod account;
mod address;
mod avatar;
mod certificate;
mod contact;
mod conversation;
mod device;
mod encryption;
mod failure;
mod form;
mod ids;
mod message;
mod presence;
pub mod search;
mod secret;
mod settings;
mod time;
mod uri;

pub use account::{
    Account, ConnectStep, ConnectionState, Endpoint, History, NewAccount, PasswordPlaces,
    PasswordStorage, Proxy, SealedFile, SyncState,
};
pub use address::{AddressError, BareJid, FullJid, Jid, parse_address};
pub use avatar::{Avatar, Profile};
pub use certificate::{
    CertificateProblem, CertificateReason, CertificateSummary, ChainCertificate, Fingerprint,
};
pub use contact::{Ask, Contact, Request, RequestKind, RosterItem, Subscription};
pub use conversation::{Conversation, ConversationKind, Notifications};
pub use device::DeviceId;
pub use encryption::{
    Encryption, IdentityPrint, KnownDevice, MessageSeal, OmemoVersion, Standing, Unreadable,
};
pub use failure::{Failure, FailureKind, SendFailure};
pub use form::{Field, FieldKind, FieldOption, Form, Picture};
pub use ids::{AccountId, ConversationId, MessageId, OutboxId, RequestId};
pub use message::{
    Delivery, Direction, ImportedFrom, Message, Quoted, Reaction, ReplyTo, Route, Security, Version,
};
pub use presence::{OwnPresence, Presence, ResourcePresence, Show};
pub use secret::Secret;
pub use settings::{ColorScheme, NotificationText, Settings};
pub use time::Timestamp;
pub use uri::{UriAction, UriError, XmppUri, parse_uri};
