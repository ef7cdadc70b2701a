//! SIGKILL while requests come in and are fulfilled: each that was accepted ends once, and no booking comes of nothing.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use testkit::{Caller, HOUR, MINUTE, Machine, NINE, Server, User, poll};
use tokio::task::JoinSet;

use crate::server::FRONTDESK;

const ROUNDS: u32 = 8;
const CLIENTS: u32 = 16;
const RESOURCES: u32 = 3;
const CAPACITY: i64 = 2;
const OPTIONS: [&str; 2] = ["--public-url", "http://desk.example.com"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_ends_once_whenever_the_server_is_killed() {
    let machine = Machine::new(FRONTDESK);
    let mut server = machine.serve(&OPTIONS).await;
    for number in 0..RESOURCES {
        server.admin().await.resource("l", &format!("r{number}"), CAPACITY).await;
    }
    let ada = server.user("ada").await;
    let mut accepted = Vec::new();
    for round in 0..ROUNDS {
        accepted.extend(load_and_kill(server, &ada, round).await);
        server = machine.serve(&OPTIONS).await;
    }
    let user = User { http: server.http.clone(), ..ada };
    let mut completed = BTreeSet::new();
    for message in &accepted {
        let ended = poll::until("the end of a request", async || {
            let progress = user.get(&format!("/query/{message}")).await.json(200);
            (progress["result"] != "booking still in the process").then_some(progress)
        })
        .await;
        match ended["result"].as_str().unwrap() {
            "booking completed" => drop(completed.insert(ended["bookingID"].as_str().unwrap().to_owned())),
            other => assert_eq!((other, &ended["reason"]["code"]), ("booking rejected", &json!("capacity")), "{ended}"),
        }
    }
    let bookings = bookings(&server).await;
    let made: BTreeSet<String> = bookings.iter().map(|one| one["bookingID"].as_str().unwrap().to_owned()).collect();
    assert!(completed.is_subset(&made), "a booking is lost");
    // What was accepted without its answer having arrived may have ended, too: at most one for each client and crash.
    let unheard = made.difference(&completed).count();
    assert!(unheard <= usize::try_from(ROUNDS * CLIENTS).unwrap(), "{unheard} bookings of nobody");
    println!("{ROUNDS} crashes, {} accepted, {} completed, {unheard} unheard of", accepted.len(), completed.len());
}

/// Has clients ask until the server is killed, at another moment in each round; what it accepted.
async fn load_and_kill(server: Server, ada: &User, round: u32) -> Vec<String> {
    let answers = Arc::new(AtomicU32::new(0));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let user = User { http: server.http.clone(), ..ada.clone() };
        clients.spawn(client(user, round * CLIENTS + number, Arc::clone(&answers)));
    }
    let moment = 40 + 37 * round;
    poll::until("the load", async || (answers.load(Ordering::Relaxed) >= moment).then_some(())).await;
    server.kill();
    clients.join_all().await.into_iter().flatten().collect()
}

async fn client(user: User, number: u32, answers: Arc<AtomicU32>) -> Vec<String> {
    let mut accepted = Vec::new();
    for step in 0.. {
        let (resource, slot) = ((number + step) % RESOURCES, i64::from((number * 7 + step) % 400));
        let wish = json!({
            "resourceID": format!("r{resource}"), "starttimeepochtime": NINE + slot * 30 * MINUTE, "durationMinutes": 30,
        });
        let Ok(answer) = user.post("/book", &wish).try_send().await else { break };
        let published = answer.json(200);
        accepted.push(published["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned());
        answers.fetch_add(1, Ordering::Relaxed);
    }
    accepted
}

/// The bookings of all resources; never more at a time than a resource has units.
async fn bookings(server: &Server) -> Vec<Value> {
    let admin = server.admin().await;
    let mut all = Vec::new();
    for number in 0..RESOURCES {
        let bookings = admin.get(&format!("/locations/l/resources/r{number}/bookings")).await.array();
        for slot in 0..400 {
            let time = NINE + slot * 30 * MINUTE;
            let covers = |one: &&Value| one["starttimeepochtime"] == time;
            let used = bookings.iter().filter(covers).count();
            assert!(used <= usize::try_from(CAPACITY).unwrap(), "{used} bookings of r{number} at {time}");
        }
        assert!(bookings.iter().all(|one| one["starttimeepochtime"].as_i64().unwrap() < NINE + 200 * HOUR));
        all.extend(bookings);
    }
    all
}
