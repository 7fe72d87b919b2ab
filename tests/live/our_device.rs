//! A device that encrypts, made of our ratchets, without a store and a connection.

use minidom::Element;
use tessera::{
    crypto::{
        SystemEntropy,
        omemo::{
            Bundle, IdentityKey, Incoming, OwnKeys, Pair, PreKey, Profile, SessionRecord,
            SignedPreKey, initiate,
            payload::{cbc, gcm},
        },
    },
    model::{BareJid, DeviceId},
    xmpp::xep0384_omemo::{
        bundles,
        encrypted::{self, KeyFor, Outgoing},
    },
};

/// Where a device is: its account and its id.
pub(crate) type Where = (&'static str, u32);

fn jid(text: &str) -> BareJid {
    BareJid::new(text).expect("an address")
}

fn id(number: u32) -> DeviceId {
    DeviceId::new(number).expect("a device")
}

/// A device that talks to one other.
pub(crate) struct OurDevice {
    profile: Profile,
    own: Where,
    other: Where,
    identity: IdentityKey,
    signed: SignedPreKey,
    prekeys: Vec<PreKey>,
    pub(crate) record: SessionRecord,
}

impl OurDevice {
    pub(crate) fn new(profile: Profile, own: Where, other: Where) -> Self {
        let entropy = &mut SystemEntropy;
        Self {
            profile,
            own,
            other,
            identity: IdentityKey::new(entropy),
            signed: SignedPreKey {
                id: 1,
                pair: Pair::new(entropy),
            },
            prekeys: (1..=100)
                .map(|id| PreKey {
                    id,
                    pair: Pair::new(entropy),
                })
                .collect(),
            record: SessionRecord::default(),
        }
    }

    pub(crate) fn bundle(&self) -> String {
        let prekeys = self.prekeys.iter().map(|key| (key.id, key.pair.public));
        let bundle = Bundle::of(self.profile, &self.identity, &self.signed, prekeys);
        String::from(&bundles::bundle(&bundle))
    }

    /// Begins a session by somebody's bundle.
    pub(crate) fn begins(&mut self, bundle: &str) {
        let element: Element = bundle.parse().expect("XML");
        let bundle = bundles::parse(self.profile, &element).expect("a bundle");
        let session = initiate(&self.identity, &bundle, self.own.1, &mut SystemEntropy)
            .expect("a bundle that can be used");
        self.record = std::mem::take(&mut self.record).with(session);
    }

    /// Encrypts a text, or only moves the ratchet.
    pub(crate) fn sends(&mut self, text: Option<&str>) -> String {
        let entropy = &mut SystemEntropy;
        let (material, iv, payload) = match (self.profile, text.map(str::as_bytes)) {
            (Profile::Axolotl, Some(text)) => {
                let sealed = gcm::seal(text, entropy);
                (sealed.material, sealed.iv.to_vec(), Some(sealed.ciphertext))
            }
            (Profile::Axolotl, None) => {
                let (material, iv) = gcm::empty(entropy);
                (material, iv.to_vec(), None)
            }
            (Profile::Omemo2, Some(text)) => {
                let (material, payload) = cbc::seal(text, entropy);
                (material, Vec::new(), Some(payload))
            }
            (Profile::Omemo2, None) => (cbc::empty(), Vec::new(), None),
        };
        let record = std::mem::take(&mut self.record);
        let (record, bytes, is_exchange) = record
            .encrypt(material.reveal())
            .expect("there is a session");
        self.stores(&record);
        String::from(&encrypted::encrypted(&Outgoing {
            profile: self.profile,
            sender: id(self.own.1),
            keys: vec![KeyFor {
                jid: jid(self.other.0),
                device: id(self.other.1),
                is_exchange,
                bytes,
            }],
            iv,
            payload,
        }))
    }

    /// Decrypts; nothing changes when that fails.
    pub(crate) fn reads(&mut self, xml: &str) -> Result<Option<String>, String> {
        let element: Element = xml.parse().expect("XML");
        let message = encrypted::parse(self.profile, &element, &jid(self.own.0), id(self.own.1))
            .map_err(|error| format!("{error:?}"))?;
        let bytes = message.keys.first().ok_or("not for us")?;
        let incoming = Incoming::parse(self.profile, bytes).ok_or("malformed")?;
        let wanted = match &incoming {
            Incoming::Exchange(exchange) => exchange.prekey,
            Incoming::Message(_) => None,
        };
        let own = OwnKeys {
            identity: &self.identity,
            signed_prekey: Some(&self.signed),
            prekey: self.prekeys.iter().find(|key| Some(key.id) == wanted),
        };
        let received = self
            .record
            .decrypt(self.profile, &incoming, own, &mut SystemEntropy)
            .map_err(|error| format!("{error:?}"))?;
        let text = match (&message.payload, self.profile) {
            (None, _) => None,
            (Some(payload), Profile::Axolotl) => {
                Some(gcm::open(&received.material, &message.iv, payload))
            }
            (Some(payload), Profile::Omemo2) => Some(cbc::open(&received.material, payload)),
        };
        let text = text
            .transpose()
            .map_err(|error| format!("{error:?}"))?
            .map(|text| String::from_utf8_lossy(&text).into_owned());
        self.prekeys
            .retain(|key| Some(key.id) != received.used_prekey);
        self.stores(&received.record);
        Ok(text)
    }

    fn stores(&mut self, record: &SessionRecord) {
        self.record = SessionRecord::load(&record.save()).expect("what was saved can be loaded");
    }
}
