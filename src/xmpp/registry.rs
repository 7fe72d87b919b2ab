//! The list of extensions: the order is that in which they are asked.

use super::{
    Extension,
    rfc6121_presence::PresenceTable,
    rfc6121_roster::ContactList,
    xep0030_disco::{Disco, Info},
    xep0054_vcard::Profiles,
    xep0077_register::Registration,
    xep0084_avatar::Avatars,
    xep0085_chat_states::ChatStates,
    xep0092_version::Version,
    xep0115_caps::Caps,
    xep0153_vcard_avatar::VcardAvatars,
    xep0172_nick::Nicknames,
    xep0184_receipts::Receipts,
    xep0191_blocking::Blocking,
    xep0199_ping::Ping,
    xep0280_carbons::Carbons,
    xep0313_mam::Archive,
    xep0333_markers::Markers,
    xep0352_csi::ClientState,
    xep0359_ids::MessageIds,
};

/// A fresh set of extensions for one session.
pub fn extensions() -> Vec<Box<dyn Extension>> {
    let mut all: Vec<Box<dyn Extension>> = vec![
        Box::new(ContactList::default()),
        // Keeps the presence of strangers from all that follow.
        Box::new(PresenceTable::default()),
        Box::new(Blocking::default()),
        // Copies before the archive: what is sent elsewhere while the archive is read must not be missed.
        Box::new(Carbons),
        Box::new(Archive::default()),
        Box::new(MessageIds),
        Box::new(Receipts),
        Box::new(Markers),
        Box::new(ChatStates::default()),
        Box::new(Nicknames::default()),
        Box::new(Avatars::default()),
        Box::new(VcardAvatars::default()),
        Box::new(Profiles::default()),
        Box::new(Registration::default()),
        Box::new(Ping),
        Box::new(Version),
        Box::new(ClientState::default()),
    ];
    // These two tell others what all of them can do.
    let info = Info::of(&all);
    all.push(Box::new(Caps::new(&info)));
    all.push(Box::new(Disco::new(info)));
    all
}
