//! The store on DynamoDB, or on anything that speaks its protocol.
//!
//! Decisions are optimistic. What a decision needs is read consistently and of one moment; what it answers is one conditional write
//! that stands only if nothing that was loaded has changed; on a conflict it decides again. The adapter, not the SDK, tries again,
//! because only it knows whether a request may be repeated as it is (`commit.rs`).

mod attempts;
mod attributes;
mod capacity;
mod commit;
mod fault;
mod items;
mod lines;
mod lists;
mod missing;
mod reads;
mod records;
mod records_tables;
mod schema;
mod tables;
mod transfer;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use domain::Clock;
use store::decide::Decide;
use store::port::Answer;
use store::{Cursor, Export, Item, Key, Page, Query, Record, Store, StoreError, Table, Transfer};
use uuid::Uuid;

use fault::Fault;

pub use capacity::Consumed;
pub use items::time_to_live;
pub use schema::stream;
pub use tables::TableState;

/// How long one request over the wire may take.
const REQUEST: Duration = Duration::from_millis(1_000);
/// How long connecting may take.
const CONNECT: Duration = Duration::from_millis(700);

/// Where the tables are.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What the names of the tables start with.
    pub table_prefix: String,
}

/// A store on DynamoDB.
#[derive(Clone)]
pub struct DynamoStore {
    client: Client,
    prefix: Arc<str>,
    clock: Arc<dyn Clock>,
    meter: Arc<capacity::Meter>,
    lines: Arc<lines::Lines>,
    missing: Arc<missing::Missing>,
}

impl std::fmt::Debug for DynamoStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DynamoStore").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl DynamoStore {
    /// The store that the environment names: endpoint (`AWS_ENDPOINT_URL_DYNAMODB`, else AWS), region and credentials come from the
    /// SDK's default chains. Nothing is sent yet.
    pub async fn connect(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(REQUEST).build();
        let loader = aws_config::defaults(BehaviorVersion::latest());
        let config = loader.retry_config(RetryConfig::disabled()).timeout_config(timeouts).load().await;
        Self::new(Client::new(&config), &settings.table_prefix, clock)
    }

    /// The store that a client reaches. The client must not try again by itself.
    pub fn new(client: Client, prefix: &str, clock: Arc<dyn Clock>) -> Self {
        let (meter, lines, missing) = Default::default();
        Self { client, prefix: prefix.into(), clock, meter, lines, missing }
    }

    /// What the requests of this store consumed so far.
    pub fn consumed(&self) -> Consumed {
        self.meter.total()
    }

    fn name(&self, table: Table) -> String {
        format!("{}{}", self.prefix, table.definition().name)
    }

    /// What a failed request means, with the tables that it was about.
    fn fault<E>(&self, tables: impl IntoIterator<Item = Table>, error: &SdkError<E, HttpResponse>) -> Fault
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Fault::of(error).about(&self.names(tables))
    }

    /// How a message names tables, each once.
    fn names(&self, tables: impl IntoIterator<Item = Table>) -> String {
        let names: BTreeSet<String> = tables.into_iter().map(|table| self.name(table)).collect();
        let word = if names.len() == 1 { "table" } else { "tables" };
        format!("{word} {}", Vec::from_iter(names).join(", "))
    }

    /// The mark of a commit, and its client request token.
    #[expect(
        clippy::disallowed_methods,
        reason = "a mark must be unlike those of every other process, whatever ids are elsewhere"
    )]
    fn mark() -> String {
        Uuid::new_v4().to_string()
    }
}

impl Store for DynamoStore {
    fn get<'a>(&'a self, key: &'a Key) -> Answer<'a, Option<Item>> {
        Box::pin(async move { Ok(self.load_one(key).await?.item().cloned()) })
    }

    fn get_many<'a>(&'a self, keys: &'a [Key]) -> Answer<'a, Vec<Option<Item>>> {
        Box::pin(async move {
            let stored = self.load(keys).await?;
            Ok(stored.iter().map(|stored| stored.item().cloned()).collect())
        })
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        Box::pin(self.query_page(query))
    }

    fn scan(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Page> {
        Box::pin(self.scan_page(table, limit, after))
    }

    fn decide(&self, keys: Vec<Key>, decide: Decide) -> Answer<'_, ()> {
        Box::pin(self.decide_and_commit(keys, decide))
    }

    fn sweep(&self, table: Table, limit: usize) -> Answer<'_, usize> {
        Box::pin(self.sweep_some(table, limit))
    }

    fn check(&self) -> Answer<'_, ()> {
        Box::pin(async move { self.load_one(&Key::new(Table::Keys, "check")).await.map(drop) })
    }
}

impl Transfer for DynamoStore {
    fn export(&self, table: Table, limit: usize, after: Option<Cursor>) -> Answer<'_, Export> {
        Box::pin(self.export_page(table, limit, after))
    }

    fn import(&self, records: Vec<Record>) -> Answer<'_, ()> {
        Box::pin(self.import_records(records))
    }
}

/// Something that the SDK does not build although everything is there: a mistake of ours.
fn unbuildable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Misuse(format!("a request cannot be built: {error}"))
}
