//! What was left in each chat, and what the peer was told about typing.
//! Knows nothing of widgets or clocks.

use std::collections::HashMap;

use super::{Access, Aim, Output, Target};
use crate::model::ConversationId;

/// Longest message, in bytes: as much as the worker takes.
pub(super) const MAX_BODY: usize = 100_000;

/// What is being written.
#[derive(Debug, Default)]
pub(super) struct Drafts {
    target: Option<Target>,
    /// Texts left in this run: they are newer than those of the store, which may be on their way there.
    left: HashMap<ConversationId, String>,
    /// What was begun in chats that were left, and the text there if it is no draft.
    begun: HashMap<ConversationId, (Aim, Option<String>)>,
    /// The text as it was kept last.
    kept: String,
    /// What the text will become.
    aim: Aim,
    /// The draft that waits while a message is edited.
    aside: Option<String>,
    /// Whether the peer was told that we type.
    is_composing: bool,
}

impl Drafts {
    /// The chat that is written in.
    pub(super) fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// What the text will become.
    pub(super) fn aim(&self) -> &Aim {
        &self.aim
    }

    /// Leaves the text of one chat and takes up that of another; answers it, and what is to be told.
    pub(super) fn switch(&mut self, text: &str, to: Option<Target>) -> (String, Vec<Output>) {
        let mut told = self.rest(text);
        told.extend(self.keep(text));
        let aim = std::mem::take(&mut self.aim);
        let is_editing = self.aside.take().is_some();
        if let (Some(target), false) = (&self.target, aim.is_plain()) {
            let edited = is_editing.then(|| text.to_owned());
            self.begun.insert(target.conversation, (aim, edited));
        }
        let draft = to.as_ref().map_or_else(String::new, |to| {
            self.left.get(&to.conversation).unwrap_or(&to.draft).clone()
        });
        self.kept.clone_from(&draft);
        let begun = to
            .as_ref()
            .and_then(|to| self.begun.remove(&to.conversation));
        self.target = to;
        let (aim, edited) = begun.unwrap_or_default();
        self.aim = aim;
        match edited {
            Some(edited) => {
                self.aside = Some(draft);
                (edited, told)
            }
            None => (draft, told),
        }
    }

    /// The text will become something else from now on; answers the text to show, and what is to be told.
    pub(super) fn begin(&mut self, aim: Aim, text: &str) -> (String, Vec<Output>) {
        let draft = self.aside.take().unwrap_or_else(|| text.to_owned());
        let told = self.keep(&draft).into_iter().collect();
        let text = if let Aim::Edit { before, .. } = &aim {
            self.aside = Some(draft);
            before.clone()
        } else {
            draft
        };
        self.aim = aim;
        (text, told)
    }

