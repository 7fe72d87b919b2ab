//! The chat that is open: what is known of it, what is being read, and what has been asked.
//! Knows nothing of widgets.

use std::collections::BTreeSet;

use super::{loading::Summary, present::time, scrolling::Ends};
use crate::{
    model::{ConversationId, ConversationKind, MessageId, Timestamp},
    timeline::{GiveUp, PageRequest, Place, Start, Stick, Timeline},
};

/// More changed messages than this are not read one by one: what is shown is read again as a whole.
const MOST_SINGLE: usize = 200;

/// The chat that is open.
#[derive(Debug)]
pub(super) struct Chat {
    /// Which.
    pub(super) id: ConversationId,
    /// Tells answers about this chat from those about one that was open before.
    pub(super) number: u64,
    /// Its row; none until it has been read.
    pub(super) summary: Option<Summary>,
    /// The loaded part.
    pub(super) timeline: Timeline,
    /// The newest message that the worker was told we have seen.
    marked: Option<MessageId>,
    /// Whether messages are being read: one answer at a time, so that an old one never overtakes a new one.
    is_reading: bool,
    changed: BTreeSet<MessageId>,
    needs_reload: bool,
    /// What is to be shown once it has been read.
    wanted: Option<Wanted>,
    /// Whether the keyboard focus is to come here once it has been read: there is nowhere to put it before.
    pub(super) wants_focus: bool,
    is_asking_older: bool,
    is_asking_newer: bool,
    /// The oldest message when the archive was asked last: it is asked once for each.
    archive_asked_at: Option<Option<Place>>,
}

/// A place that somebody asked to be shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Wanted {
    /// The end of the chat.
    End,
    /// A message that was found, or is quoted.
    Message(Sought),
    /// The first message from this moment on.
    Moment(Timestamp),
}

/// A message that is looked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Sought {
    /// Which.
    pub(super) message: MessageId,
    /// Whether it takes the keyboard focus, too.
    pub(super) focus: bool,
}

/// What is to be read next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Due {
    /// These messages.
    Changed(Vec<MessageId>),
    /// Everything that is shown.
    Reload,
}

/// What is to be fetched above the oldest loaded message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Older {
    /// A page of the store.
    Page(PageRequest),
    /// Whatever the archive has.
    Archive,
}

impl Chat {
    /// A chat that is about to be read.
    pub(super) fn new(id: ConversationId, number: u64) -> Self {
        Self {
            id,
            number,
            summary: None,
            timeline: Timeline::new(time::local_day),
            marked: None,
            is_reading: true,
            changed: BTreeSet::new(),
            needs_reload: false,
            wanted: None,
            wants_focus: false,
            is_asking_older: false,
            is_asking_newer: false,
            archive_asked_at: None,
        }
    }

    /// Takes note of news about messages.
    pub(super) fn note_changed(&mut self, changed: &[MessageId]) {
        self.changed.extend(changed);
        if self.changed.len() > MOST_SINGLE {
            self.changed.clear();
            self.needs_reload = true;
        }
    }

    /// Takes note that anything may have changed.
    pub(super) fn note_resync(&mut self) {
        self.changed.clear();
        self.needs_reload = true;
    }

    /// This place is to be read and shown.
    pub(super) fn want(&mut self, wanted: Wanted) {
        self.note_resync();
        self.wanted = Some(wanted);
    }

    /// This place is to be shown once the chat, which is being read for it, is there.
    pub(super) fn opens_at(&mut self, sought: Sought) {
        self.wanted = Some(Wanted::Message(sought));
    }

    /// The place that is to be shown once it has been read.
    pub(super) fn wanted(&self) -> Option<Wanted> {
        self.wanted
    }

    /// The same, and forgets it; nothing as long as it waits to be read.
    pub(super) fn take_wanted(&mut self) -> Option<Wanted> {
        self.wanted.take_if(|_| !self.needs_reload)
    }

    /// What to read next; nothing while an answer is on its way.
    pub(super) fn next_due(&mut self) -> Option<Due> {
        if self.is_reading || self.summary.is_none() {
            return None;
        }
        let due = if std::mem::take(&mut self.needs_reload) {
            self.changed.clear();
            Due::Reload
        } else if self.changed.is_empty() {
            return None;
        } else {
            Due::Changed(std::mem::take(&mut self.changed).into_iter().collect())
        };
        self.is_reading = true;
        Some(due)
    }

    /// An answer has come.
    pub(super) fn read_done(&mut self) {
        self.is_reading = false;
    }

    /// What to fetch above, if anything: each thing is asked for once.
    pub(super) fn ask_older(&mut self, is_online: bool) -> Option<Older> {
        let older = self.can_ask_older(is_online)?;
        self.is_asking_older = true;
        if older == Older::Archive {
            self.archive_asked_at = Some(self.timeline.oldest());
        }
        Some(older)
    }

    fn can_ask_older(&self, is_online: bool) -> Option<Older> {
        if self.is_asking_older || self.summary.is_none() {
            return None;
        }
        if let Some(request) = self.timeline.older_page() {
            return Some(Older::Page(request));
        }
        let asked = self.archive_asked_at == Some(self.timeline.oldest());
        let fresh = self.timeline.start() == Start::Unknown && !asked;
        // Nothing is fetched about a stranger.
        (fresh && is_online && !self.is_stranger()).then_some(Older::Archive)
    }

