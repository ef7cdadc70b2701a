//! What time a question is about: from then until then, or a day, a week or a month of the wall clock.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::limits::{AVAILABILITY_DAYS, FIRST_SLOT_DAYS};
use crate::refusal::Refusal;
use crate::rules::Local;
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

/// Days that are looked at when the question names no end.
const DEFAULT_DAYS: i64 = 7;

/// A stretch of local days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// One day.
    Day,
    /// From Monday to Sunday (ISO 8601).
    Week,
    /// A month of the calendar.
    Month,
}

/// What time a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// From `from`, or else now, until `to`, or else as long as is usual.
    Between(Option<Minute>, Option<Minute>),
    /// The period in which a local date lies, or else today.
    Period(Period, Option<Date>),
}

impl When {
    /// Reads the parameters; `from` and `to`, or `period` and `date`.
    pub fn new(
        (from, to): (Option<Minute>, Option<Minute>),
        period: Option<&str>,
        date: Option<&str>,
    ) -> Result<Self, Refusal> {
        let Some(period) = period else {
            let alone = date.is_some().then(|| Refusal::invalid("?date", "needs `period`: `day`, `week` or `month`"));
            return alone.map_or(Ok(Self::Between(from, to)), Err);
        };
        let period = match period {
            "day" => Period::Day,
            "week" => Period::Week,
            "month" => Period::Month,
            _ => return Err(Refusal::invalid("?period", "must be `day`, `week` or `month`")),
        };
        if from.is_some() || to.is_some() {
            return Err(Refusal::invalid("?period", "stands in place of `from` and `to`; send one or the other"));
        }
        Ok(Self::Period(period, date.map(read_date).transpose()?))
    }

    /// The window at a place, for the stretches in it or for its first slot. What cannot be booked in any year is cut off.
    pub fn window(self, local: &Local, now: Timestamp, first: bool) -> Result<Interval, Refusal> {
        let now = Minute::containing(now);
        match self {
            Self::Between(from, to) => between(from.unwrap_or(now), to, first),
            Self::Period(period, date) => {
                let (from, to) = period.dates(date.unwrap_or_else(|| local.date(now)));
                let (start, end) = (local.day(from).start, local.day(to).end.min(END_OF_TIME));
                // The first slot of a period is none that is over.
                let earliest = if first { now } else { Minute(0) };
                Ok(Interval::new(start.max(earliest).min(end), end))
            }
        }
    }
}

impl Period {
    /// The first and the last date of the period in which a date lies.
    fn dates(self, date: Date) -> (Date, Date) {
        match self {
            Self::Day => (date, date),
            Self::Week => {
                let monday = date.saturating_sub(Span::new().days(date.weekday().to_monday_zero_offset()));
                (monday, monday.saturating_add(Span::new().days(6)))
            }
            Self::Month => (date.first_of_month(), date.last_of_month()),
        }
    }
}

fn between(from: Minute, to: Option<Minute>, first: bool) -> Result<Interval, Refusal> {
    let most = if first { FIRST_SLOT_DAYS } else { AVAILABILITY_DAYS };
    let usual = if first { FIRST_SLOT_DAYS } else { DEFAULT_DAYS };
    let to = to.unwrap_or_else(|| from.plus(usual.saturating_mul(DAY_MINUTES)).min(END_OF_TIME));
    let window = Interval::new(from, to);
    if (1..=most.saturating_mul(DAY_MINUTES)).contains(&window.minutes()) {
        return Ok(window);
    }
    Err(Refusal::invalid("?to", format!("must be after `from`, by at most {most} days")))
}

