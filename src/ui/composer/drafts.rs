//! What was left in each chat, and what the peer was told about typing.
//! Knows nothing of widgets or clocks.

use std::collections::HashMap;

use super::{Access, Output, Target};
use crate::model::ConversationId;

/// Longest message, in bytes: as much as the worker takes.
pub(super) const MAX_BODY: usize = 100_000;

/// What is being written.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    target: Option<Target>,
    /// Texts left in this run: they are newer than those of the store, which may be on their way there.
    left: HashMap<ConversationId, String>,
    /// The text as it was kept last.
    kept: String,
    /// Whether the peer was told that we type.
    is_composing: bool,
}

impl Drafts {
    /// The chat that is written in.
    pub(super) fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// Leaves the text of one chat and takes up that of another; answers it, and what is to be told.
    pub(super) fn switch(&mut self, text: &str, to: Option<Target>) -> (String, Vec<Output>) {
        let mut told = self.rest(text);
        told.extend(self.keep(text));
        let draft = to.as_ref().map_or_else(String::new, |to| {
            self.left.get(&to.conversation).unwrap_or(&to.draft).clone()
        });
        self.kept.clone_from(&draft);
        self.target = to;
        (draft, told)
    }

    /// The chat has another name or can be written in again; its text stays.
    pub(super) fn rename(&mut self, target: Target) {
        if self.target.as_ref().map(|t| t.conversation) == Some(target.conversation) {
            self.target = Some(target);
        }
    }

    /// The person changed the text.
    pub(super) fn edited(&mut self, text: &str, send_typing: bool) -> Option<Output> {
        let composing = !text.trim().is_empty() && send_typing;
        self.tell(composing)
    }

    /// The person stopped for a while.
    pub(super) fn rest(&mut self, _text: &str) -> Vec<Output> {
        self.tell(false).into_iter().collect()
    }

    /// Keeps the text if it changed since the last time.
    pub(super) fn keep(&mut self, text: &str) -> Option<Output> {
        let conversation = self.target.as_ref()?.conversation;
        if self.kept == text {
            return None;
        }
        text.clone_into(&mut self.kept);
        self.left.insert(conversation, text.to_owned());
        Some(Output::Draft {
            conversation,
            text: text.to_owned(),
        })
    }

    /// Sends the text; answers what is to be told, and whether the composer is empty now.
    pub(super) fn send(&mut self, text: &str) -> (bool, Vec<Output>) {
        let body = text.trim_matches(['\n', '\r', ' ', '\t']);
        let Some(target) = self
            .target
            .as_ref()
            .filter(|target| target.access == Access::Open)
        else {
            return (false, Vec::new());
        };
        if body.is_empty() {
            return (false, Vec::new());
        }
        if body.len() > MAX_BODY {
            return (false, vec![Output::TooLong]);
        }
        let conversation = target.conversation;
        let body = body.to_owned();
        // The message itself says that typing has ended (XEP-0085, section 5.3).
        self.is_composing = false;
        let mut told = vec![Output::Send { conversation, body }];
        told.extend(self.keep(""));
        (true, told)
    }

    /// A text comes back; answers the text to show when its chat is the one that is written in.
    pub(super) fn give_back(
        &mut self,
        conversation: ConversationId,
        body: &str,
        now: &str,
    ) -> Option<String> {
        let join = |left: &str| {
            if left.trim().is_empty() {
                body.to_owned()
            } else {
                format!("{body}\n{left}")
            }
        };
        if self.target.as_ref().map(|t| t.conversation) == Some(conversation) {
            return Some(join(now));
        }
        let left = self.left.entry(conversation).or_default();
        *left = join(left);
        None
    }

    fn tell(&mut self, composing: bool) -> Option<Output> {
        let conversation = self.target.as_ref()?.conversation;
        (std::mem::replace(&mut self.is_composing, composing) != composing).then_some(
            Output::Typing {
                conversation,
                composing,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Access, Drafts, MAX_BODY, Output, Target};
    use crate::model::ConversationId;

    const BOB: ConversationId = ConversationId(1);
    const CAROL: ConversationId = ConversationId(2);

    fn target(conversation: ConversationId, draft: &str) -> Option<Target> {
        Some(Target {
            conversation,
            name: "somebody".into(),
            draft: draft.into(),
            access: Access::Open,
        })
    }

    fn typing(conversation: ConversationId, composing: bool) -> Output {
        Output::Typing {
            conversation,
            composing,
        }
    }

    fn draft(conversation: ConversationId, text: &str) -> Output {
        Output::Draft {
            conversation,
            text: text.into(),
        }
    }

    #[test]
    fn a_text_stays_in_its_chat() {
        let mut drafts = Drafts::default();
        assert_eq!(drafts.switch("", target(BOB, "")), (String::new(), vec![]));
        assert_eq!(drafts.edited("hel", true), Some(typing(BOB, true)));
        assert_eq!(drafts.edited("hello", true), None);
        let (text, told) = drafts.switch("hello", target(CAROL, "from the store"));
        assert_eq!(text, "from the store");
        assert_eq!(told, [typing(BOB, false), draft(BOB, "hello")]);
        // The store may not have it yet.
        assert_eq!(drafts.switch("from the store", target(BOB, "")).0, "hello");
    }

    #[test]
    fn sending_empties_the_draft_and_says_nothing_about_typing() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, "left"));
        let _ = drafts.edited("left here", true);
        let sent = Output::Send {
            conversation: BOB,
            body: "left here".into(),
        };
        assert_eq!(
            drafts.send(" left here\n"),
            (true, vec![sent, draft(BOB, "")])
        );
        assert_eq!(drafts.rest(""), []);
        assert_eq!(drafts.send(" \n "), (false, vec![]));
    }

    #[test]
    fn nothing_goes_to_a_closed_chat() {
        let mut drafts = Drafts::default();
        let closed = target(BOB, "").map(|target| Target {
            access: Access::Blocked,
            ..target
        });
        let _ = drafts.switch("", closed);
        assert_eq!(drafts.send("hello"), (false, vec![]));
    }

    #[test]
    fn a_text_that_is_too_long_stays() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        let long = "x".repeat(MAX_BODY + 1);
        assert_eq!(drafts.send(&long), (false, vec![Output::TooLong]));
    }

    #[test]
    fn a_text_that_came_back_is_not_lost() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        assert_eq!(drafts.give_back(BOB, "lost", "").as_deref(), Some("lost"));
        assert_eq!(
            drafts.give_back(BOB, "lost", "new").as_deref(),
            Some("lost\nnew")
        );
        assert_eq!(drafts.give_back(CAROL, "hers", "new"), None);
        assert_eq!(drafts.switch("new", target(CAROL, "")).0, "hers");
    }

    #[test]
    fn typing_is_told_once_and_only_if_allowed() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        assert_eq!(drafts.edited("x", false), None);
        assert_eq!(drafts.edited("xy", true), Some(typing(BOB, true)));
        assert_eq!(drafts.rest("xy"), [typing(BOB, false)]);
        assert_eq!(drafts.edited("xyz", true), Some(typing(BOB, true)));
        assert_eq!(drafts.edited("", true), Some(typing(BOB, false)));
    }
}
