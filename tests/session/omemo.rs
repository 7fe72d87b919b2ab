//! Encrypted chats: devices announce themselves, write, read, and say why they cannot.

mod reading;
mod repairing;
mod writing;

use minidom::Element;
use tessera::{
    command::ChatCommand,
    crypto::{SystemEntropy, omemo::Profile},
    model::{BareJid, Encryption, MessageSeal, Subscription, Timestamp},
    xmpp::xep0420_sce as sce,
};

use crate::{
    our_device::{OurDevice, Where},
    script::{Script, attr, has},
};

const ALICE: &str = "alice@example.org";
const BOB: &str = "bob@example.org";
const BOBS: Where = (BOB, 2002);

fn list_node(profile: Profile) -> &'static str {
    match profile {
        Profile::Axolotl => "eu.siacs.conversations.axolotl.devicelist",
        Profile::Omemo2 => "urn:xmpp:omemo:2:devices",
    }
}

/// The ids on a list that was published.
fn listed(script: &Script, owner: &str, profile: Profile) -> Vec<u32> {
    let list = script.nodes.get(owner, list_node(profile), "current");
    let devices = list.into_iter().flat_map(Element::children);
    devices
        .filter_map(|device| attr(device, "id")?.parse().ok())
        .collect()
}

fn list(profile: Profile, ids: &[u32]) -> Element {
    let devices: String = ids
        .iter()
        .map(|id| format!("<device id='{id}'/>"))
        .collect();
    let (name, ns) = match profile {
        Profile::Axolotl => ("list", "eu.siacs.conversations.axolotl"),
        Profile::Omemo2 => ("devices", "urn:xmpp:omemo:2"),
    };
    format!("<{name} xmlns='{ns}'>{devices}</{name}>")
        .parse()
        .expect("XML")
}

/// The node and item of a device's bundle.
fn bundle_place(profile: Profile, id: u32) -> (String, String) {
    match profile {
        Profile::Axolotl => (
            format!("eu.siacs.conversations.axolotl.bundles:{id}"),
            "current".into(),
        ),
        Profile::Omemo2 => ("urn:xmpp:omemo:2:bundles".into(), id.to_string()),
    }
}

/// Somebody has a device of this version.
fn publishes(script: &mut Script, device: &OurDevice, at: Where, profile: Profile, ids: &[u32]) {
    let owner = if at.0 == ALICE { "" } else { at.0 };
    script
        .nodes
        .put(owner, list_node(profile), "current", list(profile, ids));
    let (node, item) = bundle_place(profile, at.1);
    let bundle = device.bundle().parse().expect("XML");
    script.nodes.put(owner, &node, &item, bundle);
}

/// Alice is online; Bob has one device.
fn alice_and_bob(profile: Profile) -> (Script, OurDevice) {
    let mut alice = Script::new();
    alice.has_contact(BOB, Subscription::Both).comes_online();
    let own = listed(&alice, "", profile)[0];
    let bob = OurDevice::new(profile, BOBS, (ALICE, own));
    publishes(&mut alice, &bob, BOBS, profile, &[BOBS.1]);
    (alice, bob)
}

fn encrypts(alice: &mut Script, peer: &str) {
    let conversation = alice.chat_with(peer);
    let encryption = Encryption::Omemo;
    alice.does(ChatCommand::Encrypt {
        conversation,
        encryption,
    });
}

/// The encrypted elements of messages that went out since the last call.
fn encrypted(alice: &mut Script) -> Vec<Element> {
    let is_encrypted = |child: &Element| child.name() == "encrypted";
    let messages = alice.sent("message");
    let elements = messages
        .iter()
        .filter_map(|m| m.children().find(|c| is_encrypted(c)));
    elements.cloned().collect()
}

/// What Bob reads in a message of Alice.
fn reads(bob: &mut OurDevice, profile: Profile, element: &Element) -> Option<String> {
    let text = bob.reads(&String::from(element)).expect("it can be read");
    match profile {
        Profile::Axolotl => text,
        Profile::Omemo2 => text.map(|envelope| body_of(&envelope)),
    }
}

fn body_of(envelope: &str) -> String {
    let jid = |text| BareJid::new(text).expect("JID");
    let opened = sce::open(envelope.as_bytes(), &jid(ALICE), &jid(BOB)).expect("an envelope");
    let body = opened.content.iter().find(|child| child.name() == "body");
    body.map(Element::text).unwrap_or_default()
}

/// What Bob encrypts for Alice.
fn seals(bob: &mut OurDevice, profile: Profile, text: &str) -> String {
    match profile {
        Profile::Axolotl => bob.sends(Some(text)),
        Profile::Omemo2 => {
            let jid = |text| BareJid::new(text).expect("JID");
            let (from, to) = (jid(BOB), jid(ALICE));
            let at = Timestamp(1_700_000_000_000);
            let body = vec![sce::body(text)];
            let envelope = sce::seal(body, &from, &to, at, &mut SystemEntropy);
            bob.sends(Some(&envelope))
        }
    }
}

/// A message of Bob's device as it comes to Alice.
fn from_bob(encrypted: &str, id: &str) -> String {
    format!(
        "<message from='{BOB}/phone' to='{ALICE}' type='chat' id='{id}'>\
         <body>fallback</body>{encrypted}<store xmlns='urn:xmpp:hints'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='{ALICE}' id='a-{id}'/></message>"
    )
}

/// Bob begins: he has read what Alice publishes.
fn bob_begins(alice: &Script, bob: &mut OurDevice, profile: Profile) {
    let own = listed(alice, "", profile)[0];
    let (node, item) = bundle_place(profile, own);
    let bundle = alice.nodes.get("", &node, &item).expect("a bundle");
    bob.begins(&String::from(bundle));
}

/// What is kept about the encryption of the last message of a chat.
fn last_seal(alice: &Script, peer: &str) -> Option<MessageSeal> {
    let last = alice.messages(peer).pop().expect("a message");
    alice.store.reader().message_seal(last.id).expect("read")
}

/// Whether a stanza has this text anywhere.
fn shows(stanza: &Element, text: &str) -> bool {
    String::from(stanza).contains(text)
}

fn is_empty_message(element: &Element) -> bool {
    !has(element, "payload", &element.ns())
}
