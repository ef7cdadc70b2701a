//! The one way in which local times become instants.
//!
//! - A local time that does not exist (clocks go forward) is moved on by what the clocks skip: 02:30 becomes 03:30. Of one that
//!   exists twice (clocks go back), the first is meant. This is RFC 5545's rule, and jiff's "compatible".
//! - A local day goes from the instant of its 00:00 to the instant of the next day's 00:00, so that days fill all time without
//!   overlap, however long they are. `24:00` is the next day's 00:00.
//! - A time between two whole UTC minutes (offsets with seconds, in force somewhere until 1972) counts as the minute in which it lies.

use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

/// Minutes by which a time must lie inside of a stretch without a change of the clocks to be found by counting: clocks never change
/// by more.
const MARGIN: i64 = DAY_MINUTES;
/// Changes of the clocks that a prepared window may have; beyond them nothing is prepared.
const CHANGES: usize = 32;

/// A time as a wall clock showed it. The offset tells which one it is where the time exists twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Date and time.
    pub time: DateTime,
    /// How far the clock was ahead of UTC.
    pub offset_seconds: i32,
}

/// The wall clock of a time zone, with the stretches for which it is prepared.
#[derive(Clone, Debug)]
pub struct Local(TimeZone, Arc<[Steady]>);

/// A stretch of time in which the wall clock is always so many minutes ahead of UTC.
#[derive(Clone, Copy, Debug)]
struct Steady {
    interval: Interval,
    ahead: i64,
}

impl Steady {
    /// Whether all instants that could be confused with this one lie in the stretch too.
    fn is_well_inside(self, minute: Minute) -> bool {
        self.interval.start.plus(MARGIN) <= minute && minute.plus(MARGIN) < self.interval.end
    }

    fn has(self, minute: Minute) -> bool {
        self.interval.start <= minute && minute < self.interval.end
    }
}

impl Default for Local {
    /// The wall clock of UTC.
    fn default() -> Self {
        Self(TimeZone::UTC, Arc::default())
    }
}

impl Local {
    /// The wall clock of a zone of the IANA database; UTC when none is named.
    pub fn named(zone: Option<&str>) -> Result<Self, jiff::Error> {
        Ok(Self(zone.map_or(Ok(TimeZone::UTC), TimeZone::get)?, Arc::default()))
    }

    /// The same wall clock, prepared to be asked often about a window. The answers are the same, only faster.
    #[must_use]
    pub fn prepared(self, window: Interval) -> Self {
        let end = window.end.plus(MARGIN.saturating_mul(3));
        let first = window.start.plus(MARGIN.saturating_mul(-3));
        let next = |steady: &Steady| (steady.interval.end < end).then(|| self.steady_from(steady.interval.end, end));
        let stretches = std::iter::successors(Some(self.steady_from(first, end)), next).take(CHANGES);
        let whole = stretches.filter(|steady| steady.ahead != i64::MAX).collect();
        Self(self.0, whole)
    }

    /// The stretch that begins at a minute, until `end` at most; of offsets with seconds it is not said how far they are ahead.
    fn steady_from(&self, start: Minute, end: Minute) -> Steady {
        let seconds = i64::from(self.0.to_offset(instant(start)).seconds());
        let whole = seconds.rem_euclid(60) == 0;
        let change = self.next_change(start, end).unwrap_or(end);
        let ahead = if whole { seconds.div_euclid(60) } else { i64::MAX };
        Steady { interval: Interval::new(start, change), ahead }
    }

    fn steady(&self, minute: Minute) -> Option<Steady> {
        self.1.iter().copied().find(|steady| steady.has(minute))
    }

