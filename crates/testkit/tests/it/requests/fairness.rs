//! A hot slot: clients race for more than there is, and those have it whose requests were accepted first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use store::{Query, Table};
use testkit::{Caller, NINE, TestApp, User, poll};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const CLIENTS: usize = 32;
/// Requests that each client makes, one after the other.
const REQUESTS: usize = 3;
/// Times that a client asks again for what was answered with 503.
const TRIES: usize = 30;
/// Units of the resource: fewer than clients.
const CAPACITY: usize = 10;

/// A request as its client knows it: when it was made and accepted, by a clock that all share.
struct Accepted {
    message_id: String,
    asked: u64,
    accepted: u64,
}

impl Accepted {
    fn is_before(&self, other: &Self) -> bool {
        self.accepted < other.asked
    }
}

async fn office() -> (TestApp, Vec<User>) {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", i64::try_from(CAPACITY).unwrap()).await;
    let mut users = Vec::new();
    for name in ["ada", "bob", "cyd", "dan"] {
        users.push(app.user(name).await);
    }
    (app, users)
}

/// Asks for the hour, again under the same key where the store is too busy.
async fn ask(user: &User, key: &str) -> String {
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE, "durationMinutes": 60});
    for _ in 0..TRIES {
        let answer = user.post("/book", &wish).key(key).may_fail().await;
        if answer.status != 503 {
            let published = answer.json(200)["PublishResponse"].clone();
            return published["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
        }
    }
    panic!("{key}: not accepted");
}

/// What all clients come to, who ask for the same hour at once.
async fn race(users: &[User]) -> Vec<Accepted> {
    let (start, clock) = (Arc::new(Barrier::new(CLIENTS)), Arc::new(AtomicU64::new(0)));
    let mut clients = JoinSet::new();
    for (number, user) in (0..CLIENTS).zip(users.iter().cycle()) {
        let (user, start, clock) = (user.clone(), Arc::clone(&start), Arc::clone(&clock));
        clients.spawn(async move {
            let mut accepted = Vec::new();
            start.wait().await;
            for turn in 0..REQUESTS {
                let asked = clock.fetch_add(1, Ordering::SeqCst);
                let message_id = ask(&user, &format!("{number}-{turn}")).await;
                accepted.push(Accepted { message_id, asked, accepted: clock.fetch_add(1, Ordering::SeqCst) });
            }
            accepted
        });
    }
    clients.join_all().await.into_iter().flatten().collect()
}

/// Whether a request was granted, once it has ended: the others are rejected for want of units.
async fn is_granted(app: &TestApp, message_id: &str) -> bool {
    let ended = poll::until("the end of a request", async || {
        let progress = app.instance.app.request_progress(None, message_id).await.unwrap();
        (progress != app::Progress::InProcess).then_some(progress)
    })
    .await;
    match ended {
        app::Progress::Rejected { reason, .. } => {
            assert_eq!(reason.rule, "capacity");
            false
        }
        _ => true,
    }
}

/// Nobody whose request was accepted before another was made comes away with nothing while that one has it.
async fn check(app: &TestApp, all: &[Accepted]) -> BTreeMap<String, bool> {
    let mut granted = BTreeMap::new();
    for one in all {
        granted.insert(one.message_id.clone(), is_granted(app, &one.message_id).await);
    }
    assert_eq!(granted.values().filter(|granted| **granted).count(), CAPACITY);
    let (winners, losers): (Vec<_>, Vec<_>) = all.iter().partition(|one| granted[&one.message_id]);
    for loser in losers {
        for winner in &winners {
            assert!(!loser.is_before(winner), "{} overtook {}", winner.message_id, loser.message_id);
        }
    }
    granted
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_clients_those_have_the_units_whose_requests_were_accepted_first() {
    let (app, users) = office().await;
    let all = race(&users).await;
    // The order in which they were accepted, as it is stored; no client saw another one.
    let lane = app.instance.store.query(Query::table(Table::Queue, "resource/r")).await.unwrap().items;
    let order: Vec<String> =
        lane.iter().map(|place| place.body::<Value>().unwrap()["message_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(order.len(), CLIENTS * REQUESTS);
    let place = |one: &Accepted| order.iter().position(|message_id| *message_id == one.message_id).unwrap();
    for one in &all {
        for other in &all {
            assert!(!one.is_before(other) || place(one) < place(other), "{} {}", one.message_id, other.message_id);
        }
    }
    // Several workers, as those of several processes.
    let looks = (app.instance.app.fulfil_waiting(), app.instance.app.fulfil_waiting());
    let (one, other) = tokio::join!(looks.0, looks.1);
    assert_eq!(one.unwrap() + other.unwrap(), order.len());
    let granted = check(&app, &all).await;
    for (place, message_id) in order.iter().enumerate() {
        assert_eq!(granted[message_id], place < CAPACITY, "place {place}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_overtakes_while_requests_are_fulfilled_as_they_come_in() {
    let (app, users) = office().await;
    let app = Arc::new(app);
    let mut workers = JoinSet::new();
    for _ in 0..2 {
        let app = Arc::clone(&app);
        workers.spawn(async move { app.instance.app.fulfil().await });
    }
    let all = race(&users).await;
    check(&app, &all).await;
}
