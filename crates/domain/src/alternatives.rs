//! What a refused booking could have instead: the nearest times that capacity, buffers and rules would have accepted.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::limits::{ALTERNATIVE_DAYS, ALTERNATIVES, BOOKING_DAYS};
use crate::occupancy::Ledger;
use crate::resource::Rules;
use crate::rules::Binding;
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

/// A booking for which alternatives may be looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// The resource.
    pub resource_id: String,
    wanted: Interval,
    units: i64,
    window: Interval,
}

impl Sought {
    /// Looks some days before and after what was wanted, not before `now` unless that itself is. What the rules would not accept
    /// anywhere near is looked for at the nearest length and time that they do.
    pub fn new(resource_id: &str, wanted: Interval, units: i64, binding: Option<&Binding>, now: Timestamp) -> Self {
        let length = binding.map_or(wanted.minutes(), |binding| binding.nearest_length(wanted.minutes()));
        let wanted = Interval::new(wanted.start, wanted.start.plus(length));
        let reach = binding.map_or(Interval::new(Minute(0), END_OF_TIME), |binding| binding.reach(now));
        let around = wanted.start.min(reach.end.plus(length.saturating_neg())).max(reach.start);
        let margin = ALTERNATIVE_DAYS.saturating_mul(DAY_MINUTES);
        let earliest = Minute::containing(now).plus(1).min(wanted.start).max(Minute(0));
        let start = around.plus(margin.saturating_neg()).max(earliest);
        let end = around.plus(length).plus(margin).min(END_OF_TIME);
        Self { resource_id: resource_id.to_owned(), wanted, units, window: Interval::new(start, end) }
    }

    /// The UTC days whose use must be known.
    pub fn days(&self, rules: &Rules) -> RangeInclusive<i64> {
        rules.claimed(self.window).days()
    }

    /// The nearest alternatives, nearest first. On a grid these are the nearest of its times; else the nearest time in each free
    /// stretch.
    pub fn find(&self, ledger: &Ledger, rules: &Rules, binding: Option<&Binding>, now: Timestamp) -> Vec<Interval> {
        let free = bookable(ledger, &self.resource_id, self.window, self.units, rules);
        let free: Vec<Interval> = free.into_iter().map(|(stretch, _)| stretch).collect();
        let mut found: Vec<Interval> = match binding {
            Some(binding) => binding.candidates(self.wanted, &free, self.window, now),
            None => free.iter().filter_map(|stretch| nearest(self.wanted, *stretch)).collect(),
        };
        found.retain(|interval| interval.day_count() <= BOOKING_DAYS);
        found.sort_by_key(|interval| (interval.start.0.abs_diff(self.wanted.start.0), interval.start));
        found.dedup();
        found.truncate(ALTERNATIVES);
        found
    }
}

/// The stretches of a window in which a booking of so many units may lie, its buffers being free too, with the least that is free.
pub fn bookable(
    ledger: &Ledger,
    resource_id: &str,
    window: Interval,
    units: i64,
    rules: &Rules,
) -> Vec<(Interval, i64)> {
    let (before, after) = (rules.buffer_before, rules.buffer_after);
    ledger
        .free(resource_id, rules.claimed(window), units, rules.capacity)
        .into_iter()
        .map(|(free, units)| (free.widened(before.saturating_neg(), after.saturating_neg()), units))
        .filter(|(stretch, _)| stretch.minutes() > 0)
        .collect()
}

/// The interval of the same length in a stretch that is nearest to a wanted one.
pub(crate) fn nearest(wanted: Interval, stretch: Interval) -> Option<Interval> {
    let length = wanted.minutes();
    (stretch.minutes() >= length).then(|| {
        let start = wanted.start.clamp(stretch.start, stretch.end.plus(length.saturating_neg()));
        Interval::new(start, start.plus(length))
    })
}