    /// The zone's name.
    pub fn zone(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// What date and time the wall clock shows.
    pub fn shown(&self, minute: Minute) -> DateTime {
        self.0.to_datetime(instant(minute))
    }

    /// What the wall clock shows, and how far it is ahead of UTC.
    pub fn shown_exactly(&self, minute: Minute) -> Shown {
        let offset_seconds = self.0.to_offset(instant(minute)).seconds();
        Shown { time: self.shown(minute), offset_seconds }
    }

    /// The instant of a time that was shown. Its offset is looked at only where the time exists twice; where neither is of that
    /// offset, the first is meant. An error when the instant is beyond the years 1 to 9999.
    pub fn instant(&self, shown: Shown) -> Result<Timestamp, jiff::Error> {
        let ambiguous = self.0.to_ambiguous_timestamp(shown.time);
        match ambiguous.offset() {
            AmbiguousOffset::Fold { after, .. } if after.seconds() == shown.offset_seconds => ambiguous.later(),
            _ => ambiguous.compatible(),
        }
    }

    /// How many minutes since 00:00 the wall clock shows.
    pub fn time_of_day(&self, minute: Minute) -> i64 {
        if let Some(steady) = self.steady(minute) {
            return minute.plus(steady.ahead).0.rem_euclid(DAY_MINUTES);
        }
        let shown = self.shown(minute);
        i64::from(shown.hour()).saturating_mul(60).saturating_add(i64::from(shown.minute()))
    }

    /// The instant of a local time, given in minutes since 00:00 as the wall clock counts, up to 24:00.
    pub fn minute(&self, date: Date, time_of_day: i64) -> Minute {
        if time_of_day >= DAY_MINUTES {
            return date.tomorrow().map_or(END_OF_TIME, |next| self.minute(next, 0));
        }
        let shown = Minute::of_day(since_epoch(date)).plus(time_of_day);
        let candidates = self.1.iter().map(|steady| (steady, shown.plus(steady.ahead.saturating_neg())));
        if let Some((_, found)) = candidates.into_iter().find(|(steady, minute)| steady.is_well_inside(*minute)) {
            return found;
        }
        let part = |minutes: i64| i8::try_from(minutes).unwrap_or_default();
        let time = Time::new(part(time_of_day.div_euclid(60)), part(time_of_day.rem_euclid(60)), 0, 0);
        let local = date.to_datetime(time.unwrap_or(Time::midnight()));
        self.0.to_ambiguous_timestamp(local).compatible().map_or(END_OF_TIME, Minute::containing)
    }

    /// A local day from its beginning to its end; empty when the zone skipped it.
    pub fn day(&self, date: Date) -> Interval {
        Interval::new(self.minute(date, 0), self.minute(date, DAY_MINUTES))
    }

    /// The local day in which a minute lies. The wall clock may show a neighbour's date, where clocks go back over a midnight.
    pub fn date(&self, minute: Minute) -> Date {
        if let Some(steady) = self.steady(minute).filter(|steady| steady.is_well_inside(minute)) {
            return EPOCH.saturating_add(Span::new().days(minute.plus(steady.ahead).day()));
        }
        let shown = self.shown(minute).date();
        let near = [shown.tomorrow().ok(), Some(shown), shown.yesterday().ok()];
        near.into_iter().flatten().find(|&date| self.minute(date, 0) <= minute).unwrap_or(shown)
    }

    /// The local days of a window in order, each with the part of it that lies in the window; days that the zone skipped are left
    /// out.
    pub fn days(&self, window: Interval) -> impl Iterator<Item = (Date, Interval)> {
        let dates = std::iter::successors(Some(self.date(window.start)), |date| date.tomorrow().ok());
        let days = dates.map(|date| (date, self.day(date))).take_while(move |(_, day)| day.start < window.end);
        days.map(move |(date, day)| (date, day.intersection(window))).filter(|(_, day)| day.minutes() > 0)
    }

    /// The first minute from `minute` on, and until `end`, in which the wall clock's offset is another than before.
    pub(super) fn next_change(&self, minute: Minute, end: Minute) -> Option<Minute> {
        if self.steady(minute).is_some_and(|steady| end < steady.interval.end) {
            return None;
        }
        let change = self.0.following(instant(minute)).next()?.timestamp();
        Some(rounded_up(change)).filter(|change| *change <= end)
    }

    /// The last minute up to `minute` in which the offset is another than before.
    pub(super) fn last_change(&self, minute: Minute) -> Option<Minute> {
        let change = self.0.preceding(instant(minute.plus(1))).next()?.timestamp();
        Some(rounded_up(change)).filter(|change| *change <= minute)
    }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days since 1970-01-01.
fn since_epoch(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours().div_euclid(24)
}

fn instant(minute: Minute) -> Timestamp {
    Timestamp::from_second(minute.epoch_seconds()).unwrap_or(Timestamp::MAX)
}

fn rounded_up(instant: Timestamp) -> Minute {
    super::from_now(instant, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(zone: &str, date: &str, time_of_day: i64) -> String {
        Local::named(Some(zone)).unwrap().minute(date.parse().unwrap(), time_of_day).rfc3339()
    }

    fn length(zone: &str, date: &str) -> i64 {
        Local::named(Some(zone)).unwrap().day(date.parse().unwrap()).minutes()
    }

    #[test]
    fn a_time_that_does_not_exist_is_moved_on_and_one_that_exists_twice_is_the_first() {
        assert_eq!(local("Europe/Berlin", "2026-03-29", 150), "2026-03-29T01:30:00Z", "02:30 is 03:30");
        assert_eq!(local("Europe/Berlin", "2026-10-25", 150), "2026-10-25T00:30:00Z", "02:30 is the first one");
        assert_eq!(local("Australia/Lord_Howe", "2026-10-04", 135), "2026-10-03T15:45:00Z", "02:15 is 02:45");
        assert_eq!(local("Asia/Kathmandu", "2026-01-01", 540), "2026-01-01T03:15:00Z");
        assert_eq!(local("Europe/Berlin", "2026-03-29", 1440), local("Europe/Berlin", "2026-03-30", 0));
    }

    #[test]
    fn a_prepared_clock_shows_the_same() {
        for (zone, change) in [
            ("UTC", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2040-10-28T01:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
            ("Africa/Casablanca", "2026-03-22T02:00:00Z"),
            ("America/St_Johns", "2010-11-07T02:31:00Z"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z"),
            ("Africa/Monrovia", "1972-01-07T00:44:30Z"),
        ] {
            let plain = Local::named(Some(zone)).unwrap();
            let change = Minute::containing(change.parse().unwrap());
            for (before, after) in [(9_000, 9_000), (100_000, 100_000), (50, 20_000), (20_000, -3_000)] {
                let window = Interval::new(change.plus(-before), change.plus(after));
                let prepared = plain.clone().prepared(window);
                for minute in (-9_000..9_000).step_by(41).chain(-65..65).map(|offset| change.plus(offset)) {
                    let place = format!("{zone} {}", minute.rfc3339());
                    assert_eq!(prepared.time_of_day(minute), plain.time_of_day(minute), "{place}");
                    assert_eq!(prepared.date(minute), plain.date(minute), "{place}");
                    let (date, of_day) = (plain.shown(minute).date(), plain.time_of_day(minute));
                    assert_eq!(prepared.minute(date, of_day), plain.minute(date, of_day), "{place}");
                    assert_eq!(prepared.minute(date, 0), plain.minute(date, 0), "{place}");
                    assert_eq!(prepared.day(date), plain.day(date), "{place}");
                    for ahead in [0, 1, 30, 1_440, 9_000] {
                        let end = minute.plus(ahead);
                        assert_eq!(
                            prepared.next_change(minute, end),
                            plain.next_change(minute, end),
                            "{place} {ahead}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn days_are_as_long_as_they_are() {
        for (zone, date, minutes) in [
            ("UTC", "2026-03-29", 1440),
            ("Europe/Berlin", "2026-03-29", 1380),
            ("Europe/Berlin", "2026-10-25", 1500),
            ("Australia/Lord_Howe", "2026-10-04", 1410),
            ("America/Sao_Paulo", "2018-11-04", 1380),
            ("America/Sao_Paulo", "2019-02-16", 1500),
            ("Africa/Cairo", "2024-04-26", 1380),
            ("Asia/Beirut", "2024-10-26", 1500),
            ("Pacific/Apia", "2011-12-30", 0),
        ] {
            assert_eq!(length(zone, date), minutes, "{zone} {date}");
        }
    }

    #[test]
    fn a_midnight_that_does_not_exist_begins_its_day_later() {
        assert_eq!(local("America/Sao_Paulo", "2018-11-04", 0), "2018-11-04T03:00:00Z");
        assert_eq!(local("Africa/Cairo", "2024-04-26", 0), "2024-04-25T22:00:00Z");
    }

    #[test]
    fn a_minute_lies_in_one_day_also_where_clocks_go_back_over_midnight() {
        let local = Local::named(Some("America/St_Johns")).unwrap();
        let date: Date = "2010-11-07".parse().unwrap();
        let midnight = local.minute(date, 0);
        // At 00:01 the clocks went back to 23:01 of the day before.
        assert_eq!(local.shown(midnight.plus(5)).date(), date.yesterday().unwrap());
        assert_eq!(local.date(midnight.plus(5)), date);
        assert_eq!(local.date(midnight.plus(-1)), date.yesterday().unwrap());
        assert_eq!(local.day(date).minutes(), 1500);
    }
}
