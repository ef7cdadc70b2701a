//! A whole instance in the test's own process.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws::dynamodb::{Consumed, DynamoStore};
use aws::dynoxide::{Dynoxide, client};
use domain::Clock;
use frontdesk::backing::{Backing, Place};
use frontdesk::compose::{Instance, Setup};
use frontdesk::config::AdministratorArgs;
use frontdesk::migrate::{Comparison, Side, migrate};
use frontdesk::serve::{Listening, Service, bind, prepare};
use identity::KeySecrets;
use serde_json::Value;
use store::{Changes, Key, Verdict};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::machine::ADMIN_EMAIL;
use crate::signature::AccessKey;
use crate::{Admin, Anonymous, Cognito, Http, PASSWORD, POOL, Proxy, SeededIds, TestClock, User};

/// How long stopping may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the identifiers of an instance, and of one beside it, are drawn from.
const FIRST_SEED: u64 = 7;
const OTHER_SEED: u64 = 8;

/// A whole instance in the test's own process, on a directory of its own, with a clock that the test moves.
pub struct TestApp {
    /// Where it is.
    pub http: Http,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its user pool.
    pub cognito: Cognito,
    /// Its parts.
    pub instance: Instance,
    listening: Listening,
    directory: TempDir,
    tables: Option<Tables>,
    /// What runs beside the requests.
    background: JoinSet<()>,
}

/// Tables on an engine that speaks DynamoDB's protocol, and where they are reached: there, or at a proxy in front of it.
#[derive(Clone)]
pub(crate) struct Tables {
    engine: Arc<Dynoxide>,
    url: String,
}

impl Tables {
    /// Empty ones, where the tests are to run on DynamoDB.
    pub(crate) async fn chosen(clock: &Arc<TestClock>) -> Option<Self> {
        if is_on_dynamodb() { Some(Self::make(clock).await) } else { None }
    }

    /// A store on them.
    pub(crate) fn store(&self, clock: &Arc<TestClock>) -> Place {
        let store = DynamoStore::new(client(&self.url), "", Arc::<TestClock>::clone(clock));
        Place::Open(Backing::DynamoDb(Arc::new(store)))
    }

    /// Makes the tables of the operator's own that an instance is to have, if it is on DynamoDB.
    pub(crate) async fn make_records_tables(setup: &Setup) {
        if let Place::Open(Backing::DynamoDb(store)) = &setup.store {
            store.create_records_tables(&setup.app.records_tables).await.unwrap();
        }
    }

    async fn make(clock: &Arc<TestClock>) -> Self {
        let engine = Arc::new(Dynoxide::start().await);
        engine.store("", Arc::<TestClock>::clone(clock)).create_tables().await.unwrap();
        Self { url: engine.url(), engine }
    }
}

/// The variable that has the tests run on another store: `dynamodb`.
const STORE: &str = "FRONTDESK_TEST_STORE";

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests chooses the store for all of them")]
fn is_on_dynamodb() -> bool {
    std::env::var_os(STORE).is_some_and(|store| store == "dynamodb")
}

