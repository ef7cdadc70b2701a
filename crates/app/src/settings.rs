//! What the use cases work with.

use std::sync::Arc;

use domain::limits::ORDER_REPEAT_SECONDS;
use domain::{Clock, Ids};
use store::Store;

use crate::Failure;
use crate::departures::Departures;
use crate::homes::Homes;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Kinds of resource besides [`domain::resource::KINDS`].
    pub resource_kinds: Vec<String>,
    /// Seconds for which the first response to an order is repeated.
    pub order_repeat_seconds: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { resource_kinds: Vec::new(), order_repeat_seconds: ORDER_REPEAT_SECONDS }
    }
}

/// The use cases.
pub struct App {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) settings: Settings,
    pub(crate) homes: Homes,
    pub(crate) departures: Departures,
}

impl App {
    /// Use cases over a store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, settings: Settings) -> Self {
        Self { store, clock, ids, settings, homes: Homes::default(), departures: Departures::default() }
    }

    /// Whether the store answers.
    pub async fn ready(&self) -> Result<(), Failure> {
        Ok(self.store.check().await?)
    }

    pub(crate) fn new_id(&self, chosen: Option<&str>) -> String {
        chosen.map_or_else(|| self.ids.ordered().to_string(), str::to_owned)
    }
}
