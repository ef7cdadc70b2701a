//! Random histories through a faulty network: several stores append to logs that share items, and every answer is checked.
//!
//! Beside each entry goes an item that an index lists. Indexes lag here, so a list may show any earlier state, but never one that was not.
//!
//! A log only grows and each entry is unique, so linearizability (Herlihy and Wing, 1990) can be read off the end: an acknowledged
//! entry is there once, one that was definitely refused is not, what a reader saw is a prefix, and whatever ended before
//! another operation began comes before it.
//!
//! Events go into the log meanwhile, by two who relay them through faulty networks of their own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};
use store::log::{self, Kept};
use store::{Changes, Index, Key, Loaded, Query, Store, StoreError, Table, Verdict, transact};
use testkit::{FAULTS, Fault, Proxy};
use tokio::task::JoinSet;

/// Histories of each quarter. A thousand in all, in tests that end soon and may run beside each other.
const HISTORIES: u64 = 250;
/// Histories at once.
const PARALLEL: usize = 4;
/// Stores (processes, as it were) of one history, and what each of them does.
const STORES: u64 = 4;
const STEPS: u64 = 5;
/// Of a hundred requests so many meet a fault.
const PERCENT: u64 = 20;
/// Of a hundred lists so many may be late, and by how many writes.
const LATE_PERCENT: u64 = 50;
const LATE_WRITES: u64 = 20;

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
    /// It saw the list of the log's entries, by an index.
    Listed(Vec<String>),
}

/// What happened in histories.
#[derive(Default)]
struct Tally {
    acknowledged: usize,
    unknown: usize,
    read: usize,
    listed: usize,
    /// Lists without an entry that had been acknowledged before.
    late: usize,
    faults: BTreeMap<String, usize>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.unknown += other.unknown;
        self.read += other.read;
        self.listed += other.listed;
        self.late += other.late;
        for (fault, count) in other.faults {
            *self.faults.entry(fault).or_default() += count;
        }
    }
}

mod a_faulty_network_loses_nothing_and_doubles_nothing {
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
    let mut relays = JoinSet::new();
    for of_two in 0..2 {
        relays.spawn(relay(engine.url(), 4 * HISTORIES + 2 * number + of_two));
    }
    let mut running = JoinSet::new();
    let mut tally = Tally::default();
    for seed in number * HISTORIES..(number + 1) * HISTORIES {
        if running.len() == PARALLEL {
            tally.add(running.join_next().await.unwrap().unwrap());
        }
        running.spawn(history(engine.url(), seed));
    }
    for of_one in running.join_all().await {
        tally.add(of_one);
    }
    relays.shutdown().await;
    let (events, relayed) = check_log(&engine.store("", Arc::new(SystemClock))).await;
    println!("{events} events in the log, {relayed} of them relayed through faults");
    let Tally { acknowledged, unknown, read, listed, late, faults } = tally;
    println!("{HISTORIES} histories: {acknowledged} acknowledged, {unknown} of unknown outcome, {read} reads");
    println!("{listed} lists, {late} of them late; faults: {faults:?}");
    // Two seconds of trying again are enough nearly always.
    assert!(acknowledged > 10 * unknown, "{unknown} of unknown outcome");
    assert!(late > 0 && faults.len() == FAULTS.len() - 1);
}

/// Relays events through a faulty network. Never returns.
async fn relay(url: String, seed: u64) {
    let proxy = Proxy::start(url, seed, PERCENT).await;
    proxy.lag(LATE_PERCENT, LATE_WRITES);
    let store = DynamoStore::new(client(&proxy.url()), "", Arc::new(SystemClock));
    loop {
        for shard in 0..log::SHARDS {
            // Whatever went wrong is tried again, by anybody.
            let _ = log::relay(&store, shard).await;
        }
    }
}