impl TestApp {
    /// With the default settings.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings. It is ready when this returns.
    pub async fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let clock = Arc::default();
        let tables = Tables::chosen(&clock).await;
        Self::open(TempDir::new().unwrap(), FIRST_SEED, tables, clock, change).await
    }

    /// With the default settings, on DynamoDB in any case.
    pub async fn on_dynamodb() -> Self {
        Self::on_dynamodb_with(|_| {}).await
    }

    /// With other settings, on DynamoDB in any case.
    pub async fn on_dynamodb_with(change: impl FnOnce(&mut Setup)) -> Self {
        let clock = Arc::default();
        let tables = Tables::make(&clock).await;
        Self::open(TempDir::new().unwrap(), FIRST_SEED, Some(tables), clock, change).await
    }

    /// On DynamoDB behind a proxy, which does nothing unless it is told to.
    pub async fn behind_proxy() -> (Self, Proxy) {
        let clock = Arc::default();
        let tables = Tables::make(&clock).await;
        let proxy = Proxy::start(tables.url.clone(), 1, 0).await;
        let tables = Tables { url: proxy.url(), ..tables };
        (Self::open(TempDir::new().unwrap(), FIRST_SEED, Some(tables), clock, |_| {}).await, proxy)
    }

    /// Another instance on the same tables at the same time, as another machine would run it.
    pub async fn beside(&self) -> Self {
        let issuer = format!("{}/{POOL}", self.http.base());
        let directory = TempDir::new().unwrap();
        Self::open(directory, OTHER_SEED, self.tables.clone(), Arc::clone(&self.clock), |setup| {
            setup.identity.issuer = issuer
        })
        .await
    }

    /// The raw protocol of the engine that it runs on.
    pub fn raw_tables(&self) -> aws_sdk_dynamodb::Client {
        client(&self.tables.as_ref().unwrap().engine.url())
    }

    /// On the embedded store, whatever store the tests are to run on.
    pub async fn embedded(change: impl FnOnce(&mut Setup)) -> Self {
        Self::open(TempDir::new().unwrap(), FIRST_SEED, None, Arc::default(), change).await
    }

    /// Stops, has all that is stored copied into another store, and starts on that: at the same time, at another port.
    pub async fn migrate(self, to: Backing, change: impl FnOnce(&mut Setup)) -> (Self, Comparison) {
        let Self { instance, listening, directory, tables, clock, mut background, .. } = self;
        background.shutdown().await;
        assert!(listening.finish(PATIENCE).await);
        let (from, target) = (Side::new("source", &instance.backing), Side::new("target", &to));
        let comparison = migrate(&from, &target, &[], clock.as_ref(), &mut |_| {}).await.unwrap();
        instance.backing.close();
        drop((from, target, instance));
        let change = |setup: &mut Setup| {
            setup.store = Place::Open(to);
            change(setup);
        };
        (Self::open(directory, FIRST_SEED, tables, clock, change).await, comparison)
    }

    /// Stops and starts on the same directory at the same time, perhaps with other settings, at another port.
    pub async fn restart(self, change: impl FnOnce(&mut Setup)) -> Self {
        let Self { instance, listening, directory, tables, clock, mut background, .. } = self;
        background.shutdown().await;
        assert!(listening.finish(PATIENCE).await);
        instance.backing.close();
        drop(instance);
        Self::open(directory, FIRST_SEED, tables, clock, change).await
    }

    async fn open(
        directory: TempDir,
        seed: u64,
        tables: Option<Tables>,
        clock: Arc<TestClock>,
        change: impl FnOnce(&mut Setup),
    ) -> Self {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut setup = Setup::new(directory.path(), &origin);
        if let Some(tables) = &tables {
            setup.store = tables.store(&clock);
            setup.identity.key_secrets = Some(KeySecrets::parse("the key secret of all tests on DynamoDB").unwrap());
        }
        change(&mut setup);
        Tables::make_records_tables(&setup).await;
        let http = Http::new(format!("{origin}{}", setup.base_path.as_str()));
        let dyn_clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let instance = Instance::open(setup, Arc::clone(&dyn_clock), Arc::new(SeededIds::new(seed))).await.unwrap();
        let listening = Listening::start(listener, Service::new(instance.router())).unwrap();
        let administrator = AdministratorArgs {
            admin_email: Some(ADMIN_EMAIL.to_owned()),
            admin_password: Some(PASSWORD.to_owned().into()),
        };
        let following = Arc::clone(&instance.app);
        let mut background = JoinSet::new();
        background.spawn(async move { following.follow_log().await });
        if instance.backing.embedded().is_err() {
            let relaying = Arc::clone(&instance.app);
            background.spawn(async move { relaying.relay().await });
        }
        prepare(&instance.identity, &administrator, directory.path()).await.unwrap();
        let key = AccessKey::read(&fs::read_to_string(directory.path().join("aws-credentials")).unwrap());
        let cognito = Cognito { http: http.clone(), key, clock: dyn_clock };
        Self { http, clock, cognito, instance, listening, directory, tables, background }
    }

    /// Has nothing run beside the requests any more: no event is pushed.
    pub async fn quieten(&mut self) {
        self.background.shutdown().await;
    }

    /// Asks it to finish, as a signal would, and says whether it did in time. It does not answer any more.
    pub async fn stop(self) -> bool {
        let Self { listening, .. } = self;
        listening.finish(PATIENCE).await
    }

    /// Where its files are.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// One who sends no token.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous { http: self.http.clone() }
    }

    /// A new user, who signs up as `{name}@example.com`.
    pub async fn user(&self, name: &str) -> User {
        self.cognito.user(name).await
    }

    /// The first administrator.
    pub async fn admin(&self) -> Admin {
        self.cognito.first_administrator().await
    }

    /// What it has consumed of DynamoDB.
    pub fn consumed(&self) -> Consumed {
        let Backing::DynamoDb(store) = &self.instance.backing else { panic!("the store is not DynamoDB") };
        store.consumed()
    }

    /// The time of its clock, in epoch seconds.
    pub fn now_seconds(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// The body of an item as it is stored.
    pub async fn item(&self, key: &Key) -> Option<Value> {
        let item = self.instance.store.get(key).await.unwrap();
        item.map(|item| serde_json::from_str(&item.body).unwrap())
    }

    /// Puts an item into the store, as another program would.
    pub async fn put_item(&self, key: Key, body: &Value) {
        let (wanted, body) = (key.clone(), body.clone());
        let put = move |_: &store::Loaded| {
            let mut changes = Changes::none();
            changes.put(wanted.clone(), &body)?;
            Ok(Verdict::<(), ()>::Commit(changes, ()))
        };
        store::transact(self.instance.store.as_ref(), vec![key], put).await.unwrap().unwrap();
    }
}
