//! A person at work: looks around, books, moves and cancels, orders, asks for things that are done later, and sometimes goes wrong.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::client::{Client, Reply, Stop};
use super::stage::{DAYS, Place, Stage};
use crate::demo::order;
use crate::random::Random;

/// Bookings and orders that a person has at once; the oldest give way.
const BOOKINGS: usize = 6;
const ORDERS: usize = 6;
/// Requests that nobody looks at any more, but that may still be fulfilled.
const REQUESTS: usize = 6;
/// How often, and after how long, somebody looks whether a request has been fulfilled.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// Seconds of a day, and of a minute.
const DAY: i64 = 86_400;
const MINUTE: i64 = 60;

/// What people do, and how many times in a hundred.
const HABITS: [(i64, What); 9] = [
    (34, What::Look),
    (13, What::LookAtOwn),
    (20, What::Book),
    (7, What::Cancel),
    (4, What::Move),
    (3, What::Hold),
    (9, What::Order),
    (5, What::Ask),
    (5, What::GoWrong),
];

#[derive(Clone, Copy)]
enum What {
    Look,
    LookAtOwn,
    Book,
    Cancel,
    Move,
    Hold,
    Order,
    Ask,
    GoWrong,
}

/// A person at work.
pub(super) struct Person {
    number: usize,
    /// The user whose bookings these are.
    user: String,
    client: Arc<Client>,
    stage: Arc<Stage>,
    random: Random,
    bookings: VecDeque<Booking>,
    orders: VecDeque<String>,
    /// Where to look for what has not been fulfilled yet.
    asked: VecDeque<String>,
    /// What has been made so far.
    made: u64,
}

#[derive(Clone)]
struct Booking {
    /// `/users/{user}/bookings/{id}`
    path: String,
    wish: Value,
    /// The resource's place among all.
    place: usize,
}

/// What somebody made that can be undone.
#[derive(Default)]
pub(super) struct Left {
    /// Paths.
    pub(super) bookings: Vec<String>,
    /// Identifiers.
    pub(super) orders: Vec<String>,
    /// Paths of requests that may become bookings.
    pub(super) requests: Vec<String>,
}

impl Left {
    pub(super) fn add(&mut self, more: Self) {
        self.bookings.extend(more.bookings);
        self.orders.extend(more.orders);
        self.requests.extend(more.requests);
    }
}

impl Person {
    pub(super) fn new(number: usize, client: Arc<Client>, stage: Arc<Stage>) -> Self {
        let seed = stage.run.bytes().map(u64::from).chain([number as u64]).collect::<Vec<_>>();
        let (user, random) = (stage.user(number), Random::of(&seed));
        let (bookings, orders, asked) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        Self { number, user, client, stage, random, bookings, orders, asked, made: 0 }
    }

    /// Does one thing after the other until the end, and says what is left.
    pub(super) async fn live(mut self) -> (Left, Stop) {
        let stop = loop {
            if let Err(stop) = self.act().await {
                break stop;
            }
        };
        let bookings = self.bookings.into_iter().map(|booking| booking.path).collect();
        (Left { bookings, orders: self.orders.into(), requests: self.asked.into() }, stop)
    }

    async fn act(&mut self) -> Result<(), Stop> {
        match self.habit() {
            What::Book if self.bookings.len() >= BOOKINGS => self.cancel().await,
            What::Look => self.look().await,
            What::LookAtOwn => self.look_at_own().await,
            What::Book => self.book(false).await,
            What::Cancel => self.cancel().await,
            What::Move => self.move_one().await,
            What::Hold => self.book(true).await,
            What::Order => self.order().await,
            What::Ask => self.ask_for_one().await,
            What::GoWrong => self.go_wrong().await,
        }
    }

    fn habit(&mut self) -> What {
        let mut drawn = self.random.between(1, 100);
        for (chance, what) in HABITS {
            if drawn <= chance {
                return what;
            }
            drawn = drawn.saturating_sub(chance);
        }
        What::Look
    }

    async fn look(&mut self) -> Result<(), Stop> {
        let stage = Arc::clone(&self.stage);
        let Some((_, place)) = self.some_place(&stage) else { return Ok(()) };
        let of_resource = format!("/locations/{}/resources/{}", place.location, place.resource);
        let minutes = self.random.pick(&place.minutes).copied().unwrap_or(60);
        let path = match self.random.between(1, 6) {
            1 => "/locations".to_owned(),
            2 => format!("/locations/{}/resources", place.location),
            3 => format!("{of_resource}/bookings"),
            4 => format!("/availability?first=true&minutes={minutes}&location={}", place.location),
            5 => format!("{of_resource}/availability?period=week&busy=true"),
            _ => format!("{of_resource}/availability?period=day&minutes={minutes}"),
        };
        self.get(&path).await.map(drop)
    }

