//! A device for tests: identity, prekeys, and sessions that are saved and loaded after every step.

use crate::crypto::{
    Entropy, Key,
    omemo::{
        Bundle, DecryptError, IdentityKey, Incoming, OwnKeys, Pair, PreKey, Profile, Received,
        SessionRecord, SignedPreKey, initiate,
    },
};

/// Bytes that look random and are the same in every run.
pub(super) struct Seeded(pub(super) u64);

impl Entropy for Seeded {
    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            // SplitMix64: enough for tests.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (mixed ^ (mixed >> 31)) as u8;
        }
    }
}

pub(super) struct Device {
    pub(super) profile: Profile,
    pub(super) identity: IdentityKey,
    pub(super) signed: SignedPreKey,
    pub(super) prekeys: Vec<PreKey>,
    /// Sessions with the other device.
    pub(super) record: SessionRecord,
    pub(super) entropy: Seeded,
}

impl Device {
    pub(super) fn new(profile: Profile, seed: u64) -> Self {
        let mut entropy = Seeded(seed);
        let identity = IdentityKey::new(&mut entropy);
        let pair = Pair::new(&mut entropy);
        let prekeys = (1..=10)
            .map(|id| PreKey {
                id,
                pair: Pair::new(&mut entropy),
            })
            .collect();
        Self {
            profile,
            identity,
            signed: SignedPreKey { id: 1, pair },
            prekeys,
            record: SessionRecord::default(),
            entropy,
        }
    }

    pub(super) fn bundle(&self) -> Bundle {
        let prekeys = self.prekeys.iter().map(|key| (key.id, key.pair.public));
        Bundle::of(self.profile, &self.identity, &self.signed, prekeys)
    }

    /// Begins a session with the other device.
    pub(super) fn begins(&mut self, with: &Self) {
        let session = initiate(&self.identity, &with.bundle(), 77, &mut self.entropy).unwrap();
        self.record = std::mem::take(&mut self.record).with(session);
        self.is_stored();
    }

    /// Encrypts; answers the bytes and whether they begin a session.
    pub(super) fn says(&mut self, text: &[u8]) -> (Vec<u8>, bool) {
        let record = std::mem::take(&mut self.record);
        let (record, bytes, is_exchange) = record.encrypt(text).unwrap();
        self.record = record;
        self.is_stored();
        (bytes, is_exchange)
    }

    /// Decrypts without keeping anything.
    pub(super) fn would_read(&mut self, bytes: &[u8]) -> Result<Received, DecryptError> {
        let incoming = Incoming::parse(self.profile, bytes).ok_or(DecryptError::Malformed)?;
        let wanted = match &incoming {
            Incoming::Exchange(exchange) => exchange.prekey,
            Incoming::Message(_) => None,
        };
        let own = OwnKeys {
            identity: &self.identity,
            signed_prekey: Some(&self.signed),
            prekey: self.prekeys.iter().find(|key| Some(key.id) == wanted),
        };
        self.record
            .decrypt(self.profile, &incoming, own, &mut self.entropy)
    }

    /// Decrypts, and stores what that changes.
    pub(super) fn reads(&mut self, bytes: &[u8]) -> Result<Vec<u8>, DecryptError> {
        let received = self.would_read(bytes)?;
        self.record = received.record;
        if let Some(used) = received.used_prekey {
            self.prekeys.retain(|key| key.id != used);
        }
        self.is_stored();
        Ok(received.material.to_vec())
    }

    fn is_stored(&mut self) {
        let saved = self.record.save();
        let loaded = SessionRecord::load(&saved).expect("what was saved can be loaded");
        assert!(loaded == self.record);
        self.record = loaded;
    }

    /// Whether a key of this device appears in a text.
    pub(super) fn is_told_in(&self, text: &str) -> bool {
        let told = |key: &Key| {
            let list = format!("{:?}", key.reveal());
            text.contains(list.trim_matches(['[', ']']))
        };
        told(self.identity.seed()) || told(&self.signed.pair.secret)
    }
}

/// Two devices of which the first has read the second one's bundle.
pub(super) fn pair(profile: Profile, seed: u64) -> (Device, Device) {
    let mut alice = Device::new(profile, seed);
    let bob = Device::new(profile, !seed);
    alice.begins(&bob);
    (alice, bob)
}
