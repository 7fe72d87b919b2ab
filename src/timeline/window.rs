//! The part of a chat that is loaded: pages come and go at both ends, news is merged in, and every step says by which
//! smallest changes the shown rows follow.
//! Knows nothing of the store that pages come from.

use std::{collections::HashSet, sync::Arc};

use super::{
    Changes, changes,
    rows::{DayOf, Parts, Place, Row, Start, rows, waits},
};
use crate::model::{Message, MessageId};

/// Messages fetched when a chat is opened: about two screens, so that nothing is missing while more is fetched.
pub const FIRST_PAGE: u32 = 50;
/// Messages fetched at a time while somebody scrolls: few enough that their rows are made within a frame.
pub const PAGE: u32 = 20;
/// Most messages loaded at once; the view keeps about 200 live, and pages must fit on both sides of them.
pub const MAX_LOADED: usize = 300;

/// The loaded part of one chat.
#[derive(Debug)]
pub struct Timeline {
    /// In the order of the chat, without those that wait.
    stored: Vec<Arc<Message>>,
    /// Our own that wait to be sent, in the order of writing.
    waiting: Vec<Arc<Message>>,
    /// The part of the store that has been read without gaps: first and last message.
    span: Option<(Place, Place)>,
    start: Start,
    has_older: bool,
    has_newer: bool,
    seen_up_to: Option<Option<Place>>,
    typing: bool,
    day_of: DayOf,
    /// Counts news about messages outside the loaded part, which a page on its way may lack.
    missed: u64,
    rows: Vec<Row>,
}

/// A page to ask the store for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PageRequest {
    /// The message beside which the page lies.
    pub beside: Place,
    missed: u64,
}

/// What became of a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Paged {
    /// It is in.
    Taken(Changes<Row>),
    /// What is loaded has changed meanwhile: ask again.
    Stale,
}

/// Which end of the loaded part is given up when it is too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GiveUp {
    /// The oldest messages, because the view is at the newest.
    Oldest,
    /// The newest messages, because the view is at older ones.
    Newest,
}

impl Timeline {
    /// An empty chat.
    pub fn new(day_of: DayOf) -> Self {
        Self {
            stored: Vec::new(),
            waiting: Vec::new(),
            span: None,
            start: Start::Unknown,
            has_older: false,
            has_newer: false,
            seen_up_to: None,
            typing: false,
            day_of,
            missed: 0,
            rows: Vec::new(),
        }
    }

    /// Replaces everything loaded by these messages (in the order of the chat).
    pub fn load(
        &mut self,
        messages: Vec<Message>,
        has_older: bool,
        has_newer: bool,
    ) -> Changes<Row> {
        self.stored.clear();
        self.waiting.clear();
        self.span = None;
        self.missed += 1;
        self.has_older = has_older;
        self.has_newer = has_newer;
        self.stretch(&messages);
        self.take(messages);
        self.show()
    }

    /// The page of older messages to ask for, if there are stored ones.
    pub fn older_page(&self) -> Option<PageRequest> {
        let (first, _) = self.span.filter(|_| self.has_older)?;
        Some(self.request(first))
    }

    /// The page of newer messages to ask for, if there are any.
    pub fn newer_page(&self) -> Option<PageRequest> {
        let (_, last) = self.span.filter(|_| self.has_newer)?;
        Some(self.request(last))
    }

    /// Puts a page of older messages above; `has_older` says whether stored ones precede even those.
    pub fn take_older(
        &mut self,
        request: PageRequest,
        page: Vec<Message>,
        has_older: bool,
    ) -> Paged {
        if self.older_page() != Some(request) {
            return Paged::Stale;
        }
        self.stretch(&page);
        self.take(page);
        self.has_older = has_older;
        self.trim(GiveUp::Newest);
        Paged::Taken(self.show())
    }

    /// Puts a page of newer messages below; `has_newer` says whether others follow even those.
    pub fn take_newer(
        &mut self,
        request: PageRequest,
        page: Vec<Message>,
        has_newer: bool,
    ) -> Paged {
        if self.newer_page() != Some(request) {
            return Paged::Stale;
        }
        self.stretch(&page);
        self.take(page);
        self.has_newer = has_newer;
        self.trim(GiveUp::Oldest);
        Paged::Taken(self.show())
    }

    /// Takes in news: these messages were added or changed, and this is how the store has them now (those that are
    /// missing there are gone). Messages outside the loaded part wait for their page.
    pub fn merge(
        &mut self,
        changed: &[MessageId],
        found: Vec<Message>,
        give_up: GiveUp,
    ) -> Changes<Row> {
        let changed: HashSet<MessageId> = changed.iter().copied().collect();
        self.stored.retain(|message| !changed.contains(&message.id));
        self.waiting
            .retain(|message| !changed.contains(&message.id));
        let (mut inside, mut outside) = (Vec::new(), 0);
        for message in found {
            if self.reaches(Place::of(&message)) || waits(&message) {
                inside.push(message);
            } else {
                outside += 1;
            }
        }
        self.missed += outside;
        let stored: Vec<&Message> = inside.iter().filter(|message| !waits(message)).collect();
        self.stretch(stored);
        self.take(inside);
        self.trim(give_up);
        self.show()
    }

