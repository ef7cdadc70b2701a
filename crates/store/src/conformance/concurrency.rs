//! Many at once: nothing is lost, and nothing is decided on what has changed meanwhile.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Subject, document};
use crate::{Changes, Key, Loaded, Store, StoreError, Table, Verdict, transact};

const TASKS: usize = 64;

fn number(loaded: &Loaded, key: &Key) -> Result<i64, StoreError> {
    let item = loaded.item(key)?.map(crate::Item::body::<Value>).transpose()?;
    Ok(item.and_then(|body| body["n"].as_i64()).unwrap_or(0))
}

fn put_number(changes: &mut Changes, key: &Key, number: i64) -> Result<(), StoreError> {
    changes.put(key.clone(), &document(key, json!({"n": number})))
}

async fn add(store: &dyn Store, key: &Key) -> i64 {
    let written = key.clone();
    let decide = move |loaded: &Loaded| {
        let number = number(loaded, &written)? + 1;
        let mut changes = Changes::none();
        put_number(&mut changes, &written, number)?;
        Ok(Verdict::<_, ()>::Commit(changes, number))
    };
    transact(store, vec![key.clone()], decide).await.unwrap().unwrap()
}

/// A counter that 64 tasks raise has the sum, and each saw a value of its own.
pub async fn no_update_is_lost(subject: Subject) {
    let key = Key::new(Table::Users, "counter");
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let (store, key) = (Arc::clone(&subject.store), key.clone());
        tasks.spawn(async move { [add(&*store, &key).await, add(&*store, &key).await] });
    }
    let mut seen: Vec<i64> = tasks.join_all().await.into_iter().flatten().collect();
    seen.sort_unstable();
    assert_eq!(seen, (1..=128).collect::<Vec<i64>>());
    assert_eq!(subject.body(&key).await.unwrap()["n"], json!(128));
}

/// Of 64 that make the same item exactly one does.
pub async fn one_insert_wins(subject: Subject) {
    let key = Key::new(Table::Credentials, "anna@example.com");
    let mut tasks = JoinSet::new();
    for n in 0..TASKS {
        let (store, key) = (Arc::clone(&subject.store), key.clone());
        tasks.spawn(async move {
            let written = key.clone();
            let decide = move |loaded: &Loaded| {
                let mut changes = Changes::none();
                if loaded.item(&written)?.is_some() {
                    return Ok(Verdict::Refuse(changes, ()));
                }
                changes.put(written.clone(), &document(&written, json!({"owner": n})))?;
                Ok(Verdict::Commit(changes, n))
            };
            transact(&*store, vec![key], decide).await.unwrap()
        });
    }
    let winners: Vec<usize> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?}");
    assert_eq!(subject.body(&key).await.unwrap()["owner"], json!(winners[0]));
}

/// Each of two may leave while the other stays: both look at both, each changes one, and never are both gone.
pub async fn what_was_loaded_is_guarded(subject: Subject) {
    for round in 0..20 {
        let keys = ["left", "right"].map(|name| Key::new(Table::Accounts, format!("{name}{round}")));
        for key in &keys {
            subject.put(key, json!({"n": 1})).await;
        }
        let mut tasks = JoinSet::new();
        for leaving in 0..2 {
            let (store, keys) = (Arc::clone(&subject.store), keys.to_vec());
            tasks.spawn(async move {
                let both = keys.clone();
                let decide = move |loaded: &Loaded| {
                    let mut changes = Changes::none();
                    if number(loaded, &both[0])? + number(loaded, &both[1])? == 2 {
                        put_number(&mut changes, &both[leaving], 0)?;
                    }
                    Ok(Verdict::<(), ()>::Commit(changes, ()))
                };
                transact(&*store, keys, decide).await.unwrap().unwrap();
            });
        }
        tasks.join_all().await;
        let left = [subject.body(&keys[0]).await.unwrap(), subject.body(&keys[1]).await.unwrap()];
        let staying = left.iter().filter(|body| body["n"] == json!(1)).count();
        assert_eq!(staying, 1, "round {round}");
    }
}

/// Transfers between accounts keep their sum, in every snapshot of them.
pub async fn sums_stay_whole(subject: Subject) {
    let keys: Vec<Key> = (0..4).map(|n| Key::new(Table::Resources, format!("r{n}"))).collect();
    let mut tasks = JoinSet::new();
    for task in 0..16_usize {
        let (store, keys) = (Arc::clone(&subject.store), keys.clone());
        tasks.spawn(async move {
            for step in 0..8_usize {
                let (from, to) = (keys[(task + step) % 4].clone(), keys[(task + 2 * step + 1) % 4].clone());
                transfer(&*store, from, to).await;
            }
        });
    }
    while !tasks.is_empty() {
        let found = subject.store.get_many(&keys).await.unwrap();
        let numbers = found.iter().flatten().map(|item| item.body::<Value>().unwrap()["n"].as_i64().unwrap());
        assert_eq!(numbers.sum::<i64>(), 0);
        tokio::task::yield_now().await;
        tasks.try_join_next().map(Result::unwrap);
    }
}

async fn transfer(store: &dyn Store, from: Key, to: Key) {
    if from == to {
        return;
    }
    let keys = vec![from.clone(), to.clone()];
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        put_number(&mut changes, &from, number(loaded, &from)? - 1)?;
        put_number(&mut changes, &to, number(loaded, &to)? + 1)?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    transact(store, keys, decide).await.unwrap().unwrap();
}

/// Whoever was told that something is written reads it, from whichever thread.
pub async fn acknowledged_writes_are_seen(subject: Subject) {
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let store = Arc::clone(&subject.store);
        tasks.spawn(async move {
            let key = Key::number(Table::Occupancy, format!("room{task}"), 1);
            for n in 1..=20 {
                add(&*store, &key).await;
                let (reader, looked_for) = (Arc::clone(&store), key.clone());
                let found = tokio::spawn(async move { reader.get(&looked_for).await });
                let body: Value = found.await.unwrap().unwrap().unwrap().body().unwrap();
                assert_eq!(body["n"], json!(n));
            }
        });
    }
    tasks.join_all().await;
}
