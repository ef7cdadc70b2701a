//! Four processes on one DynamoDB, and 64 clients spread over them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};
use testkit::{Admin, Answer, Caller, HOUR, MINUTE, Machine, NINE, Server, User, booking_of};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::on_tables;
use crate::server::FRONTDESK;

const PROCESSES: usize = 4;
const CLIENTS: usize = 64;
/// Slots that all clients race for.
const SLOTS: i64 = 20;
/// Units of the resource whose use is watched, and bookings that each client makes there.
const CAPACITY: i64 = 10;
const BOOKINGS: usize = 6;
/// Times that a client asks again for what was answered with 503.
const TRIES: usize = 30;

const SERVE: [&str; 5] = ["serve", "--store", "dynamodb", "--public-url", "http://desk.example.com"];

/// Servers, the users who turn to them, and how often one had to be asked again.
struct Office {
    servers: Vec<Server>,
    users: Vec<User>,
    admin: Admin,
    again: Arc<AtomicUsize>,
    _machines: Vec<Machine>,
    _engine: Dynoxide,
}

impl Office {
    /// Four processes that start at the same time on empty tables.
    async fn open() -> Self {
        let engine = Dynoxide::start().await;
        engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
        let machines: Vec<Machine> = (0..PROCESSES).map(|_| Machine::new(FRONTDESK)).collect();
        let mut servers = Vec::new();
        for machine in &machines {
            servers.push(machine.launch(on_tables(machine, &SERVE, &engine.url())).await);
        }
        for server in &servers {
            server.ready().await;
        }
        let mut users = Vec::new();
        for (name, server) in ["ada", "bob", "cyd", "dan"].into_iter().zip(&servers) {
            users.push(server.user(name).await);
        }
        let admin = servers[0].admin().await;
        Self { servers, users, admin, again: Arc::default(), _machines: machines, _engine: engine }
    }

    /// A client: one of the users at one of the servers.
    fn client(&self, number: usize) -> Client {
        let user = &self.users[number % self.users.len()];
        let turns = (0..PROCESSES).map(|turn| {
            let server = &self.servers[(number / self.users.len() + turn) % PROCESSES];
            User { http: server.http.clone(), ..user.clone() }
        });
        Client { turns: turns.collect(), again: Arc::clone(&self.again) }
    }

    /// What all clients come to that do the same at once.
    async fn all_at_once<F, T>(&self, work: impl Fn(Client, usize) -> F) -> Vec<T>
    where
        F: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let start = Arc::new(Barrier::new(CLIENTS));
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let (start, work) = (Arc::clone(&start), work(self.client(number), number));
            clients.spawn(async move {
                start.wait().await;
                work.await
            });
        }
        clients.join_all().await
    }
}

/// A user at several servers. What one answers with 503 is asked again at the next, under the same key, until the answer is definite.
struct Client {
    turns: Vec<User>,
    again: Arc<AtomicUsize>,
}

impl Client {
    async fn put(&self, path: &str, body: &Value, key: &str) -> Answer {
        for user in self.turns.iter().cycle().take(TRIES) {
            let answer = user.put(path, body).key(key).may_fail().await;
            if answer.status != 503 {
                return answer;
            }
            self.again.fetch_add(1, Ordering::Relaxed);
        }
        panic!("{path}: no definite answer");
    }

    /// Cancels at this server and at the next, at the same time.
    async fn cancel_twice(&self, booking: &str) {
        let (one, other) = tokio::join!(self.cancel(booking, 0), self.cancel(booking, 1));
        one.empty(200);
        other.empty(200);
    }

    async fn cancel(&self, booking: &str, from: usize) -> Answer {
        for user in self.turns.iter().cycle().skip(from).take(TRIES) {
            let answer = user.cancel(booking).may_fail().await;
            if answer.status != 503 {
                return answer;
            }
            self.again.fetch_add(1, Ordering::Relaxed);
        }
        panic!("{booking}: not canceled");
    }
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_are_one_system() {
    let office = Office::open().await;
    office.admin.resource("l", "slots", 1).await;
    office.admin.resource("l", "desks", CAPACITY).await;
    assert_eq!(office.admin.get("/users").await.array().len(), 5, "one administrator, whoever made it");
    one_winner_a_slot(&office).await;
    println!("{SLOTS} slots, {CLIENTS} clients at {PROCESSES} processes for each: one winner a slot");
    let (bookings, figures) = race_for_units(&office).await;
    println!("{figures}");
    everything_is_given_back_once(&office, &bookings).await;
    println!("{} bookings, each canceled twice: everything was given back once", bookings.len());
    a_repeated_request_is_replayed(&office).await;
    println!("{} answers 503, all asked again", office.again.load(Ordering::Relaxed));
}

async fn one_winner_a_slot(office: &Office) {
    for slot in 0..SLOTS {
        let start = NINE + slot * HOUR;
        let answers = office
            .all_at_once(|client, number| async move {
                let minutes = if number.is_multiple_of(2) { 60 } else { 30 };
                let body = booking_of("slots", start + 15 * MINUTE, minutes);
                client.put("/users/{me}/bookings", &body, &format!("slot-{slot}-{number}")).await
            })
            .await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, CLIENTS - 1), "slot {slot}");
        // Whoever won, every process shows it.
        let won = answers.iter().find(|answer| answer.status == 201).unwrap().json(201);
        let path =
            format!("/users/{}/bookings/{}", won["userID"].as_str().unwrap(), won["bookingID"].as_str().unwrap());
        for server in &office.servers {
            let admin = Admin(User { http: server.http.clone(), ..office.admin.0.clone() });
            assert_eq!(admin.get(&path).await.json(200), won, "slot {slot}");
        }
    }
}

