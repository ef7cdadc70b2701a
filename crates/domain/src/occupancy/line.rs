//! The line of those who wait for units of a resource. Each day has those who wait for some of it, in the order in which they came;
//! who waits for several days is in the line of each. Waiting uses nothing.
//!
//! Units go to the first in line whom they suffice, from beginning to end; those whom they do not suffice are passed over and keep
//! their place. Nobody else gets units that somebody in line could have.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Day, Holder, Ledger};
use crate::booking::Claim;
use crate::limits::WAITERS;
use crate::refusal::Shortage;
use crate::time::{Interval, Minute};

/// A booking that waits for units of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiter {
    /// The booking.
    #[serde(rename = "bookingID")]
    pub booking_id: String,
    /// Its place: of any two that share a day, who came first has the smaller one.
    pub place: i64,
    /// The first minute, buffers included.
    pub start: Minute,
    /// The first minute behind it, buffers included.
    pub end: Minute,
    /// Units.
    pub units: i64,
    /// The minute from which on it waits no more.
    pub until: Minute,
    /// Whether it would hold the units first, because it needs approval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holds: bool,
}

impl Waiter {
    /// Whether it still waits.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.until.has_begun(now)
    }

    /// What it would claim of a resource.
    pub fn claim(&self, resource_id: &str) -> Claim {
        Claim { resource_id: resource_id.to_owned(), start: self.start, end: self.end, units: self.units }
    }

    fn waits_for(&self, claim: &Claim) -> bool {
        (self.start, self.end, self.units) == (claim.start, claim.end, claim.units)
    }
}

/// Who comes before others.
#[derive(Debug, Default)]
pub struct Line {
    /// Those who could have what they wait for, one after the other.
    pub first: Vec<Waiter>,
    /// Those of whom that is not known, because days are not loaded: what they wait for themselves, or somebody before them.
    pub unsure: Vec<Waiter>,
}

impl Line {
    /// All of them: nobody behind may have what could be theirs.
    pub fn all(self) -> impl Iterator<Item = Waiter> {
        self.first.into_iter().chain(self.unsure)
    }
}

/// A booking that asks who is before it.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The booking.
    pub booking_id: &'a str,
    /// Its place, if it is in line itself and would keep that.
    pub place: Option<i64>,
}

impl Asking<'_> {
    fn is_behind(self, waiter: &Waiter) -> bool {
        waiter.booking_id != self.booking_id && self.place.is_none_or(|place| waiter.place < place)
    }
}

/// The smallest interval that has another one, and all that these wait for.
fn hull(interval: Interval, waiters: &[&Waiter]) -> Interval {
    waiters.iter().fold(interval, |hull, waiter| Interval::new(hull.start.min(waiter.start), hull.end.max(waiter.end)))
}

impl Day {
    /// Who waits for some of it, those included who wait no more.
    pub fn waiting(&self) -> &[Waiter] {
        &self.waiting
    }
}

impl Ledger {
    /// Who waits for some of an interval, by place.
    pub fn waiters(&self, resource_id: &str, interval: Interval) -> Vec<&Waiter> {
        let days = interval.days().filter_map(|day| self.days.get(&(resource_id.to_owned(), day)));
        let overlaps = |waiter: &&Waiter| waiter.start < interval.end && interval.start < waiter.end;
        let all = days.flat_map(|entry| &entry.day.waiting);
        let mut waiters: Vec<&Waiter> = all.filter(overlaps).filter(|waiter| waiter.is_live(self.now)).collect();
        waiters.sort_by_key(|waiter| (waiter.place, &waiter.booking_id));
        waiters.dedup_by_key(|waiter| &waiter.booking_id);
        waiters
    }

    /// The same with those who wait for what one of these waits for.
    pub fn waiters_around(&self, resource_id: &str, interval: Interval) -> Vec<&Waiter> {
        self.waiters(resource_id, hull(interval, &self.waiters(resource_id, interval)))
    }

    /// The smallest interval around one in which nobody waits for anything outside of it, as far as the days are loaded.
    fn around(&self, resource_id: &str, interval: Interval) -> Interval {
        let mut around = interval;
        for _ in 0..WAITERS {
            let wider = hull(around, &self.waiters(resource_id, around));
            if wider == around {
                break;
            }
            around = wider;
        }
        around
    }

