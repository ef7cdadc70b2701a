//! Backups: taken while the store runs, checked, restored.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use rusqlite::Connection;
use store::StoreError;
use store::sqlite::{FORMAT, restore, verify};

use super::{is_there, open, put, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_holds_everything_that_was_acknowledged_before() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("data")).unwrap());
    for n in 0..20 {
        put(&*store, &user(&n.to_string()), 1_000).await.unwrap();
    }
    let (writing, file) = (Arc::clone(&store), directory.path().join("backup.db"));
    let writer = tokio::spawn(async move {
        for n in 20..60 {
            put(&*writing, &user(&n.to_string()), 1_000).await.unwrap();
        }
    });
    store.backup(&file).unwrap();
    writer.await.unwrap();
    assert_eq!(verify(&file), Ok(FORMAT));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let restored = directory.path().join("restored");
    restore(&file, &restored).unwrap();
    let restored = open(&restored).unwrap();
    for n in 0..20 {
        assert!(is_there(&restored, &user(&n.to_string())).await, "{n}");
    }
    put(&restored, &user("more"), 10).await.unwrap();
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let (data, file) = (directory.path().join("data"), directory.path().join("backup.db"));
    let store = open(&data).unwrap();
    store.backup(&file).unwrap();
    let before = fs::read(&file).unwrap();
    assert!(matches!(store.backup(&file), Err(StoreError::Open(message)) if message.contains("exists already")));
    assert_eq!(fs::read(&file).unwrap(), before);
    assert!(matches!(restore(&file, &data), Err(StoreError::Open(message)) if message.contains("in use")));
    drop(store);
    assert!(matches!(restore(&file, &data), Err(StoreError::Open(message)) if message.contains("holds data already")));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2, "no partial file is left");
}

#[tokio::test]
async fn a_backup_that_fails_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("data")).unwrap();
    let outcome = store.backup(&directory.path().join("no/such/directory/backup.db"));
    assert!(matches!(outcome, Err(StoreError::Open(_))), "{outcome:?}");
}

#[tokio::test]
async fn what_is_no_backup_is_not_restored() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let store = open(&path("data")).unwrap();
    for n in 0..200 {
        put(&store, &user(&n.to_string()), 1_000).await.unwrap();
    }
    store.backup(&path("good.db")).unwrap();
    let mut damaged = fs::read(path("good.db")).unwrap();
    let middle = damaged.len() - 20 * 4096;
    damaged[middle..middle + 8192].fill(0xff);
    fs::write(path("damaged.db"), damaged).unwrap();
    fs::write(path("text.db"), "not a database, but long enough to look at".repeat(100)).unwrap();
    fs::write(path("empty.db"), "").unwrap();
    fs::copy(path("good.db"), path("newer.db")).unwrap();
    Connection::open(path("newer.db")).unwrap().pragma_update(None, "user_version", FORMAT + 1).unwrap();
    for name in ["damaged.db", "text.db", "empty.db", "newer.db", "absent.db"] {
        let outcome = restore(&path(name), &path("restored"));
        assert!(matches!(outcome, Err(StoreError::Open(_))), "{name}: {outcome:?}");
        assert!(!path("restored").exists(), "{name}");
    }
}
