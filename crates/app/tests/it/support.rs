//! An app over an embedded store in a directory of its own, with a clock that is moved by hand.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, AtomicUsize, Ordering};

use app::{App, Command, Failure, Reply, Settings};
use domain::{Clock, Ids};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use store::decide::Decide;
use store::port::Answer;
use store::sqlite::{Options, SqliteStore};
use store::{Changes, Cursor, Index, Item, Key, Loaded, Page, Query, Store, StoreError, Table, Verdict};
use uuid::Uuid;

/// A midnight: when the clock starts, and the middle of the times that are booked.
pub(crate) const MIDNIGHT: i64 = 1_617_235_200;

/// A clock that is moved by hand, and identifiers that count.
pub(crate) struct Ambient {
    seconds: AtomicI64,
    drawn: AtomicU64,
}

impl Ambient {
    /// Another clock, which shows so many seconds more.
    pub(crate) fn ahead(&self, seconds: i64) -> Self {
        let now = self.seconds.load(Ordering::Relaxed);
        Self { seconds: AtomicI64::new(now + seconds), drawn: AtomicU64::new(1 << 32) }
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for Ambient {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.seconds.load(Ordering::Relaxed)).unwrap()
    }
}

impl Ids for Ambient {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128(self.drawn.fetch_add(1, Ordering::Relaxed).into())
    }

    fn random(&self) -> Uuid {
        self.ordered()
    }
}

/// An app with the location `l`.
pub(crate) struct Desk {
    pub(crate) app: App,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Ambient>,
    _directory: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(Ambient { seconds: AtomicI64::new(MIDNIGHT), drawn: AtomicU64::new(0) });
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(Options::new(directory.path()), clock.clone()).unwrap());
        let app = App::new(store.clone(), clock.clone(), clock.clone(), Settings::default());
        app.put_location(Command::default(), Some("l"), body(&json!({"name": "L"}))).await.unwrap();
        Self { app, store, clock, _directory: directory }
    }

    pub(crate) async fn resource(&self, resource: &str, capacity: i64) -> Result<Reply, Failure> {
        self.resource_with(resource, &json!({"capacity": capacity})).await
    }

    /// Puts a resource with these members.
    pub(crate) async fn resource_with(&self, resource: &str, members: &Value) -> Result<Reply, Failure> {
        let mut resource_body = members.clone();
        resource_body["name"] = json!("R");
        self.app.put_resource(Command::default(), "l", Some(resource), body(&resource_body)).await
    }

    pub(crate) async fn book(&self, user: &str, booking: &str, wish: &Value) -> Result<Reply, Failure> {
        self.app.put_booking(Command::default(), user, Some(booking), body(wish)).await
    }

    /// Books as one whom the rules bind.
    pub(crate) async fn ask(&self, user: &str, booking: &str, wish: &Value) -> Result<Reply, Failure> {
        let command = Command { soft_rules: true, ..Command::default() };
        self.app.put_booking(command, user, Some(booking), body(wish)).await
    }

    pub(crate) async fn cancel(&self, user: &str, booking: &str) -> Result<Reply, Failure> {
        self.app.cancel_booking(Command::default(), user, booking).await
    }

    pub(crate) async fn delete(&self, resource: &str, cascade: bool) -> Result<Reply, Failure> {
        self.app.delete_resource(Command::default(), "l", resource, cascade).await
    }

    /// The wall clock's zone of the location.
    pub(crate) async fn zone(&self, zone: &str) {
        let location = body(&json!({"name": "L", "timeZone": zone}));
        self.app.put_location(Command::default(), Some("l"), location).await.unwrap();
    }

    /// The status of a booking.
    pub(crate) async fn status(&self, booking: &str) -> String {
        let item = self.store.get(&Key::new(Table::Bookings, booking)).await.unwrap().unwrap();
        item.body::<Value>().unwrap()["status"].as_str().unwrap().to_owned()
    }

    /// How many days of a resource's calendar are in use.
    pub(crate) async fn days(&self, resource: &str) -> usize {
        self.store.query(Query::table(Table::Occupancy, resource)).await.unwrap().items.len()
    }
}

