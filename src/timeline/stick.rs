//! Whether a chat follows its newest message or stays where the person reads.

use super::RowKey;

/// What the view holds on to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Stick {
    /// The newest message: when something arrives, the view goes with it.
    #[default]
    Bottom,
    /// A row that the person looks at: it stays where it is.
    Held {
        /// The row.
        anchor: RowKey,
    },
}

impl Stick {
    /// What to hold on to after the person scrolled. `lowest` is the lowest row that is visible, `at_end` whether the end
    /// of the loaded rows is, and `has_newer` whether stored messages follow those.
    #[must_use]
    pub fn scrolled(self, at_end: bool, has_newer: bool, lowest: Option<RowKey>) -> Self {
        match (at_end && !has_newer, lowest) {
            (true, _) => Self::Bottom,
            (false, Some(anchor)) => Self::Held { anchor },
            (false, None) => self,
        }
    }

    /// Whether the view goes with what arrives.
    pub fn is_bottom(self) -> bool {
        self == Self::Bottom
    }
}

#[cfg(test)]
mod tests {
    use super::Stick;
    use crate::{model::MessageId, timeline::RowKey};

    #[test]
    fn follows_only_from_the_very_end() {
        let anchor = RowKey::Message(MessageId(7));
        let held = Stick::Held { anchor };
        for (before, at_end, has_newer, lowest, after) in [
            (Stick::Bottom, true, false, Some(anchor), Stick::Bottom),
            (Stick::Bottom, false, false, Some(anchor), held),
            // The end of what is loaded is not the end of the chat.
            (Stick::Bottom, true, true, Some(anchor), held),
            (held, true, false, Some(anchor), Stick::Bottom),
            // Nothing is visible yet: nothing changes.
            (Stick::Bottom, false, false, None, Stick::Bottom),
            (held, false, true, None, held),
        ] {
            assert_eq!(before.scrolled(at_end, has_newer, lowest), after);
        }
    }
}
