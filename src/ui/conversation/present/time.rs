//! Times and days as the chat shows them.

use chrono::{DateTime, Datelike, Local, NaiveDate, TimeZone};
use gtk::glib;

use crate::{i18n::gettext, model::Timestamp};

/// The day of a moment in the calendar of this place.
pub(crate) fn local_day(at: Timestamp) -> NaiveDate {
    day_in(at, &Local)
}

/// The day of a moment in a time zone; moments that no calendar has fall on the first of 1970.
fn day_in(at: Timestamp, zone: &impl TimeZone) -> NaiveDate {
    DateTime::from_timestamp_millis(at.0)
        .map(|utc| utc.with_timezone(zone).date_naive())
        .unwrap_or_default()
}

/// The time of a message: hours and minutes.
pub(crate) fn clock(at: Timestamp) -> String {
    local(at, "%H:%M")
}

/// A moment with everything, for details.
pub(crate) fn full(at: Timestamp) -> String {
    // Translators: a moment in the details of a message, see the manual of strftime.
    local(at, &gettext("%A, %-d %B %Y, %H:%M:%S"))
}

/// A moment as it stands in copied text: the same for everybody, and in an order that can be sorted.
pub(crate) fn sortable(at: Timestamp) -> String {
    local(at, "%Y-%m-%d %H:%M")
}

/// How long until the next day begins here.
pub(crate) fn until_midnight(now: Timestamp) -> std::time::Duration {
    crate::ui::sidebar::brief_time::until_midnight(now, &Local)
}

fn local(at: Timestamp, format: &str) -> String {
    let time = glib::DateTime::from_unix_local(at.0.div_euclid(1000));
    time.and_then(|time| time.format(format))
        .map(String::from)
        .unwrap_or_default()
}

/// The name of a day between messages.
pub(crate) fn day(day: NaiveDate, today: NaiveDate) -> String {
    match today.signed_duration_since(day).num_days() {
        0 => return gettext("Today"),
        1 => return gettext("Yesterday"),
        _ => {}
    }
    let format = if day.year() == today.year() {
        // Translators: a day of this year between messages, see the manual of strftime.
        gettext("%A, %-d %B")
    } else {
        // Translators: a day of another year between messages, see the manual of strftime.
        gettext("%A, %-d %B %Y")
    };
    let number = |n: u32| i32::try_from(n).unwrap_or_default();
    glib::DateTime::from_utc(
        day.year(),
        number(day.month()),
        number(day.day()),
        12,
        0,
        0.0,
    )
    .and_then(|time| time.format(&format))
    .map_or_else(|_| day.to_string(), String::from)
}

#[cfg(test)]
mod tests {
    use chrono::{FixedOffset, NaiveDate};

    use super::{clock, day, day_in, full};
    use crate::model::Timestamp;

    #[test]
    fn days_have_the_names_people_use() {
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let today = date(2026, 11, 20);
        assert_eq!(day(today, today), "Today");
        assert_eq!(day(date(2026, 11, 19), today), "Yesterday");
        assert_eq!(day(date(2026, 3, 1), today), "Sunday, 1 March");
        assert_eq!(
            day(date(2025, 12, 31), today),
            "Wednesday, 31 December 2025"
        );
        // The clock of a server may be ahead.
        assert_eq!(day(date(2026, 11, 21), today), "Saturday, 21 November");
    }

    #[test]
    fn the_day_is_that_of_the_place() {
        let late = Timestamp(23 * 3_600_000);
        let day = |hours: i32| day_in(late, &FixedOffset::east_opt(hours * 3600).unwrap());
        assert_eq!(day(0).to_string(), "1970-01-01");
        assert_eq!(day(2).to_string(), "1970-01-02");
    }

    #[test]
    fn impossible_moments_do_no_harm() {
        for at in [i64::MIN, i64::MAX] {
            assert_eq!(clock(Timestamp(at)), "");
            assert_eq!(full(Timestamp(at)), "");
            assert_eq!(
                day_in(Timestamp(at), &chrono::Utc).to_string(),
                "1970-01-01"
            );
        }
    }
}
