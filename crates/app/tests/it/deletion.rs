//! Deleting resources beside what else happens to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::{App, Command, Settings};
use serde_json::json;
use store::decide::Decide;
use store::port::Answer;
use store::{Cursor, Index, Item, Key, Page, Query, Store, Table};

use crate::support::{Desk, MIDNIGHT, rule};

const HOUR: i64 = 3600;

#[tokio::test]
async fn what_is_past_stays_booked_when_the_resource_comes_again() {
    let desk = Desk::open().await;
    desk.resource("r", 1).await.unwrap();
    let past = json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT - 5 * HOUR});
    desk.book("u", "past", &past).await.unwrap();
    desk.delete("r", true).await.unwrap();
    desk.resource("r", 1).await.unwrap();
    assert_eq!(rule(desk.book("v", "second", &past).await), "capacity");
    desk.cancel("u", "past").await.unwrap();
    desk.book("v", "second", &past).await.unwrap();
    assert_eq!(rule(desk.book("w", "third", &past).await), "capacity");
}

#[tokio::test]
async fn a_refused_deletion_changes_nothing() {
    let desk = Desk::open().await;
    let version = desk.resource("r", 1).await.unwrap().version;
    desk.book("u", "b", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR})).await.unwrap();
    assert_eq!(rule(desk.delete("r", false).await), "bookings-to-come");
    assert_eq!(desk.app.get_resource("l", "r").await.unwrap().version, version);
}

#[tokio::test]
async fn a_booking_that_moves_away_meanwhile_is_not_canceled() {
    let desk = Arc::new(Desk::open().await);
    desk.resource("r", 1).await.unwrap();
    desk.resource("other", 1).await.unwrap();
    desk.book("u", "moved", &json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT + HOUR})).await.unwrap();
    let moving = Arc::new(Moving { desk: desk.clone(), armed: AtomicBool::new(true) });
    let app = App::new(moving, desk.clock.clone(), desk.clock.clone(), Settings::default());
    app.delete_resource(Command::default(), "l", "r", true).await.unwrap();
    assert_eq!((desk.status("moved").await.as_str(), desk.days("other").await), ("CONFIRMED", 1));
}

/// A store in which a booking moves to another resource just after the first one's bookings were listed.
struct Moving {
    desk: Arc<Desk>,
    armed: AtomicBool,
}

impl Store for Moving {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.desk.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.desk.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        Box::pin(async move {
            let listed = query.index == Some(Index::BookingsByResourceByTime);
            let page = self.desk.store.query(query).await?;
            if listed && self.armed.swap(false, Ordering::Relaxed) {
                let elsewhere = json!({"resourceID": "other", "starttimeepochtime": MIDNIGHT + HOUR});
                self.desk.book("u", "moved", &elsewhere).await.unwrap();
            }
            Ok(page)
        })
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.desk.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        self.desk.store.decide(keys, decide)
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.desk.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.desk.store.check()
    }
}
