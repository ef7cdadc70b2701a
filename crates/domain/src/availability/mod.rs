//! When a resource is free: for the calendar of one, and for a search among many. No decision rests on it.

mod filter;
mod plan;
mod when;

use jiff::Timestamp;

use crate::alternatives::bookable;
use crate::limits::{AVAILABILITY_DAYS, BOOKING_DAYS};
use crate::occupancy::Ledger;
use crate::resource::Rules;
use crate::rules::{Binding, Joint};
use crate::time::{DAY_MINUTES, Interval, Minute};

pub use filter::{Filter, Listed};
pub use plan::{Plan, PlannedDay};
pub use when::{Period, When};

/// The longest time that can be asked for, in minutes: wherever it begins, it touches no more UTC days than a booking may.
pub const MOST_MINUTES: i64 = (BOOKING_DAYS - 1) * DAY_MINUTES;
/// Days of the first step in which a first slot is looked for; each further step has twice as many.
const FIRST_STEP_DAYS: i64 = 7;

/// What must be free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// For at least so many minutes at a stretch; for a slot, exactly so many.
    pub minutes: Option<i64>,
    /// So many units.
    pub units: i64,
}

/// A resource whose free time is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Schedule<'a> {
    /// The resource.
    pub resource_id: &'a str,
    /// The rules that bind everybody.
    pub rules: &'a Rules,
    /// The rules that bind who asks.
    pub binding: Option<&'a Binding>,
    /// The time of the question.
    pub now: Timestamp,
}

impl Schedule<'_> {
    /// The stretches of a window in which a booking may lie, each with the units that are free in it all the time. A stretch begins
    /// when such a booking may begin.
    pub fn free(self, ledger: &Ledger, window: Interval, wanted: Wanted) -> Vec<(Interval, i64)> {
        let minutes = wanted.minutes.unwrap_or(1);
        let mut free = bookable(ledger, self.resource_id, window, wanted.units, self.rules);
        if let Some(binding) = self.binding {
            free = binding.openings(&free, window, minutes, self.now);
            self.count(&mut free, ledger, window);
        }
        free.retain(|(stretch, _)| stretch.minutes() >= minutes);
        free
    }

    /// Counts what is free in stretches that rules have cut out of longer ones, in which less may be free.
    fn count(self, free: &mut [(Interval, i64)], ledger: &Ledger, window: Interval) {
        if free.iter().all(|&(_, units)| units == self.rules.capacity) {
            return;
        }
        let used = ledger.used(self.resource_id, self.rules.claimed(window));
        for (stretch, units) in free {
            let claimed = self.rules.claimed(*stretch);
            let first = used.partition_point(|(piece, _)| piece.end <= claimed.start);
            let here = used.iter().skip(first).take_while(|(piece, _)| piece.start < claimed.end);
            *units = self.rules.capacity.saturating_sub(here.map(|&(_, used)| used).max().unwrap_or(0));
        }
    }

    /// The length of a slot: what was asked for, or else what a booking without a length has, if need be made to fit the rules.
    pub fn slot_minutes(self, wanted: Wanted) -> i64 {
        let usual = || Joint::new(self.binding.into_iter()).nearest_length(self.rules.slot_minutes);
        wanted.minutes.unwrap_or_else(usual)
    }

    /// The first slot of a window that a booking may take, with the units that are free in it all the time.
    pub fn first(self, ledger: &Ledger, window: Interval, wanted: Wanted) -> Option<(Interval, i64)> {
        let minutes = self.slot_minutes(wanted);
        let free = bookable(ledger, self.resource_id, window, wanted.units, self.rules);
        let slot = match self.binding {
            Some(binding) => binding.first(&free, window, minutes, self.now)?,
            None => {
                let start = free.iter().find(|(stretch, _)| stretch.minutes() >= minutes)?.0.start;
                Interval::new(start, start.plus(minutes))
            }
        };
        bookable(ledger, self.resource_id, slot, wanted.units, self.rules).first().copied()
    }

    /// The windows in which the first slot is looked for, one after the other. Every slot lies in one of them, and those of later
    /// ones begin later.
    pub fn steps(self, window: Interval, wanted: Wanted) -> impl Iterator<Item = Interval> {
        let minutes = self.slot_minutes(wanted);
        let window = self.binding.map_or(window, |binding| window.intersection(binding.reach(self.now)));
        let next = move |&(start, days): &(Minute, i64)| {
            Some((start.plus(days.saturating_mul(DAY_MINUTES)), days.saturating_mul(2).min(AVAILABILITY_DAYS)))
        };
        std::iter::successors(Some((window.start, FIRST_STEP_DAYS)), next)
            .take_while(move |(start, _)| start.plus(minutes) <= window.end)
            .map(move |(start, days)| {
                let end = start.plus(days.saturating_mul(DAY_MINUTES)).plus(minutes);
                Interval::new(start, end.min(window.end))
            })
    }
}
