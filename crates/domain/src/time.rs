//! Whole minutes and intervals of them. Bookings count in whole UTC minutes; the wire has epoch seconds.

use jiff::Timestamp;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Minutes of a UTC day.
pub const DAY_MINUTES: i64 = 24 * 60;
/// Seconds of a minute.
pub const MINUTE_SECONDS: i64 = 60;
/// The first minute behind those that can be booked: 9999-12-30T00:00Z, the last midnight that every time zone can show with a
/// four-digit year (RFC 3339).
pub const END_OF_TIME: Minute = Minute(4_223_368_800);

/// A whole minute since 1970-01-01T00:00Z, without leap seconds (as POSIX counts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Minute(pub i64);

impl Minute {
    /// The minute that begins at these epoch seconds; none when they are not a whole minute between 1970 and 9999.
    pub fn from_epoch_seconds(seconds: i64) -> Option<Self> {
        let minute = Self(seconds.div_euclid(MINUTE_SECONDS));
        (seconds.rem_euclid(MINUTE_SECONDS) == 0 && minute.is_bookable()).then_some(minute)
    }

    /// The minute in which an instant lies.
    pub fn containing(instant: Timestamp) -> Self {
        Self(instant.as_second().div_euclid(MINUTE_SECONDS))
    }

    /// Whether the minute has begun, or is over.
    pub fn has_begun(self, now: Timestamp) -> bool {
        self <= Self::containing(now)
    }

    /// Epoch seconds of the minute's beginning.
    pub const fn epoch_seconds(self) -> i64 {
        self.0.saturating_mul(MINUTE_SECONDS)
    }

    /// The UTC day in which the minute lies, in days since 1970-01-01.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(DAY_MINUTES)
    }

    /// The first minute of a UTC day.
    pub const fn of_day(day: i64) -> Self {
        Self(day.saturating_mul(DAY_MINUTES))
    }

    /// So many minutes later (earlier when negative).
    pub const fn plus(self, minutes: i64) -> Self {
        Self(self.0.saturating_add(minutes))
    }

    /// Whether the minute lies in 1970 to 9999.
    pub fn is_bookable(self) -> bool {
        (Self(0)..END_OF_TIME).contains(&self)
    }

    /// The minute as RFC 3339 in UTC.
    pub fn rfc3339(self) -> String {
        Timestamp::from_second(self.epoch_seconds())
            .map_or_else(|_| self.epoch_seconds().to_string(), |t| t.to_string())
    }
}

/// From `start`, included, to `end`, not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// The first minute.
    pub start: Minute,
    /// The first minute behind it.
    pub end: Minute,
}

impl Interval {
    /// From `start` until `end`.
    pub const fn new(start: Minute, end: Minute) -> Self {
        Self { start, end }
    }

    /// Its length in minutes.
    pub const fn minutes(self) -> i64 {
        self.end.0.saturating_sub(self.start.0)
    }

    /// The minutes that both have; of no length, or less, when there are none.
    pub fn intersection(self, other: Self) -> Self {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// With so many minutes more before and after it.
    pub const fn widened(self, before: i64, after: i64) -> Self {
        Self::new(self.start.plus(before.saturating_neg()), self.end.plus(after))
    }

    /// How many UTC days it touches.
    pub const fn day_count(self) -> i64 {
        let days = self.days();
        days.end().saturating_sub(*days.start()).saturating_add(1)
    }

    /// The UTC days that it touches.
    pub const fn days(self) -> std::ops::RangeInclusive<i64> {
        self.start.day()..=Minute(self.end.0.saturating_sub(1)).day()
    }
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Interval", 4)?;
        object.serialize_field("start", &self.start.rfc3339())?;
        object.serialize_field("end", &self.end.rfc3339())?;
        object.serialize_field("starttimeepochtime", &self.start.epoch_seconds())?;
        object.serialize_field("endtimeepochtime", &self.end.epoch_seconds())?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Seconds {
            starttimeepochtime: i64,
            endtimeepochtime: i64,
        }
        let seconds = Seconds::deserialize(deserializer)?;
        let minute = |s: i64| Minute(s.div_euclid(MINUTE_SECONDS));
        Ok(Self::new(minute(seconds.starttimeepochtime), minute(seconds.endtimeepochtime)))
    }
}

/// An instant as RFC 3339 in UTC with milliseconds and `Z`.
pub fn timestamp(now: Timestamp) -> String {
    format!("{now:.3}")
}

/// An instant as `YYYY-MM-DDTHH:MM:SSZ`.
pub fn timestamp_seconds(now: Timestamp) -> String {
    format!("{now:.0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_the_contracts_forms() {
        let now: Timestamp = "2021-04-01T12:00:00.0459Z".parse().unwrap();
        assert_eq!(timestamp(now), "2021-04-01T12:00:00.045Z");
        assert_eq!(timestamp_seconds(now), "2021-04-01T12:00:00Z");
    }

    #[test]
    fn only_whole_minutes_of_four_digit_years_can_be_booked() {
        assert_eq!(Minute::from_epoch_seconds(1_617_278_400), Some(Minute(26_954_640)));
        assert_eq!(Minute::from_epoch_seconds(1_617_278_401), None);
        assert_eq!(Minute::from_epoch_seconds(-60), None);
        assert_eq!(END_OF_TIME.plus(-1).rfc3339(), "9999-12-29T23:59:00Z");
        assert_eq!(Minute::from_epoch_seconds(END_OF_TIME.epoch_seconds()), None);
    }

    #[test]
    fn an_interval_that_ends_at_midnight_does_not_touch_the_next_day() {
        let day = Interval::new(Minute::of_day(3), Minute::of_day(4));
        assert_eq!(day.days(), 3..=3);
        assert_eq!(Interval::new(Minute::of_day(4).plus(-1), Minute::of_day(4).plus(1)).days(), 3..=4);
    }

    #[test]
    fn an_interval_survives_being_written_down() {
        let interval = Interval::new(Minute(26_954_640), Minute(26_954_700));
        let text = serde_json::to_string(&interval).unwrap();
        assert!(text.contains("\"start\":\"2021-04-01T12:00:00Z\""), "{text}");
        assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), interval);
    }
}