    async fn look_at_own(&mut self) -> Result<(), Stop> {
        let booking = self.bookings.back().map(|booking| booking.path.clone());
        let order = self.orders.back().map(|id| format!("/orders/{id}"));
        let path = match self.random.between(1, 4) {
            1 => "/orders?limit=20".to_owned(),
            2 => booking.unwrap_or_else(|| format!("/users/{}", self.user)),
            3 => order.unwrap_or_else(|| "/orders?limit=20".to_owned()),
            _ => format!("/users/{}/bookings?limit=20", self.user),
        };
        self.get(&path).await.map(drop)
    }

    /// Books; who is refused often takes the first alternative. What is held is mostly confirmed.
    async fn book(&mut self, is_held: bool) -> Result<(), Stop> {
        let stage = Arc::clone(&self.stage);
        let Some((place, of)) = self.some_place(&stage) else { return Ok(()) };
        let mut wish = self.wish(of);
        if is_held {
            set(&mut wish, "hold", json!(10));
        }
        let path = self.new_booking();
        let mut booking = Booking { path, wish, place };
        let mut reply = self.put(&booking.path, &booking.wish).await?;
        if let Some(start) = reply.as_ref().and_then(alternative).filter(|_| self.random.percent(60)) {
            set(&mut booking.wish, "starttimeepochtime", start);
            reply = self.put(&booking.path, &booking.wish).await?;
        }
        // Without an answer it may have been made.
        if reply.is_none_or(|reply| reply.status == 201) {
            let path = booking.path.clone();
            self.keep(booking).await?;
            if is_held && self.random.percent(80) {
                self.post(&format!("{path}/confirm"), &json!({})).await?;
            }
        }
        Ok(())
    }

    async fn move_one(&mut self) -> Result<(), Stop> {
        let stage = Arc::clone(&self.stage);
        let oldest = self.bookings.front().map(|booking| (booking.path.clone(), booking.place));
        let Some((path, place)) = oldest.and_then(|(path, at)| Some((path, stage.places.get(at)?))) else {
            return Ok(());
        };
        let wish = self.wish(place);
        self.put(&path, &wish).await?;
        if let Some(booking) = self.bookings.front_mut() {
            booking.wish = wish;
        }
        self.bookings.rotate_left(1);
        Ok(())
    }

    /// Cancels the oldest booking, which is forgotten only then: at the end it is still known what is left.
    async fn cancel(&mut self) -> Result<(), Stop> {
        if let Some(booking) = self.bookings.front() {
            self.delete(&booking.path).await?;
            self.bookings.pop_front();
        }
        Ok(())
    }

    /// Orders something; some orders are sent twice, some canceled, and administrators take some on.
    async fn order(&mut self) -> Result<(), Stop> {
        let id = self.new_id();
        let body = Value::Object(order(&mut self.random, &self.stage.venue.menu, &id));
        self.orders.push_back(id.clone());
        self.post("/orders", &body).await?;
        if self.random.percent(5) {
            self.post("/orders", &body).await?;
        }
        if self.random.percent(15) {
            self.delete(&format!("/orders/{id}")).await?;
            self.orders.pop_back();
            return Ok(());
        }
        if self.orders.len() <= ORDERS && !(self.stage.is_admin && self.random.percent(60)) {
            return Ok(());
        }
        if let Some(id) = self.orders.front().filter(|_| self.stage.is_admin) {
            let path = format!("/users/{}/orders/{id}/acknowledge", self.stage.sub);
            self.post(&path, &json!({})).await?;
        }
        self.orders.pop_front();
        Ok(())
    }

    /// Asks for a booking that is made later, and looks whether it has been.
    async fn ask_for_one(&mut self) -> Result<(), Stop> {
        let stage = Arc::clone(&self.stage);
        let Some((place, of)) = self.some_place(&stage) else { return Ok(()) };
        let wish = self.wish(of);
        let Some(accepted) = self.post("/book", &wish).await? else { return Ok(()) };
        let message = accepted.body.pointer("/PublishResponse/PublishResult/MessageId").and_then(Value::as_str);
        let Some(message) = message else { return Ok(()) };
        let path = format!("/query/{message}");
        self.asked.push_back(path.clone());
        for _ in 0..LOOKS {
            let Some(reply) = self.get(&path).await? else { continue };
            if !is_waiting(&reply) {
                self.asked.pop_back();
                let made = booked(&reply, &self.stage.sub);
                return match made {
                    Some(path) => self.keep(Booking { path, wish, place }).await,
                    None => Ok(()),
                };
            }
            sleep(PAUSE).await;
        }
        if self.asked.len() > REQUESTS {
            self.asked.pop_front();
        }
        Ok(())
    }

