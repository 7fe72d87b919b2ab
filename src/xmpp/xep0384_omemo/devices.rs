//! Lists of devices: which ones of an account take part.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use minidom::Element;
use rxml::xml_ncname;

use crate::{
    crypto::omemo::{Profile, WireIdentity},
    model::DeviceId,
    xmpp::text,
};

/// Devices that are read of one list: more than anybody has, even with all that were given up.
pub const MAX_DEVICES: usize = 1000;
/// Longest label that is shown, in characters (XEP-0384, section 4.3.1 recommends less than 53).
const MAX_LABEL: usize = 52;
/// Longest label that is read, in bytes.
const MAX_LABEL_BYTES: usize = 1024;

/// The item of nodes that have one (XEP-0060, section 12.20).
pub const ITEM: &str = "current";

/// The node that lists devices.
pub fn node(profile: Profile) -> &'static str {
    match profile {
        Profile::Axolotl => "eu.siacs.conversations.axolotl.devicelist",
        Profile::Omemo2 => "urn:xmpp:omemo:2:devices",
    }
}

/// One device of a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: DeviceId,
    /// What its owner calls it; only version 2 has labels, and only the device's own key makes one valid.
    pub label: Option<SignedLabel>,
}

/// A name of a device with its signature (XEP-0384, section 4.3.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedLabel {
    text: String,
    signature: [u8; 64],
}

impl SignedLabel {
    /// Takes a label and its signature as they were stored.
    pub fn new(text: String, signature: [u8; 64]) -> Self {
        Self { text, signature }
    }

    /// The label as one line, if the device itself signed it.
    pub fn checked(&self, identity: &WireIdentity) -> Option<String> {
        identity
            .has_signed(self.text.as_bytes(), &self.signature)
            .then(|| text::bounded(&self.text, MAX_LABEL))
    }

    /// The label as it came, which is what was signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its signature.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

/// The devices of a list; nothing if this is none. Ids that nobody can have and doubles are left out.
pub fn parse(profile: Profile, payload: &Element) -> Option<Vec<Listed>> {
    let name = match profile {
        Profile::Axolotl => "list",
        Profile::Omemo2 => "devices",
    };
    if !payload.is(name, profile.namespace()) {
        return None;
    }
    let mut seen = BTreeSet::new();
    let devices = payload
        .children()
        .filter(|child| child.is("device", profile.namespace()))
        .take(MAX_DEVICES)
        .filter_map(|device| {
            let id = DeviceId::parse(device.attr(xml_ncname!("id"))?)?;
            let label = match profile {
                Profile::Axolotl => None,
                Profile::Omemo2 => label(device),
            };
            Some(Listed { id, label })
        })
        .filter(|device| seen.insert(device.id))
        .collect();
    Some(devices)
}

fn label(device: &Element) -> Option<SignedLabel> {
    let text = device
        .attr(xml_ncname!("label"))
        .filter(|label| !label.is_empty() && label.len() <= MAX_LABEL_BYTES)?;
    let signature = device
        .attr(xml_ncname!("labelsig"))
        .filter(|signature| signature.len() <= 128)?;
    let signature: String = signature.split_ascii_whitespace().collect();
    Some(SignedLabel {
        text: text.to_owned(),
        signature: STANDARD.decode(signature).ok()?.try_into().ok()?,
    })
}

/// A list to publish.
pub fn list(profile: Profile, devices: &[Listed]) -> Element {
    let namespace = profile.namespace();
    let devices = devices.iter().map(|device| {
        let mut element = Element::builder("device", namespace)
            .attr(xml_ncname!("id").to_owned(), device.id.to_string());
        if let (Profile::Omemo2, Some(label)) = (profile, &device.label) {
            element = element
                .attr(xml_ncname!("label").to_owned(), label.text.as_str())
                .attr(
                    xml_ncname!("labelsig").to_owned(),
                    STANDARD.encode(label.signature),
                );
        }
        element.build()
    });
    let name = match profile {
        Profile::Axolotl => "list",
        Profile::Omemo2 => "devices",
    };
    Element::builder(name, namespace)
        .append_all(devices)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{SystemEntropy, omemo::IdentityKey};

    fn ids(profile: Profile, xml: &str) -> Option<Vec<u32>> {
        let element: Element = xml.parse().unwrap();
        let devices = parse(profile, &element)?;
        Some(devices.iter().map(|device| device.id.number()).collect())
    }

    #[test]
    fn f45_a_list_is_read_without_what_nobody_can_be() {
        let old = |inner: &str| {
            ids(
                Profile::Axolotl,
                &format!("<list xmlns='eu.siacs.conversations.axolotl'>{inner}</list>"),
            )
        };
        assert_eq!(old(""), Some(vec![]));
        assert_eq!(
            old(
                "<device id='7'/><device id='0'/><device id='-3'/><device id='7'/><device/>\
                 <device id='2147483648'/><other id='9'/><device xmlns='x' id='8'/><device id='2'/>"
            ),
            Some(vec![7, 2])
        );
        let many: String = (1..=10_000)
            .map(|id| format!("<device id='{id}'/>"))
            .collect();
        assert_eq!(old(&many).map(|ids| ids.len()), Some(MAX_DEVICES));
        assert_eq!(
            ids(Profile::Axolotl, "<devices xmlns='urn:xmpp:omemo:2'/>"),
            None
        );
        assert_eq!(
            ids(Profile::Omemo2, "<list xmlns='urn:xmpp:omemo:2'/>"),
            None
        );
        assert_eq!(
            ids(
                Profile::Omemo2,
                "<devices xmlns='urn:xmpp:omemo:2'><device id='5'/></devices>"
            ),
            Some(vec![5])
        );
    }

    #[test]
    fn f47_a_label_counts_only_with_the_signature_of_its_device() {
        let key = IdentityKey::new(&mut SystemEntropy);
        let other = IdentityKey::new(&mut SystemEntropy);
        let text = "Laptop\n\u{202e}of Anna";
        let label = SignedLabel::new(text.to_owned(), key.sign_edwards(text.as_bytes()));
        let devices = [
            Listed {
                id: DeviceId::new(3).unwrap(),
                label: Some(label),
            },
            Listed {
                id: DeviceId::new(4).unwrap(),
                label: None,
            },
        ];
        let read = parse(Profile::Omemo2, &list(Profile::Omemo2, &devices)).unwrap();
        // Line breaks in attributes become blanks: such a label is signed in vain.
        assert_eq!(read[1], devices[1]);
        let plain = SignedLabel::new("Laptop".into(), key.sign_edwards(b"Laptop"));
        let checked = |key: &IdentityKey| plain.checked(&Profile::Omemo2.own_identity(key));
        assert_eq!(checked(&key).as_deref(), Some("Laptop"));
        assert_eq!(checked(&other), None);
        let label = SignedLabel::new(text.to_owned(), key.sign_edwards(text.as_bytes()));
        assert_eq!(
            label
                .checked(&Profile::Omemo2.own_identity(&key))
                .as_deref(),
            Some("Laptop of Anna")
        );
        let xml = "<devices xmlns='urn:xmpp:omemo:2'><device id='3' label='x'/>\
                   <device id='4' label='x' labelsig='AAAA'/></devices>";
        let unsigned = parse(Profile::Omemo2, &xml.parse().unwrap()).unwrap();
        assert!(unsigned.iter().all(|device| device.label.is_none()));
    }
}
