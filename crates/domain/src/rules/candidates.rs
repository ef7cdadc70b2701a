//! Times that the rules accept: near a wanted one, and in what is free.

use jiff::Timestamp;

use super::grid::Grid;
use super::{Binding, stretches};
use crate::alternatives::nearest;
use crate::limits::{ALTERNATIVES, BOOKING_DAYS};
use crate::time::{DAY_MINUTES, Interval, Minute};

/// Times of the grid that are tried on each side of the wanted one, in each stretch.
const TRIES: usize = 4 * ALTERNATIVES;

impl Binding {
    /// The length nearest to a wanted one that the rules accept.
    pub(crate) fn nearest_length(&self, minutes: i64) -> i64 {
        let grid = self.rules.slot_grid_minutes.unwrap_or(1).max(1);
        let least = rounded_up(self.rules.min_minutes.unwrap_or(1), grid);
        let most = self.rules.max_minutes.unwrap_or_else(|| BOOKING_DAYS.saturating_mul(DAY_MINUTES));
        let most = most.saturating_sub(most.rem_euclid(grid));
        rounded_up(minutes, grid).min(most).max(least)
    }

    /// Intervals of the wanted length in free stretches of a window that the rules accept, among them the nearest.
    pub(crate) fn candidates(
        &self,
        wanted: Interval,
        free: &[Interval],
        window: Interval,
        now: Timestamp,
    ) -> Vec<Interval> {
        let allowed = self.allowed(window, now);
        let stretches = free.iter().flat_map(|stretch| stretches::within(*stretch, &allowed));
        let fitting = stretches.filter_map(|stretch| Some((stretch, nearest(wanted, stretch)?)));
        match self.grid() {
            None => fitting.map(|(_, interval)| interval).collect(),
            Some(grid) => fitting.flat_map(|(stretch, near)| self.on_grid(grid, stretch, near)).collect(),
        }
    }

    /// Intervals that start and end on the grid, of the length of `near`, around it and within a stretch.
    fn on_grid(&self, grid: Grid<'_>, stretch: Interval, near: Interval) -> Vec<Interval> {
        let length = near.minutes();
        let last = stretch.end.plus(length.saturating_neg());
        let later = std::iter::successors(Some(grid.from(near.start)), |start| Some(grid.from(start.plus(1))));
        let earlier = std::iter::successors(Some(grid.until(near.start)), |start| Some(grid.until(start.plus(-1))));
        let whole = |start: &Minute| grid.has(start.plus(length));
        let later = later.take(TRIES).take_while(|start| *start <= last).filter(whole).take(ALTERNATIVES);
        let earlier = earlier.take(TRIES).take_while(|start| *start >= stretch.start).filter(whole).take(ALTERNATIVES);
        later.chain(earlier).map(|start| Interval::new(start, start.plus(length))).collect()
    }

    /// The parts of free stretches, which lie within a window, in which the rules accept a booking of at least so many minutes;
    /// each from the first minute at which one may start.
    pub fn openings(
        &self,
        free: &[(Interval, i64)],
        window: Interval,
        minutes: i64,
        now: Timestamp,
    ) -> Vec<(Interval, i64)> {
        let allowed = self.allowed(window, now);
        let parts = free.iter().flat_map(|&(stretch, units)| {
            stretches::within(stretch, &allowed).map(move |part| (part, units)).collect::<Vec<_>>()
        });
        parts.filter_map(|(part, units)| Some((self.opening(part, minutes)?, units))).collect()
    }

    fn opening(&self, part: Interval, minutes: i64) -> Option<Interval> {
        let least = minutes.max(self.rules.min_minutes.unwrap_or(1));
        let grid = self.grid();
        let first = |minute| grid.map_or(minute, |grid| grid.from(minute));
        let next = |start: &Minute| grid.map(|grid| grid.from(start.plus(1)));
        let fits = |start: &Minute| {
            let end = first(start.plus(least));
            let shortest = Interval::new(*start, end).minutes();
            end <= part.end && self.rules.max_minutes.is_none_or(|most| shortest <= most)
        };
        let mut starts = std::iter::successors(Some(first(part.start)), next).take(TRIES);
        starts.find(fits).map(|start| Interval::new(start, part.end))
    }
}

const fn rounded_up(minutes: i64, grid: i64) -> i64 {
    let over = minutes.rem_euclid(grid);
    if over == 0 { minutes } else { minutes.saturating_sub(over).saturating_add(grid) }
}
