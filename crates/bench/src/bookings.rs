//! The bookings that are asked for.

use domain::limits::NAME_BYTES;
use domain::time::{DAY_MINUTES, MINUTE_SECONDS, Minute};

use crate::rows::{RESOURCES, resource};

/// The first UTC day of bookings that are made while measuring: 2060-01-01, behind all that are stored before.
const NEW_DAY: i64 = 32_872;
/// The first UTC day of bookings that are stored before: 2027-01-01.
const STORED_DAY: i64 = 20_819;
/// Bookings that are stored before have so many neighbours on their day, themselves included.
const STORED_A_DAY: u64 = 2;
/// Days of which availability is asked: in every calendar they hold the same bookings.
const ASKED_DAYS: i64 = 5;
/// All bookings are an hour long.
const MINUTES: i64 = 60;
const TITLE: &str = "Weekly planning of the team";
const _: () = assert!(TITLE.len() <= NAME_BYTES);

/// An hour of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    /// The resource.
    pub(crate) resource: String,
    /// The first minute.
    pub(crate) start: Minute,
}

impl Slot {
    /// The slot of a booking that is made while measuring; each on a resource and a day of its own.
    pub(crate) fn new(number: u64) -> Self {
        Self::from_day(NEW_DAY, number)
    }

    /// The slot of a booking that is made while measuring, from that UTC day on.
    pub(crate) fn from_day(first: i64, number: u64) -> Self {
        Self::at(number, first + signed(number / RESOURCES), 9)
    }

    /// The slot of a booking that is stored before; they come in by their time, on all resources alike.
    pub(crate) fn stored(number: u64) -> Self {
        let of_resource = number / RESOURCES;
        let (day, of_day) = (of_resource / STORED_A_DAY, of_resource % STORED_A_DAY);
        Self::at(number, STORED_DAY + signed(day), 9 + 5 * signed(of_day))
    }

    fn at(number: u64, day: i64, hour: i64) -> Self {
        Self { resource: resource(number), start: Minute::of_day(day).plus(hour * 60) }
    }

    /// The first minute behind it.
    pub(crate) const fn end(&self) -> Minute {
        self.start.plus(MINUTES)
    }

    /// The request body of a booking.
    pub(crate) fn request(&self) -> String {
        let (resource, start) = (&self.resource, self.start.epoch_seconds());
        format!(
            r#"{{"resourceID":"{resource}","starttimeepochtime":{start},"durationMinutes":{MINUTES},"title":"{TITLE}"}}"#
        )
    }
}

/// From and until when availability is asked, in epoch seconds.
pub(crate) const fn asked() -> [i64; 2] {
    let start = Minute::of_day(STORED_DAY).0 * MINUTE_SECONDS;
    [start, start + ASKED_DAYS * DAY_MINUTES * MINUTE_SECONDS]
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_bookings_share_a_slot() {
        let stored = (0..3_000).map(Slot::stored);
        let slots: BTreeSet<_> =
            stored.chain((0..2_001).map(Slot::new)).map(|slot| (slot.resource, slot.start)).collect();
        assert_eq!(slots.len(), 5_001);
    }
}
