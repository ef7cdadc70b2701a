//! Where people act: an administrator opens the demo's venue under names of its own and has a profile for everybody; a guest uses what is
//! there and acts for themselves.

use std::time::Duration;

use domain::{Clock, Ids};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::Plan;
use super::client::{Client, Reply};
use super::person::{Left, booked, is_waiting};
use crate::ambient::{SystemClock, SystemIds};
use crate::demo::{Resource, Venue};
use crate::error::{Error, Outcome};
use crate::terminal;

/// Locations, and resources of each, that a guest looks at.
const LOCATIONS: usize = 5;
const RESOURCES: usize = 10;
/// How often something is tried that has to be done.
const TRIES: u32 = 6;
/// Days on which something is booked, from tomorrow on.
pub(super) const DAYS: i64 = 28;
/// Seconds of a day.
const DAY: i64 = 86_400;

/// Where people act.
pub(super) struct Stage {
    /// Who calls.
    pub(super) sub: String,
    /// Whether that is an administrator.
    pub(super) is_admin: bool,
    pub(super) places: Vec<Place>,
    /// What there is to eat, and what bookings are called.
    pub(super) venue: Venue,
    /// What identifiers of this run start with.
    pub(super) run: String,
    /// The beginning of this day, UTC, in epoch seconds.
    pub(super) today: i64,
    name: String,
    people: u32,
}

/// A resource, and how it is used.
pub(super) struct Place {
    pub(super) location: String,
    pub(super) resource: String,
    pub(super) kind: String,
    /// When bookings start, in minutes of the day.
    pub(super) starts: Vec<i64>,
    pub(super) minutes: Vec<i64>,
    pub(super) units: Vec<i64>,
}

impl Stage {
    /// Finds out who calls, and prepares everything.
    pub(super) async fn open(client: &Client, plan: &Plan, venue: Venue) -> Outcome<Self> {
        let sub =
            client.sub().await.ok_or_else(|| Error::Usage("the token is no JSON web token with a `sub`".to_owned()))?;
        let users = insist(client, Method::GET, "/users?limit=1", None).await?;
        let is_admin = match users.status {
            200 => true,
            403 => false,
            _ => return Err(refused("GET /users", &users)),
        };
        let run = SystemIds.random().simple().to_string();
        let run = format!("{}-{}", plan.name, run.get(..8).unwrap_or(&run));
        let today = SystemClock.now().as_second().div_euclid(DAY).saturating_mul(DAY);
        let mut stage =
            Self { sub, is_admin, places: Vec::new(), venue, run, today, name: plan.name.clone(), people: plan.users };
        if is_admin {
            stage.build(client).await?;
        } else {
            stage.find(client).await?;
        }
        Ok(stage)
    }

    /// What it comes to, for whoever watches.
    pub(super) fn described(&self, plan: &Plan) -> String {
        let (role, places) = (if self.is_admin { "an administrator" } else { "a guest" }, self.places.len());
        format!(
            "{}: {} requests a second by {} people at {places} resources, as {role}",
            plan.url, plan.rate, plan.users
        )
    }

    /// The profile that a person acts for.
    pub(super) fn user(&self, number: usize) -> String {
        if self.is_admin { format!("{}-{number}", self.name) } else { self.sub.clone() }
    }

    /// Removes what was made. What cannot be removed is told, and stays.
    pub(super) async fn clean(&self, client: &Client, mut left: Left) {
        for request in &left.requests {
            left.bookings.extend(self.fulfilled(client, request).await);
        }
        let mut paths: Vec<String> = left.orders.iter().map(|id| format!("/orders/{id}")).collect();
        if self.is_admin {
            paths.extend(self.venue.locations.iter().map(|of| format!("/locations/{}?cascade=true", self.id(&of.id))));
            paths.extend((0..self.people).map(|number| format!("/users/{}-{number}", self.name)));
        } else {
            paths.extend(left.bookings);
        }
        for path in paths {
            match insist(client, Method::DELETE, &path, None).await {
                // Gone already, or an order or a booking that cannot be canceled any more.
                Ok(reply)
                    if matches!(reply.status, 200 | 400 | 404)
                        || reply.status == 409 && path.contains("/bookings/") => {}
                Ok(reply) => terminal::note(&format!("left behind: {}", refused(&path, &reply))),
                Err(error) => terminal::note(&format!("left behind: {path}: {error}")),
            }
        }
    }

