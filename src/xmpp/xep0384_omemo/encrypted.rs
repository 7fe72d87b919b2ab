//! The `<encrypted/>` element of both versions: one payload, and its key for every device.

use minidom::Element;
use rxml::xml_ncname;

use super::base64_text::{decode, element};
use crate::{
    crypto::omemo::{MAX_KEY_MESSAGE, Profile},
    model::{BareJid, DeviceId},
};

/// Keys with our device id that are tried: in rooms of 0.3 several people may have devices of the same id.
const MAX_CANDIDATES: usize = 64;
/// Keys for others that are looked through.
const MAX_KEYS: usize = 10_000;
/// Largest payload, in bytes: servers pass on no more.
const MAX_PAYLOAD: usize = 256 * 1024;
/// Longest IV, in bytes.
const MAX_IV: usize = 16;

/// What an element says to one device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ForUs {
    /// The version.
    pub profile: Profile,
    /// The device that sent it, by its own word.
    pub sender: DeviceId,
    /// Key messages with our device id; none: it is not for this device.
    pub keys: Vec<Vec<u8>>,
    /// The IV of version 0.3.
    pub iv: Vec<u8>,
    /// What is encrypted; nothing in a message that only moves ratchets.
    pub payload: Option<Vec<u8>>,
}

/// Why an element cannot be read at all.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Malformed;

/// The version of an element, if it is one of OMEMO that is understood here.
pub fn profile_of(element: &Element) -> Option<Profile> {
    Profile::ALL
        .into_iter()
        .find(|profile| element.is("encrypted", profile.namespace()))
}

/// Reads what an element says to a device of an account.
///
/// # Errors
/// When it breaks the rules of its version.
pub fn parse(
    profile: Profile,
    element: &Element,
    account: &BareJid,
    device: DeviceId,
) -> Result<ForUs, Malformed> {
    let namespace = profile.namespace();
    let header = element.get_child("header", namespace).ok_or(Malformed)?;
    let sender = header
        .attr(xml_ncname!("sid"))
        .and_then(DeviceId::parse)
        .ok_or(Malformed)?;
    let keys = match profile {
        Profile::Axolotl => candidates(profile, header, device),
        Profile::Omemo2 => header
            .children()
            .filter(|child| child.is("keys", namespace))
            .take(MAX_KEYS)
            .filter(|keys| {
                let jid = keys.attr(xml_ncname!("jid"));
                jid.is_some_and(|jid| BareJid::new(jid).is_ok_and(|jid| jid == *account))
            })
            .take(MAX_CANDIDATES)
            .flat_map(|keys| candidates(profile, keys, device))
            .take(MAX_CANDIDATES)
            .collect(),
    };
    let iv = match profile {
        Profile::Axolotl => match header.get_child("iv", namespace) {
            Some(iv) => decode(iv, MAX_IV).ok_or(Malformed)?,
            None => Vec::new(),
        },
        Profile::Omemo2 => Vec::new(),
    };
    let payload = match element.get_child("payload", namespace) {
        Some(payload) => Some(decode(payload, MAX_PAYLOAD).ok_or(Malformed)?),
        None => None,
    };
    Ok(ForUs {
        profile,
        sender,
        keys,
        iv,
        payload,
    })
}

fn candidates(profile: Profile, parent: &Element, device: DeviceId) -> Vec<Vec<u8>> {
    parent
        .children()
        .filter(|child| child.is("key", profile.namespace()))
        .take(MAX_KEYS)
        .filter(|key| key.attr(xml_ncname!("rid")).and_then(DeviceId::parse) == Some(device))
        .take(MAX_CANDIDATES)
        .filter_map(|key| decode(key, MAX_KEY_MESSAGE))
        .collect()
}

/// The key of a payload, encrypted for one device.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyFor {
    /// Whose device it is.
    pub jid: BareJid,
    /// The device.
    pub device: DeviceId,
    /// Whether it begins a session.
    pub is_exchange: bool,
    /// The key message.
    pub bytes: Vec<u8>,
}

/// What is to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Outgoing {
    /// The version.
    pub profile: Profile,
    /// Our own device.
    pub sender: DeviceId,
    /// The keys, those of one account one after the other.
    pub keys: Vec<KeyFor>,
    /// The IV of version 0.3.
    pub iv: Vec<u8>,
    /// What is encrypted.
    pub payload: Option<Vec<u8>>,
}

