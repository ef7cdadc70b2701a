//! The venue: `venue.json`, and what becomes of it in a given year.

use domain::user::Profile;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Outcome};

/// All that is made up.
#[derive(Deserialize)]
pub(super) struct Venue {
    pub(super) people: Vec<Person>,
    pub(super) locations: Vec<Location>,
    /// Titles of bookings, by kind of resource.
    pub(super) titles: Map<String, Value>,
    pub(super) notes: Vec<String>,
    pub(super) menu: Vec<Dish>,
}

/// Somebody who has an account.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) name: String,
    /// The location that they go to.
    pub(super) home: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) administrator: bool,
}

#[derive(Deserialize)]
pub(super) struct Location {
    pub(super) id: String,
    body: Map<String, Value>,
    holidays: Vec<Holiday>,
    pub(super) resources: Vec<Resource>,
}

/// A public holiday: the same date each year, closed unless there are hours.
#[derive(Deserialize)]
struct Holiday {
    date: String,
    reason: String,
    hours: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Resource {
    pub(super) id: String,
    /// What it is booked for.
    pub(super) kind: String,
    pub(super) body: Map<String, Value>,
    pub(super) demand: Demand,
    /// What of the same location is often booked with it.
    pub(super) beside: Option<String>,
    #[serde(default)]
    pub(super) series: Vec<Series>,
}

/// How much a resource is asked for. Each list is drawn from; what is in it twice is twice as likely.
#[derive(Deserialize)]
pub(super) struct Demand {
    /// Bookings a day, from Monday on.
    pub(super) weekdays: Vec<i64>,
    /// When they start, in minutes of the local day.
    pub(super) starts: Vec<i64>,
    pub(super) minutes: Vec<i64>,
    pub(super) units: Vec<i64>,
    /// How many days ahead they are made: from and to.
    pub(super) lead: [i64; 2],
}

/// What is booked every week.
#[derive(Deserialize)]
pub(super) struct Series {
    /// From Monday, 0, on.
    pub(super) weekday: i64,
    pub(super) at: i64,
    pub(super) minutes: i64,
    /// A place among the people.
    pub(super) person: usize,
    pub(super) title: String,
}

/// Something to order.
#[derive(Deserialize)]
pub(super) struct Dish {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) cents: i64,
}

impl Venue {
    pub(super) fn read() -> Outcome<Self> {
        serde_json::from_str(include_str!("venue.json")).map_err(Error::runtime("the demo's venue cannot be read"))
    }
}

impl Location {
    /// The name of its time zone.
    pub(super) fn zone(&self) -> Option<&str> {
        self.body.get("timeZone").and_then(Value::as_str)
    }

    /// The location with its holidays from one year to another.
    pub(super) fn between(&self, first: Date, last: Date) -> Map<String, Value> {
        let years = first.year()..=last.year();
        let holidays = years.flat_map(|year| self.holidays.iter().map(move |holiday| holiday.of(year))).collect();
        let mut body = self.body.clone();
        body.insert("exceptions".to_owned(), Value::Array(holidays));
        body
    }
}

impl Holiday {
    fn of(&self, year: i16) -> Value {
        let date = format!("{year:04}-{}", self.date);
        match &self.hours {
            Some(hours) => json!({"startDate": date, "hours": hours, "reason": self.reason}),
            None => json!({"startDate": date, "closed": true, "reason": self.reason}),
        }
    }
}

impl Person {
    pub(super) fn profile(&self) -> Profile {
        [("name", &self.name), ("title", &self.title), ("location", &self.home)]
            .map(|(name, value)| (name.to_owned(), Value::String(value.clone())))
            .into_iter()
            .collect()
    }
}
