//! What a user has booked of a resource with a quota, date by date.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::Local;
use crate::limits::QUOTA_DATES;
use crate::refusal::Refusal;
use crate::time::Interval;

/// A stretch of local dates within which a quota counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// One date.
    Day,
    /// Monday to Sunday (ISO 8601).
    Week,
    /// A month of the calendar.
    Month,
}

impl Period {
    /// The dates of the period in which a date lies.
    pub fn dates(self, date: Date) -> RangeInclusive<Date> {
        match self {
            Self::Day => date..=date,
            Self::Week => {
                let days = i64::from(date.weekday().since(Weekday::Monday));
                let monday = date.saturating_sub(Span::new().days(days));
                monday..=monday.saturating_add(Span::new().days(6))
            }
            Self::Month => date.first_of_month()..=date.last_of_month(),
        }
    }

    /// The period in which a date lies, in words.
    pub(super) fn shown(self, date: Date) -> String {
        let (first, last) = self.dates(date).into_inner();
        if first == last { format!("on {date}") } else { format!("from {first} to {last}") }
    }
}

/// What one booking counts: all of it on the local date of its start. The booking keeps it, so that exactly this is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The local date on which the booking starts.
    pub date: Date,
    /// Its minutes.
    pub minutes: i64,
}

impl Counted {
    /// What a booking counts on that wall clock.
    pub fn new(interval: Interval, local: &Local) -> Self {
        Self { date: local.date(interval.start), minutes: interval.minutes() }
    }

    pub(super) const fn tally(self) -> Tally {
        Tally { bookings: 1, minutes: self.minutes }
    }
}

/// Bookings, and their minutes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// How many.
    pub bookings: i64,
    /// Their minutes.
    pub minutes: i64,
}

impl Tally {
    const fn plus(self, other: Self) -> Self {
        Self {
            bookings: self.bookings.saturating_add(other.bookings),
            minutes: self.minutes.saturating_add(other.minutes),
        }
    }
}

/// What a user has booked of a resource, by the local date on which it starts: at most [`QUOTA_DATES`] dates, none of a month and
/// week that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    #[serde(default)]
    dates: BTreeMap<Date, Tally>,
}

impl Usage {
    /// The first date that still counts: the beginning of the week or of the month in which yesterday (UTC) lies, whichever is
    /// earlier; nowhere on earth are these over for long. Bookings of dates before it are neither counted nor refused.
    pub fn first_date(now: Timestamp) -> Date {
        let today = TimeZone::UTC.to_datetime(now).date();
        let yesterday = today.yesterday().unwrap_or(today);
        (*Period::Week.dates(yesterday).start()).min(*Period::Month.dates(yesterday).start())
    }

    /// Whether there is room for a booking's date. Dates that do not count any more take none.
    pub fn check_room(&self, counted: Counted, now: Timestamp) -> Result<(), Refusal> {
        let dates = self.dates.range(Self::first_date(now)..).count();
        if dates < QUOTA_DATES || self.dates.contains_key(&counted.date) {
            return Ok(());
        }
        let detail = format!("One user may have bookings of this resource on at most {QUOTA_DATES} dates to come.");
        Err(Refusal::conflict("too-many-dates", detail))
    }

    /// Counts a booking.
    pub fn count(&mut self, counted: Counted) {
        let tally = self.dates.entry(counted.date).or_default();
        *tally = tally.plus(counted.tally());
    }

    /// Takes back what a booking counted. Nothing happens where its date does not count any more.
    pub fn take_back(&mut self, counted: Counted) {
        let Some(tally) = self.dates.get_mut(&counted.date) else { return };
        tally.bookings = tally.bookings.saturating_sub(1);
        tally.minutes = tally.minutes.saturating_sub(counted.minutes);
        if tally.bookings <= 0 {
            self.dates.remove(&counted.date);
        }
    }

    /// Puts what a booking counts in the place of what it counted before, and forgets the dates that do not count any more.
    pub fn replace(&mut self, earlier: Option<Counted>, counted: Option<Counted>, now: Timestamp) {
        let first = Self::first_date(now);
        earlier.into_iter().for_each(|earlier| self.take_back(earlier));
        self.dates = self.dates.split_off(&first);
        counted.into_iter().filter(|counted| counted.date >= first).for_each(|counted| self.count(counted));
    }

    /// What was booked in the period in which a date lies.
    pub fn within(&self, period: Period, date: Date) -> Tally {
        self.dates.range(period.dates(date)).fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally))
    }

    /// Whether nothing is booked.
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty()
    }

    /// The dates, in order, with what was booked.
    pub fn dates(&self) -> impl Iterator<Item = (Date, Tally)> {
        self.dates.iter().map(|(date, tally)| (*date, *tally))
    }
}
