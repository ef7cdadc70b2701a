//! What was loaded must not have changed when the commit stands, unless the decision says that it may have.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use aws::dynoxide::Dynoxide;
use serde_json::json;
use store::conformance::{ManualClock, document};
use store::{Changes, Key, Loaded, Store, Table, Verdict, transact};

/// How often a decision runs when another writer changes what it has read, before it commits.
async fn runs(unguard: bool) -> usize {
    let (engine, clock) = (Dynoxide::start().await, ManualClock::new());
    let store: Arc<dyn Store> = Arc::new(engine.store("", Arc::clone(&clock) as Arc<_>));
    engine.store("", clock).create_tables().await.unwrap();
    let [read, written] = ["read", "written"].map(|key| Key::new(Table::Locations, key));
    let runs = Arc::new(AtomicUsize::new(0));
    let (ask, asked) = mpsc::channel::<()>();
    let (answer, done) = mpsc::channel::<()>();
    let other = tokio::task::spawn_blocking({
        let (store, read) = (Arc::clone(&store), read.clone());
        move || {
            while asked.recv().is_ok() {
                let key = read.clone();
                let change = move |_: &Loaded| {
                    let mut changes = Changes::none();
                    changes.put(key.clone(), &document(&key, json!({"changed": true})))?;
                    Ok(Verdict::<(), ()>::Commit(changes, ()))
                };
                let changed = transact(store.as_ref(), vec![read.clone()], change);
                tokio::runtime::Handle::current().block_on(changed).unwrap().unwrap();
                answer.send(()).unwrap();
            }
        }
    });
    let decide = {
        let (runs, read, written) = (Arc::clone(&runs), read.clone(), written.clone());
        move |_: &Loaded| {
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                ask.send(()).unwrap();
                tokio::task::block_in_place(|| done.recv()).unwrap();
            }
            let mut changes = Changes::none();
            changes.put(written.clone(), &document(&written, json!({})))?;
            if unguard {
                changes.unguard(read.clone());
            }
            Ok(Verdict::<(), ()>::Commit(changes, ()))
        }
    };
    transact(store.as_ref(), vec![read.clone(), written.clone()], decide).await.unwrap().unwrap();
    other.await.unwrap();
    assert!(store.get(&written).await.unwrap().is_some());
    runs.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_and_changed_meanwhile_is_decided_again() {
    assert_eq!(runs(false).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_guarded_may_change_meanwhile() {
    assert_eq!(runs(true).await, 1);
}
