//! Answers about calendars, as they are shown. A search may show a hundred thousand stretches, so these are written by hand.

use domain::availability::{Plan, PlannedDay};
use domain::time::{Interval, Minute};
use serde::Serialize;
use store::StoreError;

use super::subject::Subject;

/// Bytes of a stretch as JSON.
const STRETCH_BYTES: usize = 160;

/// A resource and what was asked of it; its free time follows.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    #[serde(rename = "resourceID")]
    pub(super) resource_id: &'a str,
    #[serde(rename = "locationID", skip_serializing_if = "Option::is_none")]
    pub(super) location_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<&'a str>,
    #[serde(rename = "timeZone")]
    pub(super) time_zone: &'a str,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) units: i64,
    pub(super) capacity: i64,
}

/// What a calendar draws beside the free time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Slots {
    slot_minutes: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot_grid_minutes: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Day {
    date: String,
    #[serde(flatten)]
    interval: Interval,
    minutes: i64,
    open_minutes: i64,
    free_minutes: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

/// A JSON object that grows at its end.
pub(super) struct Object(String);

impl Object {
    /// An object with the members of a value, of which there is at least one.
    pub(super) fn new(members: &impl Serialize) -> Result<Self, StoreError> {
        let mut text = json(members)?;
        text.pop();
        Ok(Self(text))
    }

    /// Adds stretches of time under a name, with the units that are free, or in use.
    pub(super) fn stretches(&mut self, name: &str, stretches: &[(Interval, Option<i64>)]) {
        let Self(text) = self;
        text.reserve(stretches.len().saturating_mul(STRETCH_BYTES));
        let mut writer = Writer { day: None, numbers: itoa::Buffer::new() };
        text.extend([",\"", name, "\":["]);
        for (place, &(interval, units)) in stretches.iter().enumerate() {
            text.push_str(if place == 0 { "{" } else { ",{" });
            writer.stretch(text, interval, units);
            text.push('}');
        }
        text.push(']');
    }

    /// Adds what a calendar draws.
    pub(super) fn plan(&mut self, plan: Plan, subject: &Subject) -> Result<(), StoreError> {
        let slots = Slots { slot_minutes: subject.rules.slot_minutes, slot_grid_minutes: subject.slot_grid_minutes };
        let slots = json(&slots)?;
        self.0.extend([",", slots.trim_matches(['{', '}'])]);
        self.stretches("busy", &with_units(&plan.busy));
        self.stretches("closed", &plan.closed.into_iter().map(|closed| (closed, None)).collect::<Vec<_>>());
        let day = |PlannedDay { date, interval, open_minutes, free_minutes, reasons }| {
            let (date, minutes) = (date.to_string(), interval.minutes());
            Day { date, interval, minutes, open_minutes, free_minutes, reasons }
        };
        let days: Vec<Day> = plan.days.into_iter().map(day).collect();
        self.0.extend([",\"days\":", &json(&days)?]);
        Ok(())
    }

    /// The object as text.
    pub(super) fn text(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Stretches with the units that are free, or in use.
pub(super) fn with_units(stretches: &[(Interval, i64)]) -> Vec<(Interval, Option<i64>)> {
    stretches.iter().map(|&(interval, units)| (interval, Some(units))).collect()
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Misuse(error.to_string()))
}

/// Writes stretches; most have a day in common with the one before.
struct Writer {
    day: Option<(i64, String)>,
    numbers: itoa::Buffer,
}

impl Writer {
    fn stretch(&mut self, text: &mut String, Interval { start, end }: Interval, units: Option<i64>) {
        text.push_str("\"start\":\"");
        self.instant(text, start);
        text.push_str("\",\"end\":\"");
        self.instant(text, end);
        text.push('"');
        let members = [
            (",\"starttimeepochtime\":", Some(start.epoch_seconds())),
            (",\"endtimeepochtime\":", Some(end.epoch_seconds())),
            (",\"minutes\":", Some(Interval::new(start, end).minutes())),
            (",\"units\":", units),
        ];
        for (name, number) in members {
            if let Some(number) = number {
                text.extend([name, self.numbers.format(number)]);
            }
        }
    }

    /// RFC 3339, as [`Minute::rfc3339`] has it.
    fn instant(&mut self, text: &mut String, minute: Minute) {
        let (day, of_day) = (minute.day(), minute.0.saturating_sub(Minute::of_day(minute.day()).0));
        match &self.day {
            Some((known, date)) if *known == day => text.push_str(date),
            _ => {
                let midnight = Minute::of_day(day).rfc3339();
                let date = midnight.get(..11).unwrap_or_default().to_owned();
                text.push_str(&date);
                self.day = Some((day, date));
            }
        }
        for (number, behind) in [(of_day.div_euclid(60), ":"), (of_day.rem_euclid(60), ":00Z")] {
            text.push_str(if number < 10 { "0" } else { "" });
            text.extend([self.numbers.format(number), behind]);
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::time::END_OF_TIME;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn stretches_are_written_as_intervals_are() {
        let minutes = [0, 1, 9, 10, 59, 60, 599, 600, 1_439, 1_440, 31_536_000, END_OF_TIME.0];
        let minutes: Vec<Minute> = minutes.into_iter().map(Minute).collect();
        let pairs = minutes.iter().flat_map(|&start| minutes.iter().map(move |&end| Interval::new(start, end)));
        let stretches: Vec<_> = pairs.map(|interval| (interval, Some(interval.end.0))).collect();
        let mut object = Object::new(&json!({"a": 1})).unwrap();
        object.stretches("free", &stretches);
        object.stretches("none", &[]);
        object.stretches("closed", &[(Interval::new(Minute(0), Minute(7)), None)]);
        let shown: Value = serde_json::from_str(&object.text()).unwrap();
        for ((interval, units), shown) in stretches.iter().zip(shown["free"].as_array().unwrap()) {
            let mut wanted = serde_json::to_value(interval).unwrap();
            wanted["minutes"] = json!(interval.minutes());
            wanted["units"] = json!(units);
            assert_eq!(*shown, wanted);
        }
        assert_eq!((&shown["none"], &shown["a"]), (&json!([]), &json!(1)));
        assert_eq!((shown["closed"][0].get("units"), &shown["closed"][0]["minutes"]), (None, &json!(7)));
    }
}
