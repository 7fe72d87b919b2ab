//! Times in logs: a file has a date and a zone, most lines only the time of day, in the manner of some language.

use chrono::{
    Datelike, FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone,
};

use crate::model::Timestamp;

/// Clocks are set back by less; what goes back further is on the next day.
const SET_BACK: TimeDelta = TimeDelta::minutes(10);

/// A time as a line has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Stamp {
    time: NaiveTime,
    /// Three numbers in some order, as they stand there.
    date: Option<[String; 3]>,
}

impl Stamp {
    /// Reads `14:03:22`, `02:03:22 PM`, or one of them with a date.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (mut time, mut date, mut afternoon) = (None, None, None);
        if text.len() > 60 {
            return None;
        }
        for word in text.split_whitespace() {
            let plain = word.replace('.', "").to_ascii_lowercase();
            if word.contains(':') && time.is_none() {
                let mut numbers = word.split(':');
                let mut next = || numbers.next().map(str::parse::<u32>);
                let (hour, minute) = (next()?.ok()?, next()?.ok()?);
                let second = next().unwrap_or(Ok(0)).ok()?;
                time = Some((hour, minute, second));
            } else if plain == "am" || plain == "pm" {
                afternoon = Some(plain == "pm");
            } else if date.is_none() {
                let parts: Vec<&str> = word
                    .split(['/', '.', '-'])
                    .filter(|part| !part.is_empty())
                    .collect();
                let [a, b, c] = parts.as_slice() else {
                    return None;
                };
                let are_numbers = [a, b, c]
                    .iter()
                    .all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()));
                if !are_numbers {
                    return None;
                }
                date = Some([a, b, c].map(|part| (*part).to_owned()));
            } else {
                return None;
            }
        }
        let (hour, minute, second) = time?;
        let hour = match afternoon {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(false) => hour % 12,
            Some(true) => hour % 12 + 12,
        };
        Some(Self {
            time: NaiveTime::from_hms_opt(hour, minute, second.min(59))?,
            date,
        })
    }
}

/// The clock of one log.
pub(super) struct Clock {
    zone: Option<FixedOffset>,
    start: NaiveDateTime,
    latest: NaiveDateTime,
}

impl Clock {
    /// Reads the name of a log, such as `2010-01-31.123456+0100CET.html`; earlier versions left out the zone.
    pub(super) fn of_file(name: &str) -> Option<Self> {
        let start = name.get(..17)?;
        let start = NaiveDateTime::parse_from_str(start, "%Y-%m-%d.%H%M%S").ok()?;
        if !(1970..=9999).contains(&start.year()) {
            return None;
        }
        Some(Self {
            zone: name.get(17..22).and_then(zone),
            start,
            latest: start,
        })
    }

    /// When a line was written, which follows the ones before.
    pub(super) fn tell(&mut self, stamp: &Stamp) -> Option<Timestamp> {
        let at = match &stamp.date {
            // Kept for the reader while nobody was there: earlier than its neighbours.
            Some(date) => self.nearest(date)?.and_time(stamp.time),
            None => {
                let today = self.latest.date().and_time(stamp.time);
                let at = if today + SET_BACK < self.latest {
                    today.checked_add_days(chrono::Days::new(1))?
                } else {
                    today
                };
                self.latest = self.latest.max(at);
                at
            }
        };
        let utc = match self.zone {
            Some(zone) => zone.from_local_datetime(&at).earliest()?.to_utc(),
            None => Local.from_local_datetime(&at).earliest()?.to_utc(),
        };
        Some(Timestamp(utc.timestamp_millis()))
    }

    /// The date that three numbers mean: of all orders the one that is nearest to the beginning of the log.
    fn nearest(&self, date: &[String; 3]) -> Option<NaiveDate> {
        let number = |place: usize| date.get(place)?.parse::<u32>().ok();
        let year = |place: usize| {
            let year = i32::try_from(number(place)?).ok()?;
            Some(if year < 100 { 2000 + year } else { year })
        };
        let orders = [[0, 1, 2], [2, 1, 0], [2, 0, 1]];
        orders
            .iter()
            .filter_map(|[y, m, d]| NaiveDate::from_ymd_opt(year(*y)?, number(*m)?, number(*d)?))
            .min_by_key(|date| (*date - self.start.date()).num_days().abs())
    }
}

fn zone(text: &str) -> Option<FixedOffset> {
    let (sign, digits) = text.split_at_checked(1)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let seconds = (number / 100 * 60 + number % 100) * 60;
    match sign {
        "+" => FixedOffset::east_opt(seconds),
        "-" => FixedOffset::west_opt(seconds),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Clock, Stamp};

    fn told(file: &str, stamps: &[&str]) -> Vec<String> {
        let mut clock = Clock::of_file(file).unwrap();
        let mut told = Vec::new();
        for stamp in stamps {
            let at = clock.tell(&Stamp::read(stamp).unwrap()).unwrap();
            let at = chrono::DateTime::from_timestamp_millis(at.0).unwrap();
            told.push(at.format("%F %T").to_string());
        }
        told
    }

    #[test]
    fn days_and_zones_are_told() {
        assert_eq!(
            told(
                "2010-01-31.225900+0100CET.html",
                &[
                    "22:59:00",
                    "22:58:59",
                    "11:59:30 PM",
                    "12:00:10 AM",
                    "09:00:00"
                ]
            ),
            [
                "2010-01-31 21:59:00",
                "2010-01-31 21:58:59",
                "2010-01-31 22:59:30",
                "2010-01-31 23:00:10",
                "2010-02-01 08:00:00"
            ]
        );
        assert_eq!(
            told(
                "2010-02-03.120000-0330NST.txt",
                &[
                    "02/01/2010 10:00:00",
                    "03.02.10 09:00:00",
                    "2010-02-02 08:00:00",
                    "12:00:01"
                ]
            ),
            [
                "2010-02-01 13:30:00",
                "2010-02-03 12:30:00",
                "2010-02-02 11:30:00",
                "2010-02-03 15:30:01"
            ]
        );
    }

    #[test]
    fn nonsense_is_no_time() {
        for name in [
            "",
            "x",
            "2010-01-31",
            "2010-13-31.225900+0100CET.html",
            "ä010-01-31.225900.txt",
            "99999-01-31.225900.t",
        ] {
            assert!(Clock::of_file(name).is_none(), "{name}");
        }
        for stamp in [
            "",
            "14",
            "25:00:00",
            "14:03:22 PM",
            "1/2 14:00:00",
            "12:00:00 x/y/z",
            "a:b:c",
            ":::",
            "1/2/3 1/2/3 1:2:3",
        ] {
            assert!(Stamp::read(stamp).is_none(), "{stamp}");
        }
        assert!(Stamp::read(&"1:2:3 ".repeat(1000)).is_none());
    }
}