/// A request's body.
pub(crate) fn body(value: &Value) -> Map<String, Value> {
    domain::json::object(value.to_string().as_bytes()).unwrap()
}

/// The rule that refused.
pub(crate) fn rule(outcome: Result<Reply, Failure>) -> String {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal.rule,
        other => panic!("not refused: {other:?}"),
    }
}

/// Stores an item as another program would.
pub(crate) async fn plant(desk: &Desk, key: Key, body: Value) {
    let decide = move |_: &Loaded| {
        let mut changes = Changes::none();
        changes.put(key.clone(), &body)?;
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(desk.store.as_ref(), Vec::new(), decide).await.unwrap().unwrap();
}

/// Another process on the same store, whose clock is ahead by so many seconds.
pub(crate) fn ahead(desk: &Desk, seconds: i64) -> (App, Arc<Ambient>) {
    let clock = Arc::new(desk.clock.ahead(seconds));
    let store = Arc::new(Ahead { store: desk.store.clone(), clock: clock.clone() });
    (App::new(store, clock.clone(), clock.clone(), Settings::default()), clock)
}

/// The same store as another process has it, by another clock: what is decided sees that clock's time.
pub(crate) struct Ahead {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<Ambient>,
}

impl Store for Ahead {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.store.query(query)
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, mut decide: Decide) -> Answer<'_, ()> {
        let clock = self.clock.clone();
        let decide = move |loaded: &Loaded| {
            let mut seen = Loaded::new(clock.now());
            for (key, item, version) in loaded.entries() {
                seen.insert(key.clone(), item.cloned(), version);
            }
            decide(&seen)
        };
        self.store.decide(keys, Box::new(decide))
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.store.check()
    }
}

/// What happens meanwhile.
type Happens = fn(Arc<Desk>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// An app on the desk's store, to which something happens just after a list of that index was first read.
pub(crate) fn meanwhile(desk: &Arc<Desk>, index: Index, happens: Happens) -> App {
    let store = Arc::new(Meanwhile { desk: desk.clone(), index, armed: AtomicBool::new(true), happens });
    App::new(store, desk.clock.clone(), desk.clock.clone(), Settings::default())
}

/// An app on the desk's store, to which something happens just before its second commit.
pub(crate) fn before_the_second_commit(desk: &Arc<Desk>, happens: Happens) -> App {
    let store = Arc::new(BeforeCommit { desk: desk.clone(), commits: AtomicUsize::new(0), happens });
    App::new(store, desk.clock.clone(), desk.clock.clone(), Settings::default())
}

struct Meanwhile {
    desk: Arc<Desk>,
    index: Index,
    armed: AtomicBool,
    happens: Happens,
}

struct BeforeCommit {
    desk: Arc<Desk>,
    commits: AtomicUsize,
    happens: Happens,
}

impl Store for BeforeCommit {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.desk.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.desk.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.desk.store.query(query)
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.desk.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        Box::pin(async move {
            if self.commits.fetch_add(1, Ordering::Relaxed) == 1 {
                (self.happens)(self.desk.clone()).await;
            }
            self.desk.store.decide(keys, decide).await
        })
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.desk.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.desk.store.check()
    }
}

impl Store for Meanwhile {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.desk.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.desk.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        Box::pin(async move {
            let listed = query.index == Some(self.index);
            let page = self.desk.store.query(query).await?;
            if listed && self.armed.swap(false, Ordering::Relaxed) {
                (self.happens)(self.desk.clone()).await;
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

/// A store that does not answer to some of its commits, which it counts.
pub(crate) struct Failing {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) commits: AtomicUsize,
    pub(crate) failing: Range<usize>,
}

impl Store for Failing {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        self.store.get(key)
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        self.store.get_many(keys)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.store.query(query)
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        self.store.scan(table, limit, after)
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        let number = self.commits.fetch_add(1, Ordering::Relaxed);
        if !self.failing.contains(&number) {
            return self.store.decide(keys, decide);
        }
        Box::pin(async { Err(StoreError::Unavailable("cut off".to_owned())) })
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        self.store.sweep(table, limit)
    }

    fn check(&self) -> Answer<'_, ()> {
        self.store.check()
    }
}
