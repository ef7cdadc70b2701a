//! What a refused booking could have instead: the nearest times that capacity, buffers and rules would have accepted.

use std::ops::RangeInclusive;

use jiff::Timestamp;

use crate::booking::{Part, Site};
use crate::limits::{ALTERNATIVE_DAYS, ALTERNATIVES, BOOKING_DAYS, BOOKING_RESOURCE_DAYS};
use crate::occupancy::{Asking, Ledger};
use crate::resource::Rules;
use crate::rules::{Joint, stretches};
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

/// A booking for which alternatives may be looked for: other times at which all of its resources would have accepted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    wanted: Interval,
    window: Interval,
    held: bool,
}

impl Sought {
    /// Looks some days before and after what was wanted, not before `now` unless that itself is. What the rules would not accept
    /// anywhere near is looked for at the nearest length and time that they do.
    pub fn new(sites: &[Site], wanted: Interval, now: Timestamp) -> Self {
        let rules = joint(sites);
        let length = rules.nearest_length(wanted.minutes());
        let wanted = Interval::new(wanted.start, wanted.start.plus(length));
        let reach = rules.reach(now);
        let around = wanted.start.min(reach.end.plus(length.saturating_neg())).max(reach.start);
        let margin = ALTERNATIVE_DAYS.saturating_mul(DAY_MINUTES);
        let earliest = Minute::containing(now).plus(1).min(wanted.start).max(Minute(0));
        let start = around.plus(margin.saturating_neg()).max(earliest);
        let end = around.plus(length).plus(margin).min(END_OF_TIME);
        Self { wanted, window: Interval::new(start, end), held: false }
    }

    /// The same for a booking that is to be held.
    #[must_use]
    pub const fn to_be_held(self, held: bool) -> Self {
        Self { held, ..self }
    }

    /// The UTC days of a resource whose use must be known.
    pub fn days(&self, rules: &Rules) -> RangeInclusive<i64> {
        rules.claimed(self.window).days()
    }

    /// The nearest alternatives, nearest first. On a grid these are the nearest of its times; else the nearest time in each free
    /// stretch.
    pub fn find(&self, ledger: &Ledger, sites: &[Site], now: Timestamp) -> Vec<Interval> {
        let mut free = vec![self.window];
        for Site { part, rules, .. } in sites {
            let of_site = bookable(ledger, &part.resource_id, self.window, part.units, rules);
            let of_site: Vec<Interval> = of_site.into_iter().map(|(stretch, _)| stretch).collect();
            free = free.iter().flat_map(|stretch| stretches::within(*stretch, &of_site)).collect();
        }
        let rules = joint(sites);
        let mut found = rules.candidates(self.wanted, free, self.window, now);
        found.retain(|interval| touches_few_days(sites, *interval));
        found.sort_by_key(|interval| (interval.start.0.abs_diff(self.wanted.start.0), interval.start));
        found.dedup();
        let accept =
            |interval: &Interval| rules.accept(*interval, now) && self.has_room_for_holds(ledger, sites, *interval);
        found.into_iter().filter(accept).take(ALTERNATIVES).collect()
    }

    /// A ledger in which the units that those in line could have, as another one says, are in use: they are theirs. For looking for
    /// alternatives only.
    #[must_use]
    pub fn behind_the_line(&self, mut ledger: Ledger, line: &Ledger, sites: &[Site], booking_id: &str) -> Ledger {
        let asking = Asking { booking_id, place: None };
        for Site { part: Part { resource_id, .. }, rules, .. } in sites {
            let ahead = line.line(resource_id, rules.claimed(self.window), rules.capacity, Some(asking));
            for waiter in ahead.all() {
                // What is in use already stays so.
                let _nothing_is_short = ledger.claim(&waiter.claim(resource_id), i64::MAX);
            }
        }
        ledger
    }

    /// Whether a booking that is to be held, or has to wait for approval, could hold its units.
    fn has_room_for_holds(&self, ledger: &Ledger, sites: &[Site], wanted: Interval) -> bool {
        let waits = self.held || sites.iter().any(|site| site.procedure.needs_approval());
        let has_room =
            |Site { part, rules, .. }: &Site| ledger.has_room_for_hold(&part.resource_id, rules.claimed(wanted));
        !waits || sites.iter().all(has_room)
    }
}

/// Whether a booking would touch no more days than one may.
fn touches_few_days(sites: &[Site], wanted: Interval) -> bool {
    let of_all = sites.iter().map(|site| site.rules.claimed(wanted).day_count()).fold(0, i64::saturating_add);
    wanted.day_count() <= BOOKING_DAYS && (sites.len() == 1 || of_all <= BOOKING_RESOURCE_DAYS)
}

fn joint(sites: &[Site]) -> Joint<'_> {
    Joint::new(sites.iter().filter_map(|site| site.binding.as_ref()))
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
