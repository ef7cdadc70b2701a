//! The embedded store's table operations against dynoxide's: the same requests, the same answers.
//!
//! Requests are generated from a number; each run takes a fixed one and a fresh one, which a failure names. What was ever found to be
//! different is a named case.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod compare;
mod dice;
mod engines;
mod expressions;
mod known;
mod named;
mod pages;
mod requests;
mod values;

use serde_json::{Map, Value, json};
use store::records::{Operation, RecordsTable};
use uuid::Uuid;

use compare::Differences;
use dice::Dice;
use engines::{Engines, local};
use requests::{KEYS, Style};

/// Requests of one test, each with a look at what it left behind.
const REQUESTS: usize = 8_000;
/// The variable that has each test send another number of requests.
const COUNT: &str = "FRONTDESK_TEST_REQUESTS";
const FIXED: u64 = 20_261_120;
/// The variable that has the tests run from another number, as a failure names it.
const SEED: &str = "FRONTDESK_TEST_SEED";

#[expect(clippy::disallowed_methods, reason = "the number of a failure is given by whoever looks into it")]
fn given_or_fresh() -> u64 {
    std::env::var(SEED).map_or_else(|_| fresh(), |seed| seed.parse().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a fresh number each time is what these tests are for")]
fn fresh() -> u64 {
    u64::try_from(Uuid::new_v4().as_u128() >> 64).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "whoever looks for differences says how long")]
fn requests() -> usize {
    std::env::var(COUNT).map_or(REQUESTS, |count| count.parse().unwrap())
}

/// Tables with these keys, whose names no other test has.
fn tables<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<RecordsTable> {
    let run = Uuid::from_u128(fresh().into()).simple().to_string();
    let table = |(number, keys)| format!("t{run}-{number}:{keys}").parse().unwrap();
    keys.into_iter().enumerate().map(table).collect()
}

async fn run(style: Style, seed: u64) {
    let tables = tables(KEYS);
    let engines = Engines::start(&tables).await;
    let (mut dice, mut differences) = (Dice::new(seed), Differences::default());
    for _ in 0..requests() {
        let table = dice.pick(&tables).clone();
        let (operation, request) = requests::request(&mut dice, &table, style);
        one(&engines, &mut differences, &table, operation, &request).await;
    }
    differences.check(seed);
}

/// One request, and then the item that it was about.
async fn one(
    engines: &Engines,
    differences: &mut Differences,
    table: &RecordsTable,
    operation: Operation,
    request: &Map<String, Value>,
) {
    let get = key_of(table, request).map(|key| {
        let get = json!({ "TableName": table.name, "Key": key, "ConsistentRead": true });
        get.as_object().unwrap().clone()
    });
    let before = match &get {
        Some(get) if operation != Operation::Scan => engines.theirs(Operation::GetItem, get).await.ok(),
        _ => None,
    };
    let ours = engines.ours(operation, table, request).await;
    let theirs = engines.theirs(operation, request).await;
    let describe = || format!("{} {table} {}\n    item: {}", operation.name(), json!(request), json!(before));
    let alike = differences.compare(operation, request, &ours, &theirs, describe);
    let Some(get) = get.filter(|_| operation.writes()) else { return };
    let refused = ours.is_err();
    let (ours, theirs) =
        (engines.ours(Operation::GetItem, table, &get).await, engines.theirs(Operation::GetItem, &get).await);
    // DynamoDB Local may have done what it then says is wrong.
    if !alike || (local().is_some() && refused) {
        let theirs = engines.theirs(Operation::GetItem, &get).await;
        return align(engines, table, &get, theirs.ok()).await;
    }
    let describe = || format!("after {} {table} {}\n    item: {}", operation.name(), json!(request), json!(before));
    if !differences.compare(Operation::GetItem, &get, &ours, &theirs, describe) {
        align(engines, table, &get, theirs.ok()).await;
    }
}

/// Brings ours to where theirs is, so that one difference is told once.
async fn align(engines: &Engines, table: &RecordsTable, get: &Map<String, Value>, theirs: Option<Value>) {
    let mut request = get.clone();
    request.shift_remove("ConsistentRead");
    match theirs.and_then(|answer| answer.get("Item").cloned()) {
        Some(item) => {
            request.shift_remove("Key");
            request.insert("Item".to_owned(), item);
            let _ = engines.ours(Operation::PutItem, table, &request).await;
        }
        None => drop(engines.ours(Operation::DeleteItem, table, &request).await),
    }
}

/// The key that a request is about, if it is one.
fn key_of(table: &RecordsTable, request: &Map<String, Value>) -> Option<Value> {
    let from = request.get("Key").or_else(|| request.get("Item"))?;
    let attributes = std::iter::once(&table.partition).chain(&table.sort);
    let part = |name: &String| Some((name.clone(), from.get(name)?.clone()));
    Some(Value::Object(attributes.map(|key| part(&key.name)).collect::<Option<_>>()?))
}

#[tokio::test]
async fn expressions_from_a_fixed_number() {
    run(Style::Expressions, FIXED).await;
}

#[tokio::test]
async fn expressions_from_a_fresh_number() {
    run(Style::Expressions, given_or_fresh()).await;
}

#[tokio::test]
async fn legacy_parameters_from_a_fixed_number() {
    run(Style::Legacy, FIXED).await;
}

#[tokio::test]
async fn legacy_parameters_from_a_fresh_number() {
    run(Style::Legacy, given_or_fresh()).await;
}
