//! Time to live: sweeping removes what has expired, in bounded batches.

use serde_json::json;

use super::Subject;
use crate::{Key, Table};

fn record(n: i64) -> Key {
    Key::new(Table::Idempotency, format!("record{n}"))
}

/// `expiration` in the past or now goes, the rest stays.
pub async fn only_expired_items_are_swept(subject: Subject) {
    let now = subject.clock.milliseconds() / 1_000;
    for n in 0..3 {
        subject.put(&record(n), json!({"expiration": now + n})).await;
    }
    subject.put(&record(3), json!({})).await;
    assert_eq!(subject.store.sweep(Table::Idempotency, 100).await, Ok(1));
    assert_eq!(subject.get(&record(0)).await, None);
    subject.put(&record(2), json!({"expiration": now + 9})).await;
    subject.clock.advance(2_000);
    assert_eq!(subject.store.sweep(Table::Idempotency, 100).await, Ok(1));
    assert_eq!(subject.get(&record(1)).await, None);
    assert!(subject.get(&record(2)).await.is_some(), "its time has been put off");
    assert!(subject.get(&record(3)).await.is_some(), "it has no end");
}

/// At most as many as asked for.
pub async fn sweeping_is_bounded(subject: Subject) {
    for n in 0..5 {
        subject.put(&record(n), json!({"expiration": n})).await;
    }
    for expected in [2, 2, 1, 0] {
        assert_eq!(subject.store.sweep(Table::Idempotency, 2).await, Ok(expected));
    }
}

/// A table without a time to live keeps everything.
pub async fn other_tables_are_not_swept(subject: Subject) {
    let key = Key::new(Table::Users, "old");
    subject.put(&key, json!({"expiration": 1})).await;
    assert_eq!(subject.store.sweep(Table::Users, 100).await, Ok(0));
    assert!(subject.get(&key).await.is_some());
}
