//! Words of exports and imports.

use chrono::{DateTime, Local};

use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{ImportedFrom, Timestamp},
    transfer::{
        Progress,
        export::{Exported, TextStyle, TextWords},
        import::{Report, Skipped},
    },
};

/// What a program is called.
pub(super) fn program(from: ImportedFrom) -> String {
    match from {
        ImportedFrom::Tessera => gettext("Exported by Tessera"),
        ImportedFrom::Gajim => "Gajim".to_owned(),
        ImportedFrom::Dino => "Dino".to_owned(),
        ImportedFrom::Pidgin => "Pidgin".to_owned(),
    }
}

/// A number of messages.
pub(super) fn messages(count: u64) -> String {
    let n = bounded(count);
    ngettext_f("{n} message", "{n} messages", n, &[])
}

/// What an import brings.
pub(super) fn news(report: &Report) -> String {
    let chats = report.chats.iter().filter(|chat| chat.new > 0).count() as u64;
    let messages = messages(report.new_messages());
    let values = [("messages", messages.as_str())];
    ngettext_f(
        "{messages} in {n} chat",
        "{messages} in {n} chats",
        bounded(chats),
        &values,
    )
}

/// What an export wrote.
pub(super) fn exported(done: Exported) -> String {
    let messages = messages(done.messages);
    let values = [("messages", messages.as_str())];
    ngettext_f(
        "{messages} of {n} chat",
        "{messages} of {n} chats",
        bounded(done.chats),
        &values,
    )
}

/// Why something is left out.
pub(super) fn skipped(why: Skipped) -> String {
    match why {
        Skipped::NoAccount => gettext("Of accounts that are not here"),
        Skipped::Room => gettext("Of rooms, which Tessera does not have yet"),
        Skipped::NoText => gettext("Without text: files, calls, notices"),
        Skipped::NotSent => gettext("Never sent"),
        Skipped::Forgotten => gettext("Older than what the account keeps"),
        Skipped::NoAuthor => gettext("By whom cannot be told"),
        Skipped::NoTime => gettext("When cannot be told"),
        Skipped::TooLong => gettext("Too long"),
        Skipped::Damaged => gettext("Damaged"),
        Skipped::Unreadable => gettext("Files that cannot be read"),
    }
}

/// What is to be done about an account that is not here.
pub(super) fn missing_account(count: u64) -> String {
    let messages = messages(count);
    gettext_f(
        "{messages}. Log in with this account first, then import again.",
        &[("messages", &messages)],
    )
}

/// How much is done, from 0 to 1.
pub(super) fn fraction(progress: Progress) -> f64 {
    if progress.total == 0 {
        return 0.0;
    }
    (progress.done as f64 / progress.total as f64).clamp(0.0, 1.0)
}

/// The name that is proposed for a file.
pub(super) fn file_name(about: Option<&str>, extension: &str, now: DateTime<Local>) -> String {
    let about = about.unwrap_or("tessera");
    let about: String = about
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "@.-_".contains(c) {
                c
            } else {
                '_'
            }
        })
        .take(100)
        .collect();
    let about = about.trim_start_matches('.');
    format!("{about}-{}.{extension}", now.format("%F"))
}

/// How a text export looks.
pub(super) fn text_style() -> TextStyle {
    TextStyle {
        time: |at: Timestamp| match DateTime::from_timestamp_millis(at.0) {
            Some(time) => time.with_timezone(&Local).format("%F %T %:z").to_string(),
            None => "?".to_owned(),
        },
        words: TextWords {
            // Translators: the following texts stand in exported chats, before what they are about.
            chat_with: gettext("Chat with"),
            account: gettext("Account"),
            corrected: gettext("corrected"),
            earlier: gettext("earlier text"),
            taken_back: gettext("taken back"),
            unreadable: gettext("cannot be read"),
            reply_to: gettext("reply to"),
            hidden: gettext("hidden text"),
            not_sent: gettext("not sent"),
            imported_from: gettext("imported from"),
        },
    }
}

/// A number for a sentence; nobody has more.
fn bounded(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lead_nowhere() {
        let now = DateTime::from_timestamp_millis(1_790_000_000_000)
            .unwrap()
            .with_timezone(&Local);
        let name = |about| file_name(Some(about), "json", now);
        assert!(name("bob@example.org").starts_with("bob@example.org-2026-09-"));
        assert!(name("../../etc/x\n\u{202e}").starts_with("_.._etc_x__-2026"));
        assert!(name(&"x".repeat(1_000)).len() < 130);
        assert!(file_name(None, "txt", now).ends_with(".txt"));
    }

    #[test]
    fn progress_is_between_nothing_and_everything() {
        let fraction = |done, total| fraction(Progress { done, total });
        assert_eq!(
            (fraction(0, 0), fraction(5, 10), fraction(7, 5)),
            (0.0, 0.5, 1.0)
        );
    }
}