    /// The hint of a hidden text was typed.
    pub(super) fn set_hint(&mut self, typed: String) {
        if let Aim::Spoiler { hint } = &mut self.aim {
            *hint = typed;
        }
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
        if self.aside.is_some() {
            // The text is that of a message, and the draft was kept before.
            return None;
        }
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

    /// Sends the text; answers the text that stands there then, unless nothing was sent, and what is to be told.
    pub(super) fn send(&mut self, text: &str) -> (Option<String>, Vec<Output>) {
        let body = text.trim_matches(['\n', '\r', ' ', '\t']);
        let Some(target) = self
            .target
            .as_ref()
            .filter(|target| target.access == Access::Open)
        else {
            return (None, Vec::new());
        };
        if body.is_empty() {
            return (None, Vec::new());
        }
        if body.len() > MAX_BODY {
            return (None, vec![Output::TooLong]);
        }
        let (conversation, body) = (target.conversation, body.to_owned());
        // The message itself says that typing has ended (XEP-0085, section 5.3).
        self.is_composing = false;
        let aim = std::mem::take(&mut self.aim);
        let mut told = vec![Output::Send {
            conversation,
            body,
            aim,
        }];
        let left = self.aside.take().unwrap_or_default();
        told.extend(self.keep(&left));
        (Some(left), told)
    }

    /// A text comes back, and what it was to become; answers the text to show when its chat is the one that is written
    /// in. What the person has begun meanwhile goes on; then only the text comes back.
    pub(super) fn give_back(
        &mut self,
        conversation: ConversationId,
        body: &str,
        aim: Aim,
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
            if !self.aim.is_plain() {
                return Some(join(now));
            }
            let is_edit = aim.is_edit();
            self.aim = aim;
            if is_edit {
                self.aside = Some(now.to_owned());
                return Some(body.to_owned());
            }
            return Some(join(now));
        }
        if aim.is_edit() && !self.begun.contains_key(&conversation) {
            let begun = (aim, Some(body.to_owned()));
            self.begun.insert(conversation, begun);
            return None;
        }
        let left = self.left.entry(conversation).or_default();
        *left = join(left);
        if !aim.is_plain() {
            self.begun.entry(conversation).or_insert((aim, None));
        }
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
    use super::{Access, Aim, Drafts, MAX_BODY, Output, Target};
    use crate::model::{ConversationId, MessageId};
    use crate::ui::composer::Protection;

    const BOB: ConversationId = ConversationId(1);
    const CAROL: ConversationId = ConversationId(2);

    fn target(conversation: ConversationId, draft: &str) -> Option<Target> {
        Some(Target {
            conversation,
            name: "somebody".into(),
            draft: draft.into(),
            access: Access::Open,
            protection: Protection::default(),
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
            aim: Aim::Message,
        };
        assert_eq!(
            drafts.send(" left here\n"),
            (Some(String::new()), vec![sent, draft(BOB, "")])
        );
        assert_eq!(drafts.rest(""), []);
        assert_eq!(drafts.send(" \n "), (None, vec![]));
    }

    #[test]
    fn nothing_goes_to_a_closed_chat() {
        let mut drafts = Drafts::default();
        let closed = target(BOB, "").map(|target| Target {
            access: Access::Blocked,
            ..target
        });
        let _ = drafts.switch("", closed);
        assert_eq!(drafts.send("hello"), (None, vec![]));
    }

    #[test]
    fn a_text_that_is_too_long_stays() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        let long = "x".repeat(MAX_BODY + 1);
        assert_eq!(drafts.send(&long), (None, vec![Output::TooLong]));
    }

    #[test]
    fn a_text_that_came_back_is_not_lost() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        assert_eq!(
            drafts.give_back(BOB, "lost", Aim::Message, "").as_deref(),
            Some("lost")
        );
        assert_eq!(
            drafts
                .give_back(BOB, "lost", Aim::Message, "new")
                .as_deref(),
            Some("lost\nnew")
        );
        assert_eq!(drafts.give_back(CAROL, "hers", Aim::Message, "new"), None);
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

    fn edit(before: &str) -> Aim {
        Aim::Edit {
            message: MessageId(7),
            before: before.into(),
        }
    }

    fn reply() -> Aim {
        Aim::Reply {
            to: MessageId(7),
            quote: "Bob: hi".into(),
        }
    }

    #[test]
    fn a_draft_waits_while_a_message_is_edited() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        let begun = drafts.begin(edit("helo"), "half a");
        assert_eq!(begun, ("helo".into(), vec![draft(BOB, "half a")]));
        assert_eq!(drafts.keep("hello"), None, "no draft");
        let sent = Output::Send {
            conversation: BOB,
            body: "hello".into(),
            aim: edit("helo"),
        };
        assert_eq!(drafts.send("hello"), (Some("half a".into()), vec![sent]));
        assert!(drafts.aim().is_plain());
        // Given up, it comes back, too; and one edit after another does not lose it.
        let _ = drafts.begin(edit("one"), "half a");
        assert_eq!(drafts.begin(edit("two"), "one!").0, "two");
        assert_eq!(drafts.begin(Aim::Message, "two!").0, "half a");
    }

    #[test]
    fn what_was_begun_in_a_chat_waits_there() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        let _ = drafts.begin(reply(), "half a");
        assert_eq!(drafts.switch("half an answer", target(CAROL, "")).0, "");
        assert!(drafts.aim().is_plain());
        let (text, told) = drafts.begin(edit("helo"), "");
        assert_eq!((text.as_str(), told), ("helo", vec![]));
        assert_eq!(drafts.switch("hell", target(BOB, "")).0, "half an answer");
        assert_eq!(drafts.aim(), &reply());
        assert_eq!(drafts.switch("half an answer", target(CAROL, "")).0, "hell");
        assert_eq!(drafts.aim(), &edit("helo"));
        assert_eq!(drafts.begin(Aim::Message, "hell").0, "");
    }

    #[test]
    fn what_comes_back_is_still_what_it_was() {
        let mut drafts = Drafts::default();
        let _ = drafts.switch("", target(BOB, ""));
        let shown = drafts.give_back(BOB, "hello", edit("helo"), "new");
        assert_eq!(shown.as_deref(), Some("hello"));
        assert_eq!(drafts.begin(Aim::Message, "hello").0, "new");
        assert_eq!(drafts.give_back(CAROL, "yes", reply(), ""), None);
        assert_eq!(drafts.switch("new", target(CAROL, "")).0, "yes");
        assert_eq!(drafts.aim(), &reply());
        // What is being done is not taken from under the person's hands.
        let shown = drafts.give_back(CAROL, "hello", edit("helo"), "yes");
        assert_eq!(shown.as_deref(), Some("hello\nyes"));
        assert_eq!(drafts.aim(), &reply());
    }
}
