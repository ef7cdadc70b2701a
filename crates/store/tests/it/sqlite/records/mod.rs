//! The operator's own tables.

mod durability;
mod groups;
mod pages;
mod races;

use std::path::Path;

use serde_json::{Map, Value, json};
use store::StoreError;
use store::conformance::ManualClock;
use store::records::{Call, Fault, Operation, Outcome, Records, RecordsTable};
use store::sqlite::{Options, SqliteStore};

/// A store with these tables.
pub(super) fn with(directory: &Path, tables: &[&str]) -> Result<SqliteStore, StoreError> {
    let records_tables = tables.iter().map(|table| table.parse().unwrap()).collect();
    SqliteStore::open(Options { records_tables, ..super::options(directory) }, ManualClock::new())
}

/// The request of an operation, with the table's name in it.
fn request(operation: Operation, table: &str, parameters: Value) -> Call {
    let table: RecordsTable = table.parse().unwrap();
    let Value::Object(rest) = parameters else { panic!("{parameters} is not an object") };
    let mut parameters = Map::from_iter([("TableName".to_owned(), json!(table.name))]);
    parameters.extend(rest);
    Call { operation, table, parameters }
}

async fn call(store: &SqliteStore, operation: Operation, table: &str, parameters: Value) -> Outcome {
    store.call(request(operation, table, parameters)).await.unwrap()
}

/// The response of a request that is right.
async fn done(store: &SqliteStore, operation: Operation, table: &str, parameters: Value) -> Value {
    call(store, operation, table, parameters).await.map(|response| Value::Object(response.members().unwrap())).unwrap()
}

/// The fault of one that is wrong.
async fn fault(store: &SqliteStore, operation: Operation, table: &str, parameters: Value) -> Fault {
    call(store, operation, table, parameters).await.unwrap_err()
}

async fn put(store: &SqliteStore, table: &str, item: Value) {
    done(store, Operation::PutItem, table, json!({"Item": item})).await;
}

pub(super) async fn get(store: &SqliteStore, table: &str, key: Value) -> Option<Value> {
    done(store, Operation::GetItem, table, json!({"Key": key})).await.get("Item").cloned()
}
