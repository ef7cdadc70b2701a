//! Random histories: whatever is done in whatever order, the store answers as the plain model does.

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::ops::Bound;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::subject::bodies;
use super::{Model, Subject, document, eventually};
use crate::table::SortAttribute;
use crate::{Changes, Direction, Index, Key, Loaded, Query, Sort, Store, StoreError, Table, Verdict, transact};

const CASES: u32 = 64;
const STEPS: usize = 60;
/// Items that are read at once at the end.
const READ: usize = 8;

/// One step of a history; keys are positions in [`keys`].
#[derive(Clone, Debug)]
enum Step {
    Advance(i64),
    Commit { loaded: Vec<usize>, later: Vec<usize>, writes: Vec<(usize, Option<u8>)>, refuse: bool },
    Read(Vec<usize>),
    List { list: usize, from: Option<i64>, to: Option<i64>, backwards: bool, limit: usize },
    Sweep,
}

/// Whether bookings of a history may start at the same time. DynamoDB does not say in which order an index lists those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// They may.
    Some,
    /// Each starts at a time of its own.
    None,
}

/// Compares the stores that the function makes with the model, on many histories.
pub fn compare<F: Future<Output = Subject>>(ties: Ties, make: impl Fn() -> F) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases: CASES, failure_persistence: None, max_shrink_iters: 500, ..Config::default() };
    let outcome = TestRunner::new(config).run(&vec(step(), 1..STEPS), |steps| {
        runtime.block_on(async { run(&make().await, &steps, ties).await });
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.unwrap_err());
}

fn step() -> impl Strategy<Value = Step> {
    let position = || 0..keys().len();
    let positions = || vec(position(), 0..5);
    let write = (position(), proptest::option::weighted(0.7, any::<u8>()));
    let commit = (positions(), vec(position(), 0..2), vec(write, 0..4), any::<bool>());
    let end = || proptest::option::of(-2_i64..6);
    prop_oneof![
        2 => prop_oneof![Just(0), -5_i64..5_000].prop_map(Step::Advance),
        8 => commit.prop_map(|(mut loaded, later, writes, refuse)| {
            // Most writes are of loaded keys, as they are in the product.
            loaded.extend(writes.iter().map(|(position, _)| *position).filter(|position| position % 7 != 3));
            Step::Commit { loaded, later, writes, refuse }
        }),
        3 => positions().prop_map(Step::Read),
        3 => (0..lists().len(), end(), end(), any::<bool>(), 1_usize..4)
            .prop_map(|(list, from, to, backwards, limit)| Step::List { list, from, to, backwards, limit }),
        1 => Just(Step::Sweep),
    ]
}

fn keys() -> Vec<Key> {
    let mut keys = Vec::new();
    for n in 0..4_i64 {
        keys.push(Key::new(Table::Users, n.to_string()));
        keys.push(Key::new(Table::Bookings, n.to_string()));
        keys.push(Key::new(Table::Idempotency, n.to_string()));
        keys.push(Key::number(Table::Occupancy, "room", n - 1));
        keys.push(Key::number(Table::Occupancy, "hall", n - 1));
        keys.push(Key::text(Table::Orders, "anna", (n - 1).to_string()));
    }
    keys
}

fn lists() -> Vec<Query> {
    vec![
        Query::table(Table::Occupancy, "room"),
        Query::table(Table::Orders, "anna"),
        Query::index(Index::BookingsByUserByTime, "anna"),
        Query::index(Index::BookingsByResourceByTime, "room"),
    ]
}

fn body(key: &Key, number: u8, ties: Ties) -> Value {
    let own: u8 = key.partition.parse().unwrap_or_default();
    let more = match key.table {
        Table::Bookings if number.is_multiple_of(5) => json!({"userID": "anna"}),
        Table::Bookings => json!({
            "userID": (["anna", "bert"][usize::from(number % 2)]),
            "resourceID": (["room", "hall"][usize::from(number / 2 % 2)]),
            "starttimeepochtime": (if ties == Ties::Some { number % 4 } else { own }),
        }),
        Table::Idempotency => json!({"expiration": 1_767_225_600 + i64::from(number) / 8}),
        _ => json!({"number": number}),
    };
    document(key, more)
}

type Seen<T> = Result<T, Discriminant<StoreError>>;

