//! One session of the Double Ratchet: encrypts by consuming its state, decrypts on a copy.

use std::{collections::VecDeque, fmt};

use zeroize::Zeroizing;

use super::{
    chain::{self, MessageKeys},
    curve::{Identity, Pair, Public},
    profile::{Parties, Profile},
    wire::{Pending, Ratcheted, write_exchange, write_message, write_signed},
};
use crate::crypto::{Entropy, Key};

/// How far a message may be ahead of its chain: as far as libsignal allows.
pub const MAX_AHEAD: u32 = 2000;
/// How many keys of messages that have not come yet are kept in a session; the oldest go first.
pub const MAX_SKIPPED: usize = 2000;
/// How many receiving chains are kept: what libsignal says of a chain's length is wrong by one, so that the last
/// message of a chain can only be derived while the chain is here.
pub const MAX_CHAINS: usize = 5;
/// How many ratchet keys of former chains are remembered, so that a repeated message is not taken for a broken one.
const MAX_RETIRED: usize = 64;
/// The place in a chain from which the other side has to hear from us (XEP-0384, section 5.3).
pub const HEARTBEAT: u32 = 53;

/// A chain by which messages come.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Chain {
    pub(super) ratchet_key: Public,
    pub(super) key: Key,
    /// The number of the message that comes next.
    pub(super) next: u32,
}

/// The key of a message that has not come yet.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Skipped {
    pub(super) ratchet_key: Public,
    pub(super) number: u32,
    pub(super) key: Key,
}

/// The state of a session with one device.
#[derive(Clone, Eq, PartialEq)]
pub struct Session {
    pub(super) profile: Profile,
    pub(super) parties: Parties,
    /// The key that began the session and names it when the beginning is repeated.
    pub(super) base_key: Public,
    pub(super) root: Key,
    pub(super) ratchet: Pair,
    /// The chain by which we send; nothing until the other side's first message.
    pub(super) sending: Option<Key>,
    /// The number of our next message.
    pub(super) number: u32,
    /// How many messages our former chain had.
    pub(super) previous: u32,
    pub(super) receiving: VecDeque<Chain>,
    pub(super) skipped: VecDeque<Skipped>,
    pub(super) retired: VecDeque<Public>,
    /// What every message carries until the other side is heard.
    pub(super) pending: Option<Pending>,
    /// How many messages we have sent since the other side was heard.
    pub(super) unanswered: u32,
}

/// Why one session does not open a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refused {
    /// It was opened before.
    Duplicate,
    /// Too many messages are missing before it.
    TooFarAhead,
    /// It is not of this session, or was changed.
    BadMac,
}

/// What opening a message shows beside its content.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Opened {
    /// The chain went on: the message is not one that was missing.
    pub(super) advanced: bool,
    /// The other side has to hear from us.
    pub(super) heartbeat_due: bool,
}

/// A message that is ready to go.
#[derive(Clone, Eq, PartialEq)]
pub struct Sealed {
    /// The state after it: to be stored before the message is sent.
    pub session: Session,
    /// The bytes for the `<key/>` element.
    pub bytes: Vec<u8>,
    /// Whether it begins a session.
    pub is_exchange: bool,
}

impl Session {
    /// Ours, after we have read their bundle.
    pub(super) fn begun(
        profile: Profile,
        parties: Parties,
        secret: Key,
        pending: Pending,
        theirs: &Public,
        entropy: &mut dyn Entropy,
    ) -> Option<Self> {
        let ratchet = Pair::new(entropy);
        let (root, sending) = chain::step_root(profile, &secret, &ratchet.secret, theirs)?;
        Some(Self {
            base_key: pending.base_key,
            root,
            ratchet,
            sending: Some(sending),
            pending: Some(pending),
            ..Self::empty(profile, parties, secret)
        })
    }

    /// Ours, after their first message came.
    pub(super) fn answered(
        profile: Profile,
        parties: Parties,
        secret: Key,
        base_key: Public,
        signed: Pair,
    ) -> Self {
        Self {
            base_key,
            ratchet: signed,
            ..Self::empty(profile, parties, secret)
        }
    }

    fn empty(profile: Profile, parties: Parties, root: Key) -> Self {
        Self {
            profile,
            parties,
            base_key: [0; 32],
            root,
            ratchet: Pair::of(Key::new([0; 32])),
            sending: None,
            number: 0,
            previous: 0,
            receiving: VecDeque::new(),
            skipped: VecDeque::new(),
            retired: VecDeque::new(),
            pending: None,
            unanswered: 0,
        }
    }

    /// The version it speaks.
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// Whose device it is with.
    pub fn identity(&self) -> Option<Identity> {
        let read = self.profile.read_identity(self.parties.theirs.as_bytes());
        read.map(|(_, identity)| identity)
    }

    /// How many messages we have sent since the other side was heard.
    pub fn unanswered(&self) -> u32 {
        self.unanswered
    }