/// Every event is in the log once, and those of an aggregate are in the order of their sequence. Returns how many there are, and how
/// many were in the log before.
async fn check_log(store: &DynamoStore) -> (usize, i64) {
    let before = log::ends(store).await.unwrap().head;
    for shard in 0..log::SHARDS {
        while log::relay(store, shard).await.unwrap() > 0 {}
    }
    let (mut found, mut after): (BTreeMap<String, Vec<i64>>, i64) = (BTreeMap::new(), 0);
    loop {
        let page = log::read(store, after, 100).await.unwrap();
        for logged in &page.events {
            let event: Value = logged.item.body().unwrap();
            let aggregate = event["aggregate"].as_str().unwrap().to_owned();
            found.entry(aggregate).or_default().push(event["sequence"].as_i64().unwrap());
        }
        if page.through == after {
            break;
        }
        after = page.through;
    }
    let mut total = 0;
    for (aggregate, sequences) in &found {
        let stored = store.query(Query::table(Table::Events, aggregate)).await.unwrap().items;
        let stored: Vec<i64> =
            stored.iter().map(|item| item.body::<Value>().unwrap()["sequence"].as_i64().unwrap()).collect();
        assert_eq!(*sequences, stored, "{aggregate}");
        total += stored.len();
    }
    assert_eq!(i64::try_from(total).unwrap(), after, "as many positions as events");
    let mut scanned = 0;
    let mut cursor = None;
    loop {
        let page = store.scan(Table::Events, 1_000, cursor).await.unwrap();
        scanned += page.items.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(scanned, total, "every event");
    assert!(before > 0);
    (total, before)
}

/// Runs a history and checks it.
async fn history(url: String, seed: u64) -> Tally {
    let proxy = Proxy::start(url.clone(), seed, PERCENT).await;
    proxy.lag(LATE_PERCENT, LATE_WRITES);
    let ticks = Arc::new(AtomicU64::new(0));
    let mut stores = JoinSet::new();
    for number in 0..STORES {
        let store = DynamoStore::new(client(&proxy.url()), "", Arc::new(SystemClock));
        stores.spawn(work(store, seed, number, Arc::clone(&ticks)));
    }
    let done: Vec<Done> = stores.join_all().await.into_iter().flatten().collect();
    let direct = DynamoStore::new(client(&url), "", Arc::new(SystemClock));
    let mut tally = Tally::default();
    for log in 0..2 {
        let key = key(seed, log);
        let entries = entries(direct.get(&key).await.unwrap().map(|item| item.body().unwrap()));
        let done: Vec<&Done> = done.iter().filter(|done| done.key == key).collect();
        check(&entries, &done, seed);
        let listed: Vec<String> = entries.into_iter().filter(|entry| is_listed(entry)).collect();
        assert_eq!(list(&direct, &key).await.unwrap(), listed, "history {seed}: the list catches up");
        tally.late += late(&listed, &done, seed);
    }
    for one in &done {
        match one.what {
            What::Appended { certain: true, .. } => tally.acknowledged += 1,
            What::Appended { certain: false, .. } => tally.unknown += 1,
            What::Read(_) => tally.read += 1,
            What::Listed(_) => tally.listed += 1,
        }
    }
    tally.faults = proxy
        .counts()
        .0
        .iter()
        .filter(|(fault, _)| *fault != Fault::Leave)
        .map(|(fault, count)| (format!("{fault:?}"), *count))
        .collect();
    tally
}

/// Checks what lists showed, and counts those that lacked what had been acknowledged before.
fn late(entries: &[String], done: &[&Done], seed: u64) -> usize {
    let mut late = 0;
    for one in done {
        let What::Listed(seen) = &one.what else { continue };
        assert!(entries.starts_with(seen), "history {seed}: a list showed {seen:?}, which never was: {entries:?}");
        let lacks = |other: &&&Done| match &other.what {
            What::Appended { entry, certain: true } => {
                is_listed(entry) && other.ended < one.began && !seen.contains(entry)
            }
            _ => false,
        };
        late += usize::from(done.iter().any(|other| lacks(&other)));
    }
    late
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
        let what = match (seed + number + step) % 4 {
            0 => {
                let Ok(item) = store.get(&key).await else { continue };
                What::Read(entries(item.map(|item| item.body().unwrap())))
            }
            1 => {
                let Ok(listed) = list(&store, &key).await else { continue };
                What::Listed(listed)
            }
            _ => {
                // Every other one also guards the other log, so that the histories of both are entangled.
                let guard = step.is_multiple_of(2).then(|| self::key(seed, 1 - log));
                let entry = format!("{number}.{step}{}", if guard.is_some() { LISTED } else { "" });
                match append(&store, &key, guard, &entry).await {
                    Ok(()) => What::Appended { entry, certain: true },
                    Err(StoreError::Unavailable(_)) => What::Appended { entry, certain: false },
                    Err(error) => panic!("history {seed}: {error}"),
                }
            }
        };
        done.push(Done { key, began, ended: ticks.fetch_add(1, Ordering::SeqCst), what });
    }
    done
}

/// Appends an entry, with an event and a listed item in the same commit, as the product does; alone when nothing is guarded.
async fn append(store: &DynamoStore, key: &Key, guard: Option<Key>, entry: &str) -> Result<(), StoreError> {
    let (written, entry, alone) = (key.clone(), entry.to_owned(), guard.is_none());
    let decide = move |loaded: &Loaded| {
        let id = &written.partition;
        let mut log = entries(loaded.item(&written)?.map(|item| item.body().unwrap()));
        let place = log.len();
        log.push(entry.clone());
        let mut changes = Changes::none();
        changes.put(written.clone(), &json!({"locationID": id, "log": log}))?;
        if !alone {
            let sequence = loaded.next_version(&written)?;
            let event = json!({"aggregate": id, "sequence": sequence, "entry": entry});
            let previous = loaded.item(&written)?.map(|item| item.version);
            let kept = Kept { previous, ..Kept::default() };
            changes.put_private(Key::number(Table::Events, id, sequence), &event, &kept)?;
            let listed = format!("{id}-{entry}");
            let item = json!({"bookingID": listed, "resourceID": id, "starttimeepochtime": place, "entry": entry});
            changes.put(Key::new(Table::Bookings, listed), &item)?;
        }
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    let keys = [Some(key.clone()), guard].into_iter().flatten().collect();
    transact(store, keys, decide).await.map(|_| ())
}

/// What the names of entries end with that have a listed item.
const LISTED: &str = ".listed";

fn is_listed(entry: &str) -> bool {
    entry.ends_with(LISTED)
}

/// The entries of a log that an index lists.
async fn list(store: &DynamoStore, log: &Key) -> Result<Vec<String>, StoreError> {
    let page = store.query(Query::index(Index::BookingsByResourceByTime, &log.partition)).await?;
    assert!(page.next.is_none(), "a log is shorter than a page");
    Ok(page.items.iter().map(|item| item.body::<Value>().unwrap()["entry"].as_str().unwrap().to_owned()).collect())
}

fn check(log: &[String], done: &[&Done], seed: u64) {
    // When an operation took effect: at its entry, or behind the last entry that it saw.
    let mut effects: Vec<(usize, &Done)> = Vec::new();
    for one in done.iter().copied() {
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
            What::Listed(_) => {}
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
