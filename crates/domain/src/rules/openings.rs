//! Times that the rules accept in what is free.

use jiff::Timestamp;

use super::joint::TRIES;
use super::{Binding, stretches};
use crate::time::{Interval, Minute};

impl Binding {
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