    /// Whether the other side may not know of the session yet.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Encrypts key material. The state is consumed, so that nothing else can be encrypted from it; nothing if the
    /// session cannot send, which one that was stored always can.
    pub fn encrypt(mut self, material: &[u8]) -> Option<Sealed> {
        let (next, key) = chain::step_chain(self.sending.as_ref()?);
        let keys = MessageKeys::of(&key, self.profile.message_info());
        let signed = write_signed(
            self.profile,
            &self.ratchet.public,
            self.number,
            self.previous,
            &keys.encrypt(material),
        );
        let associated = self.profile.associated_data(&self.parties, true);
        let mac = &keys.code(&[&associated, &signed])[..self.profile.mac_length()];
        let message = write_message(self.profile, &signed, mac);
        let bytes = match &self.pending {
            Some(pending) => write_exchange(self.profile, pending, &self.parties.ours, &message),
            None => message,
        };
        self.sending = Some(next);
        self.number = self.number.checked_add(1)?;
        self.unanswered = self.unanswered.saturating_add(1);
        Some(Sealed {
            is_exchange: self.pending.is_some(),
            session: self,
            bytes,
        })
    }

    /// Decrypts on a copy: whoever gets no new state keeps the old one.
    pub(super) fn decrypt(
        &self,
        message: &Ratcheted,
        entropy: &mut dyn Entropy,
    ) -> Result<(Self, Zeroizing<Vec<u8>>, Opened), Refused> {
        let mut after = self.clone();
        let (key, opened) = after.key_of(message, entropy)?;
        let associated = after.profile.associated_data(&after.parties, false);
        let keys = MessageKeys::of(&key, after.profile.message_info());
        let signed = [&associated[..], &message.signed];
        if !keys.fits(&signed, &message.mac, after.profile.mac_length()) {
            return Err(Refused::BadMac);
        }
        let material = keys.decrypt(&message.ciphertext).ok_or(Refused::BadMac)?;
        after.pending = None;
        after.unanswered = 0;
        Ok((after, material, opened))
    }

    /// The key of a message; moves the ratchet as far as needed.
    fn key_of(
        &mut self,
        message: &Ratcheted,
        entropy: &mut dyn Entropy,
    ) -> Result<(Key, Opened), Refused> {
        let of_message = |skipped: &Skipped| {
            skipped.ratchet_key == message.ratchet_key && skipped.number == message.number
        };
        if let Some(at) = self.skipped.iter().position(of_message) {
            let skipped = self.skipped.remove(at).ok_or(Refused::Duplicate)?;
            let opened = Opened {
                advanced: false,
                heartbeat_due: false,
            };
            return Ok((skipped.key, opened));
        }
        let is_chain = |chain: &Chain| chain.ratchet_key == message.ratchet_key;
        let at = match self.receiving.iter().position(is_chain) {
            Some(at) => at,
            None if self.retired.contains(&message.ratchet_key) => return Err(Refused::Duplicate),
            None => self.turn(&message.ratchet_key, entropy)?,
        };
        let chain = &mut self.receiving[at];
        let ahead = message
            .number
            .checked_sub(chain.next)
            .ok_or(Refused::Duplicate)?;
        if ahead > MAX_AHEAD || message.number == u32::MAX {
            return Err(Refused::TooFarAhead);
        }
        let heartbeat_due = message.number >= HEARTBEAT && chain.next <= HEARTBEAT;
        loop {
            let (next, key) = chain::step_chain(&chain.key);
            let number = chain.next;
            chain.key = next;
            chain.next += 1;
            if number == message.number {
                let opened = Opened {
                    advanced: true,
                    heartbeat_due,
                };
                return Ok((key, opened));
            }
            if self.skipped.len() == MAX_SKIPPED {
                self.skipped.pop_front();
            }
            self.skipped.push_back(Skipped {
                ratchet_key: chain.ratchet_key,
                number,
                key,
            });
        }
    }

    /// Follows the other side to a new ratchet key; answers the place of its chain.
    fn turn(&mut self, theirs: &Public, entropy: &mut dyn Entropy) -> Result<usize, Refused> {
        let step = |root: &Key, ours: &Key| {
            chain::step_root(self.profile, root, ours, theirs).ok_or(Refused::BadMac)
        };
        let (root, key) = step(&self.root, &self.ratchet.secret)?;
        let ratchet = Pair::new(entropy);
        let (root, sending) = step(&root, &ratchet.secret)?;
        if self.receiving.len() == MAX_CHAINS
            && let Some(oldest) = self.receiving.pop_front()
        {
            if self.retired.len() == MAX_RETIRED {
                self.retired.pop_front();
            }
            self.retired.push_back(oldest.ratchet_key);
        }
        self.receiving.push_back(Chain {
            ratchet_key: *theirs,
            key,
            next: 0,
        });
        self.root = root;
        self.ratchet = ratchet;
        self.sending = Some(sending);
        self.previous = self.number;
        self.number = 0;
        Ok(self.receiving.len() - 1)
    }
}

/// Tells how far the session is, and no key.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("profile", &self.profile)
            .field("number", &self.number)
            .field("pending", &self.pending.is_some())
            .field("unanswered", &self.unanswered)
            .finish_non_exhaustive()
    }
}
