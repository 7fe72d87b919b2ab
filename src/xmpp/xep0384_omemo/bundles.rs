//! Bundles: the public keys by which others begin a session with a device.

use minidom::Element;
use rxml::xml_ncname;

use super::base64_text::{decode, element};
use crate::{
    crypto::omemo::{Bundle, Profile},
    model::DeviceId,
};

/// One-time prekeys that are read of a bundle: programs publish about 100.
const MAX_PREKEYS: usize = 500;
/// Longest key, in bytes: 33 in version 0.3.
const MAX_KEY: usize = 33;

/// The node and the item of a device's bundle. In 0.3 each device has a node, and the item has any name.
pub fn place(profile: Profile, device: DeviceId) -> (String, Option<String>) {
    match profile {
        Profile::Axolotl => (
            format!("eu.siacs.conversations.axolotl.bundles:{device}"),
            None,
        ),
        Profile::Omemo2 => (
            "urn:xmpp:omemo:2:bundles".to_owned(),
            Some(device.to_string()),
        ),
    }
}

/// Names of the elements in both versions.
struct Names {
    signed: &'static str,
    signed_id: &'static rxml::NcNameStr,
    signature: &'static str,
    identity: &'static str,
    prekey: &'static str,
    prekey_id: &'static rxml::NcNameStr,
}

fn names(profile: Profile) -> Names {
    match profile {
        Profile::Axolotl => Names {
            signed: "signedPreKeyPublic",
            signed_id: xml_ncname!("signedPreKeyId"),
            signature: "signedPreKeySignature",
            identity: "identityKey",
            prekey: "preKeyPublic",
            prekey_id: xml_ncname!("preKeyId"),
        },
        Profile::Omemo2 => Names {
            signed: "spk",
            signed_id: xml_ncname!("id"),
            signature: "spks",
            identity: "ik",
            prekey: "pk",
            prekey_id: xml_ncname!("id"),
        },
    }
}

/// The bundle in an item; nothing if it lacks something. Its signature is checked when it is used.
pub fn parse(profile: Profile, payload: &Element) -> Option<Bundle> {
    let namespace = profile.namespace();
    if !payload.is("bundle", namespace) {
        return None;
    }
    let names = names(profile);
    let signed = payload.get_child(names.signed, namespace)?;
    let identity = decode(payload.get_child(names.identity, namespace)?, MAX_KEY)?;
    let (identity, _) = profile.read_identity(&identity)?;
    let prekeys = payload
        .get_child("prekeys", namespace)?
        .children()
        .filter(|child| child.is(names.prekey, namespace))
        .take(MAX_PREKEYS)
        .filter_map(|prekey| {
            let id = prekey.attr(names.prekey_id)?.trim().parse().ok()?;
            // Some programs refuse a message that uses the number 0.
            let key = profile.read_key(&decode(prekey, MAX_KEY)?)?;
            (id > 0).then_some((id, key))
        })
        .collect();
    Some(Bundle {
        profile,
        identity,
        signed_prekey_id: signed.attr(names.signed_id)?.trim().parse().ok()?,
        signed_prekey: profile.read_key(&decode(signed, MAX_KEY)?)?,
        signature: decode(payload.get_child(names.signature, namespace)?, 64)?
            .try_into()
            .ok()?,
        prekeys,
    })
}

/// A bundle to publish.
pub fn bundle(bundle: &Bundle) -> Element {
    let profile = bundle.profile;
    let namespace = profile.namespace();
    let names = names(profile);
    let key = |name, key| element(name, namespace, &profile.write_key(key));
    let prekeys = bundle.prekeys.iter().map(|(id, public)| {
        key(names.prekey, public)
            .attr(names.prekey_id.to_owned(), id.to_string())
            .build()
    });
    let prekeys = Element::builder("prekeys", namespace)
        .append_all(prekeys)
        .build();
    let signed = key(names.signed, &bundle.signed_prekey)
        .attr(
            names.signed_id.to_owned(),
            bundle.signed_prekey_id.to_string(),
        )
        .build();
    Element::builder("bundle", namespace)
        .append(signed)
        .append(element(names.signature, namespace, &bundle.signature).build())
        .append(element(names.identity, namespace, bundle.identity.as_bytes()).build())
        .append(prekeys)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{
        SystemEntropy,
        omemo::{IdentityKey, Pair, SignedPreKey},
    };

    fn example(profile: Profile, count: u32) -> Bundle {
        let identity = IdentityKey::new(&mut SystemEntropy);
        let signed = SignedPreKey {
            id: 3,
            pair: Pair::new(&mut SystemEntropy),
        };
        let prekeys = (1..=count).map(|id| (id, [9; 32]));
        Bundle::of(profile, &identity, &signed, prekeys)
    }

    #[test]
    fn what_is_published_is_read_and_its_signature_holds() {
        for profile in Profile::ALL {
            let published = example(profile, 100);
            let element = bundle(&published);
            let read = parse(profile, &element).unwrap();
            assert_eq!(read, published);
            read.check().unwrap();
            let xml = String::from(&element);
            assert!(xml.len() < 10_000, "{} bytes", xml.len());
        }
    }

    #[test]
    fn f43_a_bundle_that_lacks_something_is_none() {
        for profile in Profile::ALL {
            let whole = String::from(&bundle(&example(profile, 2)));
            let names = names(profile);
            for name in [names.signed, names.signature, names.identity, "prekeys"] {
                let broken = whole
                    .replace(&format!("<{name}>"), "<other>")
                    .replace(&format!("<{name} "), "<other ")
                    .replace(&format!("</{name}>"), "</other>");
                let element: Element = broken.parse().unwrap();
                assert_eq!(parse(profile, &element), None, "{name}");
            }
            let zero = whole.replace(
                &format!("{}='1'", names.prekey_id.as_str()),
                &format!("{}='0'", names.prekey_id.as_str()),
            );
            let read = parse(profile, &zero.parse().unwrap()).unwrap();
            assert_eq!(read.prekeys.len(), 1);
        }
    }

    #[test]
    fn f43_prekeys_without_end_are_not_read() {
        let read = parse(Profile::Omemo2, &bundle(&example(Profile::Omemo2, 10_000))).unwrap();
        assert_eq!(read.prekeys.len(), MAX_PREKEYS);
    }

    #[test]
    fn f43_keys_of_the_other_version_are_refused() {
        for (profile, other) in [
            (Profile::Axolotl, Profile::Omemo2),
            (Profile::Omemo2, Profile::Axolotl),
        ] {
            let mut mixed = example(profile, 2);
            mixed.identity = other.own_identity(&IdentityKey::new(&mut SystemEntropy));
            assert_eq!(parse(profile, &bundle(&mixed)), None);
        }
    }
}
