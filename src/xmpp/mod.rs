//! The protocol: the stream, and one file or folder per extension.
//! Everything above the stream is synchronous and runs inside one transaction of the store.

pub mod access;
pub mod console;
pub mod envelope;
pub mod fetches;
#[cfg(test)]
mod hostile;
pub mod live;
pub mod picture;
pub mod query;
pub mod refusal;
pub mod registry;
pub mod rfc6121_presence;
pub mod rfc6121_roster;
pub mod settle;
pub mod stream;
#[cfg(test)]
pub(crate) mod testing;
pub mod text;
pub mod xep0004_forms;
pub mod xep0030_disco;
pub mod xep0054_vcard;
pub mod xep0060_pubsub;
pub mod xep0077_register;
pub mod xep0084_avatar;
pub mod xep0085_chat_states;
pub mod xep0092_version;
pub mod xep0115_caps;
pub mod xep0153_vcard_avatar;
pub mod xep0172_nick;
pub mod xep0184_receipts;
pub mod xep0191_blocking;
pub mod xep0199_ping;
pub mod xep0224_attention;
pub mod xep0280_carbons;
pub mod xep0308_correction;
pub mod xep0313_mam;
pub mod xep0333_markers;
pub mod xep0352_csi;
pub mod xep0359_ids;
pub mod xep0380_eme;
pub mod xep0382_spoiler;
pub mod xep0384_omemo;
pub mod xep0398_conversion;
pub mod xep0420_sce;
pub mod xep0424_retraction;
pub mod xep0428_fallback;
pub mod xep0444_reactions;
pub mod xep0461_replies;
pub mod xep0490_displayed;

use std::fmt;

use minidom::Element;
use xmpp_parsers::{iq::Iq, jid::Jid, message::Message, presence::Presence};

pub use live::Live;
pub use query::{Arrived, Link, QueryId, Reply};

use crate::{
    command::Command,
    event::Event,
    model::{Account, Failure, MessageId, MessageSeal, RequestId, Secret, Settings, Timestamp},
    store::{StoreError, Txn},
};

/// What an input changes outside the store; performed only after its transaction has committed.
#[derive(Clone)]
pub enum Effect {
    /// Tells the window.
    Emit(Event),
    /// Sends an element that need not survive this connection; one that must is a row of the outbox. It may be no
    /// stanza (XEP-0352) and is not counted by stream management then.
    Transmit(Element),
    /// The outbox has new rows to send.
    FlushOutbox,
    /// Keeps a new password that the server has accepted.
    KeepPassword(Secret),
    /// The account is gone on the server: remove it here.
    AccountDeleted,
    /// A chat was removed; its messages are to follow.
    Forget,
}

/// Tells the kind only: stanzas carry words of people, and now and then a password.
impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Emit(event) => f.debug_tuple("Emit").field(event).finish(),
            Self::Transmit(stanza) => write!(f, "Transmit(<{} …>)", stanza.name()),
            Self::FlushOutbox => f.write_str("FlushOutbox"),
            Self::KeepPassword(_) => f.write_str("KeepPassword(…)"),
            Self::AccountDeleted => f.write_str("AccountDeleted"),
            Self::Forget => f.write_str("Forget"),
        }
    }
}

/// Everything an extension may use while it handles one input.
pub struct Cx<'a, 'c> {
    /// The transaction that everything written belongs to.
    pub txn: &'a Txn<'c>,
    /// The account whose session this is.
    pub account: &'a Account,
    /// The moment of this input.
    pub now: Timestamp,
    /// The settings of the profile.
    pub settings: &'a Settings,
    /// The present connection: own full JID, what the server can do, open queries.
    pub link: &'a mut Link,
    /// Snapshots of what nobody stores.
    pub live: &'a Live,
    /// What is to happen after the commit.
    pub effects: &'a mut Vec<Effect>,
}

impl Cx<'_, '_> {
    /// Tells the window after the commit.
    pub fn emit(&mut self, event: Event) {
        self.effects.push(Effect::Emit(event));
    }

    /// Sends a stanza after the commit; it is lost with the connection.
    pub fn transmit(&mut self, stanza: impl Into<Element>) {
        self.effects.push(Effect::Transmit(stanza.into()));
    }

    /// Asks somebody (`None`: our own account on the server); the answer comes to `owner`'s [`Extension::reply`].
    pub fn get(
        &mut self,
        owner: &'static str,
        to: Option<Jid>,
        payload: impl Into<Element>,
    ) -> QueryId {
        self.ask(owner, to, "get", payload.into())
    }

    /// Asks somebody to change something; the answer comes to `owner`'s [`Extension::reply`].
    pub fn set(
        &mut self,
        owner: &'static str,
        to: Option<Jid>,
        payload: impl Into<Element>,
    ) -> QueryId {
        self.ask(owner, to, "set", payload.into())
    }

    fn ask(
        &mut self,
        owner: &'static str,
        to: Option<Jid>,
        kind: &'static str,
        payload: Element,
    ) -> QueryId {
        let (id, stanza) = self.link.open_query(owner, to, kind, payload, self.now);
        self.effects.push(Effect::Transmit(stanza));
        id
    }

