//! SIGKILL under load, again and again: every acknowledged write is there afterwards, and nothing is booked twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use testkit::{Answer, Caller, HOUR, MINUTE, Machine, NINE, Server, User, poll};
use tokio::task::JoinSet;

use crate::server::FRONTDESK;

const ROUNDS: u32 = 10;
const CLIENTS: u32 = 16;
const CAPACITY: i64 = 2;
/// Where the load may book: so many half hours from [`NINE`] on.
const HALF_HOURS: u32 = 480;
/// Tokens name the public address as their issuer, so it stays the same while the port does not.
const OPTIONS: [&str; 2] = ["--public-url", "http://desk.example.com"];

/// What a client was told and must find again, by the item's path.
type Acknowledged = BTreeMap<String, Known>;

/// The last that was said of an item: its body and its version, which an empty answer does not name.
struct Known {
    body: Value,
    version: Option<i64>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_sigkill_and_nothing_is_booked_twice() {
    let machine = Machine::new(FRONTDESK);
    let server = machine.serve(&OPTIONS).await;
    server.admin().await.resource("l", "r", CAPACITY).await;
    let mut users = Vec::new();
    for name in ["ada", "bob", "cyd", "dan"] {
        users.push(server.user(name).await);
    }
    let (mut server, mut total) = (server, 0);
    for round in 0..ROUNDS {
        let acknowledged = load_and_kill(server, &users, round).await;
        total += acknowledged.len();
        server = machine.serve(&OPTIONS).await;
        check_acknowledged(&server, &acknowledged).await;
        check_calendar(&server).await;
    }
    println!("{ROUNDS} crashes, {total} acknowledged writes, none lost");
}

/// Has clients write until the server is killed, at another moment in each round; returns what it acknowledged.
async fn load_and_kill(server: Server, users: &[User], round: u32) -> Acknowledged {
    let answers = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for (number, user) in (0..CLIENTS).zip(users.iter().cycle()) {
        let user = User { http: server.http.clone(), ..user.clone() };
        clients.spawn(client(user, round * CLIENTS + number, Arc::clone(&answers)));
    }
    let moment = 150 + 83 * round;
    poll::until("the load", async || (answers.load(Ordering::Relaxed) >= moment).then_some(())).await;
    server.kill();
    clients.join_all().await.into_iter().flatten().collect()
}

/// Writes until the server is gone. Each client has ids of its own, so that nobody else changes its items.
async fn client(user: User, number: u32, answers: Arc<AtomicU32>) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    let mut random = number.wrapping_mul(0x9e37_79b9) | 1;
    for step in 0_u32.. {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        let written = match step % 8 {
            0 | 4 => place_order(&user, &format!("{number}-{step}")).await,
            7 => cancel(&user, &acknowledged).await,
            // Several steps share an id: the first books, the others move.
            _ => book(&user, &format!("{number}-{}", step / 4), random).await,
        };
        let Ok(written) = written else { break };
        acknowledged.extend(written);
        answers.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}

type Written = Result<Option<(String, Known)>, reqwest::Error>;

fn acknowledged(path: String, answer: &Answer) -> Option<(String, Known)> {
    let known = || Known { body: answer.json(answer.status), version: Some(version(answer)) };
    (answer.status < 300).then(|| (path, known()))
}

fn version(answer: &Answer) -> i64 {
    answer.etag().trim_matches('"').parse().unwrap()
}

async fn place_order(user: &User, id: &str) -> Written {
    let answer = user.order(id).try_send().await?;
    Ok(acknowledged(format!("{}/orders/{id}", user.sub), &answer))
}

async fn book(user: &User, id: &str, random: u32) -> Written {
    let start = NINE + i64::from(random % HALF_HOURS) * 30 * MINUTE;
    let answer = user.book(id, "r", start, 30 * i64::from(1 + random % 5)).try_send().await?;
    Ok(acknowledged(user.path(&format!("/bookings/{id}")), &answer))
}

/// Cancels one of the client's bookings that stand.
async fn cancel(user: &User, acknowledged: &Acknowledged) -> Written {
    let stands = |known: &Known| known.body["status"] == "CONFIRMED";
    let found = acknowledged.iter().find(|(path, known)| path.starts_with('/') && stands(known));
    let Some((path, known)) = found else { return Ok(None) };
    let answer = user.delete(path).try_send().await?;
    answer.empty(200);
    let mut body = known.body.clone();
    body["status"] = "CANCELED".into();
    Ok(Some((path.clone(), Known { body, version: None })))
}

async fn check_acknowledged(server: &Server, acknowledged: &Acknowledged) {
    let admin = server.admin().await;
    let mut orders: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (path, known) in acknowledged {
        if let Some((sub, id)) = path.split_once("/orders/") {
            if !orders.contains_key(sub) {
                let list = admin.get(&format!("/users/{sub}/orders")).await.json(200);
                orders.insert(sub.to_owned(), list["orders"].as_array().unwrap().clone());
            }
            assert!(orders[sub].contains(&known.body), "order {id} is lost");
            continue;
        }
        let answer = admin.get(path).await;
        let mut found = answer.json(200);
        match known.version {
            // What was on its way when the server was killed may have been done: a later move or cancellation.
            Some(version_told) if version(&answer) > version_told => {}
            Some(_) => assert_eq!(found, known.body, "{path}"),
            None => {
                found["timestamp"].clone_from(&known.body["timestamp"]);
                assert_eq!(found, known.body, "{path}");
            }
        }
    }
}

/// Compares the bookings that stand with the occupancy that decisions rest on, half hour by half hour.
async fn check_calendar(server: &Server) {
    let admin = server.admin().await;
    let window = format!("from={NINE}&to={}", NINE + 250 * HOUR);
    let bookings = admin.get("/locations/l/resources/r/bookings").await.array();
    let mut free = Vec::new();
    for units in 1..=CAPACITY {
        let answer =
            admin.get(&format!("/locations/l/resources/r/availability?{window}&units={units}")).await.json(200);
        free.push(answer["free"].as_array().unwrap().clone());
    }
    for half_hour in 0..500 {
        let time = NINE + half_hour * 30 * MINUTE;
        let used = bookings.iter().filter(|booking| covers(booking, time)).count();
        let used = i64::try_from(used).unwrap();
        assert!(used <= CAPACITY, "{used} bookings at {time}");
        for (units, free) in (1..=CAPACITY).zip(&free) {
            let shown = free.iter().any(|stretch| covers(stretch, time));
            assert_eq!(shown, used + units <= CAPACITY, "{units} units at {time}, {used} in use");
        }
    }
}

fn covers(item: &Value, time: i64) -> bool {
    item["starttimeepochtime"].as_i64().unwrap() <= time && time < item["endtimeepochtime"].as_i64().unwrap()
}
