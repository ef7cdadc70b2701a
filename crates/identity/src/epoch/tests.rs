//! A change that happens while an account is being read.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use store::decide::Decide;
use store::port::Answer;
use store::{Cursor, Item, Page, Query};

use super::*;

/// A store in which an account's epoch grows right after it was read, as often as told.
struct Overtaking<'a> {
    epochs: &'a Epochs,
    changes: i64,
    epoch: AtomicI64,
}

fn unused<T>() -> Answer<'static, T> {
    Box::pin(async { Err(StoreError::Misuse("only items are read".to_owned())) })
}

impl Store for Overtaking<'_> {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        let epoch = self.epoch.load(Ordering::SeqCst);
        if epoch < self.changes {
            self.epoch.fetch_add(1, Ordering::SeqCst);
            self.epochs.forget(&key.partition);
        }
        let body = json!({
            "sub": key.partition, "email": "a@b", "email_verified": true, "status": "CONFIRMED", "enabled": true,
            "groups": [], "attributes": {}, "created": Timestamp::UNIX_EPOCH, "modified": Timestamp::UNIX_EPOCH,
        });
        let private = json!({"password": null, "epoch": epoch, "sessions": 0});
        Box::pin(async move {
            let (table, private) = (Table::Accounts, Some(private.to_string()));
            Ok(Some(Item { table, version: 1, body: body.to_string(), private }))
        })
    }

    fn get_many<'a>(&'a self, _: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        unused()
    }

    fn query(&self, _: Query) -> Answer<'_, Page> {
        unused()
    }

    fn scan(&self, _: Table, _: usize, _: Option<Cursor>) -> Answer<'_, Page> {
        unused()
    }

    fn decide(&self, _: Vec<Key>, _: Decide) -> Answer<'_, ()> {
        unused()
    }

    fn sweep(&self, _: Table, _: usize) -> Answer<'_, usize> {
        unused()
    }

    fn check(&self) -> Answer<'_, ()> {
        unused()
    }
}

async fn read(changes: i64) -> (Option<i64>, Option<Option<i64>>) {
    let epochs = Epochs::new(Measure::Epochs, 10, 60);
    let now = Timestamp::UNIX_EPOCH;
    let store = Overtaking { epochs: &epochs, changes, epoch: AtomicI64::new(0) };
    let epoch = epochs.read(&store, "s", now).await.unwrap();
    (epoch, epochs.remembered("s", now))
}

#[tokio::test]
async fn what_a_change_has_overtaken_is_not_remembered() {
    assert_eq!(read(0).await, (Some(0), Some(Some(0))));
    assert_eq!(read(1).await, (Some(1), Some(Some(1))), "it is read again");
    assert_eq!(read(i64::MAX).await, (Some(2), None), "but not for ever");
}
