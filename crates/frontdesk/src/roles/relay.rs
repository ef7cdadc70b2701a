//! Gives events their positions in the log as the stream of their table brings them, then delivers them.

use std::collections::HashSet;
use std::sync::Arc;

use app::App;
use domain::Clock;
use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;

use super::batch::{Batch, Change, Failed};
use super::calls::{Answer, failed};
use super::deadline::Deadline;
use super::pipelines::Pipelines;
use crate::compose::Instance;
use crate::config::events::EventsArgs;
use crate::error::Outcome;

/// The key of an event.
const AGGREGATE: &str = "aggregate";
const SEQUENCE: &str = "sequence";

/// Relays events.
pub(super) struct Relay {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
    pipelines: Pipelines,
}

impl Relay {
    pub(super) async fn new(instance: &Instance, args: &EventsArgs, clock: Arc<dyn Clock>) -> Outcome<Self> {
        let app = Arc::clone(&instance.app);
        Ok(Self { pipelines: Pipelines::open(&app, args).await?, app, clock })
    }
}

impl Answer for Relay {
    type Event = Batch<Change>;
    type Reply = Failed;

    /// Pipelines have cursors of their own: that one of them cannot deliver is no failure of the records.
    async fn answer(&self, batch: Batch<Change>, context: Context) -> Result<Failed, Diagnostic> {
        let deadline = Deadline::of(&context, &self.clock);
        let new: Vec<&Change> = batch.records.iter().filter(|change| change.is_new()).collect();
        let named = |change: &Change| Some((change.text(AGGREGATE)?.to_owned(), change.number(SEQUENCE)?));
        let events: Vec<(String, i64)> = new.iter().filter_map(|change| named(change)).collect();
        let left = self.app.relay_events(&events).await;
        let left = left.map_err(|error| failed("Unavailable", crate::telemetry::chain(&error)))?;
        let left: HashSet<(String, i64)> = left.into_iter().collect();
        let is_done = |change: &Change| named(change).is_some_and(|event| !left.contains(&event));
        let first = new.iter().copied().find(|change| !is_done(change));
        if first.is_some() {
            tracing::warn!(events = left.len(), "events cannot be relayed for the moment");
        }
        self.pipelines.run(&deadline).await;
        Ok(Failed::from(first))
    }
}
