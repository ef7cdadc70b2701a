//! What the use cases work with.

use std::sync::Arc;

use domain::limits::ORDER_REPEAT_SECONDS;
use domain::{Clock, Ids};
use store::Store;
use store::records::{KeyAttribute, KeyKind, Records, RecordsTable};
use store::search::SearchIndex;
use tokio::sync::watch;

use crate::Failure;
use crate::departures::Departures;
use crate::events::Feed;
use crate::homes::Homes;
use crate::tickets::Lanes;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kinds of resource besides [`domain::resource::KINDS`].
    pub resource_kinds: Vec<String>,
    /// Seconds for which the first response to an order is repeated.
    pub order_repeat_seconds: i64,
    /// The tables of table operations: no other can be asked for.
    pub records_tables: Vec<RecordsTable>,
}

impl Default for Settings {
    fn default() -> Self {
        let id = KeyAttribute { name: "id".to_owned(), kind: KeyKind::S };
        let table = RecordsTable { name: "lambda-apigateway".to_owned(), partition: id, sort: None };
        Self { resource_kinds: Vec::new(), order_repeat_seconds: ORDER_REPEAT_SECONDS, records_tables: vec![table] }
    }
}

/// The use cases.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    /// None: no table is served.
    pub(crate) records: Option<Arc<dyn Records>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) settings: Settings,
    pub(crate) homes: Homes,
    pub(crate) departures: Departures,
    pub(crate) lanes: Lanes,
    pub(crate) feed: Arc<Feed>,
    /// Says that there may be more in an outbox, or in the log where the store has none.
    pub(crate) commits: watch::Sender<()>,
    /// Says that there is more in the log.
    pub(crate) logged: watch::Sender<()>,
    /// None: events are not searched.
    pub(crate) search: Option<Arc<SearchIndex>>,
}

impl App {
    /// Use cases over a store. Table operations need [`App::with_records`].
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, settings: Settings) -> Self {
        let (homes, departures, lanes, feed) = Default::default();
        let (commits, logged) = (watch::Sender::new(()), watch::Sender::new(()));
        Self {
            store,
            records: None,
            clock,
            ids,
            settings,
            homes,
            departures,
            lanes,
            feed,
            commits,
            logged,
            search: None,
        }
    }

    /// The same, with the tables of [`Settings::records_tables`] kept there.
    pub fn with_records(self, records: Arc<dyn Records>) -> Self {
        Self { records: Some(records), ..self }
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> Result<(), Failure> {
        Ok(self.store.check().await?)
    }

    pub(crate) fn new_id(&self, chosen: Option<&str>) -> String {
        chosen.map_or_else(|| self.ids.ordered().to_string(), str::to_owned)
    }
}
