//! What is asked of calendars.

use domain::Refusal;
use domain::availability::{Wanted, When};
use domain::rules::Local;
use jiff::Timestamp;

/// What is asked of a calendar.
#[derive(Clone, Copy, Debug)]
pub struct AvailabilityQuery {
    /// What time it is about.
    pub when: When,
    /// What must be free.
    pub wanted: Wanted,
    /// Whether only the first slot is wanted.
    pub first: bool,
    /// Whether the time in use, closed times and days are wanted too.
    pub busy: bool,
    /// Whether the soft rules bind who asks.
    pub soft_rules: bool,
}

/// What is asked of many calendars.
#[derive(Clone, Copy, Debug)]
pub struct Search<'a> {
    /// What is asked of each.
    pub asked: AvailabilityQuery,
    /// Only resources of this location.
    pub location: Option<&'a str>,
    /// Only resources of this kind.
    pub kind: Option<&'a str>,
    /// Only resources that have these features, with commas between.
    pub features: Option<&'a str>,
    /// How many at the most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<&'a str>,
}

impl AvailabilityQuery {
    /// Refuses what is impossible wherever it is asked.
    pub(super) fn check(self, now: Timestamp) -> Result<(), Refusal> {
        if self.first && self.busy {
            return Err(Refusal::invalid("?busy", "is not shown with `first`, which asks for one slot only"));
        }
        self.when.window(&Local::default(), now, self.first).map(|_| ())
    }
}
