//! Relaying what is as large as may be, and what an index shows late.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use store::conformance::document;
use store::decide::Decide;
use store::log::{self, Kept};
use store::port::Answer;
use store::{Changes, Cursor, Index, Item, Key, Loaded, Page, Query, Store, StoreError, Table, Verdict, transact};

use crate::engine::{Tables, tables};

async fn event(
    store: &dyn Store,
    aggregate: &str,
    sequence: i64,
    previous: Option<i64>,
    text: usize,
) -> Result<(), StoreError> {
    let key = Key::number(Table::Events, aggregate, sequence);
    let body = document(&key, json!({"text": "x".repeat(text)}));
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put_private(key.clone(), &body, &Kept { previous, ..Kept::default() })?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, Vec::new(), decide).await.map(|outcome| outcome.unwrap())
}

/// The largest event that a commit takes; then a small one of the same outbox.
#[tokio::test]
async fn an_event_that_is_as_large_as_may_be_does_not_stop_the_relay() {
    let Tables { store, engine: _engine, .. } = tables().await;
    let (mut fits, mut not) = (390 * 1024, 400 * 1024);
    // Which size just fits; tried under sequences that are then removed.
    let mut sequence = 1;
    while not - fits > 1 {
        let size = (fits + not) / 2;
        sequence += 1;
        match event(&store, "probe", sequence, None, size).await {
            Ok(()) => fits = size,
            Err(_) => not = size,
        }
    }
    store::remove_partition(&store, Table::Events, "probe").await.unwrap();
    event(&store, "probe", 1, None, fits).await.unwrap();
    event(&store, "probe", 2, Some(1), 1).await.unwrap();
    let shard = log::shard("probe");
    let outcome = log::relay(&store, shard).await;
    let again = log::relay(&store, shard).await;
    assert_eq!(log::ends(&store).await.unwrap().head, 2, "{outcome:?}, then {again:?}");
}

/// A store whose index of the outbox lags: it does not show one event at first.
struct Lagging<S> {
    store: S,
    hidden: i64,
    lags: AtomicBool,
}

impl<S: Store> Store for Lagging<S> {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        Box::pin(async move {
            let outbox = query.index == Some(Index::Outbox);
            let mut page = self.store.query(query).await?;
            if outbox && !page.items.is_empty() && self.lags.swap(false, Ordering::Relaxed) {
                page.items.retain(|item| item.body::<Value>().unwrap()["sequence"] != json!(self.hidden));
            }
            Ok(page)
        })
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        self.store.decide(keys, decide)
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.store.check()
    }
}

async fn order(previous: Option<i64>) -> Vec<i64> {
    let Tables { store, engine: _engine, .. } = tables().await;
    event(&store, "location/l", 10, None, 1).await.unwrap();
    event(&store, "location/l", 12, previous, 1).await.unwrap();
    let lagging = Lagging { store, hidden: 10, lags: AtomicBool::new(true) };
    for _ in 0..3 {
        for shard in 0..log::SHARDS {
            log::relay(&lagging, shard).await.unwrap();
        }
    }
    let page = log::read(&lagging, 0, 10).await.unwrap();
    page.events.iter().map(|logged| logged.item.body::<Value>().unwrap()["sequence"].as_i64().unwrap()).collect()
}

/// Control: the event before it is known.
#[tokio::test]
async fn order_is_kept_when_the_event_before_is_known() {
    assert_eq!(order(Some(10)).await, [10, 12]);
}

/// Version 11 was written without an event: a location's count of resources, the mark of a deletion, what a booking keeps.
#[tokio::test]
async fn order_is_kept_when_a_version_in_between_had_no_event() {
    assert_eq!(order(Some(11)).await, [10, 12]);
}

/// The item was removed (10) and made again (12), which then knows of no event before it.
#[tokio::test]
async fn order_is_kept_when_an_item_is_made_again() {
    assert_eq!(order(None).await, [10, 12]);
}
