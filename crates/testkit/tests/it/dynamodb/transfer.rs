//! Whole tables in and out through a faulty network: nothing is missing, and nothing is there twice.

use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use frontdesk::ambient::SystemClock;
use serde_json::json;
use store::{Digest, Item, Key, Record, Table, Transfer};
use testkit::{Fault, Proxy};

/// Pages of [`ITEMS`] items.
const PAGES: usize = 16;
const ITEMS: usize = 500;
/// Of a hundred requests so many meet a fault.
const PERCENT: u64 = 40;

fn record(number: usize) -> Record {
    let (table, user, order) = (Table::Orders, format!("user{}", number % 50), number.to_string());
    let body = json!({"userId": user, "orderId": order, "data": {"number": number}}).to_string();
    let key = Key::text(table, user, order);
    let version = i64::try_from(number).unwrap() + 1;
    Record { key, item: Item { table, version, body, private: None } }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_network_loses_nothing_of_an_import() {
    let engine = Dynoxide::start().await;
    engine.store("", Arc::new(SystemClock)).create_tables().await.unwrap();
    let proxy = Proxy::start(engine.url(), 11, PERCENT).await;
    let store = DynamoStore::new(client(&proxy.url()), "", Arc::new(SystemClock));
    let (mut wanted, mut found) = (Digest::default(), Digest::default());
    for page in 0..PAGES {
        let records: Vec<Record> = (page * ITEMS..(page + 1) * ITEMS).map(record).collect();
        records.iter().for_each(|record| wanted.add(record).unwrap());
        store.import(records).await.unwrap();
    }
    let mut after = None;
    loop {
        let page = store.export(Table::Orders, ITEMS, after).await.unwrap();
        page.records.iter().for_each(|record| found.add(record).unwrap());
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, wanted);
    let (counts, requests) = proxy.counts();
    println!("{requests} requests, faults {counts:?}");
    assert!(
        counts.iter().all(|(fault, count)| *count > 0 || [Fault::Conflict, Fault::Stale].contains(fault)),
        "{counts:?}"
    );
}
