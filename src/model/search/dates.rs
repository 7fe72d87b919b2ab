//! Reads the dates that people type.

use chrono::{LocalResult, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};

use crate::model::Timestamp;

/// The first moment of a year, month or day (`2024`, `2024-05`, `2024-05-31`, `31.5.2024`) in a zone of time.
pub(super) fn beginning(typed: &str, zone: &impl TimeZone) -> Option<Timestamp> {
    let midnight = date(typed)?.and_hms_opt(0, 0, 0)?;
    Some(Timestamp(moment(midnight, zone)?))
}

fn date(typed: &str) -> Option<NaiveDate> {
    let number = |part: &str| {
        let digits = part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<u32>().ok()).flatten()
    };
    let year = |part: &str| {
        let year = number(part).filter(|_| part.len() == 4)?;
        i32::try_from(year).ok()
    };
    let parts: Vec<&str> = typed.split(['-', '/', '.']).collect();
    match parts.as_slice() {
        [y] => NaiveDate::from_ymd_opt(year(y)?, 1, 1),
        [y, m] => NaiveDate::from_ymd_opt(year(y)?, number(m)?, 1),
        [d, m, y] if typed.contains('.') => {
            NaiveDate::from_ymd_opt(year(y)?, number(m)?, number(d)?)
        }
        [y, m, d] => NaiveDate::from_ymd_opt(year(y)?, number(m)?, number(d)?),
        _ => None,
    }
}

/// Milliseconds since 1970 of a local time; where clocks are put forward over midnight, the day begins later.
fn moment(local: NaiveDateTime, zone: &impl TimeZone) -> Option<i64> {
    (0..4).find_map(|half_hours| {
        let local = local.checked_add_signed(TimeDelta::minutes(30 * half_hours))?;
        match zone.from_local_datetime(&local) {
            LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => {
                Some(moment.timestamp_millis())
            }
            LocalResult::None => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::beginning;
    use crate::model::Timestamp;

    #[test]
    fn years_months_and_days_have_a_beginning() {
        let day = |days: i64| Some(Timestamp(days * 86_400_000));
        for (typed, expected) in [
            ("1970", day(0)),
            ("1970-02", day(31)),
            ("1970-02-03", day(33)),
            ("1970/2/3", day(33)),
            ("3.2.1970", day(33)),
            ("1969-12-31", day(-1)),
            ("2024-02-30", None),
            ("2024-0", None),
            ("24-01-01", None),
            ("20240101", None),
            ("1.1.24", None),
            ("99999", None),
            ("-1-1", None),
            ("", None),
            ("٢٠٢٤", None),
            ("2024-01-01-01", None),
        ] {
            assert_eq!(beginning(typed, &Utc), expected, "{typed:?}");
        }
    }
}
