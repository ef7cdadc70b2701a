//! A full disk, here by the largest size that is configured: writes fail, reads go on, and writes resume when there is room.

use std::sync::Arc;

use store::conformance::ManualClock;
use store::sqlite::{Options, SqliteStore};
use store::{Store, StoreError};

use super::{is_there, options, put, subject, user};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_reads_on_and_resumes() {
    let directory = tempfile::tempdir().unwrap();
    let clock = ManualClock::new();
    let options = Options { max_bytes: Some(1024 * 1024), ..options(directory.path()) };
    let (store, subject) = subject(SqliteStore::open(options, Arc::clone(&clock) as Arc<_>).unwrap(), clock);
    let mut written = 0;
    let full = loop {
        match put(&*store, &user(&written.to_string()), 50_000).await {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert!((5..25).contains(&written), "{written}");
    assert!(!is_there(&*store, &user(&written.to_string())).await);
    for n in 0..written {
        assert!(is_there(&*store, &user(&n.to_string())).await, "{n}");
    }
    assert_eq!(store.check().await, Ok(()));
    assert!(matches!(put(&*store, &user("again"), 50_000).await, Err(StoreError::Full(_))));
    subject.delete(&user("0")).await;
    put(&*store, &user("again"), 40_000).await.unwrap();
    assert!(is_there(&*store, &user("again")).await);
}
