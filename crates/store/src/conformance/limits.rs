//! The port's limits: alike on every store, and nothing is written beyond them.

use domain::limits::{COMMIT_BYTES, COMMIT_ITEMS, ITEM_BYTES};
use serde_json::json;

use super::{Subject, document};
use crate::{Changes, Key, StoreError, Table};

fn keys(count: usize) -> Vec<Key> {
    (0..count).map(|n| Key::new(Table::Users, format!("{n:03}"))).collect()
}

fn puts(keys: &[Key], bytes: usize) -> Changes {
    let mut changes = Changes::none();
    for key in keys {
        changes.put(key.clone(), &document(key, json!({"text": "x".repeat(bytes)}))).unwrap();
    }
    changes
}

async fn is_too_large(subject: &Subject, loaded: &[Key], changes: Changes) {
    let first = changes.writes().first().map(|write| write.key().clone());
    let outcome = subject.commit(loaded, changes).await;
    assert!(matches!(outcome, Err(StoreError::TooLarge(_))), "{outcome:?}");
    if let Some(first) = first {
        assert_eq!(subject.get(&first).await, None);
    }
}

/// As many items as a commit may have.
pub async fn a_commit_of_the_largest_number_passes(subject: Subject) {
    let keys = keys(COMMIT_ITEMS);
    subject.commit(&keys, puts(&keys, 10)).await.unwrap();
    assert!(subject.store.get_many(&keys).await.unwrap().iter().all(Option::is_some));
    subject.commit(&keys, Changes::none()).await.unwrap();
}

/// One more than that.
pub async fn too_many_writes_are_refused(subject: Subject) {
    is_too_large(&subject, &[], puts(&keys(COMMIT_ITEMS + 1), 10)).await;
}

/// One more key than may be guarded.
pub async fn too_many_keys_are_refused(subject: Subject) {
    is_too_large(&subject, &keys(COMMIT_ITEMS + 1), Changes::none()).await;
}

/// What is loaded and not written counts, too.
pub async fn guards_count_as_items(subject: Subject) {
    let keys = keys(COMMIT_ITEMS + 1);
    is_too_large(&subject, &keys[..60], puts(&keys[50..], 10)).await;
    subject.commit(&keys[..60], puts(&keys[50..COMMIT_ITEMS], 10)).await.unwrap();
}

/// An item beyond the limit.
pub async fn an_item_too_large_is_refused(subject: Subject) {
    is_too_large(&subject, &[], puts(&keys(1), ITEM_BYTES)).await;
}

/// An item whose text is short enough, but which DynamoDB counts as larger than its limit.
pub async fn an_item_that_dynamodb_counts_larger_is_refused(subject: Subject) {
    let keys = keys(1);
    let of_ones = |count: usize| {
        let mut changes = Changes::none();
        changes.put(keys[0].clone(), &document(&keys[0], json!({"list": vec![1; count]}))).unwrap();
        changes
    };
    // Each is two bytes as text, and three in DynamoDB.
    is_too_large(&subject, &[], of_ones(ITEM_BYTES / 3)).await;
    subject.commit(&[], of_ones((ITEM_BYTES - 1_100) / 3)).await.unwrap();
}

/// Many items that are too much together.
pub async fn a_commit_too_large_is_refused(subject: Subject) {
    is_too_large(&subject, &[], puts(&keys(50), COMMIT_BYTES / 50)).await;
    subject.commit(&[], puts(&keys(50), COMMIT_BYTES / 50 - 2_000)).await.unwrap();
}
