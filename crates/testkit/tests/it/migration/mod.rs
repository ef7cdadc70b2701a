//! Moving between the embedded store and DynamoDB.

mod interrupted;
mod records;
mod refused;
mod round_trip;

use std::path::Path;
use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use frontdesk::backing::Backing;
use frontdesk::error::Outcome;
use frontdesk::migrate::{Comparison, Side, migrate};
use serde_json::{Value, json};
use store::sqlite::{Options, SqliteStore};
use store::table::SortAttribute;
use store::{Item, Key, Record, Sort};

/// An embedded store under a name.
fn sqlite(name: &str, directory: &Path) -> Side {
    let store = SqliteStore::open(Options::new(directory), Arc::new(SystemClock)).unwrap();
    Side::new(name, &Backing::Embedded(Arc::new(store)))
}

/// A store on new tables, under their prefix as its name.
async fn dynamodb(engine: &Dynoxide, prefix: &str) -> Side {
    let store = tables(engine, prefix).await;
    Side::new(prefix, &Backing::DynamoDb(Arc::new(store)))
}

async fn tables(engine: &Dynoxide, prefix: &str) -> DynamoStore {
    let store = engine.store(prefix, Arc::new(SystemClock));
    store.create_tables().await.unwrap();
    store
}

/// A migration by the machine's clock, which tells nobody.
async fn run(from: &Side, to: &Side) -> Outcome<Comparison> {
    migrate(from, to, &[], &SystemClock, &mut |_| {}).await
}

/// An item of version 7 whose body holds its key.
fn record(key: Key, more: Value) -> Record {
    let (definition, mut body) = (key.table.definition(), more);
    body[definition.partition] = key.partition.clone().into();
    if let Some(SortAttribute::Text(name) | SortAttribute::Number(name)) = &definition.sort {
        body[*name] = match key.sort.as_ref().unwrap() {
            Sort::Number(number) => (*number).into(),
            Sort::Text(text) => text.clone().into(),
        };
    }
    let item = Item { table: key.table, version: 7, body: body.to_string(), private: None };
    Record { key, item }
}

/// Puts an item as it is, as another program would. The engine asks for a signature's form, not for a good one.
async fn put_raw(engine: &Dynoxide, table: &str, item: Value) {
    let credential =
        "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new().post(engine.url()).header("x-amz-target", "DynamoDB_20120810.PutItem");
    let request = request.header("content-type", "application/x-amz-json-1.0").header("authorization", credential);
    let sent =
        request.header("x-amz-date", "20300101T000000Z").body(json!({"TableName": table, "Item": item}).to_string());
    let answer = sent.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}
