//! Fulfils requests that wait: the stream of the table of lanes says in which.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::App;
use domain::Clock;
use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;

use super::batch::{Batch, Change, Failed};
use super::calls::Answer;
use super::deadline::Deadline;
use crate::compose::Instance;

/// The key of a request that waits.
const LANE: &str = "lane";

/// Fulfils requests.
pub(super) struct Fulfilment {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
}

impl Fulfilment {
    pub(super) fn new(instance: &Instance, clock: Arc<dyn Clock>) -> Self {
        Self { app: Arc::clone(&instance.app), clock }
    }

    /// Whether nothing waits in a lane any more.
    async fn is_done(&self, lane: &str, deadline: &Deadline) -> bool {
        match self.app.fulfil_lane(lane, || deadline.may_go_on()).await {
            Ok(true) => true,
            Ok(false) => {
                tracing::warn!(lane, "requests are left for the next call: the time of this one is over");
                false
            }
            Err(error) => {
                let error = &error as &(dyn std::error::Error + 'static);
                tracing::warn!(error, lane, "requests cannot be fulfilled for the moment");
                false
            }
        }
    }
}

impl Answer for Fulfilment {
    type Event = Batch<Change>;
    type Reply = Failed;

    async fn answer(&self, batch: Batch<Change>, context: Context) -> Result<Failed, Diagnostic> {
        let deadline = Deadline::of(&context, &self.clock);
        let mut done: BTreeMap<&str, bool> = BTreeMap::new();
        let mut failed = None;
        for change in batch.records.iter().filter(|change| change.is_new()) {
            let is_done = match change.text(LANE) {
                None => {
                    tracing::error!("a change names no lane");
                    false
                }
                Some(lane) => match done.get(lane) {
                    Some(known) => *known,
                    None => {
                        let is_done = self.is_done(lane, &deadline).await;
                        done.insert(lane, is_done);
                        is_done
                    }
                },
            };
            if !is_done && failed.is_none() {
                failed = Some(change);
            }
        }
        Ok(Failed::from(failed))
    }
}
