//! Conversations of oldmemo and twomemo with all their secrets: both ends are played here again, to the same bytes.
//! `tests/data/omemo/generate.py` made them.

use std::collections::{HashMap, VecDeque};

use minidom::Element;
use serde::Deserialize;

use super::super::{
    bundles,
    encrypted::{self, ForUs, KeyFor, Outgoing},
};
use crate::{
    crypto::{
        Entropy, Key,
        omemo::{
            Bundle, IdentityKey, Incoming, OwnKeys, Pair, PreKey, Profile, SessionRecord,
            SignedPreKey, initiate,
            payload::{cbc, gcm},
        },
    },
    model::{BareJid, DeviceId},
};

#[derive(Deserialize)]
struct Conversation {
    devices: HashMap<String, DeviceVector>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct DeviceVector {
    jid: String,
    id: u32,
    bundle: String,
    seed: String,
    signed: KeyVector,
    prekeys: Vec<KeyVector>,
}

#[derive(Deserialize)]
struct KeyVector {
    id: u32,
    secret: String,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
enum Step {
    Send {
        by: String,
        begins: bool,
        text: Option<String>,
        xml: String,
        drawn: Vec<String>,
    },
    Receive {
        by: String,
        step: usize,
        drawn: Vec<String>,
    },
}

fn unhex(text: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

fn key(text: &str) -> Key {
    Key::of(&unhex(text)).unwrap()
}

/// What the library drew at random, in its order.
struct Drawn(VecDeque<Vec<u8>>);

impl Drawn {
    fn new(drawn: &[String]) -> Self {
        Self(drawn.iter().map(|hex| unhex(hex)).collect())
    }
}

impl Entropy for Drawn {
    fn fill(&mut self, out: &mut [u8]) {
        out.copy_from_slice(&self.0.pop_front().expect("the library drew as often"));
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        assert!(
            self.0.is_empty() || std::thread::panicking(),
            "the library drew more"
        );
    }
}

struct Player {
    profile: Profile,
    jid: BareJid,
    id: DeviceId,
    identity: IdentityKey,
    signed: SignedPreKey,
    prekeys: Vec<PreKey>,
    published: Bundle,
    record: SessionRecord,
}

impl Player {
    fn new(profile: Profile, vector: &DeviceVector) -> Self {
        let element: Element = vector.bundle.parse().unwrap();
        let prekey = |key_vector: &KeyVector| PreKey {
            id: key_vector.id,
            pair: Pair::of(key(&key_vector.secret)),
        };
        let signed = prekey(&vector.signed);
        let player = Self {
            profile,
            jid: BareJid::new(&vector.jid).unwrap(),
            id: DeviceId::new(vector.id).unwrap(),
            identity: IdentityKey::of(key(&vector.seed)),
            signed: SignedPreKey {
                id: signed.id,
                pair: signed.pair,
            },
            prekeys: vector.prekeys.iter().map(prekey).collect(),
            published: bundles::parse(profile, &element).unwrap(),
            record: SessionRecord::default(),
        };
        player.published_is_ours();
        player
    }

    /// Our bundle of the same secrets is theirs; the signature holds, and is another one where it was made at random.
    fn published_is_ours(&self) {
        self.published.check().unwrap();
        let prekeys = self.prekeys.iter().map(|key| (key.id, key.pair.public));
        let ours = Bundle::of(self.profile, &self.identity, &self.signed, prekeys);
        ours.check().unwrap();
        let sorted = |bundle: &Bundle| {
            let mut prekeys = bundle.prekeys.clone();
            prekeys.sort_unstable();
            (bundle.identity.clone(), bundle.signed_prekey, prekeys)
        };
        assert_eq!(sorted(&self.published), sorted(&ours));
    }

    fn begins(&mut self, with: &Bundle, drawn: &mut Drawn) {
        // The library takes the smallest key; we take what a number drawn before the keys says.
        let smallest = with.prekeys.iter().map(|(_, key)| key).min().unwrap();
        let place = with
            .prekeys
            .iter()
            .position(|(_, key)| key == smallest)
            .unwrap();
        drawn.0.push_front((place as u64).to_le_bytes().to_vec());
        let session = initiate(&self.identity, with, self.id.number(), drawn).unwrap();
        self.record = std::mem::take(&mut self.record).with(session);
    }

    fn sends(
        &mut self,
        to: &Self,
        text: Option<&str>,
        with: Option<&Bundle>,
        drawn: &[String],
    ) -> Outgoing {
        let mut drawn = Drawn::new(drawn);
        if text.is_none() && self.profile == Profile::Axolotl {
            drawn.0.swap(0, 1);
        }
        let (material, iv, payload) = match (self.profile, text) {
            (Profile::Axolotl, Some(text)) => {
                let sealed = gcm::seal(text.as_bytes(), &mut drawn);
                (sealed.material, sealed.iv.to_vec(), Some(sealed.ciphertext))
            }
            (Profile::Axolotl, None) => {
                let (material, iv) = gcm::empty(&mut drawn);
                (material, iv.to_vec(), None)
            }
            (Profile::Omemo2, Some(text)) => {
                let (material, payload) = cbc::seal(text.as_bytes(), &mut drawn);
                (material, Vec::new(), Some(payload))
            }
            (Profile::Omemo2, None) => (cbc::empty(), Vec::new(), None),
        };
        if let Some(bundle) = with {
            self.begins(bundle, &mut drawn);
        }
        let record = std::mem::take(&mut self.record);
        let (record, bytes, is_exchange) = record.encrypt(material.reveal()).unwrap();
        self.record = SessionRecord::load(&record.save()).unwrap();
        Outgoing {
            profile: self.profile,
            sender: self.id,
            keys: vec![KeyFor {
                jid: to.jid.clone(),
                device: to.id,
                is_exchange,
                bytes,
            }],
            iv,
            payload,
        }
    }

    fn reads(&mut self, xml: &str, drawn: &[String]) -> Option<String> {
        let mut drawn = Drawn::new(drawn);
        let message = self.looks_at(&xml.parse().unwrap());
        let incoming = Incoming::parse(self.profile, &message.keys[0]).unwrap();
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
            .decrypt(self.profile, &incoming, own, &mut drawn)
            .unwrap();
        self.record = SessionRecord::load(&received.record.save()).unwrap();
        let payload = message.payload?;
        let text = match self.profile {
            Profile::Axolotl => gcm::open(&received.material, &message.iv, &payload),
            Profile::Omemo2 => cbc::open(&received.material, &payload),
        };
        Some(String::from_utf8(text.unwrap().to_vec()).unwrap())
    }

    fn looks_at(&self, element: &Element) -> ForUs {
        assert_eq!(encrypted::profile_of(element), Some(self.profile));
        encrypted::parse(self.profile, element, &self.jid, self.id).unwrap()
    }
}

/// What a recipient sees of two messages; 0.3's registration id, which the library leaves out, aside.
fn seen(by: &Player, element: &Element) -> (ForUs, Option<Incoming>) {
    let mut message = by.looks_at(element);
    let incoming = Incoming::parse(by.profile, &message.keys[0]);
    if let (Profile::Axolotl, Some(Incoming::Exchange(_))) = (by.profile, &incoming) {
        message.keys.clear();
    }
    (message, incoming)
}

fn play(profile: Profile, conversations: &str) {
    let conversations: Vec<Conversation> = serde_json::from_str(conversations).unwrap();
    assert_eq!(conversations.len(), 4);
    for conversation in conversations {
        let mut players: HashMap<&str, Player> = conversation
            .devices
            .iter()
            .map(|(name, vector)| (name.as_str(), Player::new(profile, vector)))
            .collect();
        for step in &conversation.steps {
            match step {
                Step::Send {
                    by,
                    begins,
                    text,
                    xml,
                    drawn,
                } => {
                    let other = if by == "alice" { "bob" } else { "alice" };
                    let mut sender = players.remove(by.as_str()).unwrap();
                    let receiver = &players[other];
                    let with = begins.then_some(&receiver.published);
                    let ours = sender.sends(receiver, text.as_deref(), with, drawn);
                    let ours = encrypted::encrypted(&ours);
                    assert_eq!(seen(receiver, &ours), seen(receiver, &xml.parse().unwrap()));
                    players.insert(by, sender);
                }
                Step::Receive { by, step, drawn } => {
                    let Step::Send { text, xml, .. } = &conversation.steps[*step] else {
                        panic!("a message that was sent")
                    };
                    let read = players.get_mut(by.as_str()).unwrap().reads(xml, drawn);
                    assert_eq!(&read, text);
                }
            }
        }
    }
}

#[test]
fn conversations_of_oldmemo_are_played_to_the_same_bytes() {
    play(
        Profile::Axolotl,
        include_str!("../../../../tests/data/omemo/axolotl.json"),
    );
}

#[test]
fn conversations_of_twomemo_are_played_to_the_same_bytes() {
    play(
        Profile::Omemo2,
        include_str!("../../../../tests/data/omemo/omemo2.json"),
    );
}
