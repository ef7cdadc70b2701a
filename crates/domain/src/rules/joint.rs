//! The rules of all resources of one booking together; the resources are in one location, so that their wall clock is one.

use jiff::Timestamp;

use super::grid::Grid;
use super::{Binding, stretches};
use crate::alternatives::nearest;
use crate::limits::{ALTERNATIVES, BOOKING_DAYS};
use crate::time::{DAY_MINUTES, END_OF_TIME, Interval, Minute};

/// Times of the grid that are tried on each side of the wanted one, in each stretch.
pub(super) const TRIES: usize = 4 * ALTERNATIVES;

/// The rules of all resources of a booking.
#[derive(Clone, Debug)]
pub(crate) struct Joint<'a>(Vec<&'a Binding>);

impl<'a> Joint<'a> {
    /// These rules together.
    pub(crate) fn new(bindings: impl Iterator<Item = &'a Binding>) -> Self {
        Self(bindings.collect())
    }

    /// Whether all accept a booking.
    pub(crate) fn accept(&self, wanted: Interval, now: Timestamp) -> bool {
        self.0.iter().all(|binding| binding.check(wanted, now).is_ok())
    }

    /// From the end of the longest notice to the nearest horizon.
    pub(crate) fn reach(&self, now: Timestamp) -> Interval {
        let all = Interval::new(Minute(0), END_OF_TIME);
        self.0.iter().fold(all, |reach, binding| reach.intersection(binding.reach(now)))
    }

    /// The length nearest to a wanted one that all accept; some length when there is none.
    pub(crate) fn nearest_length(&self, minutes: i64) -> i64 {
        if self.0.is_empty() {
            return minutes;
        }
        let grid = self.grid_minutes().unwrap_or(1);
        let longest = BOOKING_DAYS.saturating_mul(DAY_MINUTES);
        let least = self.0.iter().filter_map(|binding| binding.rules.min_minutes).max().unwrap_or(1);
        let most = self.0.iter().filter_map(|binding| binding.rules.max_minutes).min().unwrap_or(longest);
        let quotas = self.0.iter().filter_map(|binding| binding.rules.quota.as_ref()?.longest());
        let most = quotas.fold(most, i64::min);
        let most = most.saturating_sub(most.rem_euclid(grid));
        rounded_up(minutes, grid).min(most).max(rounded_up(least, grid))
    }

    /// Intervals of the wanted length in free stretches of a window that are open, within reach and within the quotas of all, among
    /// them the nearest.
    pub(crate) fn candidates(
        &self,
        wanted: Interval,
        mut free: Vec<Interval>,
        window: Interval,
        now: Timestamp,
    ) -> Vec<Interval> {
        for binding in &self.0 {
            let allowed = binding.allowed(window, now);
            let open = free.iter().flat_map(|stretch| stretches::within(*stretch, &allowed));
            free = open.flat_map(|stretch| binding.within_quota(stretch, wanted.minutes(), now)).collect();
        }
        let fitting = free.into_iter().filter_map(|stretch| Some((stretch, nearest(wanted, stretch)?)));
        match self.grid() {
            None => fitting.map(|(_, interval)| interval).collect(),
            Some(grid) => fitting.flat_map(|(stretch, near)| on_grid(grid, stretch, near)).collect(),
        }
    }

    /// The grid on which all bookings lie: that of the least common multiple.
    fn grid(&self) -> Option<Grid<'a>> {
        let minutes = self.grid_minutes()?;
        self.0.first().map(|binding| Grid { local: &binding.local, minutes })
    }

    fn grid_minutes(&self) -> Option<i64> {
        self.0
            .iter()
            .filter_map(|binding| binding.rules.slot_grid_minutes.map(|grid| grid.max(1)))
            .reduce(common_multiple)
    }
}

/// Intervals that start and end on the grid, of the length of `near`, around it and within a stretch.
fn on_grid(grid: Grid<'_>, stretch: Interval, near: Interval) -> Vec<Interval> {
    let length = near.minutes();
    let last = stretch.end.plus(length.saturating_neg());
    let later = std::iter::successors(Some(grid.from(near.start)), |start| Some(grid.from(start.plus(1))));
    let earlier = std::iter::successors(Some(grid.until(near.start)), |start| Some(grid.until(start.plus(-1))));
    let whole = |start: &Minute| grid.has(start.plus(length));
    let later = later.take(TRIES).take_while(|start| *start <= last).filter(whole).take(ALTERNATIVES);
    let earlier = earlier.take(TRIES).take_while(|start| *start >= stretch.start).filter(whole).take(ALTERNATIVES);
    later.chain(earlier).map(|start| Interval::new(start, start.plus(length))).collect()
}

pub(super) const fn rounded_up(minutes: i64, grid: i64) -> i64 {
    let over = minutes.rem_euclid(grid);
    if over == 0 { minutes } else { minutes.saturating_sub(over).saturating_add(grid) }
}

/// The least common multiple of two positive numbers (Euclid's algorithm).
const fn common_multiple(one: i64, other: i64) -> i64 {
    let (mut divisor, mut rest) = (one, other);
    while rest != 0 {
        (divisor, rest) = (rest, divisor.rem_euclid(rest));
    }
    one.saturating_mul(other.div_euclid(divisor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_grid_is_on_both() {
        for (one, other, common) in [(15, 15, 15), (15, 20, 60), (45, 60, 180), (1, 7, 7)] {
            assert_eq!(common_multiple(one, other), common);
        }
    }
}