    /// Does something that is refused.
    async fn go_wrong(&mut self) -> Result<(), Stop> {
        let path = self.new_booking();
        let taken = self.bookings.back().map(|booking| booking.wish.clone());
        match (self.random.between(1, 4), taken) {
            (1, _) => self.put(&path, &json!({"title": "Without a resource"})).await.map(drop),
            (2, _) => self.get(&path).await.map(drop),
            (3, _) => self.get("/users/nobody-in-particular/bookings/none").await.map(drop),
            (_, Some(mut wish)) => {
                set(&mut wish, "units", json!(1_000));
                self.put(&path, &wish).await.map(drop)
            }
            (_, None) => self.post("/orders", &json!({"orderId": self.number})).await.map(drop),
        }
    }

    /// Remembers a booking, and cancels the oldest when there are too many.
    async fn keep(&mut self, booking: Booking) -> Result<(), Stop> {
        self.bookings.push_back(booking);
        if self.bookings.len() > BOOKINGS { self.cancel().await } else { Ok(()) }
    }

    fn some_place<'a>(&mut self, stage: &'a Stage) -> Option<(usize, &'a Place)> {
        let last = i64::try_from(stage.places.len()).ok()?.checked_sub(1)?;
        let at = usize::try_from(self.random.between(0, last)).ok()?;
        Some((at, stage.places.get(at)?))
    }

    /// A booking on some day to come, at an hour at which the resource is asked for.
    fn wish(&mut self, place: &Place) -> Value {
        let random = &mut self.random;
        let (day, at) = (random.between(1, DAYS), random.pick(&place.starts).copied().unwrap_or(600));
        let minutes = random.pick(&place.minutes).copied().unwrap_or(60);
        let units = random.pick(&place.units).copied().unwrap_or(1);
        let titles = self.stage.venue.titles.get(&place.kind).and_then(Value::as_array);
        let title = titles.and_then(|titles| random.pick(titles)).and_then(Value::as_str).unwrap_or("Reserved");
        let start = self.stage.today.saturating_add(day.saturating_mul(DAY)).saturating_add(at.saturating_mul(MINUTE));
        json!({
            "resourceID": place.resource, "starttimeepochtime": start, "durationMinutes": minutes, "units": units,
            "title": title,
        })
    }

    /// The path of a booking that there is not.
    fn new_booking(&mut self) -> String {
        let id = self.new_id();
        format!("/users/{}/bookings/{id}", self.user)
    }

    fn new_id(&mut self) -> String {
        self.made = self.made.saturating_add(1);
        format!("{}-{}-{}", self.stage.run, self.number, self.made)
    }

    async fn get(&self, path: &str) -> Result<Option<Reply>, Stop> {
        self.client.ask(Method::GET, path, None).await
    }

    async fn put(&self, path: &str, body: &Value) -> Result<Option<Reply>, Stop> {
        self.client.ask(Method::PUT, path, Some(body)).await
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Option<Reply>, Stop> {
        self.client.ask(Method::POST, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Result<Option<Reply>, Stop> {
        self.client.ask(Method::DELETE, path, None).await
    }
}

/// Whether a request has not been fulfilled yet.
pub(super) fn is_waiting(reply: &Reply) -> bool {
    reply.body.get("result").and_then(Value::as_str) == Some("booking still in the process")
}

/// The path of the booking that a user's request became.
pub(super) fn booked(reply: &Reply, user: &str) -> Option<String> {
    let id = reply.body.get("bookingID").and_then(Value::as_str)?;
    Some(format!("/users/{user}/bookings/{id}"))
}

/// The start of the first alternative that a refusal names.
fn alternative(refusal: &Reply) -> Option<Value> {
    refusal.body.pointer("/alternatives/0/starttimeepochtime").cloned()
}

fn set(wish: &mut Value, member: &str, value: Value) {
    if let Some(members) = wish.as_object_mut() {
        members.insert(member.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_habits_are_a_hundred() {
        assert_eq!(HABITS.iter().map(|(chance, _)| chance).sum::<i64>(), 100);
    }
}