    /// The page to read below, if any.
    pub(super) fn ask_newer(&mut self) -> Option<PageRequest> {
        let request = self
            .timeline
            .newer_page()
            .filter(|_| !self.is_asking_newer)?;
        self.is_asking_newer = true;
        Some(request)
    }

    /// What was fetched above has come, or failed.
    pub(super) fn older_done(&mut self) {
        self.is_asking_older = false;
    }

    /// What was read below has come, or failed.
    pub(super) fn newer_done(&mut self) {
        self.is_asking_newer = false;
    }

    /// Forgets that the archive was asked: a person wants to try again.
    pub(super) fn forget_archive(&mut self) {
        self.archive_asked_at = None;
    }

    /// What is beyond the loaded ends and may be asked for.
    pub(super) fn ends(&self, is_online: bool) -> Ends {
        Ends {
            older: self.can_ask_older(is_online).is_some(),
            newer: self.timeline.has_newer() && !self.is_asking_newer,
            has_newer: self.timeline.has_newer(),
        }
    }

    /// Which end to give up when too much is loaded.
    pub(super) fn give_up(stick: Stick) -> GiveUp {
        if stick.is_bottom() {
            GiveUp::Oldest
        } else {
            GiveUp::Newest
        }
    }

    /// The message up to which everything has been seen, when the newest is visible and that is news.
    pub(super) fn mark_seen(&mut self) -> Option<MessageId> {
        let chat = &self.summary.as_ref()?.chat;
        let newest = self.timeline.newest()?.id;
        if self.marked == Some(newest) || chat.read_up_to == Some(newest) {
            return None;
        }
        self.marked = Some(newest);
        Some(newest)
    }

    /// Whether everything loaded was seen before the news that just came: then the line moves to it.
    pub(super) fn has_seen_all(&self) -> bool {
        self.summary
            .as_ref()
            .is_some_and(|summary| summary.chat.unread == 0)
            || self.marked.is_some() && self.marked == self.timeline.newest().map(|m| m.id)
    }

    /// Whether the peer is a stranger who is not accepted yet.
    pub(super) fn is_stranger(&self) -> bool {
        self.summary
            .as_ref()
            .is_some_and(|summary| summary.chat.kind == ConversationKind::Stranger)
    }
}

#[cfg(test)]
mod tests {
    use super::{Chat, Due, Older};
    use crate::{
        model::{ConversationId, ConversationKind, MessageId},
        timeline::Start,
        ui::conversation::sample,
    };

    fn chat() -> Chat {
        let mut chat = Chat::new(ConversationId(1), 1);
        chat.summary = Some(sample::summary());
        chat.read_done();
        chat
    }

    #[test]
    fn one_answer_at_a_time_and_no_news_is_lost() {
        let mut chat = chat();
        chat.note_changed(&[MessageId(2), MessageId(1)]);
        let both = vec![MessageId(1), MessageId(2)];
        assert_eq!(chat.next_due(), Some(Due::Changed(both)));
        chat.note_changed(&[MessageId(3)]);
        assert_eq!(chat.next_due(), None);
        chat.read_done();
        assert_eq!(chat.next_due(), Some(Due::Changed(vec![MessageId(3)])));
        chat.read_done();
        assert_eq!(chat.next_due(), None);
    }

    #[test]
    fn a_flood_of_news_is_one_reload() {
        let mut chat = chat();
        let many: Vec<_> = (0..1000).map(MessageId).collect();
        chat.note_changed(&many);
        assert_eq!(chat.next_due(), Some(Due::Reload));
        chat.read_done();
        assert_eq!(chat.next_due(), None);
    }

    #[test]
    fn the_archive_is_asked_once_and_never_about_strangers() {
        let mut chat = chat();
        assert_eq!(chat.ask_older(false), None);
        assert_eq!(chat.ask_older(true), Some(Older::Archive));
        assert_eq!(chat.ask_older(true), None);
        chat.older_done();
        assert_eq!(chat.ask_older(true), None, "the same question");
        chat.forget_archive();
        assert_eq!(chat.ask_older(true), Some(Older::Archive));
        chat.older_done();
        chat.forget_archive();
        let _ = chat.timeline.set_start(Start::Complete);
        assert_eq!(chat.ask_older(true), None, "there is nothing older");
        let _ = chat.timeline.set_start(Start::Unknown);
        chat.summary.as_mut().unwrap().chat.kind = ConversationKind::Stranger;
        assert_eq!(chat.ask_older(true), None);
    }

    #[test]
    fn a_message_is_marked_as_seen_once() {
        let mut chat = chat();
        assert_eq!(chat.mark_seen(), None);
        let _ = chat
            .timeline
            .load(vec![sample::message(7, "hello")], false, false);
        assert_eq!(chat.mark_seen(), Some(MessageId(7)));
        assert_eq!(chat.mark_seen(), None);
        // The end of what is loaded is not the newest message.
        let _ = chat
            .timeline
            .load(vec![sample::message(8, "hello")], false, true);
        assert_eq!(chat.mark_seen(), None);
    }
}
