//! What only the embedded store has: its file, its lock, its limits and its failures.

mod backup;
mod batch;
mod failure;
mod format;
mod full;
mod opening;
mod records;

use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use store::conformance::{ManualClock, Subject, document};
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};

fn options(directory: &Path) -> Options {
    Options { readers: 2, ..Options::new(directory) }
}

fn open(directory: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(options(directory), ManualClock::new())
}

/// What a start-up error says.
fn refused(directory: &Path) -> String {
    match open(directory) {
        Err(StoreError::Open(message)) => message,
        other => panic!("expected a start-up error, got {other:?}"),
    }
}

fn user(name: &str) -> Key {
    Key::new(Table::Users, name)
}

/// Stores a user whose document has about that many bytes.
async fn put(store: &dyn Store, key: &Key, bytes: usize) -> Result<(), StoreError> {
    let written = key.clone();
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(written.clone(), &document(&written, json!({"text": "x".repeat(bytes)})))?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, vec![key.clone()], decide).await.map(|_| ())
}

async fn is_there(store: &dyn Store, key: &Key) -> bool {
    store.get(key).await.unwrap().is_some()
}

fn subject(store: SqliteStore, clock: Arc<ManualClock>) -> (Arc<SqliteStore>, Subject) {
    let store = Arc::new(store);
    (Arc::clone(&store), Subject::new(store, clock, ()))
}