/// A date of ISO 8601, `YYYY-MM-DD`.
fn read_date(text: &str) -> Result<Date, Refusal> {
    let date = text.parse().ok().filter(|date: &Date| date.to_string() == text && (1970..=9999).contains(&date.year()));
    date.ok_or_else(|| Refusal::invalid("?date", "must be a date from 1970 on, such as `2027-12-24`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(zone: &str, period: &str, date: &str) -> String {
        let local = Local::named(Some(zone)).unwrap();
        let when = When::new((None, None), Some(period), Some(date)).unwrap();
        let window = when.window(&local, Timestamp::UNIX_EPOCH, false).unwrap();
        format!("{} {}", window.start.rfc3339(), window.end.rfc3339())
    }

    #[test]
    fn periods_are_those_of_the_wall_clock() {
        for (zone, period, date, wanted) in [
            ("UTC", "day", "2030-06-03", "2030-06-03T00:00:00Z 2030-06-04T00:00:00Z"),
            ("Europe/Berlin", "day", "2030-03-31", "2030-03-30T23:00:00Z 2030-03-31T22:00:00Z"),
            ("Asia/Kathmandu", "month", "2030-02-17", "2030-01-31T18:15:00Z 2030-02-28T18:15:00Z"),
            ("UTC", "month", "2028-02-29", "2028-02-01T00:00:00Z 2028-03-01T00:00:00Z"),
            // The first week of 2027 begins on 4 January; the days before belong to week 53.
            ("UTC", "week", "2027-01-03", "2026-12-28T00:00:00Z 2027-01-04T00:00:00Z"),
            ("UTC", "week", "2027-01-04", "2027-01-04T00:00:00Z 2027-01-11T00:00:00Z"),
            ("Africa/Cairo", "week", "2024-04-26", "2024-04-21T22:00:00Z 2024-04-28T21:00:00Z"),
            ("Europe/Berlin", "day", "1970-01-01", "1970-01-01T00:00:00Z 1970-01-01T23:00:00Z"),
            ("Asia/Kathmandu", "day", "9999-12-31", "9999-12-30T00:00:00Z 9999-12-30T00:00:00Z"),
        ] {
            assert_eq!(window(zone, period, date), wanted, "{zone} {period} {date}");
        }
    }

    #[test]
    fn a_period_without_a_date_is_todays_at_the_place() {
        let local = Local::named(Some("Pacific/Kiritimati")).unwrap();
        let when = When::new((None, None), Some("day"), None).unwrap();
        let window = when.window(&local, "2030-01-01T12:00:00Z".parse().unwrap(), false).unwrap();
        assert_eq!(window.start.rfc3339(), "2030-01-01T10:00:00Z");
    }

    #[test]
    fn the_first_slot_of_a_period_is_looked_for_from_now_on() {
        let now: Timestamp = "2030-06-05T12:00:30Z".parse().unwrap();
        for (date, wanted) in [
            ("2030-06-04", "2030-06-05T00:00:00Z 2030-06-05T00:00:00Z"),
            ("2030-06-05", "2030-06-05T12:00:00Z 2030-06-06T00:00:00Z"),
            ("2030-06-06", "2030-06-06T00:00:00Z 2030-06-07T00:00:00Z"),
        ] {
            let when = When::new((None, None), Some("day"), Some(date)).unwrap();
            let window = when.window(&Local::default(), now, true).unwrap();
            assert_eq!(format!("{} {}", window.start.rfc3339(), window.end.rfc3339()), wanted, "{date}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let minute = Some(Minute(30_000_000));
        for (range, period, date, pointer) in [
            ((None, None), Some("year"), None, "?period"),
            ((minute, None), Some("day"), None, "?period"),
            ((None, minute), Some("day"), None, "?period"),
            ((None, None), None, Some("2030-06-03"), "?date"),
            ((None, None), Some("day"), Some("2030-6-3"), "?date"),
            ((None, None), Some("day"), Some("2030-02-29"), "?date"),
            ((None, None), Some("day"), Some("1969-12-31"), "?date"),
        ] {
            let refusal = When::new(range, period, date).unwrap_err();
            assert_eq!(refusal.errors[0].pointer, pointer, "{range:?} {period:?} {date:?}");
        }
    }

    #[test]
    fn a_range_has_bounds() {
        let utc = Local::named(None).unwrap();
        let now = Timestamp::from_second(30_000_000 * 60).unwrap();
        let (from, day) = (Minute(30_000_000), DAY_MINUTES);
        let window = |to: Option<i64>, first| When::Between(None, to.map(|to| from.plus(to))).window(&utc, now, first);
        assert_eq!(window(None, false).unwrap().minutes(), 7 * day);
        assert_eq!(window(None, true).unwrap().minutes(), 366 * day);
        assert_eq!(window(Some(62 * day), false).unwrap().minutes(), 62 * day);
        assert!(window(Some(62 * day + 1), false).is_err() && window(Some(62 * day + 1), true).is_ok());
        assert!(window(Some(366 * day + 1), true).is_err());
        assert!(window(Some(0), false).is_err() && window(Some(-5), true).is_err());
        let last = When::Between(Some(END_OF_TIME.plus(-60)), None).window(&utc, now, true);
        assert_eq!(last.unwrap().minutes(), 60);
    }
}
