//! The venue: `venue.json`, and what becomes of it in a given year.

use domain::user::Profile;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Outcome};

/// All that is made up.
#[derive(Deserialize)]
pub(crate) struct Venue {
    pub(crate) people: Vec<Person>,
    pub(crate) locations: Vec<Location>,
    /// Titles of bookings, by kind of resource.
    pub(crate) titles: Map<String, Value>,
    pub(crate) notes: Vec<String>,
    pub(crate) menu: Vec<Dish>,
}

/// Somebody who has an account.
#[derive(Deserialize)]
pub(crate) struct Person {
    pub(crate) email: String,
    pub(crate) name: String,
    /// The location that they go to.
    pub(crate) home: String,
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) administrator: bool,
}

#[derive(Deserialize)]
pub(crate) struct Location {
    pub(crate) id: String,
    body: Map<String, Value>,
    holidays: Vec<Holiday>,
    pub(crate) resources: Vec<Resource>,
}

/// A public holiday: the same date each year, closed unless there are hours.
#[derive(Deserialize)]
struct Holiday {
    date: String,
    reason: String,
    hours: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct Resource {
    pub(crate) id: String,
    /// What it is booked for.
    pub(crate) kind: String,
    pub(crate) body: Map<String, Value>,
    pub(crate) demand: Demand,
    /// What of the same location is often booked with it.
    pub(crate) beside: Option<String>,
    #[serde(default)]
    pub(crate) series: Vec<Series>,
}

/// How much a resource is asked for. Each list is drawn from; what is in it twice is twice as likely.
#[derive(Deserialize)]
pub(crate) struct Demand {
    /// Bookings a day, from Monday on.
    pub(crate) weekdays: Vec<i64>,
    /// When they start, in minutes of the local day.
    pub(crate) starts: Vec<i64>,
    pub(crate) minutes: Vec<i64>,
    pub(crate) units: Vec<i64>,
    /// How many days ahead they are made: from and to.
    pub(crate) lead: [i64; 2],
}

/// What is booked every week.
#[derive(Deserialize)]
pub(crate) struct Series {
    /// From Monday, 0, on.
    pub(crate) weekday: i64,
    pub(crate) at: i64,
    pub(crate) minutes: i64,
    /// A place among the people.
    pub(crate) person: usize,
    pub(crate) title: String,
}

/// Something to order.
#[derive(Deserialize)]
pub(crate) struct Dish {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) cents: i64,
}

impl Venue {
    pub(crate) fn read() -> Outcome<Self> {
        serde_json::from_str(include_str!("venue.json")).map_err(Error::runtime("the demo's venue cannot be read"))
    }
}

impl Location {
    /// The name of its time zone.
    pub(crate) fn zone(&self) -> Option<&str> {
        self.body.get("timeZone").and_then(Value::as_str)
    }

    /// The location with its holidays from one year to another.
    pub(crate) fn between(&self, first: Date, last: Date) -> Map<String, Value> {
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
    pub(crate) fn profile(&self) -> Profile {
        [("name", &self.name), ("title", &self.title), ("location", &self.home)]
            .map(|(name, value)| (name.to_owned(), Value::String(value.clone())))
            .into_iter()
            .collect()
    }
}
