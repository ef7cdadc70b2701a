//! When the rules let a booking lie.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::{Binding, exception, from_now, hours, stretches};
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

impl Binding {
    /// The stretches of a window in which a booking may lie: open, behind the notice and before the horizon; in order.
    pub fn allowed(&self, window: Interval, now: Timestamp) -> Vec<Interval> {
        self.open(window.intersection(self.reach(now)))
    }

    /// The stretches of a window that are open.
    pub fn open(&self, window: Interval) -> Vec<Interval> {
        if self.is_always_open() {
            return stretches::union(vec![window]);
        }
        let mut open = Vec::new();
        let mut next = Some(self.local.date(window.start));
        while let Some(date) = next {
            let day = self.local.day(date);
            if day.start >= window.end {
                break;
            }
            let here = day.intersection(window);
            open.extend(self.hours(date).iter().map(|&hours| self.interval(date, hours).intersection(here)));
            next = date.tomorrow().ok();
        }
        stretches::union(open)
    }

    /// The parts of a stretch in which a booking of so many minutes lies if it starts on a date on which the quota lets it start.
    pub(super) fn within_quota(&self, stretch: Interval, minutes: i64, now: Timestamp) -> Vec<Interval> {
        if self.rules.quota.is_none() {
            return vec![stretch];
        }
        let first = self.local.date(stretch.start);
        let days = first.series(Span::new().days(1)).map(|date| self.local.day(date));
        let days = days.take_while(|day| day.start < stretch.end).filter(|day| day.minutes() > 0);
        let booked = |day: &Interval| Interval::new(day.start, day.start.plus(minutes));
        let accepted = days.filter(|day| self.over_quota(booked(day), now).is_empty());
        accepted.map(|day| day.widened(0, minutes.saturating_sub(1)).intersection(stretch)).collect()
    }

    /// From the end of the notice to the horizon.
    pub(crate) fn reach(&self, now: Timestamp) -> Interval {
        let start = self.rules.min_notice_minutes.map_or(Minute(0), |minutes| from_now(now, minutes));
        let end = self.rules.max_horizon_days.map_or(END_OF_TIME, |days| self.horizon(now, days));
        Interval::new(start, end)
    }

    /// The end of the local day that is so many days after today.
    fn horizon(&self, now: Timestamp, days: i64) -> Minute {
        let today = self.local.date(Minute::containing(now));
        let last = today.checked_add(Span::new().days(days)).unwrap_or(Date::MAX);
        self.local.minute(last, DAY_MINUTES)
    }

    const fn is_always_open(&self) -> bool {
        self.rules.opening_hours.is_none() && self.rules.exceptions.is_empty() && self.exceptions.is_empty()
    }

    /// When it is open on a date, in minutes of the day: where both the resource and its location are.
    pub(super) fn hours(&self, date: Date) -> Vec<(i64, i64)> {
        let of_resource = match (exception::on(&self.rules.exceptions, date), &self.rules.opening_hours) {
            (Some(exception), _) => exception.spans(),
            (None, Some(week)) => hours::spans(week.of(date.weekday())),
            (None, None) => vec![(0, DAY_MINUTES)],
        };
        match exception::on(&self.exceptions, date) {
            Some(exception) => stretches::common(&of_resource, &exception.spans()),
            None => of_resource,
        }
    }

    /// Hours of a date as instants.
    fn interval(&self, date: Date, (opens, closes): (i64, i64)) -> Interval {
        Interval::new(self.local.minute(date, opens), self.local.minute(date, closes))
    }
}
