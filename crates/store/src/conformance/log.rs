//! The log.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Subject, document, eventually};
use crate::log::{Ends, Kept, SHARDS, ends, read, relay, trim};
use crate::removal::remove_partition;
use crate::{Changes, Key, Loaded, Store, Table, Verdict, transact};

/// Changes an item and tells of it, as the product does, and returns the sequence of the event.
async fn change(store: &dyn Store, name: &str) -> i64 {
    let key = Key::new(Table::Users, name);
    let aggregate = format!("user/{name}");
    let item = key.clone();
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        changes.put(item.clone(), &document(&item, json!({})))?;
        let sequence = loaded.next_version(&item)?;
        let event = Key::number(Table::Events, &aggregate, sequence);
        let kept = Kept { previous: loaded.item(&item)?.map(|item| item.version), ..Kept::default() };
        changes.put_private(event.clone(), &document(&event, json!({})), &kept)?;
        Ok(Verdict::<i64, ()>::Commit(changes, sequence))
    };
    transact(store, vec![key], decide).await.unwrap().unwrap()
}

async fn relay_all(store: &dyn Store) {
    for shard in 0..SHARDS {
        while relay(store, shard).await.unwrap() > 0 {}
    }
}

/// Looks until the log has so many positions.
async fn reaches(store: &dyn Store, head: i64) {
    let look = async || {
        relay_all(store).await;
        ends(store).await.unwrap().head
    };
    eventually(head, look).await;
}

/// All that the log has: aggregates and sequences by position.
async fn all(store: &dyn Store) -> Vec<(i64, String, i64)> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let page = read(store, after, 3).await.unwrap();
        for logged in &page.events {
            let event: Value = logged.item.body().unwrap();
            let (aggregate, sequence) = (event["aggregate"].as_str().unwrap(), event["sequence"].as_i64().unwrap());
            found.push((logged.position, aggregate.to_owned(), sequence));
        }
        if page.through == after {
            return found;
        }
        after = page.through;
    }
}

/// Each event is in the log once, at positions without gaps, and those of an aggregate in their order.
pub async fn every_event_gets_a_position(subject: Subject) {
    let store = &*subject.store;
    let mut told = Vec::new();
    for name in ["a", "b", "a", "c", "a", "b"] {
        told.push((format!("user/{name}"), change(store, name).await));
    }
    reaches(store, 6).await;
    let found = all(store).await;
    assert_eq!(found.iter().map(|(position, ..)| *position).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_in_order(&found);
    let mut found: Vec<_> = found.into_iter().map(|(_, aggregate, sequence)| (aggregate, sequence)).collect();
    found.sort();
    told.sort();
    assert_eq!(found, told);
    relay_all(store).await;
    assert_eq!(ends(store).await.unwrap(), Ends { first: 1, head: 6 });
}

/// Several may relay at once, while changes go on.
pub async fn relays_that_race_lose_and_double_nothing(subject: Subject) {
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = subject.store.clone();
        tasks.spawn(async move {
            for _ in 0..10 {
                change(&*store, if writer < 2 { "hot" } else { "cold" }).await;
            }
        });
    }
    for _ in 0..3 {
        let store = subject.store.clone();
        tasks.spawn(async move {
            for _ in 0..20 {
                relay_all(&*store).await;
            }
        });
    }
    tasks.join_all().await;
    reaches(&*subject.store, 40).await;
    let found = all(&*subject.store).await;
    assert_eq!(found.iter().map(|(position, ..)| *position).collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>());
    assert_in_order(&found);
}

/// An event that was erased leaves a position without an event.
pub async fn an_erased_event_is_passed_over(subject: Subject) {
    let store = &*subject.store;
    for name in ["a", "b", "a"] {
        change(store, name).await;
    }
    reaches(store, 3).await;
    assert_eq!(remove_partition(store, Table::Events, "user/b").await, Ok(1));
    let found = all(store).await;
    assert!(found.len() == 2 && found.iter().all(|(_, aggregate, _)| aggregate == "user/a"), "{found:?}");
    change(store, "b").await;
    reaches(store, 4).await;
    assert_eq!(all(store).await.last().map(|(position, ..)| *position), Some(4));
}

/// What is old goes from the start, up to a position, and what is young stays.
pub async fn the_start_is_trimmed(subject: Subject) {
    let store = &*subject.store;
    for _ in 0..3 {
        change(store, "a").await;
    }
    reaches(store, 3).await;
    subject.clock.advance(60_000);
    for _ in 0..2 {
        change(store, "a").await;
    }
    reaches(store, 5).await;
    let (young, old) = (subject.clock.milliseconds(), subject.clock.milliseconds() - 30_000);
    let time = |milliseconds| jiff::Timestamp::from_millisecond(milliseconds).unwrap();
    assert_eq!(trim(store, time(old), 3).await, Ok(2), "not beyond the position");
    assert_eq!(trim(store, time(old), 100).await, Ok(1), "not what is young");
    assert_eq!(trim(store, time(old), 100).await, Ok(0));
    assert_eq!(ends(store).await.unwrap(), Ends { first: 4, head: 5 });
    assert_eq!(all(store).await.len(), 2);
    assert_eq!(trim(store, time(young + 60_000), 100).await, Ok(2));
    assert_eq!(ends(store).await.unwrap(), Ends { first: 6, head: 5 });
    change(store, "a").await;
    reaches(store, 6).await;
    assert_eq!(all(store).await.len(), 1);
}

/// Events that are as large as an item may be.
pub async fn large_events_are_relayed_read_and_removed(subject: Subject) {
    let store = &*subject.store;
    for sequence in 1..=14 {
        let event = Key::number(Table::Events, "user/large", sequence);
        let body = document(&event, json!({"text": "x".repeat(390 * 1024)}));
        let previous = (sequence > 1).then(|| sequence - 1);
        let mut changes = Changes::none();
        changes.put_private(event, &body, &Kept { previous, ..Kept::default() }).unwrap();
        subject.commit(&[], changes).await.unwrap();
    }
    reaches(store, 14).await;
    let found = all(store).await;
    assert_eq!(found.iter().map(|(_, _, sequence)| *sequence).collect::<Vec<_>>(), (1..=14).collect::<Vec<_>>());
    let page = read(store, 0, 100).await.unwrap();
    assert!((1..14).contains(&page.events.len()), "a page is cut");
    assert_eq!(page.events.last().map(|last| last.position), Some(page.through));
    let after = jiff::Timestamp::from_millisecond(1_000).unwrap();
    while trim(store, after, 3).await.unwrap() > 0 {}
    assert_eq!(ends(store).await.unwrap(), Ends { first: 3, head: 14 });
    assert_eq!(remove_partition(store, Table::Events, "user/large").await, Ok(12));
    assert_eq!(all(store).await, []);
}

fn assert_in_order(found: &[(i64, String, i64)]) {
    let mut last = HashMap::new();
    for (position, aggregate, sequence) in found {
        let before = last.insert(aggregate, *sequence).unwrap_or(0);
        assert!(before < *sequence, "{aggregate} {sequence} is at {position}, behind {before}");
    }
}
