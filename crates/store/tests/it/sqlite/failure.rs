//! A commit that fails: its outcome is unknown, nothing more is written, and the process is told.

use std::sync::Arc;

use rusqlite::Connection;
use store::{Store, StoreError};

use super::{is_there, open, put, user};

/// Makes the commit, and not the write before it, of a certain user fail.
pub(super) const POISON: &str = "
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
    CREATE TRIGGER poison AFTER INSERT ON users WHEN NEW.p = 'poison' BEGIN INSERT INTO child VALUES (1); END;";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_commit_nothing_is_written() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(directory.path()).unwrap());
    put(&*store, &user("before"), 10).await.unwrap();
    Connection::open(directory.path().join("frontdesk.db")).unwrap().execute_batch(POISON).unwrap();
    let watching = Arc::clone(&store);
    let told = tokio::spawn(async move { watching.failed().await });
    assert!(matches!(put(&*store, &user("poison"), 10).await, Err(StoreError::Unknown(_))));
    // It may have been queued before the writer ended.
    let after = put(&*store, &user("after"), 10).await;
    assert!(matches!(after, Err(StoreError::Unavailable(_) | StoreError::Unknown(_))), "{after:?}");
    let reason = told.await.unwrap();
    assert!(reason.contains("FOREIGN KEY"), "{reason}");
    assert!(is_there(&*store, &user("before")).await, "reads go on");
    assert!(!is_there(&*store, &user("poison")).await);
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
    drop(store);
    assert!(is_there(&open(directory.path()).unwrap(), &user("before")).await);
}

#[tokio::test]
async fn a_store_that_is_well_reports_no_failure() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    put(&store, &user("a"), 10).await.unwrap();
    let mut failed = Box::pin(store.failed());
    let poll = |context: &mut std::task::Context<'_>| std::task::Poll::Ready(failed.as_mut().poll(context).is_ready());
    assert!(!std::future::poll_fn(poll).await);
    store.close();
    let mut failed = Box::pin(store.failed());
    let poll = |context: &mut std::task::Context<'_>| std::task::Poll::Ready(failed.as_mut().poll(context).is_ready());
    assert!(!std::future::poll_fn(poll).await, "closing is no failure");
}
