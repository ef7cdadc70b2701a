//! The store under test, its clock, and what a case does with them in one line.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Clock;
use jiff::Timestamp;
use serde_json::Value;

use crate::table::SortAttribute;
use crate::{Changes, Item, Key, Loaded, Page, Query, Sort, StoreError, Transfer, Verdict, transact};

/// Attempts of [`eventually`], a few milliseconds apart after the first.
const ATTEMPTS: usize = 200;

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    milliseconds: AtomicI64,
}

impl ManualClock {
    /// A clock that shows 2026-01-01T00:00:00Z.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { milliseconds: AtomicI64::new(1_767_225_600_000) })
    }

    /// Moves the clock, back when negative, in milliseconds.
    pub fn advance(&self, milliseconds: i64) {
        self.milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// What the clock shows, in milliseconds since 1970.
    pub fn milliseconds(&self) -> i64 {
        self.milliseconds.load(Ordering::SeqCst)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.milliseconds()).unwrap()
    }
}

/// A fresh, empty store with the clock that it goes by.
pub struct Subject {
    /// The store.
    pub store: Arc<dyn Transfer>,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    _keep: Box<dyn Any + Send + Sync>,
}

impl Subject {
    /// The store and its clock; `keep` is dropped after the case (a temporary directory, say).
    pub fn new(store: Arc<dyn Transfer>, clock: Arc<ManualClock>, keep: impl Any + Send + Sync) -> Self {
        Self { store, clock, _keep: Box::new(keep) }
    }

    /// Commits the changes, guarded by the keys.
    pub async fn commit(&self, keys: &[Key], changes: Changes) -> Result<(), StoreError> {
        let decide = move |_: &Loaded| Ok(Verdict::<(), ()>::Commit(changes.clone(), ()));
        transact(&*self.store, keys.to_vec(), decide).await.map(|_| ())
    }

    /// Stores a document under a key, whatever is there, and returns its version.
    pub async fn put(&self, key: &Key, more: Value) -> i64 {
        let mut changes = Changes::none();
        changes.put(key.clone(), &document(key, more)).unwrap();
        self.commit(std::slice::from_ref(key), changes).await.unwrap();
        self.get(key).await.unwrap().version
    }

    /// Removes what is under a key.
    pub async fn delete(&self, key: &Key) {
        let mut changes = Changes::none();
        changes.delete(key.clone());
        self.commit(std::slice::from_ref(key), changes).await.unwrap();
    }

    /// The item under a key.
    pub async fn get(&self, key: &Key) -> Option<Item> {
        self.store.get(key).await.unwrap()
    }

    /// The public attributes under a key.
    pub async fn body(&self, key: &Key) -> Option<Value> {
        self.get(key).await.map(|item| item.body().unwrap())
    }

    /// All pages of a query, joined; each but the last is as long as asked for.
    pub async fn all(&self, query: Query) -> Vec<Value> {
        let mut items = Vec::new();
        let mut query = query;
        loop {
            let page = self.store.query(query.clone()).await.unwrap();
            items.extend(bodies(&page));
            let Some(next) = page.next else { return items };
            assert!(!page.items.is_empty(), "a page before the last has items");
            query.cursor = Some(next);
        }
    }
}

/// The bodies of a page.
pub(super) fn bodies(page: &Page) -> Vec<Value> {
    page.items.iter().map(|item| item.body().unwrap()).collect()
}

/// The object with these attributes and those of the key.
pub fn document(key: &Key, more: Value) -> Value {
    let mut document = more;
    let definition = key.table.definition();
    document[definition.partition] = key.partition.clone().into();
    if let (Some(SortAttribute::Text(name) | SortAttribute::Number(name)), Some(sort)) = (&definition.sort, &key.sort) {
        document[*name] = match sort {
            Sort::Number(number) => (*number).into(),
            Sort::Text(text) => text.clone().into(),
        };
    }
    document
}

/// Looks until it sees what is expected: at once on most stores, later where indexes lag.
pub async fn eventually<T: PartialEq + Debug>(expected: T, look: impl AsyncFn() -> T) {
    for _ in 1..ATTEMPTS {
        if look().await == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(look().await, expected);
}
