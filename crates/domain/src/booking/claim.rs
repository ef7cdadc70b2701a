//! The claim by which a booking uses units of a resource.

use serde::{Deserialize, Serialize};

use crate::time::{DAY_MINUTES, Interval, Minute};

/// What a booking added to the occupancy of a resource; cancelling subtracts exactly this, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The resource.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// The first minute, buffers included.
    pub start: Minute,
    /// The first minute behind it, buffers included.
    pub end: Minute,
    /// Units.
    pub units: i64,
}

impl Claim {
    /// From its first minute to its last.
    pub const fn interval(&self) -> Interval {
        Interval::new(self.start, self.end)
    }

    /// All of the UTC days that it touches.
    #[must_use]
    pub fn whole_days(&self) -> Self {
        let days = self.interval().days();
        let (start, end) = (Minute::of_day(*days.start()), Minute::of_day(days.end().saturating_add(1)));
        Self { start, end, ..self.clone() }
    }

    /// Whether another claim needs nothing that this one has not.
    pub(super) fn covers(&self, other: &Self) -> bool {
        self.resource_id == other.resource_id
            && self.start <= other.start
            && other.end <= self.end
            && other.units <= self.units
    }

    /// The UTC days that it touches: day, from minute, until minute of that day.
    pub fn days(&self) -> impl Iterator<Item = (i64, i64, i64)> + use<> {
        let (start, end) = (self.start.0, self.end.0);
        self.interval().days().map(move |day| {
            let midnight = Minute::of_day(day).0;
            let of_day = |minute: i64| minute.saturating_sub(midnight).clamp(0, DAY_MINUTES);
            (day, of_day(start), of_day(end))
        })
    }
}
