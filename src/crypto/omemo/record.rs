//! All sessions with one device in one version: which of them opens a message, and which one sends.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::{
    curve::{Identity, IdentityKey},
    exchange::accept,
    keys::{PreKey, SignedPreKey},
    profile::Profile,
    session::{Opened, Refused, Sealed, Session},
    wire::{Exchange, Incoming, Ratcheted},
};
use crate::crypto::Entropy;

/// How many former sessions are kept: enough for both sides beginning at once, several times.
pub const MAX_ARCHIVED: usize = 5;

/// The sessions with one device in one version.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SessionRecord {
    /// The one that sends.
    pub(super) current: Option<Session>,
    /// Former ones, the newest first; they still open what comes late or crosses.
    pub(super) archived: VecDeque<Session>,
}

/// Our keys that a message which begins a session names.
#[derive(Clone, Copy, Debug)]
pub struct OwnKeys<'a> {
    /// Our identity.
    pub identity: &'a IdentityKey,
    /// The signed prekey with the number of the message, if there is one.
    pub signed_prekey: Option<&'a SignedPreKey>,
    /// The one-time prekey with the number of the message, if there is one.
    pub prekey: Option<&'a PreKey>,
}

/// What came out of a key message.
#[derive(Clone, Eq, PartialEq)]
pub struct Received {
    /// The new state, to be stored in the same transaction as what the message said.
    pub record: SessionRecord,
    /// The key material.
    pub material: Zeroizing<Vec<u8>>,
    /// Whose identity the session is with.
    pub identity: Identity,
    /// The one-time prekey that this message has used up, if it began a session.
    pub used_prekey: Option<u32>,
    /// The other side has to hear from us, or it will stop writing to this device.
    pub heartbeat_due: bool,
}

/// Why a key message says nothing; the state is as before.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
pub enum DecryptError {
    /// It was opened before.
    #[error("the message was decrypted before")]
    Duplicate,
    /// It belongs to a session that is not known here.
    #[error("there is no session with this device")]
    NoSession,
    /// It begins a session by a key that is not here, or not any more.
    #[error("the one-time prekey is not known")]
    UnknownPreKey,
    /// It begins a session by a signed key that is not here any more.
    #[error("the signed prekey is not known")]
    UnknownSignedPreKey,
    /// It begins a session without a one-time prekey (XEP-0384, section 4.3: to be refused).
    #[error("the message uses no one-time prekey")]
    WithoutPreKey,
    /// It was changed on its way, or the session is out of step.
    #[error("the authentication code is wrong")]
    BadMac,
    /// Too many messages before it are missing.
    #[error("too many messages are missing")]
    TooFarAhead,
    /// It is no key message.
    #[error("the message is malformed")]
    Malformed,
    /// The device shows another identity than before.
    #[error("the device has another identity key")]
    IdentityChanged,
}

impl From<Refused> for DecryptError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Duplicate => Self::Duplicate,
            Refused::TooFarAhead => Self::TooFarAhead,
            Refused::BadMac => Self::BadMac,
        }
    }
}

impl SessionRecord {
    /// Whose identity the sessions are with.
    pub fn identity(&self) -> Option<Identity> {
        self.current.as_ref().and_then(Session::identity)
    }

    /// The session that sends.
    pub fn current(&self) -> Option<&Session> {
        self.current.as_ref()
    }

    /// Makes a session the one that sends; the former one still receives.
    #[must_use]
    pub fn with(mut self, session: Session) -> Self {
        if let Some(former) = self.current.replace(session) {
            self.archived.push_front(former);
            self.archived.truncate(MAX_ARCHIVED);
        }
        self
    }

    /// Encrypts by the session that sends; consumes the state, so that nothing is encrypted twice from it.
    pub fn encrypt(mut self, material: &[u8]) -> Option<(Self, Vec<u8>, bool)> {
        let Sealed {
            session,
            bytes,
            is_exchange,
        } = self.current.take()?.encrypt(material)?;
        self.current = Some(session);
        Some((self, bytes, is_exchange))
    }

    /// Opens a key message; nothing changes unless it is authentic.
    ///
    /// # Errors
    /// Says why it cannot be opened.
    pub fn decrypt(
        &self,
        profile: Profile,
        incoming: &Incoming,
        own: OwnKeys<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Received, DecryptError> {
        match incoming {
            Incoming::Message(message) => self.open(message, entropy),
            Incoming::Exchange(exchange) => self.answer(profile, exchange, own, entropy),
        }
    }

    fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.current.iter().chain(&self.archived)
    }

    fn open(
        &self,
        message: &Ratcheted,
        entropy: &mut dyn Entropy,
    ) -> Result<Received, DecryptError> {
        let mut worst = DecryptError::NoSession;
        for (place, session) in self.sessions().enumerate() {
            match session.decrypt(message, entropy) {
                Ok(opened) => return self.moved(place, opened),
                Err(refused) => {
                    // A session that knows the ratchet key is surer of its reason than one that does not.
                    if refused != Refused::BadMac || worst == DecryptError::NoSession {
                        worst = refused.into();
                    }
                }
            }
        }
        Err(worst)
    }

    /// The state after a session has opened a message; one whose chain went on becomes the one that sends.
    fn moved(
        &self,
        place: usize,
        (after, material, opened): (Session, Zeroizing<Vec<u8>>, Opened),
    ) -> Result<Received, DecryptError> {
        let identity = after.identity().ok_or(DecryptError::Malformed)?;
        let mut record = self.clone();
        match place.checked_sub(1) {
            None => record.current = Some(after),
            Some(place) if opened.advanced => {
                record.archived.remove(place);
                record = record.with(after);
            }
            Some(place) => record.archived[place] = after,
        }
        Ok(Received {
            record,
            material,
            identity,
            used_prekey: None,
            heartbeat_due: opened.heartbeat_due,
        })
    }

    /// Opens a message that begins a session, or repeats the beginning of one that is known.
    fn answer(
        &self,
        profile: Profile,
        exchange: &Exchange,
        own: OwnKeys<'_>,
        entropy: &mut dyn Entropy,
    ) -> Result<Received, DecryptError> {
        let known = self.identity();
        if known.is_some_and(|known| known != exchange.identity) {
            return Err(DecryptError::IdentityChanged);
        }
        let mut sessions = self.sessions().enumerate();
        if let Some((place, session)) = sessions.find(|(_, session)| {
            session.base_key == exchange.base_key && !session.parties.initiator
        }) {
            return self.moved(place, session.decrypt(&exchange.message, entropy)?);
        }
        if exchange.prekey.is_none() {
            return Err(DecryptError::WithoutPreKey);
        }
        let signed = own
            .signed_prekey
            .filter(|signed| signed.id == exchange.signed_prekey)
            .ok_or(DecryptError::UnknownSignedPreKey)?;
        let prekey = own
            .prekey
            .filter(|prekey| Some(prekey.id) == exchange.prekey)
            .ok_or(DecryptError::UnknownPreKey)?;
        let session = accept(profile, own.identity, signed, prekey, exchange)
            .ok_or(DecryptError::Malformed)?;
        let (after, material, opened) = session.decrypt(&exchange.message, entropy)?;
        Ok(Received {
            record: self.clone().with(after),
            material,
            identity: exchange.identity,
            used_prekey: Some(prekey.id),
            heartbeat_due: opened.heartbeat_due,
        })
    }
}