    /// In order of place, those in line who could have what they wait for, one after the other, but for a booking that asks:
    /// those who wait for some of an interval, and those on whom that depends, since they wait for what one of these waits for, and so on.
    /// Who waits for a day that is not loaded keeps those behind from what both wait for.
    pub fn line(&self, resource_id: &str, interval: Interval, capacity: i64, except: Option<Asking<'_>>) -> Line {
        let around = self.around(resource_id, interval);
        let mut line = Line::default();
        let mut view: Option<Self> = None;
        for waiter in self.waiters(resource_id, around) {
            let claim = waiter.claim(resource_id);
            let known = claim.days().all(|(day, _, _)| self.days.contains_key(&(resource_id.to_owned(), day)));
            let gone = known && !self.is_in_line(&waiter.booking_id, &claim);
            if gone || except.is_some_and(|asking| !asking.is_behind(waiter)) {
                continue;
            }
            let view = view.get_or_insert_with(|| self.clone());
            let no_room = waiter.holds && !view.has_room_for_hold(resource_id, claim.interval());
            if no_room || view.check(&claim, capacity).is_err() {
                continue;
            }
            let overlaps = |other: &Waiter| waiter.start < other.end && other.start < waiter.end;
            if !known || line.unsure.iter().any(overlaps) {
                line.unsure.push(waiter.clone());
                continue;
            }
            let Waiter { booking_id, until, .. } = waiter;
            let outcome = match waiter.holds {
                true => view.hold(Holder { booking_id, until: *until }, &claim, capacity),
                false => view.claim(&claim, capacity),
            };
            if outcome.is_ok() {
                line.first.push(waiter.clone());
            }
        }
        line
    }

    /// Whether a claim would fit behind others.
    pub(crate) fn check_behind(&self, ahead: &[Claim], claim: &Claim, capacity: i64) -> Result<(), Vec<Shortage>> {
        if ahead.is_empty() {
            return Ok(());
        }
        let mut view = self.clone();
        ahead.iter().for_each(|ahead| view.add(ahead, ahead.units));
        view.check(claim, capacity)
    }

    /// Lets a booking wait, at a place that it has or else behind all who wait for some of its days, and says which place that is;
    /// nothing happens when too many wait for one of the days.
    pub(crate) fn join(&mut self, resource_id: &str, waiter: Waiter, place: Option<i64>) -> Option<i64> {
        let (now, claim) = (self.now, waiter.claim(resource_id));
        let lines = || {
            let days = claim.interval().days();
            days.filter_map(|day| self.days.get(&(resource_id.to_owned(), day))).map(|entry| &entry.day.waiting)
        };
        let live = |line: &Vec<Waiter>| line.iter().filter(|waiter| waiter.is_live(now)).count();
        if lines().any(|line| live(line) >= WAITERS) {
            return None;
        }
        let last = lines().flatten().map(|waiter| waiter.place).max();
        let behind = last.map_or(i64::MIN, |last| last.saturating_add(1)).max(now.as_millisecond());
        let place = place.unwrap_or(behind);
        let waiter = Waiter { place, ..waiter };
        for (day, _, _) in claim.days() {
            self.entry(&claim, day).waiting.push(waiter.clone());
        }
        Some(place)
    }

    /// Takes a booking out of line.
    pub fn leave(&mut self, booking_id: &str, claim: &Claim) {
        let now = self.now;
        for (day, _, _) in claim.days() {
            let Some(entry) = self.days.get_mut(&(claim.resource_id.clone(), day)) else { continue };
            let before = entry.day.waiting.len();
            entry.day.waiting.retain(|waiter| waiter.booking_id != booking_id);
            if entry.day.waiting.len() < before {
                entry.change(now);
            }
        }
    }

    /// Whether a booking still waits for all of a claim.
    pub fn is_in_line(&self, booking_id: &str, claim: &Claim) -> bool {
        claim.days().all(|(day, _, _)| {
            let entry = self.days.get(&(claim.resource_id.clone(), day));
            entry.is_some_and(|entry| {
                let mut line = entry.day.waiting.iter().filter(|waiter| waiter.is_live(self.now));
                line.any(|waiter| waiter.booking_id == booking_id && waiter.waits_for(claim))
            })
        })
    }
}
