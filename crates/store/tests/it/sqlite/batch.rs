//! Group commit: work that shares a transaction does not share its fate.

use std::fs;
use std::sync::{Arc, mpsc};
use std::task::Poll;

use serde_json::json;
use store::conformance::{ManualClock, document};
use store::port::Answer;
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};
use tokio::task::JoinSet;

use super::{is_there, open, options, put, user};

/// Holds the writer inside a decision until the sender is used or dropped, so that what comes next shares a transaction.
pub(super) async fn hold(
    store: &Arc<SqliteStore>,
    tasks: &mut JoinSet<(usize, Result<(), StoreError>)>,
) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let (started, at_work) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    let mut started = Some(started);
    tasks.spawn(async move {
        let decide = move |_: &Loaded| {
            if let Some(started) = started.take() {
                started.send(()).unwrap();
                let _ = held.recv();
            }
            Ok(Verdict::<(), ()>::Commit(Changes::none(), ()))
        };
        (usize::MAX, transact(&*store, vec![], decide).await.map(|_| ()))
    });
    at_work.await.unwrap();
    release
}

/// Runs the future up to where it waits for the writer, then has the rest of it done by a task; its outcome if it does not wait.
pub(super) async fn queue<F>(
    tasks: &mut JoinSet<(usize, Result<(), StoreError>)>,
    n: usize,
    future: F,
) -> Option<Result<(), StoreError>>
where
    F: Future<Output = Result<(), StoreError>> + Send + 'static,
{
    let mut future = Box::pin(future);
    match std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await {
        Poll::Ready(outcome) => Some(outcome),
        Poll::Pending => {
            tasks.spawn(async move { (n, future.await) });
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_spoiled_transaction_is_done_again_without_the_culprit() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(directory.path()).unwrap());
    put(&*store, &user("there"), 10).await.unwrap();
    let mut tasks = JoinSet::new();
    let release = hold(&store, &mut tasks).await;
    for n in 0..12 {
        let store = Arc::clone(&store);
        let work = async move {
            let decide = move |_: &Loaded| {
                let mut changes = Changes::none();
                let fresh = user(&n.to_string());
                changes.put(fresh.clone(), &document(&fresh, json!({})))?;
                if n % 4 == 1 {
                    // Not loaded, but there: found out only after the write before.
                    changes.put(user("there"), &document(&user("there"), json!({})))?;
                }
                Ok(Verdict::<(), ()>::Commit(changes, ()))
            };
            transact(&*store, vec![], decide).await.map(|_| ())
        };
        assert_eq!(queue(&mut tasks, n, work).await, None);
    }
    drop(release);
    for (n, outcome) in tasks.join_all().await {
        let spoils = n != usize::MAX && n % 4 == 1;
        assert_eq!(matches!(outcome, Err(StoreError::Misuse(_))), spoils, "{n}: {outcome:?}");
        assert_eq!(is_there(&*store, &user(&n.to_string())).await, n != usize::MAX && !spoils, "{n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_queue_that_is_full_is_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { queue: 2, ..options(directory.path()) };
    let store = Arc::new(SqliteStore::open(options, ManualClock::new()).unwrap());
    let mut tasks = JoinSet::new();
    let release = hold(&store, &mut tasks).await;
    let mut refused = 0;
    for n in 0..4 {
        let (writing, key) = (Arc::clone(&store), user(&n.to_string()));
        if let Some(outcome) = queue(&mut tasks, n, async move { put(&*writing, &key, 10).await }).await {
            assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
            refused += 1;
        }
    }
    assert_eq!(refused, 2);
    drop(release);
    assert!(tasks.join_all().await.into_iter().all(|(_, outcome)| outcome == Ok(())));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_finishes_what_is_queued() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(directory.path()).unwrap());
    let mut tasks = JoinSet::new();
    for n in 0..100 {
        let store = Arc::clone(&store);
        tasks.spawn(async move { (n, put(&*store, &user(&n.to_string()), 10).await) });
    }
    tokio::task::yield_now().await;
    store.close();
    for (n, outcome) in tasks.join_all().await {
        assert_eq!(is_there(&*store, &user(&n.to_string())).await, outcome.is_ok(), "{n}: {outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_stays_bounded_while_readers_never_stop() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(directory.path()).unwrap());
    let reading = Arc::clone(&store);
    let reader = tokio::spawn(async move {
        loop {
            for n in 0..8 {
                reading.get(&Key::number(Table::Occupancy, "room", n)).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
    });
    let log = directory.path().join("frontdesk.db-wal");
    let mut largest = 0;
    for n in 0..350 {
        // Each time of another size, so that every page of the item changes.
        let key = Key::number(Table::Occupancy, "room", i64::try_from(n % 8).unwrap());
        put(&*store, &key, 300_000 + n).await.unwrap();
        largest = largest.max(fs::metadata(&log).unwrap().len());
    }
    reader.abort();
    assert!(largest < 80 * 1024 * 1024, "105 MB were written; the log reached {largest} bytes");
}

/// Reads on both connections, twice, so that each keeps what it sees.
fn look(store: &Arc<SqliteStore>, key: &Key) {
    let looks = [(); 2].map(|()| {
        let (store, key) = (Arc::clone(store), key.clone());
        // Threads take turns with the connections they prefer.
        std::thread::spawn(move || {
            for _ in 0..2 {
                at_once(store.get(&key));
            }
        })
    });
    looks.into_iter().for_each(|look| look.join().unwrap());
}

/// The outcome of a read, which waits for nobody.
fn at_once<T>(mut read: Answer<'_, T>) -> T {
    match read.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(outcome) => outcome.unwrap(),
        Poll::Pending => panic!("a read waits"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_readers_keep_in_view_hides_no_commit_and_holds_back_no_log() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(directory.path()).unwrap());
    let log = directory.path().join("frontdesk.db-wal");
    let mut largest = 0;
    for n in 0..150 {
        let key = Key::number(Table::Occupancy, "room", n % 8);
        // Of another size each time, so that every page changes; both connections see it, and then nobody reads for a while.
        let bytes = 300_000 + usize::try_from(n).unwrap();
        put(&*store, &key, bytes).await.unwrap();
        if n < 50 {
            look(&store, &key);
            assert!(at_once(store.get(&key)).unwrap().body.len() >= bytes);
        }
        largest = largest.max(fs::metadata(&log).unwrap().len());
    }
    assert!(largest < 20 * 1024 * 1024, "45 MB were written; the log reached {largest} bytes");
}
