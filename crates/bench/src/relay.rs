//! The log against the commits whose events it takes in, both in this process: followed on the embedded store, relayed on DynamoDB.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use aws::dynoxide::Dynoxide;
use frontdesk::ambient::SystemClock;
use serde_json::json;
use store::{Changes, Key, Store, StoreError, Table as Stored, Verdict, log};
use tokio::task::JoinSet;

use crate::load::CLIENTS;
use crate::options::Options;
use crate::rows::open;
use crate::table::Table;
use crate::{Outcome, progress, watch};

/// Measures it; on DynamoDB unless there is no engine.
pub(crate) async fn measure(options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("the log");
    let embedded: Arc<dyn Store> = open(&scratch.join("log"))?;
    run("the log, embedded", &embedded, options.seconds(), table).await?;
    if !Dynoxide::is_installed() {
        progress("the relay is left out: dynoxide is not installed (cargo xtask tools)");
        return Ok(());
    }
    let engine = Dynoxide::start().await;
    let store = engine.store("", Arc::new(SystemClock));
    store.create_tables().await?;
    let store: Arc<dyn Store> = Arc::new(store);
    run("the log, on dynoxide", &store, options.seconds(), table).await
}

/// Commits with events, and somebody who relays and reads them meanwhile.
async fn run(name: &str, store: &Arc<dyn Store>, length: Duration, table: &mut Table) -> Outcome {
    let (committed, ended) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let start = watch::now();
    let mut tasks: JoinSet<Outcome> = JoinSet::new();
    for _ in 0..CLIENTS {
        let (store, committed) = (Arc::clone(store), Arc::clone(&committed));
        tasks.spawn(async move {
            while start.elapsed() < length {
                commit(store.as_ref(), committed.fetch_add(1, Ordering::Relaxed)).await?;
            }
            Ok(())
        });
    }
    let reader = tokio::spawn(follow(Arc::clone(store), Arc::clone(&ended)));
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let committing = watch::now() - start;
    ended.store(true, Ordering::Relaxed);
    let read = reader.await??;
    let behind = (watch::now() - start).saturating_sub(committing);
    let total = committed.load(Ordering::Relaxed);
    if read != total {
        return Err(format!("{read} events of {total} commits").into());
    }
    let rate = |count: u64, time: Duration| u128::from(count) * 1_000_000 / time.as_micros().max(1);
    let figures = format!(
        "{} commits/s, {} events/s read; the last one {} ms behind its commit",
        rate(total, committing),
        rate(read, committing + behind),
        behind.as_millis()
    );
    table.plain(&format!("{name}, {CLIENTS} tasks"), &figures, "");
    Ok(())
}

async fn commit(store: &dyn Store, number: u64) -> Outcome {
    let (key, name) = (Key::new(Stored::Users, format!("u{number}")), format!("user/u{number}"));
    let committed: Result<(), StoreError> = store::transact(store, vec![key.clone()], move |loaded| {
        let sequence = loaded.next_version(&key)?;
        let mut changes = Changes::none();
        changes.put(key.clone(), &json!({"userid": key.partition, "name": "Ada"}))?;
        let event = json!({"aggregate": name, "sequence": sequence, "type": "frontdesk.user.created"});
        changes.put(Key::number(Stored::Events, name.as_str(), sequence), &event)?;
        Ok(Verdict::Commit(changes, ()))
    })
    .await?;
    Ok(committed?)
}

/// Relays and reads until commits have ended and nothing is left; how many events were read.
async fn follow(store: Arc<dyn Store>, ended: Arc<AtomicBool>) -> Outcome<u64> {
    let (mut after, mut read) = (0, 0);
    loop {
        let last = ended.load(Ordering::Relaxed);
        let mut relayed = 0;
        for shard in 0..log::SHARDS {
            relayed += log::relay(store.as_ref(), shard).await?;
        }
        let page = log::read(store.as_ref(), after, 100).await?;
        (after, read) = (page.through, read + page.events.len() as u64);
        if page.events.is_empty() && relayed == 0 && last {
            return Ok(read);
        }
        tokio::task::yield_now().await;
    }
}
