//! What the text in the composer will become.

use crate::model::MessageId;

/// What the text will become.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Aim {
    /// A message.
    #[default]
    Message,
    /// A message whose text is shown only when asked for (XEP-0382).
    Spoiler {
        /// What it is about, shown at once; may be empty.
        hint: String,
    },
    /// The answer to a message (XEP-0461).
    Reply {
        /// Which.
        to: MessageId,
        /// Its author and its first words; untrusted, but cleaned.
        quote: String,
    },
    /// The new text of a message of ours (XEP-0308).
    Edit {
        /// Which.
        message: MessageId,
        /// The text that it has.
        before: String,
    },
}

impl Aim {
    /// Whether this is just a message.
    pub(super) fn is_plain(&self) -> bool {
        *self == Self::Message
    }

    /// Whether the text is that of a message that is there already, and no draft.
    pub(super) fn is_edit(&self) -> bool {
        matches!(self, Self::Edit { .. })
    }
}
