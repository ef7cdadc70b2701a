//! Opening: the lock, permissions, and what is still there afterwards.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rusqlite::Connection;
use serde_json::json;
use store::conformance::ManualClock;
use store::sqlite::SqliteStore;
use store::{Store, StoreError};

use super::{is_there, open, options, put, refused, subject, user};

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..3 {
        let store = open(directory.path()).unwrap();
        for before in 0..n {
            assert!(is_there(&store, &user(&before.to_string())).await);
        }
        put(&store, &user(&n.to_string()), 10).await.unwrap();
    }
    let mut names: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["frontdesk.db", "frontdesk.lock"], "nothing else is left behind");
}

#[tokio::test]
async fn versions_never_repeat_across_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut last = 0;
    for _ in 0..3 {
        // Each start has the clock at the same millisecond.
        let clock = ManualClock::new();
        let store = SqliteStore::open(options(directory.path()), Arc::clone(&clock) as Arc<_>).unwrap();
        let (_, subject) = subject(store, clock);
        for _ in 0..2 {
            let version = subject.put(&user("again"), json!({})).await;
            assert!(version > last, "{version} after {last}");
            last = version;
        }
        subject.delete(&user("again")).await;
    }
}

#[tokio::test]
async fn a_first_start_that_was_cut_off_is_begun_anew() {
    let directory = tempfile::tempdir().unwrap();
    let (running, crashed) = (directory.path().join("running.db"), directory.path().join("crashed"));
    // A new file is written by way of a journal, until it has a log.
    let connection = Connection::open(&running).unwrap();
    let begun = "PRAGMA cache_size = 1; BEGIN; CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000)), (zeroblob(100000));";
    connection.execute_batch(begun).unwrap();
    fs::create_dir(&crashed).unwrap();
    for suffix in ["", "-journal"] {
        let from = directory.path().join(format!("running.db{suffix}"));
        assert!(fs::copy(from, crashed.join(format!("frontdesk.db{suffix}"))).unwrap() > 0);
    }
    let store = open(&crashed).unwrap();
    put(&store, &user("a"), 10).await.unwrap();
    assert!(is_there(&store, &user("a")).await);
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_crash() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("running")).unwrap();
    for n in 0..50 {
        put(&store, &user(&n.to_string()), 100).await.unwrap();
    }
    // The files as they are now are what a crash would leave.
    let crashed = directory.path().join("crashed");
    fs::create_dir(&crashed).unwrap();
    for name in ["frontdesk.db", "frontdesk.db-wal"] {
        fs::copy(directory.path().join("running").join(name), crashed.join(name)).unwrap();
    }
    let reopened = open(&crashed).unwrap();
    for n in 0..50 {
        assert!(is_there(&reopened, &user(&n.to_string())).await, "{n}");
    }
}

#[tokio::test]
async fn a_directory_has_one_owner() {
    let directory = tempfile::tempdir().unwrap();
    let first = open(directory.path()).unwrap();
    let message = refused(directory.path());
    assert!(message.contains("in use by another frontdesk process; stop that one"), "{message}");
    put(&first, &user("still"), 10).await.unwrap();
    drop(first);
    assert!(is_there(&open(directory.path()).unwrap(), &user("still")).await);
}

#[test]
fn a_new_directory_is_private() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("new/data");
    let _store = open(&data).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for name in ["frontdesk.db", "frontdesk.db-wal", "frontdesk.lock"] {
        assert_eq!(mode(&data.join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_directory_that_cannot_be_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let message = refused(&file.join("data"));
    assert!(message.contains("cannot use the data directory"), "{message}");
}

#[tokio::test]
async fn a_closed_store_reads_but_does_not_write() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    put(&store, &user("before"), 10).await.unwrap();
    store.close();
    store.close();
    assert!(is_there(&store, &user("before")).await);
    assert!(matches!(put(&store, &user("after"), 10).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.check().await, Err(StoreError::Unavailable(_))));
}
