//! Occupancy: how many units of a resource are in use, minute by minute. One [`Day`] is a step function over the minutes of a UTC
//! day, so it never has more than 1,440 steps, whatever the number of bookings. Beside the steps it has holds: units of bookings that
//! are held or wait for approval, in use like others until they are void; and the [line](Waiter) of those who wait for units.

mod line;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::booking::Claim;
use crate::limits::{CONFLICTS, HOLDS};
use crate::refusal::Shortage;
use crate::time::{DAY_MINUTES, Interval, Minute};

pub use line::{Asking, Line, Waiter};

/// Use of one resource on one UTC day: `(minute of the day, units in use from then on)`, minutes strictly increasing, neighbours
/// different, zero before the first step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    steps: Vec<(i64, i64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holds: Vec<Hold>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<Waiter>,
}

/// Units that a booking holds on one day until it is approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The booking.
    #[serde(rename = "bookingID")]
    pub booking_id: String,
    /// The first minute of the day.
    pub from: i64,
    /// The first minute of the day behind it.
    pub to: i64,
    /// Units.
    pub units: i64,
    /// The minute from which on the hold is void.
    pub until: Minute,
}

impl Hold {
    /// Whether it still counts.
    pub fn is_live(&self, now: Timestamp) -> bool {
        !self.until.has_begun(now)
    }
}

impl Day {
    /// Whether nothing is in use or held all day, and nobody waits.
    pub fn is_free(&self) -> bool {
        self.steps.is_empty() && self.holds.is_empty() && self.waiting.is_empty()
    }

    /// Whether anything is in use, or waited for, at or after a minute of the day, what is void not included.
    pub fn is_used_from(&self, minute: i64, now: Timestamp) -> bool {
        self.waiting.iter().any(|waiter| waiter.is_live(now))
            || self.in_use(now).pieces().any(|(_, to, used)| to > minute && used > 0)
    }

    /// The day with its holds as steps, but for those that are void.
    fn in_use(&self, now: Timestamp) -> Cow<'_, Self> {
        let held: Vec<&Hold> = self.holds.iter().filter(|hold| hold.is_live(now)).collect();
        if held.is_empty() {
            return Cow::Borrowed(self);
        }
        let ends = held.into_iter().flat_map(|hold| [(hold.from, hold.units), (hold.to, hold.units.saturating_neg())]);
        let before = std::iter::once(0).chain(self.steps.iter().map(|&(_, used)| used));
        let steps =
            self.steps.iter().zip(before).map(|(&(minute, used), before)| (minute, used.saturating_sub(before)));
        Cow::Owned(Self { steps: summed(steps.chain(ends).collect()), ..Self::default() })
    }

    /// Removes the holds that are void, and who waits no more.
    pub fn prune(&mut self, now: Timestamp) {
        self.holds.retain(|hold| hold.is_live(now));
        self.waiting.retain(|waiter| waiter.is_live(now));
    }

    /// Removes the hold of a booking, and says whether there was one.
    fn remove_hold(&mut self, booking_id: &str) -> bool {
        let before = self.holds.len();
        self.holds.retain(|hold| hold.booking_id != booking_id);
        self.holds.len() < before
    }

    /// Adds units (negative: takes them away) from minute `from` until minute `to` of the day.
    pub fn add(&mut self, from: i64, to: i64, units: i64) {
        let mut changed: Vec<(i64, i64)> = Vec::with_capacity(self.steps.len().saturating_add(2));
        let mut push = |minute: i64, used: i64| {
            let before = changed.last().map_or(0, |&(_, used)| used);
            if before != used {
                changed.push((minute, used));
            }
        };
        for (start, end, used) in self.pieces() {
            let (from, to) = (from.clamp(start, end), to.clamp(start, end));
            for (minute, until, used) in [(start, from, used), (from, to, used.saturating_add(units)), (to, end, used)]
            {
                if minute < until {
                    push(minute, used);
                }
            }
        }
        self.steps = changed;
    }

    /// The pieces of the whole day: from minute, until minute, units in use; holds not included.
    pub fn pieces(&self) -> impl Iterator<Item = (i64, i64, i64)> {
        let starts = std::iter::once((0, 0)).chain(self.steps.iter().copied());
        let ends = self.steps.iter().map(|&(minute, _)| minute).chain(std::iter::once(DAY_MINUTES));
        starts.zip(ends).filter(|((start, _), end)| start < end).map(|((start, used), end)| (start, end, used))
    }
}

