//! Devices that encrypt: one of ours, held in memory, and those of other programs, driven over a pipe.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use minidom::Element;
use serde_json::{Value, json};
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

/// Where one device is.
pub(crate) const OURS: (&str, u32) = ("alice@example.org", 1001);
/// Where the other one is.
pub(crate) const THEIRS: (&str, u32) = ("bob@example.org", 2002);

fn jid(text: &str) -> BareJid {
    BareJid::new(text).expect("an address")
}

fn id(number: u32) -> DeviceId {
    DeviceId::new(number).expect("a device")
}

/// A device of ours: what the program does, without a store and a connection.
pub(crate) struct OurDevice {
    profile: Profile,
    identity: IdentityKey,
    signed: SignedPreKey,
    prekeys: Vec<PreKey>,
    pub(crate) record: SessionRecord,
}

impl OurDevice {
    pub(crate) fn new(profile: Profile) -> Self {
        let entropy = &mut SystemEntropy;
        Self {
            profile,
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
        let session = initiate(&self.identity, &bundle, OURS.1, &mut SystemEntropy)
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
            sender: id(OURS.1),
            keys: vec![KeyFor {
                jid: jid(THEIRS.0),
                device: id(THEIRS.1),
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
        let message = encrypted::parse(self.profile, &element, &jid(OURS.0), id(OURS.1))
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

/// A device of another program.
pub(crate) struct TheirDevice {
    child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
    /// What it publishes.
    pub(crate) bundle: String,
}

impl TheirDevice {
    /// A device of oldmemo or twomemo.
    pub(crate) fn of_python(profile: Profile) -> Self {
        let python = tool("bin/python");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/omemo_device.py");
        Self::start(Command::new(python).arg(script), profile)
    }

    fn start(command: &mut Command, profile: Profile) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the other program starts");
        let mut device = Self {
            stdin: child.stdin.take().expect("stdin is a pipe"),
            stdout: BufReader::new(child.stdout.take().expect("stdout is a pipe")).lines(),
            child,
            bundle: String::new(),
        };
        let version = match profile {
            Profile::Axolotl => "0.3",
            Profile::Omemo2 => "2",
        };
        let created = device.ask(json!({
            "do": "create", "version": version, "device": "d", "jid": THEIRS.0, "id": THEIRS.1,
        }));
        device.bundle = created.expect("a device").expect("a bundle");
        device
    }

    /// Learns our bundle without beginning a session.
    pub(crate) fn knows(&mut self, bundle: &str) {
        let command = json!({"do": "knows", "bundle": bundle});
        self.ask_about_us(command)
            .expect("a bundle that can be read");
    }

    /// Encrypts for us; with our bundle, begins a session.
    pub(crate) fn sends(&mut self, text: Option<&str>, bundle: Option<&str>) -> String {
        let command = json!({"do": "send", "text": text, "bundle": bundle});
        let sent = self.ask_about_us(command).expect("a message");
        sent.expect("a message is sent")
    }

    /// Decrypts what we sent.
    pub(crate) fn reads(&mut self, xml: &str) -> Result<Option<String>, String> {
        self.ask_about_us(json!({"do": "receive", "xml": xml}))
    }

    fn ask_about_us(&mut self, mut command: Value) -> Result<Option<String>, String> {
        command["device"] = "d".into();
        command["jid"] = OURS.0.into();
        command["id"] = OURS.1.into();
        self.ask(command)
    }

    fn ask(&mut self, command: Value) -> Result<Option<String>, String> {
        writeln!(self.stdin, "{command}").expect("the other program listens");
        let line = self.stdout.next().expect("an answer").expect("text");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        match answer["error"].as_str() {
            Some(error) => Err(error.to_owned()),
            None => Ok(answer["value"].as_str().map(str::to_owned)),
        }
    }
}

impl Drop for TheirDevice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that `.ci/omemo-peers` puts there.
fn tool(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the target folder")
        .join("tools/omemo");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is missing: .ci/omemo-peers",
        path.display()
    );
    path
}
