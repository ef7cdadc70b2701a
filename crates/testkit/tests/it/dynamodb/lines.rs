//! Many who want one item at once: in one process they take turns, so that hardly a request is spoilt.

use std::sync::Arc;

use aws::dynamodb::DynamoStore;
use aws::dynoxide::{Dynoxide, client};
use frontdesk::ambient::SystemClock;
use serde_json::{Value, json};
use store::{Changes, Key, Loaded, Store, Table, Verdict, transact};
use testkit::Proxy;
use tokio::task::JoinSet;

const TASKS: usize = 16;
const EACH: usize = 12;

/// Adds one to a number.
async fn add_one(store: Arc<dyn Store>, key: Key) {
    let written = key.clone();
    let decide = move |loaded: &Loaded| {
        let number = loaded.item(&written)?.map_or(0, |item| item.body::<Value>().unwrap()["n"].as_u64().unwrap());
        let mut changes = Changes::none();
        changes.put(written.clone(), &json!({"userid": written.partition, "n": number + 1}))?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store.as_ref(), vec![key], decide).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_want_one_item_take_turns() {
    let engine = Dynoxide::start().await;
    let clock = Arc::new(SystemClock);
    engine.store("", clock.clone()).create_tables().await.unwrap();
    let proxy = Proxy::start(engine.url(), 1, 0).await;
    let store: Arc<dyn Store> = Arc::new(DynamoStore::new(client(&proxy.url()), "", clock));
    let key = Key::new(Table::Users, "hot");
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (store, key) = (Arc::clone(&store), key.clone());
        tasks.spawn(async move {
            for _ in 0..EACH {
                add_one(Arc::clone(&store), key.clone()).await;
            }
        });
    }
    tasks.join_all().await;
    let sent = proxy.counts().1;
    let number = store.get(&key).await.unwrap().unwrap().body::<Value>().unwrap();
    assert_eq!(number["n"], TASKS * EACH);
    // A read and a write each; those who came first, all at once, did both in vain, too.
    assert!(sent <= 2 * TASKS * EACH + 2 * TASKS, "{sent} requests");
}