async fn run(subject: &Subject, steps: &[Step], ties: Ties) {
    let model = Model::new(Arc::clone(&subject.clock) as Arc<dyn domain::Clock>);
    let mut last = HashMap::new();
    for step in steps {
        match step {
            Step::Advance(milliseconds) => subject.clock.advance(*milliseconds),
            Step::Commit { .. } => {
                assert_eq!(commit(&*subject.store, step, ties).await, commit(&model, step, ties).await, "{step:?}");
                check_versions(subject, &mut last).await;
            }
            Step::Read(positions) => assert_eq!(read(&*subject.store, positions).await, read(&model, positions).await),
            Step::List { .. } => {
                let expected = list(&model, step).await;
                eventually(expected, async || list(&*subject.store, step).await).await;
            }
            Step::Sweep => assert_eq!(sweep(&*subject.store).await, sweep(&model).await),
        }
    }
    let all: Vec<usize> = (0..keys().len()).collect();
    for some in all.chunks(READ) {
        assert_eq!(read(&*subject.store, some).await, read(&model, some).await);
    }
    for table in Table::ALL {
        assert_eq!(scan(&*subject.store, table).await, scan(&model, table).await);
    }
}

async fn commit(store: &dyn Store, step: &Step, ties: Ties) -> Seen<Result<usize, usize>> {
    let Step::Commit { loaded, later, writes, refuse } = step.clone() else { return Ok(Ok(0)) };
    let keys = keys();
    let key = |positions: &[usize]| positions.iter().map(|position| keys[*position].clone()).collect::<Vec<Key>>();
    let (first, second) = (key(&loaded), key(&later));
    let all = keys.clone();
    let decide = move |loaded: &Loaded| {
        if !second.iter().all(|key| loaded.contains(key)) {
            return Ok(Verdict::Read(second.clone()));
        }
        let mut changes = Changes::none();
        for (position, number) in &writes {
            let key = all[*position].clone();
            match number {
                Some(number) => {
                    changes.put_private(key.clone(), &body(&key, *number, ties), &json!({"private": number}))?
                }
                None => changes.delete(key),
            }
        }
        let present = loaded.entries().filter(|(_, item, _)| item.is_some()).count();
        Ok(if refuse { Verdict::Refuse(changes, present) } else { Verdict::Commit(changes, present) })
    };
    transact(store, first, decide).await.map_err(|error| discriminant(&error))
}

async fn read(store: &dyn Store, positions: &[usize]) -> Vec<Option<(Value, Value)>> {
    let keys = keys();
    let asked: Vec<Key> = positions.iter().map(|position| keys[*position].clone()).collect();
    let items = store.get_many(&asked).await.unwrap();
    items.into_iter().map(|item| item.map(|item| (item.body().unwrap(), item.private().unwrap()))).collect()
}

async fn list(store: &dyn Store, step: &Step) -> Vec<Vec<Value>> {
    let Step::List { list, from, to, backwards, limit } = step else { return Vec::new() };
    let mut query = lists()[*list].clone();
    let bound = |end: &Option<i64>| match end {
        None => Bound::Unbounded,
        Some(end) if query.table == Table::Orders => Bound::Included(Sort::Text(end.to_string())),
        Some(end) if end % 2 == 0 => Bound::Included(Sort::Number(*end)),
        Some(end) => Bound::Excluded(Sort::Number(*end)),
    };
    query.range = (bound(from), bound(to));
    query.direction = if *backwards { Direction::Descending } else { Direction::Ascending };
    query.limit = *limit;
    let mut pages = Vec::new();
    loop {
        let page = store.query(query.clone()).await.unwrap();
        pages.push(bodies(&page));
        query.cursor = page.next;
        if query.cursor.is_none() {
            return pages;
        }
    }
}

async fn sweep(store: &dyn Store) -> usize {
    store.sweep(Table::Idempotency, 100).await.unwrap()
}

/// All items of a table, in the order of their keys.
async fn scan(store: &dyn Store, table: Table) -> Vec<Value> {
    let page = store.scan(table, 100, None).await.unwrap();
    let mut found = bodies(&page);
    let definition = table.definition();
    found.sort_by_key(|body| {
        let sort = match definition.sort {
            Some(SortAttribute::Text(name) | SortAttribute::Number(name)) => body[name].to_string(),
            None => String::new(),
        };
        (body[definition.partition].to_string(), sort)
    });
    found
}

/// A version that changes grows, for ever.
async fn check_versions(subject: &Subject, last: &mut HashMap<Key, (i64, Option<Value>)>) {
    for key in keys() {
        let Some(item) = subject.get(&key).await else {
            // It has to grow beyond this also when the key is made again.
            last.entry(key).and_modify(|(_, body)| *body = None);
            continue;
        };
        let body = item.body::<Value>().unwrap();
        if let Some((version, before)) = last.get(&key) {
            let unchanged = item.version == *version && before.as_ref() == Some(&body);
            assert!(item.version > *version || unchanged, "{key:?}: {} after {version}", item.version);
        }
        last.insert(key, (item.version, Some(body)));
    }
}
