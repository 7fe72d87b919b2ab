//! The list of extensions: the order is that in which they are asked.

use super::{
    Extension, rfc6121_presence::PresenceTable, xep0085_chat_states::ChatStates,
    xep0184_receipts::Receipts, xep0280_carbons::Carbons, xep0313_mam::Archive,
    xep0333_markers::Markers, xep0359_ids::MessageIds,
};

/// A fresh set of extensions for one session.
pub fn extensions() -> Vec<Box<dyn Extension>> {
    vec![
        Box::new(PresenceTable::default()),
        Box::new(Archive::default()),
        Box::new(Carbons),
        Box::new(MessageIds),
        Box::new(Receipts),
        Box::new(Markers),
        Box::new(ChatStates::default()),
    ]
}
