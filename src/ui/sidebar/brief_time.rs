//! A point in time in a word, for the corner of a row.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone, Timelike};
use gtk::glib;

use crate::{i18n::gettext, model::Timestamp};

/// Milliseconds of a day without a change of the clock.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// The shortest text that tells when something was: the time today, else the day.
pub(crate) fn brief_time(at: Timestamp, now: Timestamp, zone: &impl TimeZone) -> String {
    let (Some(at), Some(now)) = (local(at, zone), local(now, zone)) else {
        return String::new();
    };
    let days = now.date().signed_duration_since(at.date()).num_days();
    let format = match days {
        0 => "%H:%M",
        1 => return gettext("Yesterday"),
        // Within a week the name of the day cannot be mistaken for last week's.
        2..=6 => "%a",
        _ if at.year() == now.year() => "%-d %b",
        _ => "%x",
    };
    in_words(at, format).unwrap_or_default()
}

/// How long until the next midnight, when names of days change.
pub(crate) fn until_midnight(now: Timestamp, zone: &impl TimeZone) -> std::time::Duration {
    let passed = local(now, zone).map_or(0, |now| {
        i64::from(now.time().num_seconds_from_midnight()) * 1000
    });
    let left = (DAY - passed).max(1000);
    std::time::Duration::from_millis(u64::try_from(left).unwrap_or(1000))
}

fn local(at: Timestamp, zone: &impl TimeZone) -> Option<NaiveDateTime> {
    DateTime::from_timestamp_millis(at.0).map(|utc| utc.with_timezone(zone).naive_local())
}

/// GLib knows the names of days and months in the person's language.
fn in_words(at: NaiveDateTime, format: &str) -> Option<String> {
    let number = |n: u32| i32::try_from(n).unwrap_or_default();
    let time = glib::DateTime::from_utc(
        at.year(),
        number(at.month()),
        number(at.day()),
        number(at.hour()),
        number(at.minute()),
        f64::from(at.second()),
    );
    time.ok()?.format(format).ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, NaiveDate};

    use super::*;

    fn at(y: i32, m: u32, d: u32, h: u32, min: u32) -> Timestamp {
        let naive = NaiveDate::from_ymd_opt(y, m, d)
            .and_then(|date| date.and_hms_opt(h, min, 0))
            .unwrap();
        Timestamp(naive.and_utc().timestamp_millis())
    }

    #[test]
    fn tells_the_time_today_and_the_day_before() {
        let zone = FixedOffset::east_opt(2 * 3600).unwrap();
        let now = at(2026, 5, 20, 12, 0);
        for (then, text) in [
            (at(2026, 5, 20, 11, 5), "13:05"),
            (at(2026, 5, 19, 22, 0), "00:00"),
            (at(2026, 5, 19, 21, 59), "Yesterday"),
            (at(2026, 5, 17, 12, 0), "Sun"),
            (at(2026, 5, 13, 12, 0), "13 May"),
            (at(2026, 5, 20, 12, 30), "14:30"),
        ] {
            assert_eq!(brief_time(then, now, &zone), text);
        }
        // The form of a full date is the locale's.
        assert!(brief_time(at(2025, 5, 19, 12, 0), now, &zone).contains("25"));
    }

    #[test]
    fn times_that_cannot_be_are_left_out() {
        let now = at(2026, 5, 20, 12, 0);
        assert_eq!(brief_time(Timestamp(i64::MAX), now, &chrono::Utc), "");
        // Beyond the years that GLib knows.
        assert_eq!(
            brief_time(Timestamp(-90_000_000_000_000_000), now, &chrono::Utc),
            ""
        );
    }

    #[test]
    fn midnight_is_never_missed() {
        let now = at(2026, 5, 20, 23, 0);
        let zone = FixedOffset::west_opt(3600).unwrap();
        assert_eq!(until_midnight(now, &zone).as_secs(), 2 * 3600);
        assert_eq!(
            until_midnight(at(2026, 5, 20, 0, 0), &chrono::Utc).as_secs(),
            24 * 3600
        );
    }
}
