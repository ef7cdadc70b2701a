//! Random histories through a faulty network: several stores append to logs that share items, and every answer is checked.
//!
//! A log only grows and each entry is unique, so linearizability (Herlihy and Wing, 1990) can be read off the end: an acknowledged
//! entry is there once, one that was definitely refused is not, what a reader saw is a prefix, and whatever ended before
//! another operation began comes before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use domain::Clock;
use jiff::Timestamp;
use serde_json::{Value, json};
use store::conformance::document;
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};
use tokio::task::JoinSet;

use crate::proxy::Proxy;

/// Histories of one run.
const HISTORIES: u64 = 1_000;
/// Histories at once.
const PARALLEL: usize = 4;
/// Stores (processes, as it were) of one history, and what each of them does.
const STORES: u64 = 4;
const STEPS: u64 = 5;
/// Of a hundred requests so many meet a fault.
const PERCENT: u64 = 20;

/// The machine's clock.
pub(crate) struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "several stores, as on several machines")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// What one operation did, between two ticks of a shared counter.
struct Done {
    key: Key,
    began: u64,
    ended: u64,
    what: What,
}

enum What {
    /// It appended an entry, certainly or not.
    Appended { entry: String, certain: bool },
    /// It saw the log.
    Read(Vec<String>),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_network_loses_nothing_and_doubles_nothing() {
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(RealClock)).create_tables().await.unwrap();
    let mut running = JoinSet::new();
    let (mut certain, mut uncertain, mut faults) = (0, 0, 0);
    for seed in 0..HISTORIES {
        if running.len() == PARALLEL {
            let (sure, unsure, met) = running.join_next().await.unwrap().unwrap();
            (certain, uncertain, faults) = (certain + sure, uncertain + unsure, faults + met);
        }
        running.spawn(history(engine.url(), seed));
    }
    for (sure, unsure, met) in running.join_all().await {
        (certain, uncertain, faults) = (certain + sure, uncertain + unsure, faults + met);
    }
    println!("{HISTORIES} histories: {certain} acknowledged, {uncertain} of unknown outcome, {faults} faults met");
    assert!(certain > 0 && faults > 0);
}

/// Runs a history and checks it; how many entries were certain, how many not, and how many faults were met.
async fn history(url: String, seed: u64) -> (usize, usize, usize) {
    let proxy = Proxy::start(url.clone(), seed, PERCENT).await;
    let ticks = Arc::new(AtomicU64::new(0));
    let mut stores = JoinSet::new();
    for number in 0..STORES {
        let store = DynamoStore::new(client(&proxy.url()), "", Arc::new(RealClock));
        stores.spawn(work(store, seed, number, Arc::clone(&ticks)));
    }
    let done: Vec<Done> = stores.join_all().await.into_iter().flatten().collect();
    let direct = DynamoStore::new(client(&url), "", Arc::new(RealClock));
    for log in 0..2 {
        let key = key(seed, log);
        let entries = entries(direct.get(&key).await.unwrap().map(|item| item.body().unwrap()));
        check(&entries, done.iter().filter(|done| done.key == key), seed);
    }
    let appended = |wanted| {
        done.iter().filter(move |done| matches!(done.what, What::Appended { certain, .. } if certain == wanted))
    };
    (appended(true).count(), appended(false).count(), proxy.counts().0.iter().map(|(_, count)| count).sum())
}

fn key(seed: u64, log: u64) -> Key {
    Key::new(Table::Locations, format!("{seed}-{log}"))
}

fn entries(body: Option<Value>) -> Vec<String> {
    body.map(|body| serde_json::from_value(body["log"].clone()).unwrap()).unwrap_or_default()
}

async fn work(store: DynamoStore, seed: u64, number: u64, ticks: Arc<AtomicU64>) -> Vec<Done> {
    let mut done = Vec::new();
    for step in 0..STEPS {
        let log = (seed ^ number ^ (step << 1)) % 2;
        let key = key(seed, log);
        let began = ticks.fetch_add(1, Ordering::SeqCst);
        let what = if (seed + number + step).is_multiple_of(4) {
            let Ok(item) = store.get(&key).await else { continue };
            What::Read(entries(item.map(|item| item.body().unwrap())))
        } else {
            let entry = format!("{number}.{step}");
            // Every other one also guards the other log, so that the histories of both are entangled.
            let guard = step.is_multiple_of(2).then(|| self::key(seed, 1 - log));
            match append(&store, &key, guard, &entry).await {
                Ok(()) => What::Appended { entry, certain: true },
                Err(StoreError::Unavailable(_)) => What::Appended { entry, certain: false },
                Err(error) => panic!("history {seed}: {error}"),
            }
        };
        done.push(Done { key, began, ended: ticks.fetch_add(1, Ordering::SeqCst), what });
    }
    done
}

/// Appends an entry, with an event in the same commit, as the product does; without one when nothing is guarded (a single put).
async fn append(store: &DynamoStore, key: &Key, guard: Option<Key>, entry: &str) -> Result<(), StoreError> {
    let (written, entry, alone) = (key.clone(), entry.to_owned(), guard.is_none());
    let decide = move |loaded: &Loaded| {
        let mut log = entries(loaded.item(&written)?.map(|item| item.body().unwrap()));
        log.push(entry.clone());
        let mut changes = Changes::none();
        changes.put(written.clone(), &document(&written, json!({"log": log})))?;
        if !alone {
            let event = Key::number(Table::Events, &written.partition, loaded.next_version(&written)?);
            changes.put(event.clone(), &document(&event, json!({"entry": entry})))?;
        }
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    let keys = [Some(key.clone()), guard].into_iter().flatten().collect();
    transact(store, keys, decide).await.map(|_| ())
}

fn check<'d>(log: &[String], done: impl Iterator<Item = &'d Done>, seed: u64) {
    // When an operation took effect: at its entry, or behind the last entry that it saw.
    let mut effects: Vec<(usize, &Done)> = Vec::new();
    for one in done {
        match &one.what {
            What::Appended { entry, certain } => {
                let places: Vec<usize> = (0..log.len()).filter(|place| log[*place] == *entry).collect();
                assert!(places.len() <= 1, "history {seed}: {entry} was applied twice: {log:?}");
                assert!(!certain || places.len() == 1, "history {seed}: {entry} was acknowledged and is lost: {log:?}");
                effects.extend(places.first().filter(|_| *certain).map(|place| (2 * place + 1, one)));
            }
            What::Read(seen) => {
                assert!(log.starts_with(seen), "history {seed}: a reader saw {seen:?}, which is no prefix of {log:?}");
                effects.push((2 * seen.len(), one));
            }
        }
    }
    for (place, one) in &effects {
        for (other_place, other) in &effects {
            let before = one.ended < other.began;
            assert!(
                !before || place <= other_place,
                "history {seed}: {place} ended before {other_place} began: {log:?}"
            );
        }
    }
}
