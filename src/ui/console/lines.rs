//! What the console holds: the last stanzas, which of them are shown, and as which text.
//! Knows nothing of widgets.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    timeline::Keyed,
    worker::console::{Entry, Way},
};

/// Most stanzas that are held.
const MOST_LINES: usize = 1_000;
/// Most text that is held, in bytes.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One stanza, numbered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    number: u64,
    /// The stanza, or how many went by unread.
    pub(super) what: What,
}

/// What stands on a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    /// A stanza.
    Entry(Arc<Entry>),
    /// So many went by too fast.
    Missed(u64),
}

impl Keyed for Line {
    type Key = u64;

    fn key(&self) -> u64 {
        self.number
    }
}

/// Which kinds of elements are shown.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Kind {
    /// All.
    #[default]
    All,
    /// Messages.
    Messages,
    /// Presence.
    Presence,
    /// Questions and answers.
    Queries,
    /// What is between servers and clients themselves: login, counting.
    Stream,
}

/// In the order of the drop-down list.
pub(super) const KINDS: [Kind; 5] = [
    Kind::All,
    Kind::Messages,
    Kind::Presence,
    Kind::Queries,
    Kind::Stream,
];

/// In the order of the drop-down list.
pub(super) const WAYS: [Option<Way>; 3] = [None, Some(Way::Received), Some(Way::Sent)];

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Filter {
    /// Which kinds.
    pub(super) kind: Kind,
    /// Which way; none for both.
    pub(super) way: Option<Way>,
    /// Text that must be in it, in lower case.
    pub(super) text: String,
}

impl Filter {
    fn takes(&self, line: &Line) -> bool {
        let What::Entry(entry) = &line.what else {
            return true;
        };
        (self.kind == Kind::All || self.kind == kind_of(&entry.xml))
            && self.way.is_none_or(|way| way == entry.way)
            && (self.text.is_empty() || entry.xml.to_lowercase().contains(&self.text))
    }
}

fn kind_of(xml: &str) -> Kind {
    let name = xml.strip_prefix('<').unwrap_or_default();
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    match &name[..end.unwrap_or(name.len())] {
        "message" => Kind::Messages,
        "presence" => Kind::Presence,
        "iq" => Kind::Queries,
        _ => Kind::Stream,
    }
}

/// The last stanzas.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: VecDeque<Line>,
    bytes: usize,
    next: u64,
}

impl Lines {
    /// Adds a line; the oldest go when there are too many.
    pub(super) fn push(&mut self, what: What) {
        self.bytes += size(&what);
        let number = self.next;
        self.next += 1;
        self.lines.push_back(Line { number, what });
        while self.lines.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some(gone) = self.lines.pop_front() else {
                break;
            };
            self.bytes -= size(&gone.what);
        }
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.bytes = 0;
    }

    /// Those that are to be shown, oldest first.
    pub(super) fn shown(&self, filter: &Filter) -> Vec<Line> {
        let shown = self.lines.iter().filter(|line| filter.takes(line));
        shown.cloned().collect()
    }

    /// Number of all.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Number of the next one, counted since the beginning.
    pub(super) fn next(&self) -> u64 {
        self.next
    }
}

fn size(what: &What) -> usize {
    match what {
        What::Entry(entry) => entry.xml.len(),
        What::Missed(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn entry(way: Way, xml: &str) -> What {
        What::Entry(Arc::new(Entry {
            at: Timestamp(0),
            way,
            xml: xml.into(),
        }))
    }

    #[test]
    fn only_what_is_asked_for_is_shown() {
        let mut lines = Lines::default();
        lines.push(entry(
            Way::Received,
            "<message from='bob'><body>Hi</body></message>",
        ));
        lines.push(entry(Way::Sent, "<message/>"));
        lines.push(entry(Way::Sent, "<presence xmlns='jabber:client'/>"));
        lines.push(entry(Way::Received, "<iq>"));
        lines.push(entry(Way::Received, "<r xmlns='urn:xmpp:sm:3'/>"));
        lines.push(What::Missed(7));
        let count = |kind, way, text: &str| {
            let text = text.to_owned();
            lines.shown(&Filter { kind, way, text }).len()
        };
        // That something is missing is shown always.
        assert_eq!(count(Kind::All, None, ""), 6);
        assert_eq!(count(Kind::Messages, None, ""), 3);
        assert_eq!(count(Kind::Messages, Some(Way::Sent), ""), 2);
        assert_eq!(count(Kind::All, None, "hi"), 2);
        assert_eq!(count(Kind::Stream, None, ""), 2);
        assert_eq!(count(Kind::Queries, Some(Way::Sent), ""), 1);
        assert_eq!(kind_of(""), Kind::Stream);
    }

    #[test]
    fn what_is_held_is_bounded_in_number_and_size() {
        let mut lines = Lines::default();
        for _ in 0..MOST_LINES + 10 {
            lines.push(entry(Way::Sent, "<iq/>"));
        }
        assert_eq!((lines.len(), lines.bytes), (MOST_LINES, MOST_LINES * 5));
        let first = lines.shown(&Filter::default())[0].key();
        assert_eq!(first, 10);
        let long = format!("<iq>{}</iq>", "x".repeat(MOST_BYTES / 3));
        for _ in 0..4 {
            lines.push(entry(Way::Sent, &long));
        }
        assert!(lines.bytes <= MOST_BYTES && lines.len() == 2);
        lines.clear();
        assert_eq!((lines.len(), lines.bytes), (0, 0));
    }
}
