//! The grid: bookings start and end when the wall clock shows a multiple of so many minutes since 00:00, or when the local day
//! begins (which is not at 00:00 where clocks skip that). An instant shows one time only, so nothing is ambiguous here.

use super::Local;
use crate::time::Minute;

/// Changes of the clock that one step on the grid may cross.
const CHANGES: usize = 8;

/// A grid on the wall clock of a zone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid<'a> {
    pub(super) local: &'a Local,
    pub(super) minutes: i64,
}

impl Grid<'_> {
    /// Whether a minute is on the grid.
    pub(super) fn has(self, minute: Minute) -> bool {
        self.behind(minute) == 0 || self.local.minute(self.local.date(minute), 0) == minute
    }

    /// The first minute of the grid from `minute` on.
    pub(super) fn from(self, minute: Minute) -> Minute {
        let mut at = minute;
        for _ in 0..CHANGES {
            if self.has(at) {
                return at;
            }
            let next = at.plus(self.minutes.saturating_sub(self.behind(at)));
            match self.local.next_change(at, next) {
                Some(change) => at = change,
                None => return next,
            }
        }
        at
    }

    /// The last minute of the grid up to `minute`.
    pub(super) fn until(self, minute: Minute) -> Minute {
        let mut at = minute;
        for _ in 0..CHANGES {
            if self.has(at) {
                return at;
            }
            let last = at.plus(self.behind(at).saturating_neg());
            match self.local.last_change(at).filter(|change| *change > last) {
                Some(change) if self.has(change) => return change,
                Some(change) => at = change.plus(-1),
                None => return last,
            }
        }
        at
    }

    /// How many minutes the wall clock is behind a time of the grid.
    fn behind(self, minute: Minute) -> i64 {
        self.local.time_of_day(minute).checked_rem(self.minutes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_and_the_last_time_of_the_grid_are_found_across_changes() {
        for (zone, change) in [
            ("Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25T01:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
            ("Africa/Cairo", "2024-10-31T21:00:00Z"),
            ("America/St_Johns", "2010-11-07T02:31:00Z"),
        ] {
            let local = Local::named(Some(zone)).unwrap();
            let change = Minute::containing(change.parse().unwrap());
            for minutes in [15, 45, 60, 90, 1440] {
                let grid = Grid { local: &local, minutes };
                let window = (-3100..3100).map(|offset| change.plus(offset));
                let times: Vec<Minute> = window.filter(|minute| grid.has(*minute)).collect();
                for minute in (-1500..1500).step_by(7).map(|offset| change.plus(offset)) {
                    let behind = times.partition_point(|time| *time <= minute);
                    assert_eq!(grid.until(minute), times[behind - 1], "{zone} {minutes}");
                    let before = times.partition_point(|time| *time < minute);
                    assert_eq!(grid.from(minute), times[before], "{zone} {minutes}");
                }
            }
        }
    }
}
