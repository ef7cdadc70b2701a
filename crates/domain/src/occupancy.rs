//! Occupancy: how many units of a resource are in use, minute by minute. One [`Day`] is a step function over the minutes of a UTC
//! day, so it never has more than 1,440 steps, whatever the number of bookings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::booking::Claim;
use crate::limits::CONFLICTS;
use crate::refusal::Shortage;
use crate::time::{DAY_MINUTES, Interval, Minute};

/// Use of one resource on one UTC day: `(minute of the day, units in use from then on)`, minutes strictly increasing, neighbours
/// different, zero before the first step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    steps: Vec<(i64, i64)>,
}

impl Day {
    /// Whether nothing is in use all day.
    pub fn is_free(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether anything is in use at or after a minute of the day.
    pub fn is_used_from(&self, minute: i64) -> bool {
        self.pieces().any(|(_, to, used)| to > minute && used > 0)
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

    /// The pieces of the whole day: from minute, until minute, units in use.
    pub fn pieces(&self) -> impl Iterator<Item = (i64, i64, i64)> {
        let starts = std::iter::once((0, 0)).chain(self.steps.iter().copied());
        let ends = self.steps.iter().map(|&(minute, _)| minute).chain(std::iter::once(DAY_MINUTES));
        starts.zip(ends).filter(|((start, _), end)| start < end).map(|((start, used), end)| (start, end, used))
    }
}

/// The days of resources that a decision has loaded, and those among them that it has changed.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    days: BTreeMap<(String, i64), Entry>,
}

#[derive(Clone, Debug, Default)]
struct Entry {
    day: Day,
    changed: bool,
}

impl Ledger {
    /// Takes in a day as it is stored.
    pub fn insert(&mut self, resource_id: &str, day: i64, use_of_day: Day) {
        self.days.insert((resource_id.to_owned(), day), Entry { day: use_of_day, changed: false });
    }

    /// The days that were changed.
    pub fn changed(&self) -> impl Iterator<Item = (&str, i64, &Day)> {
        self.days.iter().filter(|(_, entry)| entry.changed).map(|((id, day), entry)| (id.as_str(), *day, &entry.day))
    }

    /// Takes back exactly what a claim added.
    pub fn release(&mut self, claim: &Claim) {
        self.add(claim, claim.units.saturating_neg());
    }

    /// Adds a claim if nowhere more than `capacity` units would be in use; else says where too few are free.
    pub fn claim(&mut self, claim: &Claim, capacity: i64) -> Result<(), Vec<Shortage>> {
        let most = capacity.saturating_sub(claim.units);
        let shortages: Vec<Shortage> = self
            .pieces(&claim.resource_id, claim.interval())
            .filter(|&(_, used)| used > most)
            .map(|(interval, used)| Shortage { interval, used, capacity })
            .collect();
        if !shortages.is_empty() {
            return Err(merge(shortages));
        }
        self.add(claim, claim.units);
        Ok(())
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

    fn add(&mut self, claim: &Claim, units: i64) {
        for (day, from, to) in claim.days() {
            let entry = self.days.entry((claim.resource_id.clone(), day)).or_default();
            entry.day.add(from, to, units);
            entry.changed = true;
        }
    }

    /// The pieces of an interval, in order: days that were not loaded count as free.
    fn pieces(&self, resource_id: &str, interval: Interval) -> impl Iterator<Item = (Interval, i64)> {
        let free = Day::default();
        interval.days().flat_map(move |day| {
            let midnight = Minute::of_day(day);
            let entry = self.days.get(&(resource_id.to_owned(), day));
            let pieces: Vec<_> = entry.map_or(&free, |entry| &entry.day).pieces().collect();
            pieces.into_iter().filter_map(move |(from, to, used)| {
                let start = midnight.plus(from).max(interval.start);
                let end = midnight.plus(to).min(interval.end);
                (start < end).then_some((Interval::new(start, end), used))
            })
        })
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
