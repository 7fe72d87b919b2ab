//! A row in one sentence, for those who hear it.

use super::{ChatRow, ContactRow, GroupRow, HitRow, OfferRow, Preview, Row};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    ui::presence,
};

/// Everything a row shows, in the order of its importance.
pub(super) fn spoken(row: &Row) -> String {
    match row {
        Row::Chat(row) => chat(row),
        Row::Contact(row) => contact(row),
        Row::Group(row) => group(row),
        Row::Offer(row) => offer(row),
        Row::Hit(row) => hit(row),
        Row::Note(row) => row.text.clone(),
    }
}

/// The text of an offer.
pub(super) fn offer(row: &OfferRow) -> String {
    gettext_f("Start a chat with {name}", &[("name", row.jid.as_str())])
}

fn chat(row: &ChatRow) -> String {
    let mut parts = vec![row.name.clone(), presence::name(row.show)];
    if row.unread > 0 {
        parts.push(ngettext_f(
            "{n} unread message",
            "{n} unread messages",
            row.unread,
            &[],
        ));
    }
    match &row.preview {
        Preview::Nothing => {}
        Preview::Typing => parts.push(gettext("typing…")),
        Preview::Draft(text) | Preview::Message(text) | Preview::Failed(text) => {
            parts.push(text.clone());
        }
    }
    parts.push(row.time.clone());
    if row.pinned {
        parts.push(gettext("pinned"));
    }
    if row.muted {
        parts.push(gettext("muted"));
    }
    joined(parts)
}

fn contact(row: &ContactRow) -> String {
    joined(vec![
        row.name.clone(),
        presence::name(row.show),
        row.status.clone(),
    ])
}

fn group(row: &GroupRow) -> String {
    let counts = gettext_f(
        "{online} of {total} online",
        &[
            ("online", &row.online.to_string()),
            ("total", &row.total.to_string()),
        ],
    );
    let state = if row.folded {
        gettext("folded")
    } else {
        gettext("unfolded")
    };
    joined(vec![row.title.clone(), counts, state])
}

fn hit(row: &HitRow) -> String {
    joined(vec![
        row.name.clone(),
        row.text.text.clone(),
        row.time.clone(),
    ])
}

fn joined(parts: Vec<String>) -> String {
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    // Directions are for the eye; some voices read the marks aloud.
    parts.join(", ").replace(['\u{2068}', '\u{2069}'], "")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        model::{AccountId, ConversationId, Show},
        ui::sidebar::sample::jid,
    };

    #[test]
    fn all_that_is_seen_is_heard() {
        let row = Row::Chat(Arc::new(ChatRow {
            id: ConversationId(1),
            account: AccountId(1),
            peer: jid("bob@x"),
            name: "Bob".into(),
            avatar: None,
            show: Show::Away,
            preview: Preview::Typing,
            last: None,
            time: "14:02".into(),
            unread: 2,
            pinned: true,
            muted: true,
            current: false,
            is_contact: true,
            away: false,
        }));
        assert_eq!(
            spoken(&row),
            "Bob, Away, 2 unread messages, typing…, 14:02, pinned, muted"
        );
    }

    #[test]
    fn groups_tell_their_counts() {
        let row = Row::Group(Arc::new(GroupRow {
            name: "Work".into(),
            title: "Work".into(),
            online: 1,
            total: 3,
            folded: true,
        }));
        assert_eq!(spoken(&row), "Work, 1 of 3 online, folded");
    }
}
