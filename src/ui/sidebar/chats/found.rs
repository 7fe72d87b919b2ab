//! The messages that a search has found, below the people: rows, and words about them.

use std::sync::Arc;

use chrono::TimeZone;
use relm4::prelude::*;

use super::{Chats, CommandOutput, Input, Output, Then};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{Direction, MessageId, Timestamp},
    store::Hit,
    ui::{
        search::{Answer, Ask, Search, Taken, marked::Marked},
        sidebar::{
            brief_time::brief_time,
            rows::{HitRow, MAX_LINE, MAX_NAME, NoteKind, NoteRow, Row},
        },
        untrusted_text::{isolated, one_line},
    },
};

type Sender = ComponentSender<Chats>;

impl Chats {
    /// Searches messages for what is typed now.
    pub(super) fn search_messages(&mut self, sender: &Sender) {
        let ask = self.search.begin(&self.query.typed, None);
        if ask.is_none() {
            self.show();
        }
        self.read_page(ask, sender);
    }

    /// Searches again when something that was found has changed.
    pub(super) fn messages_changed(&mut self, changed: &[MessageId], sender: &Sender) {
        if self.search.has_any(changed) {
            let ask = self.search.again();
            self.read_page(ask, sender);
        }
    }

    /// The end of what was found is nearly in sight.
    pub(super) fn want_more(&mut self, sender: &Sender) {
        let ask = self.search.more();
        self.read_page(ask, sender);
    }

    pub(super) fn read_page(&self, ask: Option<Ask>, sender: &Sender) {
        if let Some(ask) = ask {
            let reader = self.handle.reader();
            sender.spawn_oneshot_command(move || CommandOutput::Searched(ask.read(&reader)));
        }
    }

    pub(super) fn searched(&mut self, answer: Answer, sender: &Sender) {
        let Taken::New(next) = self.search.take(answer) else {
            return;
        };
        self.show();
        if !self.search.is_reading() {
            let _ = sender.output(Output::Say(spoken(&self.search)));
        }
        if let Some(Then::OpenFirst) = self.then {
            self.then = None;
            self.open_first(sender);
        }
        self.read_page(next, sender);
    }

    /// Asks for more when the end of the list comes near.
    pub(super) fn follow_end(&self, sender: &Sender) {
        let input = sender.input_sender().clone();
        self.view.when_near_end(move || {
            // The window may be closing.
            let _ = input.send(Input::MoreWanted);
        });
    }
}

/// The rows below the people.
pub(super) fn rows<Z: TimeZone>(search: &Search, now: Timestamp, zone: &Z) -> Vec<Row> {
    let note = |kind, text| Row::Note(Arc::new(NoteRow { kind, text }));
    let hits = search.hits();
    let ignored = &search.query().ignored;
    let mut rows = Vec::with_capacity(hits.len() + 3);
    if !hits.is_empty() || !ignored.is_empty() || search.has_failed() {
        rows.push(note(NoteKind::Heading, gettext("Messages")));
    }
    if !ignored.is_empty() {
        let words = isolated(&ignored.join(" "), MAX_LINE);
        let text = gettext_f(
            "Not understood, and left out: {words}",
            &[("words", &words)],
        );
        rows.push(note(NoteKind::Ignored, text));
    }
    rows.extend(
        hits.iter()
            .map(|hit| Row::Hit(Arc::new(row(hit, now, zone)))),
    );
    if search.has_failed() {
        let text = gettext("The messages cannot be read. The disk may be full or damaged.");
        rows.push(note(NoteKind::Failed, text));
    } else if !hits.is_empty() && search.has_more() {
        rows.push(note(NoteKind::More, gettext("Searching older messages…")));
    }
    rows
}

fn row<Z: TimeZone>(hit: &Hit, now: Timestamp, zone: &Z) -> HitRow {
    let (message, chat) = (&hit.message, &hit.conversation);
    HitRow {
        message: message.id,
        chat: chat.id,
        peer: chat.peer.clone(),
        name: one_line(&chat.name, MAX_NAME),
        avatar: chat.avatar.clone(),
        time: brief_time(message.at, now, zone),
        text: if message.spoiler.is_some() {
            Marked::plain(gettext("Hidden text"))
        } else {
            let before = match message.direction {
                Direction::Incoming => String::new(),
                Direction::Outgoing => gettext_f("You: {text}", &[("text", "")]),
            };
            Marked::of(&hit.excerpt, &before)
        },
    }
}

/// What was found, for those who do not see it.
fn spoken(search: &Search) -> String {
    let count = u32::try_from(search.hits().len()).unwrap_or(u32::MAX);
    if count == 0 {
        gettext("No messages found")
    } else if search.has_more() {
        ngettext_f(
            "{n} message found, and older ones",
            "{n} messages found, and older ones",
            count,
            &[],
        )
    } else {
        ngettext_f("{n} message found", "{n} messages found", count, &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::gallery::sample;

    fn found(typed: &str) -> Vec<Row> {
        let (store, ()) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            let bob = sample::chat(txn, account, "bob@example.org")?;
            let at = Timestamp(60_000);
            sample::hears(txn, bob, "the <b>rope</b>\u{202e} is sold", at)?;
            let sent = crate::model::Delivery::Sent;
            sample::says(txn, bob, "which rope?", at.plus_millis(1), sent)?;
            Ok(())
        });
        let mut search = Search::default();
        if let Some(ask) = search.begin(typed, None) {
            search.take(ask.read(&store.reader()));
        }
        rows(&search, Timestamp(120_000), &chrono::Utc)
    }

    fn told(typed: &str) -> Vec<String> {
        let text = |row: &Row| match row {
            Row::Hit(row) => row.text.text.clone(),
            Row::Note(row) => format!("{:?}: {}", row.kind, row.text),
            Row::Chat(_) | Row::Contact(_) | Row::Group(_) | Row::Offer(_) => "?".to_owned(),
        };
        found(typed).iter().map(text).collect()
    }

    #[test]
    fn messages_stand_below_a_heading_with_what_was_searched_for() {
        assert_eq!(
            told("rope"),
            [
                "Heading: Messages",
                "You: \u{2068}which rope?\u{2069}",
                "\u{2068}the <b>rope</b> is sold\u{2069}",
            ]
        );
        let Row::Hit(row) = found("rope").remove(1) else {
            panic!("a message was found");
        };
        assert_eq!(
            (row.time.as_str(), row.name.as_str()),
            ("00:01", "bob@example.org")
        );
        assert_eq!(&row.text.text[row.text.places[0].clone()], "rope");
        assert_eq!(told(""), [""; 0]);
    }

    #[test]
    fn what_is_not_found_or_not_understood_is_said() {
        assert_eq!(told("ladder"), [""; 0]);
        assert_eq!(
            told("has:wings"),
            [
                "Heading: Messages",
                "Ignored: Not understood, and left out: \u{2068}has:wings\u{2069}"
            ]
        );
        assert_eq!(told("has:wings rope").len(), 4);
    }
}
