//! Several messages chosen together: copied with names and times, or forwarded.

use std::collections::BTreeSet;

use gtk::{gdk, glib, prelude::*};
use relm4::prelude::*;

use super::{
    CommandOutput, Conversation, Input, list_view, loading,
    present::{
        face::{self, Face},
        time,
    },
    row::People,
};
use crate::{
    i18n::ngettext_f,
    model::{Direction, Message, MessageId},
    timeline::text::clean,
};

/// Messages that are chosen.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Selected {
    ids: BTreeSet<MessageId>,
    /// The one that was chosen or given up last: a range goes from there.
    last: Option<MessageId>,
}

impl Selected {
    /// Whether this message is chosen.
    pub(crate) fn contains(&self, id: MessageId) -> bool {
        self.ids.contains(&id)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// Chooses a message or gives it up; with a range of messages that are shown, chooses all of them.
    fn toggle(&mut self, id: MessageId, range: &[MessageId]) {
        if range.is_empty() {
            if !self.ids.remove(&id) {
                self.ids.insert(id);
            }
        } else {
            self.ids.extend(range);
        }
        self.last = Some(id);
    }
}

impl Conversation {
    pub(super) fn is_selecting(&self) -> bool {
        self.context.selected.borrow().is_some()
    }

    /// Begins to choose messages, with this one if there is one.
    pub(super) fn begin_selection(&self, id: Option<MessageId>) {
        let mut selected = Selected::default();
        if let Some(id) = id {
            selected.toggle(id, &[]);
        } else {
            self.view.grab_focus();
        }
        self.context.selected.replace(Some(selected));
        self.show_selection();
        self.refresh_rows();
    }

    /// Chooses a message or gives it up; `extend`: chooses everything from the last one to this one.
    pub(super) fn toggle_selected(&self, id: MessageId, extend: bool) {
        {
            let mut selected = self.context.selected.borrow_mut();
            let Some(selected) = selected.as_mut() else {
                return;
            };
            let last = selected.last.filter(|_| extend);
            let range = last.map_or_else(Vec::new, |last| self.range(last, id));
            selected.toggle(id, &range);
        }
        self.show_selection();
        self.refresh_rows();
    }

    /// The messages that are shown between two of them, with both.
    fn range(&self, one: MessageId, other: MessageId) -> Vec<MessageId> {
        let Some(chat) = &self.chat else {
            return Vec::new();
        };
        let ids: Vec<MessageId> = chat.timeline.stored().iter().map(|m| m.id).collect();
        let place = |id| ids.iter().position(|known| *known == id);
        match (place(one), place(other)) {
            (Some(one), Some(other)) => ids[one.min(other)..=one.max(other)].to_vec(),
            _ => Vec::new(),
        }
    }

    pub(super) fn end_selection(&mut self) {
        if self.context.selected.take().is_some() {
            self.show_selection();
            self.refresh_rows();
            self.focus();
        }
    }

    fn show_selection(&self) {
        let selected = self.context.selected.borrow();
        self.selection_bar
            .show(selected.as_ref().map(Selected::count));
    }

    /// The messages that are chosen.
    pub(super) fn selected(&self) -> Vec<MessageId> {
        let selected = self.context.selected.borrow();
        selected
            .as_ref()
            .map(|selected| selected.ids.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Reads the chosen messages, which need not be loaded any more, and copies them.
    pub(super) fn copy_selected(&self, sender: &ComponentSender<Self>) {
        let ids = self.selected();
        let people = self.context.people.borrow().clone();
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let messages = reader.messages(&ids).map_err(loading::failure);
            CommandOutput::Transcript(messages.map(|messages| {
                let count = u32::try_from(messages.len()).unwrap_or(u32::MAX);
                (transcript(&messages, &people), count)
            }))
        });
    }

    pub(super) fn copied(&mut self, text: &str, count: u32, root: &gtk::Box) {
        root.clipboard().set_text(text);
        self.toast(&ngettext_f(
            "{n} message copied",
            "{n} messages copied",
            count,
            &[],
        ));
        self.end_selection();
    }

    /// Keys while messages are chosen: Escape ends that, Ctrl+C copies, Space chooses what has the focus.
    pub(super) fn selection_key(
        view: &gtk::ListView,
        sender: &relm4::Sender<Input>,
        key: gdk::Key,
        state: gdk::ModifierType,
    ) -> glib::Propagation {
        let has_control = state.contains(gdk::ModifierType::CONTROL_MASK);
        let extend = state.contains(gdk::ModifierType::SHIFT_MASK);
        let focused = || list_view::focused_row(view).and_then(|row| row.message());
        match key {
            gdk::Key::Escape => sender.emit(Input::SelectionLeft),
            gdk::Key::c | gdk::Key::C if has_control => sender.emit(Input::CopySelected),
            gdk::Key::space | gdk::Key::KP_Space => match focused() {
                Some(message) => sender.emit(Input::SelectToggled { message, extend }),
                None => return glib::Propagation::Proceed,
            },
            _ => return glib::Propagation::Proceed,
        }
        glib::Propagation::Stop
    }
}

/// Messages as they are copied: time and name before each.
fn transcript(messages: &[Message], people: &People) -> String {
    let lines: Vec<String> = messages
        .iter()
        .map(|message| {
            let name = match message.direction {
                Direction::Outgoing => &people.own,
                Direction::Incoming => &people.peer,
            };
            let name = clean::line(name, clean::MAX_NAME);
            // The person has seen the text and chosen it, hidden or not.
            let words = match face::of(message, true) {
                Face::Text => clean::whole(&message.body),
                Face::Sentence(words) | Face::Hidden(words) => format!("[{words}]"),
            };
            format!("[{}] {name}: {words}", time::sortable(message.at))
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Selected, transcript};
    use crate::{
        model::{Direction, MessageId, Timestamp},
        ui::conversation::{row::People, sample},
    };

    #[test]
    fn ranges_are_added_and_single_ones_toggled() {
        let mut selected = Selected::default();
        selected.toggle(MessageId(1), &[]);
        selected.toggle(MessageId(4), &[MessageId(1), MessageId(3), MessageId(4)]);
        assert_eq!(selected.count(), 3);
        selected.toggle(MessageId(3), &[]);
        assert!(!selected.contains(MessageId(3)) && selected.contains(MessageId(4)));
    }

    #[test]
    fn a_copy_says_who_wrote_and_when() {
        let people = People {
            peer: "Bob\n\u{202e}".into(),
            own: "Alice".into(),
            ..People::default()
        };
        let mut hidden = sample::message(1, "one\ntwo");
        hidden.spoiler = Some("numbers".into());
        let mut own = sample::message(2, "three");
        own.direction = Direction::Outgoing;
        let mut gone = sample::message(3, "");
        gone.retracted = Some(Timestamp(0));
        let text = transcript(&[hidden, own, gone], &people);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("[2026-11-2") && lines[0].ends_with("] Bob: one"));
        assert_eq!(lines[1], "two");
        assert!(lines[2].ends_with("] Alice: three"));
        assert!(lines[3].ends_with("] Bob: [This message was taken back]"));
    }
}