/// The step function that goes up or down by so many units at these minutes.
fn summed(mut changes: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    changes.sort_unstable_by_key(|&(minute, _)| minute);
    let (mut steps, mut used) = (Vec::with_capacity(changes.len()), 0_i64);
    for same in changes.chunk_by(|(one, _), (next, _)| one == next) {
        let before = used;
        used = same.iter().fold(used, |used, (_, change)| used.saturating_add(*change));
        match same.first() {
            Some(&(minute, _)) if minute < DAY_MINUTES && used != before => steps.push((minute, used)),
            _ => {}
        }
    }
    steps
}

/// The days of resources that a decision has loaded, as of a time, and those among them that it has changed.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    now: Timestamp,
    days: BTreeMap<(String, i64), Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    day: Day,
    changed: bool,
}

/// Who holds units, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder<'a> {
    /// The booking.
    pub booking_id: &'a str,
    /// The minute from which on the hold is void.
    pub until: Minute,
}

impl Ledger {
    /// An empty ledger as of a time, at which holds are void or not.
    pub const fn new(now: Timestamp) -> Self {
        Self { now, days: BTreeMap::new() }
    }

    /// Takes in a day as it is stored.
    pub fn insert(&mut self, resource_id: &str, day: i64, stored: Day) {
        self.days.insert((resource_id.to_owned(), day), Entry { day: stored, changed: false });
    }

    /// The days that were changed, without what is void.
    pub fn changed(&self) -> impl Iterator<Item = (&str, i64, &Day)> {
        self.days.iter().filter(|(_, entry)| entry.changed).map(|((id, day), entry)| (id.as_str(), *day, &entry.day))
    }

    /// Takes back exactly what a claim added.
    pub fn release(&mut self, claim: &Claim) {
        self.add(claim, claim.units.saturating_neg());
    }

    /// Adds a claim if nowhere more than `capacity` units would be in use; else says where too few are free.
    pub fn claim(&mut self, claim: &Claim, capacity: i64) -> Result<(), Vec<Shortage>> {
        self.check(claim, capacity)?;
        self.add(claim, claim.units);
        Ok(())
    }

    /// Like [`Self::claim`], but only holds the units until they are claimed or void.
    pub fn hold(&mut self, holder: Holder<'_>, claim: &Claim, capacity: i64) -> Result<(), Vec<Shortage>> {
        self.check(claim, capacity)?;
        for (day, from, to) in claim.days() {
            let Holder { booking_id, until } = holder;
            let hold = Hold { booking_id: booking_id.to_owned(), from, to, units: claim.units, until };
            self.entry(claim, day).holds.push(hold);
        }
        Ok(())
    }

    /// Whether the days of an interval have room for one more hold.
    pub fn has_room_for_hold(&self, resource_id: &str, interval: Interval) -> bool {
        let held =
            |day: i64| self.days.get(&(resource_id.to_owned(), day)).map_or(0, |entry| entry.live(self.now).count());
        interval.days().all(|day| held(day) < HOLDS)
    }

    /// Takes back what a booking holds by a claim, void or not.
    pub fn release_hold(&mut self, booking_id: &str, claim: &Claim) {
        let now = self.now;
        for (day, _, _) in claim.days() {
            let Some(entry) = self.days.get_mut(&(claim.resource_id.clone(), day)) else { continue };
            if entry.day.remove_hold(booking_id) {
                entry.change(now);
            }
        }
    }

