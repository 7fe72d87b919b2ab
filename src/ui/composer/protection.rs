//! Who can read what is written, in words.
//! Knows nothing of widgets.

use super::{Access, Aim, Target};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{Encryption, KnownDevice, Standing},
    timeline::text::clean,
};

/// How what is written in a chat is protected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Protection {
    /// How it is encrypted.
    pub encryption: Encryption,
    /// How many devices of the peer are encrypted for: listed by their owner, and accepted or verified here.
    pub devices: u32,
    /// How many others are listed whose key is not known yet; it is fetched before the next message.
    pub unknown: u32,
}

impl Protection {
    /// What a chat has, by its choice and the devices of its peer.
    pub fn of(encryption: Encryption, devices: &[KnownDevice]) -> Self {
        let listed = devices.iter().filter(|d| d.listed_old || d.listed_new);
        let mut protection = Self {
            encryption,
            ..Self::default()
        };
        for device in listed {
            match device.standing {
                Some(Standing::Accepted | Standing::Verified) => protection.devices += 1,
                None => protection.unknown += 1,
                Some(Standing::Waiting | Standing::Rejected) => {}
            }
        }
        protection
    }

    /// Whether it is encrypted end to end.
    pub(super) fn is_sealed(self) -> bool {
        self.encryption == Encryption::Omemo
    }
}

/// Says in an empty field to whom and how a message will go.
pub(super) fn placeholder(target: &Target, aim: &Aim) -> String {
    let name = clean::isolated(&target.name);
    let names = [("name", name.as_str())];
    match target.access {
        Access::Stranger => gettext("Accept the request to answer"),
        Access::Blocked => gettext_f("Unblock {name} to write", &names),
        Access::Open if target.protection.is_sealed() => match aim {
            Aim::Message => sealed(target.protection, &name),
            Aim::Reply { .. } => gettext_f("Answer {name} — encrypted", &names),
            Aim::Edit { .. } => gettext_f("New text for {name} — encrypted", &names),
            Aim::Spoiler { .. } => gettext_f("Hidden text for {name} — encrypted", &names),
        },
        Access::Open => match aim {
            Aim::Message => gettext_f("Message {name} — not encrypted", &names),
            Aim::Reply { .. } => gettext_f("Answer {name} — not encrypted", &names),
            Aim::Edit { .. } => gettext_f("New text for {name} — not encrypted", &names),
            Aim::Spoiler { .. } => gettext_f("Hidden text for {name} — not encrypted", &names),
        },
    }
}

/// For whom it is encrypted.
fn sealed(protection: Protection, name: &str) -> String {
    let names = [("name", name)];
    match protection {
        Protection { devices: 1.., .. } => ngettext_f(
            "Encrypted to {n} device of {name}",
            "Encrypted to {n} devices of {name}",
            protection.devices,
            &names,
        ),
        Protection { unknown: 1.., .. } => gettext_f("Message {name} — encrypted", &names),
        _ => gettext_f("Encrypted — no device of {name} is known yet", &names),
    }
}

/// What the lock says: who can read the chat.
pub(super) fn in_full(target: &Target) -> String {
    let name = clean::isolated(&target.name);
    if target.protection.is_sealed() {
        gettext_f(
            "Encrypted end to end with OMEMO: only devices of {name} and your own can read what you write",
            &[("name", &name)],
        )
    } else {
        gettext("Not encrypted end to end: the servers of both sides can read this chat")
    }
}

/// What the choice of encryption says about the devices of the peer.
pub(super) fn devices(target: &Target) -> String {
    let name = clean::isolated(&target.name);
    let names = [("name", name.as_str())];
    match target.protection {
        Protection { devices: 1.., .. } => ngettext_f(
            "{n} device of {name} can be encrypted for.",
            "{n} devices of {name} can be encrypted for.",
            target.protection.devices,
            &names,
        ),
        Protection { unknown: 1.., .. } => gettext_f(
            "{name} has devices that can encrypt; their keys are fetched before the first message.",
            &names,
        ),
        _ => gettext_f(
            "No device of {name} is known that can be encrypted for. As long as there is none, encrypted messages are not sent.",
            &names,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{BareJid, ConversationId, DeviceId};

    fn device(id: u32, listed: bool, standing: Option<Standing>) -> KnownDevice {
        KnownDevice {
            jid: BareJid::new("bob@example.org").unwrap(),
            id: DeviceId::new(id).unwrap(),
            listed_old: listed,
            listed_new: false,
            identity: None,
            standing,
        }
    }

    fn target(devices: &[KnownDevice], encryption: Encryption) -> Target {
        Target {
            conversation: ConversationId(1),
            name: "Bob".into(),
            draft: String::new(),
            access: Access::Open,
            protection: Protection::of(encryption, devices),
        }
    }

    #[test]
    fn only_devices_that_get_the_message_are_counted() {
        let devices = [
            device(1, true, Some(Standing::Accepted)),
            device(2, true, Some(Standing::Verified)),
            device(3, true, Some(Standing::Waiting)),
            device(4, true, Some(Standing::Rejected)),
            device(5, false, Some(Standing::Accepted)),
            device(6, true, None),
        ];
        let sealed = target(&devices, Encryption::Omemo);
        assert_eq!(
            (sealed.protection.devices, sealed.protection.unknown),
            (2, 1)
        );
        assert_eq!(
            placeholder(&sealed, &Aim::Message),
            "Encrypted to 2 devices of \u{2068}Bob\u{2069}"
        );
    }

    #[test]
    fn no_sentence_promises_what_is_not_so() {
        let nobody = [device(3, true, Some(Standing::Rejected))];
        let sealed = target(&nobody, Encryption::Omemo);
        assert!(placeholder(&sealed, &Aim::Message).contains("no device"));
        assert!(devices(&sealed).contains("are not sent"));
        for aim in [
            Aim::Message,
            Aim::Spoiler {
                hint: String::new(),
            },
        ] {
            let clear = target(&nobody, Encryption::None);
            assert!(placeholder(&clear, &aim).contains("not encrypted"));
            assert!(!placeholder(&sealed, &aim).contains("not encrypted"));
        }
    }
}
