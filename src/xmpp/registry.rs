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
    xep0224_attention::Attention,
    xep0280_carbons::Carbons,
    xep0308_correction::Corrections,
    xep0313_mam::Archive,
    xep0333_markers::Markers,
    xep0352_csi::ClientState,
    xep0359_ids::MessageIds,
    xep0382_spoiler::Spoilers,
    xep0384_omemo::Omemo,
    xep0424_retraction::Retractions,
    xep0428_fallback::Fallback,
    xep0444_reactions::Reactions,
    xep0461_replies::Replies,
    xep0490_displayed::DisplayedSync,
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
        // Before the archive: what was seen elsewhere is not announced when it comes.
        Box::new(DisplayedSync::default()),
        Box::new(Archive::default()),
        Box::new(MessageIds),
        Box::new(Omemo::default()),
        Box::new(Corrections),
        Box::new(Retractions),
        Box::new(Fallback),
        Box::new(Reactions),
        Box::new(Replies),
        Box::new(Spoilers),
        Box::new(Attention::default()),
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

/// Protocols that no [`Extension`] stands for, and the file that has each.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("RFC 5122", "src/model/uri.rs"),
    ("RFC 6120", "src/xmpp/stream/negotiation.rs"),
    ("RFC 7622", "src/model/address.rs"),
    ("XEP-0004", "src/xmpp/xep0004_forms.rs"),
    ("XEP-0059", "src/xmpp/xep0313_mam/question.rs"),
    ("XEP-0060", "src/xmpp/xep0060_pubsub.rs"),
    ("XEP-0066", "src/xmpp/stream/registration.rs"),
    ("XEP-0147", "src/model/uri.rs"),
    ("XEP-0158", "src/xmpp/xep0004_forms.rs"),
    ("XEP-0163", "src/xmpp/xep0060_pubsub.rs"),
    ("XEP-0198", "src/xmpp/stream/management.rs"),
    ("XEP-0203", "src/xmpp/envelope.rs"),
    ("XEP-0221", "src/xmpp/xep0004_forms.rs"),
    ("XEP-0223", "src/xmpp/xep0060_pubsub.rs"),
    ("XEP-0231", "src/xmpp/stream/registration/picture.rs"),
    ("XEP-0245", "src/timeline/text/mod.rs"),
    ("XEP-0297", "src/xmpp/xep0280_carbons.rs"),
    ("XEP-0334", "src/xmpp/mod.rs"),
    ("XEP-0368", "src/xmpp/stream/resolve.rs"),
    ("XEP-0380", "src/xmpp/xep0380_eme.rs"),
    ("XEP-0386", "src/xmpp/stream/negotiation/sasl2.rs"),
    ("XEP-0388", "src/xmpp/stream/negotiation/sasl2.rs"),
    ("XEP-0392", "src/ui/widgets/avatar/color.rs"),
    ("XEP-0393", "src/timeline/text/styling.rs"),
    ("XEP-0398", "src/xmpp/xep0398_conversion.rs"),
    ("XEP-0420", "src/xmpp/xep0420_sce.rs"),
    ("XEP-0440", "src/xmpp/stream/sasl/choice.rs"),
    ("XEP-0474", "src/xmpp/stream/sasl/scram.rs"),
    ("XEP-0484", "src/xmpp/stream/token.rs"),
];
