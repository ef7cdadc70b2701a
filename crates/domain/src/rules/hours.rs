//! Hours of a day and of a week, on the wall clock.

use std::str::FromStr;

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use crate::time::DAY_MINUTES;

/// A time of the day on the wall clock, to the minute: `00:00` to `24:00`, which is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(i64);

/// A text that is no time of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time of the day from `00:00` to `24:00`, such as `09:30`")]
pub struct NoTime;

impl TimeOfDay {
    /// Minutes since 00:00 as the wall clock counts.
    pub const fn minutes(self) -> i64 {
        self.0
    }

    /// Minutes since 00:00 as text.
    pub(super) fn shown(minutes: i64) -> String {
        format!("{:02}:{:02}", minutes.div_euclid(60), minutes.rem_euclid(60))
    }
}

impl FromStr for TimeOfDay {
    type Err = NoTime;

    fn from_str(text: &str) -> Result<Self, NoTime> {
        let two = |digits: &str| match digits.as_bytes() {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                Some(i64::from(tens - b'0').saturating_mul(10).saturating_add(i64::from(ones - b'0')))
            }
            _ => None,
        };
        let (hours, minutes) = text.split_once(':').ok_or(NoTime)?;
        let (hours, minutes) = (two(hours).ok_or(NoTime)?, two(minutes).ok_or(NoTime)?);
        let of_day = hours.saturating_mul(60).saturating_add(minutes);
        if minutes < 60 && of_day <= DAY_MINUTES { Ok(Self(of_day)) } else { Err(NoTime) }
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NoTime;

    fn try_from(text: String) -> Result<Self, NoTime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(TimeOfDay(minutes): TimeOfDay) -> Self {
        TimeOfDay::shown(minutes)
    }
}

/// From when until when (schema.org's `opens` and `closes`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The first minute.
    pub opens: TimeOfDay,
    /// The first minute behind it.
    pub closes: TimeOfDay,
}

impl Hours {
    /// Whether both have a minute in common.
    pub fn overlap(self, other: Self) -> bool {
        self.opens < other.closes && other.opens < self.closes
    }
}

/// The hours of each weekday; closed where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    monday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tuesday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    wednesday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    thursday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    friday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    saturday: Vec<Hours>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sunday: Vec<Hours>,
}

impl OpeningHours {
    /// The hours of a weekday.
    pub fn of(&self, weekday: Weekday) -> &[Hours] {
        match weekday {
            Weekday::Monday => &self.monday,
            Weekday::Tuesday => &self.tuesday,
            Weekday::Wednesday => &self.wednesday,
            Weekday::Thursday => &self.thursday,
            Weekday::Friday => &self.friday,
            Weekday::Saturday => &self.saturday,
            Weekday::Sunday => &self.sunday,
        }
    }

    /// The hours of a weekday by its name; none when that is no weekday.
    pub(super) fn named(&mut self, weekday: &str) -> Option<&mut Vec<Hours>> {
        match weekday {
            "monday" => Some(&mut self.monday),
            "tuesday" => Some(&mut self.tuesday),
            "wednesday" => Some(&mut self.wednesday),
            "thursday" => Some(&mut self.thursday),
            "friday" => Some(&mut self.friday),
            "saturday" => Some(&mut self.saturday),
            "sunday" => Some(&mut self.sunday),
            _ => None,
        }
    }
}

/// Hours as minutes of the day, in order.
pub(super) fn spans(hours: &[Hours]) -> Vec<(i64, i64)> {
    let mut spans: Vec<_> = hours.iter().map(|hours| (hours.opens.minutes(), hours.closes.minutes())).collect();
    spans.sort_unstable();
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_day_has_one_form() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), ("23:59", 1439), ("24:00", 1440)] {
            let time: TimeOfDay = text.parse().unwrap();
            assert_eq!((time.minutes(), String::from(time).as_str()), (minutes, text));
        }
        for text in ["", "9:30", "09:3", "24:01", "25:00", "09:60", "09-30", "09:30:00", "٠٩:٣٠", "+9:30", " 9:30"]
        {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NoTime), "{text}");
        }
    }
}
