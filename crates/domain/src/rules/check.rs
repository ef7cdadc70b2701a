//! Whether the rules accept a booking, and if not, which of them refuse it and why.

use jiff::Timestamp;

use super::grid::Grid;
use super::quota::Exceeded;
use super::{Binding, Counted, Usage, exception, hours::TimeOfDay, stretches};
use crate::refusal::{Kind, Problem, Refusal};
use crate::time::{Interval, Minute};

/// A rule that a booking breaks.
pub(super) struct Broken {
    rule: &'static str,
    pointer: &'static str,
    detail: String,
}

const START: &str = "/starttimeepochtime";
const END: &str = "/endtimeepochtime";
const LENGTH: &str = "/durationMinutes";

impl Binding {
    /// Whether the rules accept a booking from `wanted.start` until `wanted.end`, buffers not included. A refusal names the
    /// first rule that is broken, and in `errors` the offending value of each.
    pub fn check(&self, wanted: Interval, now: Timestamp) -> Result<(), Refusal> {
        let broken: Vec<Broken> = [
            self.too_short(wanted),
            self.too_long(wanted),
            self.off_grid(wanted.start, START),
            self.off_grid(wanted.end, END),
            self.too_soon(wanted, now),
            self.too_far(wanted, now),
            self.not_open(wanted),
        ]
        .into_iter()
        .flatten()
        .chain(self.over_quota(wanted, now))
        .collect();
        let Some(first) = broken.first() else { return Ok(()) };
        let refusal = Refusal::new(Kind::Conflict, first.rule, first.detail.clone());
        let place = |broken: Broken| Problem { pointer: broken.pointer.to_owned(), detail: broken.detail };
        Err(Refusal { errors: broken.into_iter().map(place).collect(), ..refusal })
    }

    fn too_short(&self, wanted: Interval) -> Option<Broken> {
        let (least, minutes) = (self.rules.min_minutes?, wanted.minutes());
        let detail = format!("A booking of {minutes} minutes is too short; {least} minutes are the least.");
        (minutes < least).then_some(Broken { rule: "min-duration", pointer: LENGTH, detail })
    }

    fn too_long(&self, wanted: Interval) -> Option<Broken> {
        let (most, minutes) = (self.rules.max_minutes?, wanted.minutes());
        let detail = format!("A booking of {minutes} minutes is too long; {most} minutes are the most.");
        (minutes > most).then_some(Broken { rule: "max-duration", pointer: LENGTH, detail })
    }

    fn off_grid(&self, minute: Minute, pointer: &'static str) -> Option<Broken> {
        let grid = self.grid()?;
        let what = if pointer == START { "start" } else { "end" };
        (!grid.has(minute)).then(|| {
            let detail =
                format!("Bookings {what} every {} minutes from 00:00 on, not at {}.", grid.minutes, self.shown(minute));
            Broken { rule: "slot-grid", pointer, detail }
        })
    }

    fn too_soon(&self, wanted: Interval, now: Timestamp) -> Option<Broken> {
        let minutes = self.rules.min_notice_minutes?;
        (wanted.start < self.reach(now).start).then(|| {
            let start = self.shown(wanted.start);
            let detail = format!("The start, {start}, is too near: book at least {minutes} minutes ahead.");
            Broken { rule: "min-notice", pointer: START, detail }
        })
    }

    fn too_far(&self, wanted: Interval, now: Timestamp) -> Option<Broken> {
        let days = self.rules.max_horizon_days?;
        (wanted.end > self.reach(now).end).then(|| {
            let end = self.shown(wanted.end);
            let detail = format!("The end, {end}, is too far away: book at most {days} days ahead.");
            Broken { rule: "max-horizon", pointer: END, detail }
        })
    }

    /// What is wrong with the first minute that is not open.
    fn not_open(&self, wanted: Interval) -> Option<Broken> {
        let closed = stretches::first_gap(wanted.start, &self.open(wanted));
        if closed >= wanted.end {
            return None;
        }
        let pointer = if closed == wanted.start { START } else { END };
        let date = self.local.date(closed);
        let exceptions = [exception::on(&self.exceptions, date), exception::on(&self.rules.exceptions, date)];
        let named = exceptions.into_iter().flatten().find(|exception| {
            let open = exception.spans();
            !open
                .iter()
                .any(|&(from, to)| (self.local.minute(date, from)..self.local.minute(date, to)).contains(&closed))
        });
        let reason = named.and_then(|exception| exception.reason.as_deref());
        let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
        let detail = format!("Not open at {}{reason}; {date} {}.", self.shown(closed), shown_hours(&self.hours(date)));
        let rule = if named.is_some() { "exception" } else { "opening-hours" };
        Some(Broken { rule, pointer, detail })
    }

    /// The quotas that a booking would exceed. Dates of a week and month that are over do not count any more.
    pub(super) fn over_quota(&self, wanted: Interval, now: Timestamp) -> Vec<Broken> {
        let Some(quota) = &self.rules.quota else { return Vec::new() };
        let asked = Counted::new(wanted, &self.local);
        if asked.date < Usage::first_date(now) {
            return Vec::new();
        }
        let broken = |Exceeded { pointer, detail }| Broken { rule: "quota", pointer, detail };
        quota.exceeded(&self.usage, asked).map(broken).collect()
    }

    pub(super) fn grid(&self) -> Option<Grid<'_>> {
        self.rules.slot_grid_minutes.map(|minutes| Grid { local: &self.local, minutes })
    }

    /// A minute as the wall clock shows it, with the zone.
    fn shown(&self, minute: Minute) -> String {
        format!("{:.16} {}", self.local.shown(minute).to_string().replace('T', " "), self.local.zone())
    }
}

fn shown_hours(hours: &[(i64, i64)]) -> String {
    let shown = |&(from, to): &(i64, i64)| format!("from {} to {}", TimeOfDay::shown(from), TimeOfDay::shown(to));
    let stretches: Vec<_> = hours.iter().map(shown).collect();
    if stretches.is_empty() { "is closed".to_owned() } else { format!("is open {}", stretches.join(" and ")) }
}
