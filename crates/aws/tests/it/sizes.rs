//! The port's count of an item against an engine that enforces DynamoDB's limit.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::limits::ITEM_BYTES;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use store::conformance::document;
use store::size::item_bytes;
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};

use crate::engine::{Tables, tables};

/// Documents of one run.
const DOCUMENTS: usize = 60;
/// The largest number of bytes by which a number may be counted too large.
const SPARE: usize = 1;

fn values() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[1-9][0-9]{0,18}\\.[0-9]{0,17}[1-9]",
        "-?[1-9]e-?[1-9][0-9]",
        "[1-9][0-9]{0,37}",
        Just("0".to_owned()),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(|digits| serde_json::from_str(&digits).unwrap()),
        "\\PC{1,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec(("[a-zä]{1,12}", inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn numbers(value: &Value) -> usize {
    match value {
        Value::Number(_) => 1,
        Value::Array(values) => values.iter().map(numbers).sum(),
        Value::Object(members) => members.values().map(numbers).sum(),
        _ => 0,
    }
}

async fn put(store: &dyn Store, key: &Key, body: &Value) -> Result<(), StoreError> {
    let (written, body) = (key.clone(), body.clone());
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(written.clone(), &body)?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, vec![key.clone()], decide).await.map(drop)
}

/// The bytes that the engine counts of an item, found by filling it up to the limit.
async fn counted(client: &Client, users: &str, item: &HashMap<String, AttributeValue>, about: usize) -> usize {
    let (mut fits, mut too_much) = (ITEM_BYTES - about - 1_000, ITEM_BYTES - about + 1_000);
    while too_much - fits > 1 {
        let middle = usize::midpoint(fits, too_much);
        let filler = AttributeValue::S("x".repeat(middle));
        let put = client.put_item().table_name(users).set_item(Some(item.clone())).item("_", filler);
        if put.send().await.is_ok() {
            fits = middle;
        } else {
            too_much = middle;
        }
    }
    ITEM_BYTES - 1 - fits
}

#[tokio::test]
async fn no_item_is_counted_smaller_than_the_engine_counts_it() {
    let Tables { store, raw, prefix, engine: _engine, .. } = tables().await;
    let users = format!("{prefix}users");
    let (mut runner, key) = (TestRunner::deterministic(), Key::new(Table::Users, "u"));
    let mut furthest = 0;
    for _ in 0..DOCUMENTS {
        let values = prop::collection::vec(values(), 1..6).new_tree(&mut runner).unwrap().current();
        let members: Map<String, Value> =
            values.into_iter().enumerate().map(|(n, value)| (format!("m{n}"), value)).collect();
        let body = document(&key, Value::Object(members));
        put(&store, &key, &body).await.unwrap();
        let got = raw.get_item().table_name(&users).key("userid", AttributeValue::S("u".to_owned()));
        let mut item = got.send().await.unwrap().item.unwrap();
        item.retain(|name, _| !name.starts_with("_fd_"));
        let engine_bytes = counted(&raw, &users, &item, 500).await;
        // The text may be longer; what is compared is the count, which a list of many ones makes the larger of the two.
        let ones = json!(vec![1; body.to_string().len() * 2]);
        let mut with_ones = body.clone();
        with_ones["ones"] = ones.clone();
        let ours =
            item_bytes(&with_ones.to_string(), None).unwrap() - ("ones".len() + 3 + 3 * ones.as_array().unwrap().len());
        assert!(ours >= engine_bytes, "{ours} < {engine_bytes}: {body}");
        assert!(ours <= engine_bytes + SPARE * numbers(&body), "{ours} > {engine_bytes}: {body}");
        furthest = furthest.max(ours - engine_bytes);
    }
    println!("{DOCUMENTS} documents: never less than the engine counts, at most {furthest} bytes more");
}

#[tokio::test]
async fn the_largest_items_that_the_port_takes_can_be_stored() {
    let Tables { store, engine: _engine, .. } = tables().await;
    let keys = [
        Key::new(Table::Users, "u".repeat(255)),
        Key::text(Table::Orders, "u".repeat(255), "o".repeat(255)),
        Key::new(Table::Idempotency, "i".repeat(600)),
    ];
    for key in &keys {
        for nameless in [false, true] {
            // DynamoDB has no members without a name; such a body is kept as text, beside its key.
            let fill = |bytes: usize| document(key, json!({if nameless { "" } else { "x" }: "x".repeat(bytes)}));
            let most = ITEM_BYTES - 1_024 - item_bytes(&fill(0).to_string(), None).unwrap();
            put(&store, key, &fill(most)).await.unwrap();
            let refused = put(&store, key, &fill(most + 1)).await;
            assert!(matches!(refused, Err(StoreError::TooLarge(_))), "{refused:?}");
        }
    }
}