    /// The archive may have brought older messages: the store is to be asked again.
    pub fn expect_older(&mut self) -> Changes<Row> {
        self.has_older = self.span.is_some();
        self.show()
    }

    /// Says what is above the oldest stored message.
    pub fn set_start(&mut self, start: Start) -> Changes<Row> {
        self.start = start;
        self.show()
    }

    /// Draws the unread line behind what had been seen (`Some(None)`: nothing), or takes it away.
    pub fn set_line(&mut self, seen_up_to: Option<Option<Place>>) -> Changes<Row> {
        self.seen_up_to = seen_up_to;
        self.show()
    }

    /// Says whether the peer is typing.
    pub fn set_typing(&mut self, typing: bool) -> Changes<Row> {
        self.typing = typing;
        self.show()
    }

    /// The rows shown now.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many messages are loaded.
    pub fn loaded(&self) -> usize {
        self.stored.len() + self.waiting.len()
    }

    /// Whether stored messages precede the loaded ones.
    pub fn has_older(&self) -> bool {
        self.has_older
    }

    /// Whether stored messages follow the loaded ones.
    pub fn has_newer(&self) -> bool {
        self.has_newer
    }

    /// The oldest message that has been read.
    pub fn oldest(&self) -> Option<Place> {
        self.span.map(|(first, _)| first)
    }

    /// What is above the oldest stored message.
    pub fn start(&self) -> Start {
        self.start
    }

    /// Whether there is an unread line, be it on a row that is loaded or not.
    pub fn line(&self) -> Option<Option<Place>> {
        self.seen_up_to
    }

    /// The newest stored message of the chat if it is loaded: what is seen when the bottom is.
    pub fn newest(&self) -> Option<&Message> {
        let last = self.stored.last().filter(|_| !self.has_newer)?;
        Some(last)
    }

    /// The loaded messages without those that wait, in the order of the chat.
    pub fn stored(&self) -> &[Arc<Message>] {
        &self.stored
    }

    /// A loaded message.
    pub fn message(&self, id: MessageId) -> Option<&Arc<Message>> {
        self.stored
            .iter()
            .chain(&self.waiting)
            .find(|message| message.id == id)
    }

    fn request(&self, beside: Place) -> PageRequest {
        PageRequest {
            beside,
            missed: self.missed,
        }
    }

    /// Whether a stored message at this place belongs to the loaded part.
    fn reaches(&self, place: Place) -> bool {
        self.span.is_none_or(|(first, last)| {
            (place >= first || !self.has_older) && (place <= last || !self.has_newer)
        })
    }

    /// Counts these messages to the part that has been read.
    fn stretch<'m>(&mut self, messages: impl IntoIterator<Item = &'m Message>) {
        for place in messages.into_iter().map(Place::of) {
            let (first, last) = self.span.unwrap_or((place, place));
            self.span = Some((first.min(place), last.max(place)));
        }
    }

    /// Puts messages into their regions, each at its place and only once.
    fn take(&mut self, messages: Vec<Message>) {
        for message in messages {
            let place = Place::of(&message);
            let (region, at) = if waits(&message) {
                let at = self.waiting.partition_point(|known| known.id < message.id);
                (&mut self.waiting, at)
            } else {
                let at = self
                    .stored
                    .partition_point(|known| Place::of(known) < place);
                (&mut self.stored, at)
            };
            match region.get_mut(at) {
                Some(known) if known.id == message.id => *known = Arc::new(message),
                _ => region.insert(at, Arc::new(message)),
            }
        }
    }

    fn trim(&mut self, give_up: GiveUp) {
        let Some(surplus) = self.stored.len().checked_sub(MAX_LOADED).filter(|n| *n > 0) else {
            return;
        };
        match give_up {
            GiveUp::Oldest => {
                self.stored.drain(..surplus);
                self.has_older = true;
            }
            GiveUp::Newest => {
                self.stored.truncate(MAX_LOADED);
                self.has_newer = true;
            }
        }
        if let (Some(first), Some(last)) = (self.stored.first(), self.stored.last()) {
            let (old_first, old_last) = self.span.unwrap_or((Place::of(first), Place::of(last)));
            self.span = Some(match give_up {
                GiveUp::Oldest => (Place::of(first), old_last),
                GiveUp::Newest => (old_first, Place::of(last)),
            });
        }
    }

    fn show(&mut self) -> Changes<Row> {
        let new = rows(Parts {
            stored: &self.stored,
            waiting: &self.waiting,
            oldest: self.span.map(|(first, _)| first),
            start: self.start,
            has_older: self.has_older,
            has_newer: self.has_newer,
            seen_up_to: self.seen_up_to,
            typing: self.typing,
            day_of: self.day_of,
        });
        let changes = changes(&self.rows, &new);
        self.rows = new;
        changes
    }
}

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;
