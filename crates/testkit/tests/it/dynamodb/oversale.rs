//! Random histories of bookings through a faulty network: several processes, as it were, book and cancel the same slots. Whatever
//! gets lost or arrives twice, no slot has more bookings than units, and each is given back once.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::{App, Command, Failure, Settings};
use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use domain::Kind;
use frontdesk::ambient::{SystemClock, SystemIds};
use serde_json::{Value, json};
use store::{Query, Store, StoreError, Table};
use testkit::{HOUR, NINE, Proxy};
use tokio::task::JoinSet;

/// Histories of each quarter, and how many of them at once. A thousand in all, in tests that end soon and may run beside each other.
const HISTORIES: u64 = 250;
const PARALLEL: usize = 4;
/// Processes of one history, and what each of them does: as few as still want more of a slot than it has.
const PROCESSES: u64 = 3;
const STEPS: u64 = 3;
/// Of a hundred requests so many meet a fault.
const PERCENT: u64 = 20;
/// Units of the resource, and slots that all want.
const CAPACITY: usize = 2;
const SLOTS: u64 = 2;

/// A booking as its process knows it: whether it stands, if that is certain.
struct Known {
    id: String,
    stands: Option<bool>,
}

fn app(url: &str) -> (App, Arc<DynamoStore>) {
    let store = Arc::new(DynamoStore::new(client(url), "", Arc::new(SystemClock)));
    let clock = Arc::new(SystemClock);
    (App::new(Arc::clone(&store) as Arc<dyn Store>, clock, Arc::new(SystemIds), Settings::default()), store)
}

fn body(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().unwrap().clone()
}

mod a_faulty_network_oversells_nothing_and_gives_nothing_back_twice {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn first_quarter() {
        super::quarter(0).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn second_quarter() {
        super::quarter(1).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn third_quarter() {
        super::quarter(2).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn fourth_quarter() {
        super::quarter(3).await;
    }
}

/// Runs a quarter of the histories, by its number.
#[expect(clippy::print_stdout, reason = "the figures of the run, for whoever looks")]
async fn quarter(number: u64) {
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let (direct, _) = app(&engine.url());
    direct.put_location(Command::default(), Some("l"), body(&json!({"name": "L"}))).await.unwrap();
    let (mut running, mut tally) = (JoinSet::new(), [0; 3]);
    let mut add = |of_one: [usize; 3]| tally.iter_mut().zip(of_one).for_each(|(sum, more)| *sum += more);
    for seed in number * HISTORIES..(number + 1) * HISTORIES {
        // One after the other: each changes the location.
        let room = json!({"name": "R", "capacity": CAPACITY});
        direct.put_resource(Command::default(), "l", Some(&format!("r{seed}")), body(&room)).await.unwrap();
        if running.len() == PARALLEL {
            add(running.join_next().await.unwrap().unwrap());
        }
        running.spawn(history(engine.url(), seed));
    }
    running.join_all().await.into_iter().for_each(add);
    let [acknowledged, refused, unknown] = tally;
    println!("{HISTORIES} histories: {acknowledged} acknowledged, {refused} refused, {unknown} of unknown outcome");
    assert!(acknowledged > 10 * unknown && refused > 0);
}

/// Runs a history and checks it: how many outcomes were acknowledged, refused, and unknown.
async fn history(url: String, seed: u64) -> [usize; 3] {
    let proxy = Proxy::start(url.clone(), seed, PERCENT).await;
    let mut processes = JoinSet::new();
    for number in 0..PROCESSES {
        processes.spawn(work(proxy.url(), seed, number));
    }
    let mut tally = [0; 3];
    let mut known = Vec::new();
    for (of_one, outcomes) in processes.join_all().await {
        known.extend(of_one);
        tally.iter_mut().zip(outcomes).for_each(|(sum, more)| *sum += more);
    }
    let (direct, store) = app(&url);
    let mut slots = vec![BTreeSet::new(); SLOTS as usize];
    for Known { id, stands } in &known {
        let found = match direct.get_booking("u", id).await {
            Ok(reply) => Some(serde_json::from_str::<Value>(&reply.body.unwrap()).unwrap()),
            Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => None,
            Err(error) => panic!("history {seed}: {error}"),
        };
        let is_there = found.as_ref().is_some_and(|booking| booking["status"] == "CONFIRMED");
        assert!(
            stands.is_none_or(|stands| stands == is_there),
            "history {seed}: {id} should stand: {stands:?}: {found:?}"
        );
        if let Some(booking) = found.filter(|_| is_there) {
            let slot = (booking["starttimeepochtime"].as_i64().unwrap() - NINE) / HOUR;
            slots[usize::try_from(slot).unwrap()].insert(id);
        }
    }
    let most = slots.iter().map(BTreeSet::len).max().unwrap();
    assert!(most <= CAPACITY, "history {seed}: {most} bookings of {CAPACITY} units");
    for id in slots.iter().flatten() {
        direct.cancel_booking(Command::default(), "u", id).await.unwrap();
    }
    let left = store.query(Query::table(Table::Occupancy, format!("r{seed}"))).await.unwrap().items;
    assert!(left.is_empty(), "history {seed}: units are still in use: {left:?}");
    tally
}

async fn work(url: String, seed: u64, number: u64) -> (Vec<Known>, [usize; 3]) {
    let (app, _) = app(&url);
    let (mut known, mut tally): (Vec<Known>, _) = (Vec::new(), [0; 3]);
    for step in 0..STEPS {
        let cancels = (seed + number + step).is_multiple_of(3);
        let mine = known.iter().position(|booking| booking.stands == Some(true)).filter(|_| cancels);
        let outcome = if let Some(mine) = mine {
            let canceled = app.cancel_booking(Command::default(), "u", &known[mine].id).await;
            known[mine].stands = canceled.as_ref().ok().map(|_| false);
            canceled
        } else {
            let (id, slot) = (format!("{seed}-{number}-{step}"), (seed ^ number ^ step) % SLOTS);
            let start = NINE + i64::try_from(slot).unwrap() * HOUR;
            let wish = json!({"resourceID": format!("r{seed}"), "starttimeepochtime": start});
            let booked = app.put_booking(Command::default(), "u", Some(&id), body(&wish)).await;
            let stands = match &booked {
                Ok(_) => Some(true),
                Err(Failure::Refused(_)) => Some(false),
                Err(_) => None,
            };
            known.push(Known { id, stands });
            booked
        };
        match outcome {
            Ok(_) => tally[0] += 1,
            Err(Failure::Refused(refusal)) if refusal.rule == "capacity" => tally[1] += 1,
            Err(Failure::Store(StoreError::Unavailable(_))) => tally[2] += 1,
            Err(error) => panic!("history {seed}: {error}"),
        }
    }
    (known, tally)
}
