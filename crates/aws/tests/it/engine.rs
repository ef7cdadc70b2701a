//! Empty tables on an engine of their own.

use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use aws_sdk_dynamodb::Client;
use store::conformance::ManualClock;

/// A store with its clock, and what it rests on.
pub(crate) struct Tables {
    /// The store.
    pub(crate) store: DynamoStore,
    /// Its clock.
    pub(crate) clock: Arc<ManualClock>,
    /// The engine, without the store.
    pub(crate) raw: Client,
    /// What the names of the tables start with.
    pub(crate) prefix: String,
    /// What ends with the test.
    pub(crate) engine: Option<Dynoxide>,
}

/// Makes the tables.
pub(crate) async fn tables() -> Tables {
    let (engine, clock) = (Dynoxide::start().await, ManualClock::new());
    let raw = client(&engine.url());
    let store = DynamoStore::new(raw.clone(), "", Arc::clone(&clock) as Arc<_>);
    store.create_tables().await.unwrap();
    Tables { store, clock, raw, prefix: String::new(), engine: Some(engine) }
}