/// Every client books here and there and cancels some of it; the acknowledged bookings and whether each stands.
async fn race_for_units(office: &Office) -> (HashMap<String, bool>, String) {
    let outcomes = office.all_at_once(|client, number| async move { book_here_and_there(&client, number).await }).await;
    let (mut bookings, mut refused) = (HashMap::new(), 0);
    for (made, not_made) in outcomes {
        bookings.extend(made);
        refused += not_made;
    }
    let stored = office.admin.get("/locations/l/resources/desks/bookings?status=all").await.array();
    let mut changes: Vec<(i64, i64)> = Vec::new();
    for booking in &stored {
        let id = booking["bookingID"].as_str().unwrap();
        let stands = booking["status"] == "CONFIRMED";
        assert_eq!(bookings.get(id), Some(&stands), "{booking}");
        if stands {
            let number = |name: &str| booking[name].as_i64().unwrap();
            changes.push((number("starttimeepochtime"), number("units")));
            changes.push((number("endtimeepochtime"), -number("units")));
        }
    }
    assert_eq!(stored.len(), bookings.len(), "every acknowledged booking is there, and no other");
    changes.sort_unstable();
    let mut most = 0;
    changes.iter().fold(0, |used, (_, units)| {
        most = most.max(used + units);
        used + units
    });
    let standing = bookings.values().filter(|stands| **stands).count();
    let made = bookings.len();
    let figures = format!("{made} bookings, {standing} stand, {refused} refused, at most {most} of {CAPACITY} units");
    assert!(most <= CAPACITY && refused > 0, "{most} units");
    (bookings, figures)
}

async fn book_here_and_there(client: &Client, number: usize) -> (HashMap<String, bool>, usize) {
    let (mut made, mut refused) = (HashMap::new(), 0);
    for turn in 0..BOOKINGS {
        let drawn = i64::try_from(number * 31 + turn * 17).unwrap();
        let (start, minutes, units) = (NINE + drawn % 12 * HOUR / 2, 30 + drawn % 5 * 30, 1 + drawn % 3);
        let mut body = booking_of("desks", start, minutes);
        body["units"] = units.into();
        let id = format!("b{number}-{turn}");
        let answer = client.put(&format!("/users/{{me}}/bookings/{id}"), &body, &format!("unit-{id}")).await;
        if answer.status == 409 {
            refused += 1;
            continue;
        }
        answer.expect(201);
        let canceled = drawn % 3 == 0;
        if canceled {
            client.cancel_twice(&id).await;
        }
        made.insert(id, !canceled);
    }
    (made, refused)
}

/// Everything is canceled, twice each at two processes; then the whole day is free: all units of it, and not one more.
async fn everything_is_given_back_once(office: &Office, bookings: &HashMap<String, bool>) {
    let standing: Arc<Vec<String>> =
        Arc::new(bookings.iter().filter(|(_, stands)| **stands).map(|(id, _)| id.clone()).collect());
    office
        .all_at_once(|client, number| {
            let standing = Arc::clone(&standing);
            async move {
                let own = format!("b{number}-");
                for id in standing.iter().filter(|id| id.starts_with(&own)) {
                    client.cancel_twice(id).await;
                }
            }
        })
        .await;
    let admin = &office.admin;
    let mut day = booking_of("desks", NINE - 9 * HOUR, 24 * 60);
    day["units"] = (CAPACITY + 1).into();
    admin.put("/users/{me}/bookings/day", &day).await.expect(409);
    day["units"] = CAPACITY.into();
    admin.put("/users/{me}/bookings/day", &day).await.expect(201);
    let one_more = json!({"resourceID": "desks", "starttimeepochtime": NINE, "durationMinutes": 30});
    admin.put("/users/{me}/bookings/more", &one_more).await.problem(409, "capacity");
}

async fn a_repeated_request_is_replayed(office: &Office) {
    let client = office.client(0);
    let body = booking_of("slots", NINE + 100 * HOUR, 60);
    let book = async |user: &User| user.put("/users/{me}/bookings", &body).key("replayed").await.expect(201);
    let first = book(&client.turns[0]).await;
    for user in &client.turns[1..] {
        let again = book(user).await;
        assert_eq!(again.body, first.body);
        assert!(again.header("idempotent-replayed").is_some());
    }
}

#[tokio::test]
async fn only_the_process_that_makes_the_administrator_keeps_the_password() {
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let machines: Vec<Machine> = (0..PROCESSES).map(|_| Machine::new(FRONTDESK)).collect();
    let launch = |at: usize| machines[at].launch_as_it_is(on_tables(&machines[at], &SERVE, &engine.url()));
    let servers: [Server; PROCESSES] = tokio::join!(launch(0), launch(1), launch(2), launch(3)).into();
    for server in &servers {
        server.ready().await;
    }
    let kept = machines.iter().map(|machine| std::fs::read_to_string(machine.data().join("initial-admin-password")));
    let passwords: Vec<String> = kept.flatten().collect();
    assert_eq!(passwords.len(), 1, "{passwords:?}");
    for server in &servers {
        server.cognito().sign_in("admin@example.com", passwords[0].trim()).await;
    }
}