    /// Answers a request of the window after the commit.
    pub fn finish(&mut self, request: RequestId, outcome: Result<(), Failure>) {
        self.emit(Event::Finished { request, outcome });
    }
}

/// What a person has to allow before others are told that it can be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wish {
    /// Being called by contacts (XEP-0224).
    ReceiveAttention,
}

impl Wish {
    /// Whether the person allows it.
    pub fn is_granted(self, settings: &Settings) -> bool {
        match self {
            Self::ReceiveAttention => settings.receive_attention,
        }
    }
}

/// Whether an extension took an input for itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Handled {
    /// Not mine.
    No,
    /// Mine; nobody else is asked.
    Yes,
}

/// What a key message of an encryption is known by, so that it is opened once.
pub type SealedKey = [u8; 32];

/// What became of an encrypted message.
#[derive(Debug)]
pub enum Opened {
    /// It can be read.
    Clear {
        /// The message as if it had come in clear.
        message: Box<Message>,
        /// Who sealed it.
        seal: MessageSeal,
        /// What its key was known by.
        key: SealedKey,
    },
    /// It says nothing to a person.
    Nothing,
    /// A copy of this message, which was read before.
    Copy(MessageId),
    /// It cannot be read, and why.
    Unreadable(MessageSeal),
    /// It breaks the rules so much that not even its device is known.
    Malformed,
}

/// One extension of the protocol; one file, one line in [`registry`].
pub trait Extension: Send + Sync {
    /// Its number as in the DOAP file, such as `XEP-0184`; also its name as owner of queries.
    fn xep(&self) -> &'static str;

    /// What it adds to our own disco#info, `+notify` included (XEP-0030, XEP-0163).
    fn features(&self) -> &'static [&'static str] {
        &[]
    }

    /// What it adds to our own disco#info only while the person allows it.
    fn optional_features(&self) -> &'static [(&'static str, Wish)] {
        &[]
    }

    /// A connection is up: bound anew, or resumed with nothing lost (XEP-0198).
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn online(&mut self, _cx: &mut Cx<'_, '_>, _resumed: bool) -> Result<(), StoreError> {
        Ok(())
    }

    /// What the server can do is known now (disco#info of the domain and of the own account); once per new session.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn discovered(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        Ok(())
    }

    /// The session is lost for good (no resumption): forget what belonged to it.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn offline(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        Ok(())
    }

    /// The window asks; `request` is to be answered with [`Cx::finish`], now or later, when this is handled.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn command(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _command: &Command,
        _request: RequestId,
    ) -> Result<Handled, StoreError> {
        Ok(Handled::No)
    }

    /// An IQ request (get or set) came; whoever handles it also answers it. Nobody: `service-unavailable`.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn iq(&mut self, _cx: &mut Cx<'_, '_>, _iq: &Iq) -> Result<Handled, StoreError> {
        Ok(Handled::No)
    }

    /// The answer to a query of this extension, checked to be from whom it was asked (RFC 6120, section 8.1.2.1).
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn reply(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _query: QueryId,
        _reply: Reply,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    /// A presence came.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn presence(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _presence: &Presence,
    ) -> Result<Handled, StoreError> {
        Ok(Handled::No)
    }

    /// A message came as it is on the wire, before anything else looks at it (PEP events, archive results).
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn message(&mut self, _cx: &mut Cx<'_, '_>, _message: &Message) -> Result<Handled, StoreError> {
        Ok(Handled::No)
    }

    /// A chat message was unwrapped and its sender is known; called for messages with and without text.
    /// `stored` is the new row, if the message became one (a duplicate does not).
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn received(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _envelope: &envelope::Envelope,
        _stored: Option<MessageId>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    /// Takes a chat message out of its encryption before anything looks at what it says; nothing: it is not encrypted
    /// by this extension. What that changes is undone with the message if the store refuses it.
    ///
    /// # Errors
    /// Only the store's: everything of this message is rolled back.
    fn open(
        &mut self,
        _cx: &mut Cx<'_, '_>,
        _envelope: &envelope::Envelope,
    ) -> Result<Option<Opened>, StoreError> {
        Ok(None)
    }

    /// An input has been handled: whatever it has made possible (such as encrypting what waits) may be done now, in the
    /// same transaction.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn finish(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        Ok(())
    }

    /// Adds to a chat message of ours before it is stored in the outbox.
    fn decorate(&self, _cx: &Cx<'_, '_>, _outgoing: &mut Message) {}

    /// Adds to our own presence before it is sent.
    fn decorate_presence(&self, _cx: &Cx<'_, '_>, _outgoing: &mut Presence) {}

    /// Whether something of this extension ends by itself after a while, so that [`Self::tick`] is to be called.
    fn waits(&self) -> bool {
        false
    }

    /// Time has passed: about once a second while [`Self::waits`] or a query is open, seldom else.
    ///
    /// # Errors
    /// Only the store's: everything of this input is rolled back.
    fn tick(&mut self, _cx: &mut Cx<'_, '_>) -> Result<(), StoreError> {
        Ok(())
    }
}

/// A processing hint for servers (XEP-0334), such as `no-store`.
pub fn hint(name: &'static str) -> Element {
    Element::builder(name, "urn:xmpp:hints").build()
}