    /// The booking that a request becomes, in a little while.
    async fn fulfilled(&self, client: &Client, request: &str) -> Option<String> {
        for _ in 0..TRIES {
            let reply = insist(client, Method::GET, request, None).await.ok()?;
            if !is_waiting(&reply) {
                return booked(&reply, &self.sub);
            }
            sleep(Duration::from_secs(1)).await;
        }
        None
    }

    fn id(&self, of_venue: &str) -> String {
        format!("{}-{of_venue}", self.name)
    }

    async fn build(&mut self, client: &Client) -> Outcome {
        let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
        let last = today.saturating_add(DAYS.days());
        for location in &self.venue.locations {
            let id = self.id(&location.id);
            let body = Value::Object(location.between(today, last));
            put(client, &format!("/locations/{id}"), &body).await?;
            for resource in &location.resources {
                let place = Place::of(resource, &id, self.id(&resource.id));
                let path = format!("/locations/{id}/resources/{}", place.resource);
                put(client, &path, &Value::Object(resource.body.clone())).await?;
                self.places.push(place);
            }
        }
        for number in 0..self.people {
            let who = usize::try_from(number).ok().and_then(|number| self.venue.people.iter().cycle().nth(number));
            let name = who.map_or("Guest", |person| person.name.as_str());
            put(client, &format!("/users/{}-{number}", self.name), &json!({"name": name})).await?;
        }
        Ok(())
    }

    async fn find(&mut self, client: &Client) -> Outcome {
        let locations = insist(client, Method::GET, "/locations", None).await?;
        let ids = |list: Option<&Value>, name: &str, most: usize| -> Vec<String> {
            let all = list.and_then(Value::as_array).into_iter().flatten();
            all.filter_map(|item| item.get(name)?.as_str().map(str::to_owned)).take(most).collect()
        };
        for location in ids(locations.body.get("items"), "locationID", LOCATIONS) {
            let path = format!("/locations/{location}/resources");
            let resources = insist(client, Method::GET, &path, None).await?;
            let found = ids(Some(&resources.body), "resourceID", RESOURCES).into_iter();
            self.places.extend(found.map(|resource| Place::unknown(location.clone(), resource)));
        }
        if self.places.is_empty() {
            let text =
                "there is nothing to book: sign in as an administrator, who opens locations, or add a resource first";
            return Err(Error::Command(text.to_owned()));
        }
        Ok(())
    }
}

impl Place {
    fn of(resource: &Resource, location: &str, id: String) -> Self {
        let demand = &resource.demand;
        Self {
            location: location.to_owned(),
            resource: id,
            kind: resource.kind.clone(),
            starts: demand.starts.clone(),
            minutes: demand.minutes.clone(),
            units: demand.units.clone(),
        }
    }

    /// A resource of whose rules nothing is known.
    fn unknown(location: String, resource: String) -> Self {
        let (starts, minutes) = (vec![540, 600, 660, 780, 840, 900, 960], vec![30, 60, 60, 90]);
        Self { location, resource, kind: String::new(), starts, minutes, units: vec![1] }
    }
}

async fn put(client: &Client, path: &str, body: &Value) -> Outcome {
    let reply = insist(client, Method::PUT, path, Some(body)).await?;
    if matches!(reply.status, 200 | 201) { Ok(()) } else { Err(refused(path, &reply)) }
}

/// Sends a request that has to be served, again after a while when the system asks for that or does not answer.
async fn insist(client: &Client, method: Method, path: &str, body: Option<&Value>) -> Outcome<Reply> {
    let mut tries: u32 = 0;
    loop {
        let outcome = client.prepare(method.clone(), path, body).await;
        tries = tries.saturating_add(1);
        let is_busy = outcome.as_ref().map_or(tries > 1, |reply| matches!(reply.status, 429 | 503 | 504));
        if !is_busy || tries >= TRIES {
            return outcome;
        }
        sleep(Duration::from_secs(1 << tries)).await;
    }
}

fn refused(what: &str, reply: &Reply) -> Error {
    let detail = reply.body.get("detail").or_else(|| reply.body.get("message")).and_then(Value::as_str);
    Error::Command(format!("{what} was answered with {}: {}", reply.status, detail.unwrap_or("no reason was given")))
}