/// The element to send.
pub fn encrypted(outgoing: &Outgoing) -> Element {
    let profile = outgoing.profile;
    let namespace = profile.namespace();
    let mut header = Element::builder("header", namespace)
        .attr(xml_ncname!("sid").to_owned(), outgoing.sender.to_string());
    match profile {
        Profile::Axolotl => {
            header = header
                .append_all(outgoing.keys.iter().map(|key| key_element(profile, key)))
                .append(element("iv", namespace, &outgoing.iv).build());
        }
        Profile::Omemo2 => {
            for of_one in outgoing.keys.chunk_by(|a, b| a.jid == b.jid) {
                let keys = Element::builder("keys", namespace)
                    .attr(xml_ncname!("jid").to_owned(), of_one[0].jid.as_str())
                    .append_all(of_one.iter().map(|key| key_element(profile, key)));
                header = header.append(keys.build());
            }
        }
    }
    let mut whole = Element::builder("encrypted", namespace).append(header.build());
    if let Some(payload) = &outgoing.payload {
        whole = whole.append(element("payload", namespace, payload).build());
    }
    whole.build()
}

fn key_element(profile: Profile, key: &KeyFor) -> Element {
    let mut built = element("key", profile.namespace(), &key.bytes)
        .attr(xml_ncname!("rid").to_owned(), key.device.to_string());
    if key.is_exchange {
        let flag = match profile {
            Profile::Axolotl => xml_ncname!("prekey"),
            Profile::Omemo2 => xml_ncname!("kex"),
        };
        built = built.attr(flag.to_owned(), "true");
    }
    built.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jid(text: &str) -> BareJid {
        BareJid::new(text).unwrap()
    }

    fn device(id: u32) -> DeviceId {
        DeviceId::new(id).unwrap()
    }

    fn read(profile: Profile, xml: &str) -> Result<ForUs, Malformed> {
        let element: Element = xml.parse().unwrap();
        assert_eq!(profile_of(&element), Some(profile));
        parse(profile, &element, &jid("bob@example.org"), device(7))
    }

    #[test]
    fn what_is_sent_is_read_by_its_device_only() {
        for profile in Profile::ALL {
            let key = |who: &str, id, byte| KeyFor {
                jid: jid(who),
                device: device(id),
                is_exchange: id == 7,
                bytes: vec![byte; 60],
            };
            let outgoing = Outgoing {
                profile,
                sender: device(5),
                keys: vec![
                    key("bob@example.org", 7, 1),
                    key("bob@example.org", 8, 2),
                    key("alice@example.org", 9, 3),
                ],
                iv: match profile {
                    Profile::Axolotl => vec![4; 12],
                    Profile::Omemo2 => Vec::new(),
                },
                payload: Some(vec![6; 20]),
            };
            let element = encrypted(&outgoing);
            let read = parse(profile, &element, &jid("bob@example.org"), device(7)).unwrap();
            assert_eq!(read.keys, [[1; 60]]);
            assert_eq!((read.sender, &read.iv), (device(5), &outgoing.iv));
            assert_eq!(read.payload, outgoing.payload);
            let other = parse(profile, &element, &jid("bob@example.org"), device(6)).unwrap();
            assert_eq!(other.keys.len(), 0);
        }
    }

    #[test]
    fn p7_all_keys_with_our_id_are_tried() {
        let old = "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='5'>\
                   <key rid='7'>AQ==</key><key rid='8'>Ag==</key><key rid='7' prekey='1'>Aw==</key>\
                   <key rid='7'>no base64!</key></header></encrypted>";
        assert_eq!(read(Profile::Axolotl, old).unwrap().keys, [[1], [3]]);
        let many = "<key rid='7'>AQ==</key>".repeat(1000);
        let many = format!(
            "<encrypted xmlns='eu.siacs.conversations.axolotl'><header sid='5'>{many}</header></encrypted>"
        );
        assert_eq!(
            read(Profile::Axolotl, &many).unwrap().keys.len(),
            MAX_CANDIDATES
        );
    }

    #[test]
    fn f51_keys_for_others_are_not_ours() {
        let new = "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='5'>\
                   <keys jid='carol@example.org'><key rid='7'>AQ==</key></keys>\
                   <keys><key rid='7'>Ag==</key></keys>\
                   <key rid='7'>BA==</key>\
                   <keys jid='BOB@example.org'><key rid='7'>Aw==</key></keys></header></encrypted>";
        assert_eq!(read(Profile::Omemo2, new).unwrap().keys, [[3]]);
    }

    #[test]
    fn f49_broken_elements_are_refused() {
        for inner in [
            "",
            "<header/>",
            "<header sid='0'/>",
            "<header sid='4294967295'/>",
            "<header sid='5'><iv>AAAAAAAAAAAAAAAAAAAAAAAAAAAA</iv></header>",
            "<header sid='5'/><payload>%%%</payload>",
        ] {
            let xml =
                format!("<encrypted xmlns='eu.siacs.conversations.axolotl'>{inner}</encrypted>");
            assert_eq!(read(Profile::Axolotl, &xml), Err(Malformed), "{inner}");
        }
        let large = "A".repeat(MAX_PAYLOAD * 4 / 3 + 8);
        let large = format!(
            "<encrypted xmlns='urn:xmpp:omemo:2'><header sid='5'/><payload>{large}</payload></encrypted>"
        );
        assert_eq!(read(Profile::Omemo2, &large), Err(Malformed));
    }
}
