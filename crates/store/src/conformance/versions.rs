//! Versions: the time of the write, and never the same twice for a key.

use serde_json::json;

use super::{Subject, document};
use crate::{Changes, Key, Loaded, Table, Verdict, transact};

/// A new item's version is the time in milliseconds.
pub async fn a_new_item_has_the_time(subject: Subject) {
    let now = subject.clock.milliseconds();
    assert_eq!(subject.put(&Key::new(Table::Users, "a"), json!({})).await, now);
    subject.clock.advance(7);
    assert_eq!(subject.put(&Key::new(Table::Users, "b"), json!({})).await, now + 7);
}

/// An update's version is the time, too, but greater than the one before.
pub async fn an_update_has_a_greater_version(subject: Subject) {
    let key = Key::number(Table::Occupancy, "room", 20_000);
    let now = subject.clock.milliseconds();
    assert_eq!(subject.put(&key, json!({})).await, now);
    assert_eq!(subject.put(&key, json!({})).await, now + 1);
    assert_eq!(subject.put(&key, json!({})).await, now + 2);
    subject.clock.advance(1_000);
    assert_eq!(subject.put(&key, json!({})).await, now + 1_000);
}

/// Versions grow even when the clock does not.
pub async fn a_clock_that_goes_back_does_no_harm(subject: Subject) {
    let key = Key::new(Table::Users, "a");
    let first = subject.put(&key, json!({})).await;
    subject.clock.advance(-3_600_000);
    assert_eq!(subject.put(&key, json!({})).await, first + 1);
}

/// Removed and made again within one millisecond, again and again.
pub async fn a_removed_key_never_repeats_a_version(subject: Subject) {
    never_repeats(&subject, 0).await;
}

/// The same while the clock goes back.
pub async fn a_removed_key_never_repeats_a_version_when_the_clock_goes_back(subject: Subject) {
    never_repeats(&subject, -10).await;
}

async fn never_repeats(subject: &Subject, step: i64) {
    let key = Key::new(Table::Locations, "again");
    let mut last = 0;
    for _ in 0..5 {
        for _ in 0..3 {
            let version = subject.put(&key, json!({})).await;
            assert!(version > last, "{version} after {last}");
            last = version;
        }
        subject.delete(&key).await;
        subject.clock.advance(step);
    }
}

/// What sweeping removed counts as well.
pub async fn a_swept_key_never_repeats_a_version(subject: Subject) {
    let key = Key::new(Table::Sessions, "token");
    let mut last = 0;
    for _ in 0..3 {
        subject.put(&key, json!({"expiration": 1})).await;
        let version = subject.put(&key, json!({"expiration": 1})).await;
        assert!(version > last, "{version} after {last}");
        last = version;
        subject.store.sweep(Table::Sessions, 100).await.unwrap();
    }
}

/// The version that a decision is told is the one that its write gets, also beside a removal in the same commit.
pub async fn the_version_that_was_promised_is_stored(subject: Subject) {
    let [gone, fresh, there] = ["gone", "fresh", "there"].map(|name| Key::new(Table::Resources, name));
    for key in [&gone, &gone, &gone, &there] {
        subject.put(key, json!({})).await;
    }
    let keys = vec![gone, fresh.clone(), there.clone()];
    let written = keys.clone();
    let decide = move |loaded: &Loaded| {
        let mut changes = Changes::none();
        changes.delete(written[0].clone());
        for key in &written[1..] {
            changes.put(key.clone(), &document(key, json!({})))?;
        }
        Ok(Verdict::<_, ()>::Commit(changes, (loaded.next_version(&written[1])?, loaded.next_version(&written[2])?)))
    };
    let (promised_fresh, promised_there) = transact(&*subject.store, keys, decide).await.unwrap().unwrap();
    assert_eq!(subject.get(&fresh).await.unwrap().version, promised_fresh);
    assert_eq!(subject.get(&there).await.unwrap().version, promised_there);
}
