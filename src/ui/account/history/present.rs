//! How far the history of an account has come, in words.
//! Knows nothing of widgets or of the store.

use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{History, SyncState, Timestamp},
    ui::dialog::date,
};

/// What the page shows of an account's history.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Seen {
    /// What is stored.
    pub(super) history: History,
    /// What is under way.
    pub(super) sync: SyncState,
    /// Whether the account is connected.
    pub(super) is_online: bool,
    /// After how many days messages are forgotten.
    pub(super) forget_after: Option<u32>,
}

/// What can be done about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Remedy {
    /// Stop for now.
    Stop,
    /// Go on.
    GoOn,
}

impl Seen {
    /// Whether something is being fetched.
    pub(super) fn is_fetching(&self) -> bool {
        self.sync != SyncState::Idle
    }

    /// What can be done.
    pub(super) fn remedy(&self) -> Option<Remedy> {
        if self.history.complete {
            None
        } else if self.history.paused {
            Some(Remedy::GoOn)
        } else {
            Some(Remedy::Stop)
        }
    }

    /// How much of the past is here, from 0 to 1; nothing where nobody knows.
    pub(super) fn part(&self) -> Option<f64> {
        match self.sync {
            SyncState::Filling {
                fetched,
                missing: Some(missing),
                ..
            } if fetched + missing > 0 =>
            {
                #[expect(clippy::cast_precision_loss, reason = "a bar has few pixels")]
                Some(fetched as f64 / (fetched + missing) as f64)
            }
            SyncState::Filling { .. } | SyncState::CatchingUp(_) | SyncState::Idle => None,
        }
    }

    /// The state in a sentence or two.
    pub(super) fn text(&self) -> String {
        let mut words = match self.sync {
            SyncState::CatchingUp(0) => gettext("Fetching what was missed…"),
            SyncState::CatchingUp(count) => ngettext_f(
                "Fetching what was missed: {n} message so far.",
                "Fetching what was missed: {n} messages so far.",
                small(count),
                &[],
            ),
            SyncState::Filling {
                fetched,
                reached,
                missing,
            } => joined([
                Some(fetched_words(fetched)),
                reached.map(reached_words),
                missing.map(missing_words),
            ]),
            SyncState::Idle => self.resting(),
        };
        if self.forget_after.is_some() && !self.history.complete {
            words = joined([
                Some(words),
                Some(gettext("What is to be forgotten is not fetched.")),
            ]);
        }
        words
    }

    fn resting(&self) -> String {
        let history = &self.history;
        if history.complete {
            return gettext("Everything that the server keeps is stored here, too.");
        }
        let state = if history.paused {
            gettext("You have stopped the fetching of older messages.")
        } else if self.is_online {
            gettext("Older messages are fetched when there is nothing else to do.")
        } else {
            gettext("Older messages are fetched when the account is connected.")
        };
        joined([
            Some(state),
            (history.fetched > 0).then(|| fetched_words(history.fetched)),
            history.reached.map(reached_words),
        ])
    }
}

fn fetched_words(count: u64) -> String {
    ngettext_f(
        "{n} older message fetched so far.",
        "{n} older messages fetched so far.",
        small(count),
        &[],
    )
}

fn reached_words(at: Timestamp) -> String {
    gettext_f("Everything since {date} is here.", &[("date", &date(at.0))])
}

fn missing_words(count: u64) -> String {
    ngettext_f(
        "About {n} is still missing.",
        "About {n} are still missing.",
        small(count),
        &[],
    )
}

/// Periods that can be chosen, in days; nothing is for ever.
pub(super) const PERIODS: [Option<u32>; 7] = [
    None,
    Some(1),
    Some(7),
    Some(30),
    Some(90),
    Some(365),
    Some(3 * 365),
];

/// A period as the list shows it.
pub(super) fn period(days: Option<u32>) -> String {
    match days {
        None => gettext("Keep for ever"),
        Some(days) if days % 365 == 0 => {
            ngettext_f("After {n} year", "After {n} years", days / 365, &[])
        }
        Some(days) => ngettext_f("After {n} day", "After {n} days", days, &[]),
    }
}

/// What is asked before messages are deleted: heading and body.
pub(super) fn question(
    address: &str,
    days: u32,
    before: Timestamp,
    count: u64,
) -> (String, String) {
    let heading = ngettext_f(
        "Forget messages that are older than {n} day?",
        "Forget messages that are older than {n} days?",
        days,
        &[],
    );
    let what = ngettext_f(
        "{n} message of {address} from before {date} is deleted from this device now, in all chats.",
        "{n} messages of {address} from before {date} are deleted from this device now, in all chats.",
        small(count),
        &[("address", address), ("date", &date(before.0))],
    );
    let rest = gettext(
        "The others follow as they grow older. They are overwritten and cannot be brought back from here; the server and \
         those you wrote with keep what they have.",
    );
    (heading, joined([Some(what), Some(rest)]))
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn joined<const N: usize>(sentences: [Option<String>; N]) -> String {
    let all: Vec<String> = sentences.into_iter().flatten().collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(sync: SyncState) -> Seen {
        Seen {
            sync,
            is_online: true,
            ..Seen::default()
        }
    }

    #[test]
    fn progress_is_told_with_what_is_known() {
        let filling = |missing| {
            seen(SyncState::Filling {
                fetched: 300,
                reached: Some(Timestamp(1_700_000_000_000)),
                missing,
            })
        };
        let text = filling(Some(900)).text();
        assert!(text.starts_with("300 older messages fetched so far. Everything since "));
        assert!(text.ends_with("About 900 are still missing."), "{text}");
        assert_eq!(filling(Some(900)).part(), Some(0.25));
        assert_eq!(filling(None).part(), None);
        assert_eq!(filling(Some(900)).remedy(), Some(Remedy::Stop));
        assert!(seen(SyncState::CatchingUp(0)).is_fetching());
        let mut stopped = seen(SyncState::Idle);
        stopped.history.paused = true;
        stopped.history.fetched = 1;
        assert_eq!(stopped.remedy(), Some(Remedy::GoOn));
        assert_eq!(
            stopped.text(),
            "You have stopped the fetching of older messages. 1 older message fetched so far."
        );
        let mut done = seen(SyncState::Idle);
        done.history.complete = true;
        assert_eq!(done.remedy(), None);
    }

    #[test]
    fn the_question_names_what_is_deleted() {
        let (heading, body) = question("alice@example.org", 30, Timestamp(0), 12);
        assert_eq!(heading, "Forget messages that are older than 30 days?");
        assert!(body.starts_with("12 messages of alice@example.org from before "));
        assert_eq!(period(None), "Keep for ever");
        assert_eq!(period(Some(365)), "After 1 year");
        assert_eq!(period(Some(7)), "After 7 days");
    }
}