    /// Whether a booking still holds all of a claim.
    pub fn holds(&self, booking_id: &str, claim: &Claim) -> bool {
        claim.days().all(|(day, from, to)| {
            let entry = self.days.get(&(claim.resource_id.clone(), day));
            entry.is_some_and(|entry| {
                let mut live = entry.live(self.now);
                live.any(|hold| {
                    hold.booking_id == booking_id && (hold.from, hold.to, hold.units) == (from, to, claim.units)
                })
            })
        })
    }

    /// The stretches of a window in which at least `units` of `capacity` are free all the time, with the least that is free.
    pub fn free(&self, resource_id: &str, window: Interval, units: i64, capacity: i64) -> Vec<(Interval, i64)> {
        let mut stretches: Vec<(Interval, i64)> = Vec::new();
        for (piece, used) in self.pieces(resource_id, window) {
            let free = capacity.saturating_sub(used);
            if free < units {
                continue;
            }
            match stretches.last_mut() {
                Some((last, least)) if last.end == piece.start => {
                    last.end = piece.end;
                    *least = (*least).min(free);
                }
                _ => stretches.push((piece, free)),
            }
        }
        stretches
    }

    fn check(&self, claim: &Claim, capacity: i64) -> Result<(), Vec<Shortage>> {
        let most = capacity.saturating_sub(claim.units);
        let shortages: Vec<Shortage> = self
            .pieces(&claim.resource_id, claim.interval())
            .filter(|&(_, used)| used > most)
            .map(|(interval, used)| Shortage { interval, used, capacity })
            .collect();
        if shortages.is_empty() { Ok(()) } else { Err(merge(shortages)) }
    }

    /// The stretches of a window in which units are in use, with how many: buffers included, neighbours of equal use joined.
    pub fn used(&self, resource_id: &str, window: Interval) -> Vec<(Interval, i64)> {
        let mut stretches: Vec<(Interval, i64)> = Vec::new();
        for (piece, used) in self.pieces(resource_id, window).filter(|&(_, used)| used > 0) {
            match stretches.last_mut() {
                Some((last, units)) if last.end == piece.start && *units == used => last.end = piece.end,
                _ => stretches.push((piece, used)),
            }
        }
        stretches
    }

    fn add(&mut self, claim: &Claim, units: i64) {
        for (day, from, to) in claim.days() {
            self.entry(claim, day).add(from, to, units);
        }
    }

    /// A day of a claim, to be changed.
    fn entry(&mut self, claim: &Claim, day: i64) -> &mut Day {
        let entry = self.days.entry((claim.resource_id.clone(), day)).or_default();
        entry.change(self.now);
        &mut entry.day
    }

    /// The pieces of an interval, in order: days that were not loaded count as free.
    fn pieces(&self, resource_id: &str, interval: Interval) -> impl Iterator<Item = (Interval, i64)> {
        let free = Day::default();
        interval.days().flat_map(move |day| {
            let midnight = Minute::of_day(day);
            let entry = self.days.get(&(resource_id.to_owned(), day));
            let pieces: Vec<_> = entry.map_or(&free, |entry| &entry.day).in_use(self.now).pieces().collect();
            pieces.into_iter().filter_map(move |(from, to, used)| {
                let start = midnight.plus(from).max(interval.start);
                let end = midnight.plus(to).min(interval.end);
                (start < end).then_some((Interval::new(start, end), used))
            })
        })
    }
}

impl Entry {
    /// Notes that the day changes. It is stored without what is void.
    fn change(&mut self, now: Timestamp) {
        self.changed = true;
        self.day.prune(now);
    }

    fn live(&self, now: Timestamp) -> impl Iterator<Item = &Hold> {
        self.day.holds.iter().filter(move |hold| hold.is_live(now))
    }
}

/// Joins neighbouring shortages of equal use, and keeps the first few.
fn merge(shortages: Vec<Shortage>) -> Vec<Shortage> {
    let mut merged: Vec<Shortage> = Vec::new();
    for shortage in shortages {
        match merged.last_mut() {
            Some(last) if last.interval.end == shortage.interval.start && last.used == shortage.used => {
                last.interval.end = shortage.interval.end;
            }
            _ => merged.push(shortage),
        }
    }
    merged.truncate(CONFLICTS);
    merged
}
