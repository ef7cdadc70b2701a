//! Readers of the log while it is trimmed, and after a backup was restored.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app::{App, Command, Delivery, Settings, Topic};
use serde_json::{Value, json};
use store::decide::Decide;
use store::port::Answer;
use store::sqlite::{Options, SqliteStore};
use store::{Cursor, Item, Key, Page, Query, Store, Table, log};

use crate::support::{Desk, MIDNIGHT, body};

const HOUR: i64 = 3600;

/// What happens meanwhile.
type Happens = Pin<Box<dyn Future<Output = ()> + Send>>;

fn wish(resource: &str, from: i64, minutes: i64) -> Value {
    json!({"resourceID": resource, "starttimeepochtime": MIDNIGHT + from, "durationMinutes": minutes})
}

/// A store in which something happens before the so manyth commit, or after the first read of several keys.
struct Between {
    store: Arc<dyn Store>,
    decide: Mutex<Option<Happens>>,
    get_many: Mutex<Option<Happens>>,
}

impl Store for Between {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        Box::pin(async move {
            let found = self.store.get_many(keys).await?;
            let happens = self.get_many.lock().unwrap().take();
            if let Some(happens) = happens {
                happens.await;
            }
            Ok(found)
        })
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.store.query(query)
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        Box::pin(async move {
            let happens = self.decide.lock().unwrap().take();
            if let Some(happens) = happens {
                happens.await;
            }
            self.store.decide(keys, decide).await
        })
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.store.check()
    }
}

/// A desk with 90 events or more, all older than a minute.
async fn told() -> Desk {
    let desk = Desk::open().await;
    desk.resource("r", 1000).await.unwrap();
    for number in 0..90 {
        desk.book("u", &format!("b{number}"), &wish("r", 48 * HOUR, 60)).await.unwrap();
    }
    desk.clock.wait(120);
    desk
}

async fn trimmed(store: Arc<dyn Store>, before: jiff::Timestamp) {
    while log::trim(store.as_ref(), before, 80).await.unwrap() > 0 {}
}

#[tokio::test]
async fn the_start_of_the_log_never_goes_back() {
    let desk = told().await;
    let now = domain::Clock::now(desk.clock.as_ref());
    let store = desk.store.clone();
    let slow = Between {
        store: desk.store.clone(),
        decide: Mutex::new(Some(Box::pin(trimmed(store, now)))),
        get_many: Mutex::new(None),
    };
    log::trim(&slow, now, 80).await.unwrap();
    let first = log::ends(desk.store.as_ref()).await.unwrap().first;
    let page = log::read(desk.store.as_ref(), first - 1, 1).await.unwrap();
    assert_eq!((first, page.events.len()), (80, 1), "the start, and what can be read there");
}

#[tokio::test]
async fn who_reads_what_is_trimmed_at_the_moment_is_reset() {
    let desk = told().await;
    let now = domain::Clock::now(desk.clock.as_ref());
    let store = desk.store.clone();
    let between = Arc::new(Between { store: desk.store.clone(), decide: Mutex::new(None), get_many: Mutex::new(None) });
    let app = App::new(between.clone(), desk.clock.clone(), desk.clock.clone(), Settings::default());
    let mut all = app.subscribe(vec![Topic::All], Some(10)).await.unwrap();
    *between.get_many.lock().unwrap() = Some(Box::pin(trimmed(store, now)));
    let first = tokio::time::timeout(Duration::from_secs(5), all.next()).await.unwrap().unwrap();
    let told = match &first {
        Delivery::Event(notice) => format!("event {} after 10, without a reset", notice.position),
        Delivery::Reset { head } => format!("reset {head}"),
    };
    assert!(told.starts_with("reset") || told.starts_with("event 11 "), "{told}");
}

/// A backup is restored; a client comes back with a position of before.
#[tokio::test]
async fn a_position_of_before_a_restore_resets() {
    let (first, second, file) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = Desk::open().await;
    let clock = desk.clock.clone();
    let backup = file.path().join("backup");
    let store = Arc::new(SqliteStore::open(Options::new(first.path()), clock.clone()).unwrap());
    let app = App::new(store.clone(), clock.clone(), clock.clone(), Settings::default());
    app.put_location(Command::default(), Some("l"), body(&json!({"name": "L"}))).await.unwrap();
    store.backup(&backup).unwrap();
    let location = |app: App, name: &'static str| async move {
        app.put_location(Command::default(), Some(name), body(&json!({"name": "L"}))).await.unwrap();
        app
    };
    let app = location(app, "old 1").await;
    let app = location(app, "old 2").await;
    let seen = log::ends(store.as_ref()).await.unwrap().head;
    drop(app);
    store.close();
    store::sqlite::restore(&backup, second.path()).unwrap();
    let store = Arc::new(SqliteStore::open(Options::new(second.path()), clock.clone()).unwrap());
    let app = App::new(store.clone(), clock.clone(), clock.clone(), Settings::default());
    let app = location(app, "new 1").await;
    let app = location(app, "new 2").await;
    let app = location(app, "new 3").await;
    let mut all = app.subscribe(vec![Topic::All], Some(seen)).await.unwrap();
    let told = match tokio::time::timeout(Duration::from_secs(5), all.next()).await.unwrap().unwrap() {
        Delivery::Event(notice) => format!("{} at {} after {seen}", notice.subject, notice.position),
        Delivery::Reset { .. } => "reset".to_owned(),
    };
    assert_eq!(told, "reset", "new 1 and new 2 are never told");
    // What was told before the backup was taken, and what comes after it was restored, is read on.
    let logged = log::read(store.as_ref(), 0, 100).await.unwrap().events.len();
    assert_eq!(logged, 1);
    let head = log::ends(store.as_ref()).await.unwrap().head;
    assert_eq!(log::read(store.as_ref(), head - 3, 100).await.unwrap().events.len(), 3);
}
