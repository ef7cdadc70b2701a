//! Slots: times of an exact length that the rules accept.

use jiff::Timestamp;

use super::{Binding, stretches};
use crate::time::{Interval, Minute};

impl Binding {
    /// The first time of exactly so many minutes in free stretches of a window that the rules accept. On a grid only lengths that
    /// are whole steps of it are looked for.
    pub(crate) fn first(
        &self,
        free: &[(Interval, i64)],
        window: Interval,
        minutes: i64,
        now: Timestamp,
    ) -> Option<Interval> {
        if !self.has_length(minutes) {
            return None;
        }
        let allowed = self.allowed(window, now);
        let mut parts = free.iter().flat_map(|&(stretch, _)| stretches::within(stretch, &allowed));
        parts.find_map(|part| self.first_within(part, minutes))
    }

    /// Whether a booking of that length can be accepted at some time.
    fn has_length(&self, minutes: i64) -> bool {
        self.rules.min_minutes.is_none_or(|least| minutes >= least)
            && self.rules.max_minutes.is_none_or(|most| minutes <= most)
            && self.rules.slot_grid_minutes.is_none_or(|grid| minutes.checked_rem(grid) == Some(0))
    }

    fn first_within(&self, part: Interval, minutes: i64) -> Option<Interval> {
        let slot = |start: Minute| Interval::new(start, start.plus(minutes));
        let first = |minute| self.grid().map_or(minute, |grid| grid.from(minute));
        // Whole steps from the grid end on the grid, unless clocks change between: then one of the next times does.
        std::iter::successors(Some(first(part.start)), |start| Some(first(start.plus(1))))
            .map(slot)
            .take_while(|slot| slot.end <= part.end)
            .find(|slot| self.grid().is_none_or(|grid| grid.has(slot.end)))
    }

    /// Why the hours of a date are not those of the week, where an exception says so: the location's reason and the resource's.
    pub fn reasons(&self, date: jiff::civil::Date) -> Vec<&str> {
        let on = |exceptions| super::exception::on(exceptions, date).and_then(|found| found.reason.as_deref());
        [on(&self.exceptions), on(&self.rules.exceptions)].into_iter().flatten().collect()
    }
}
