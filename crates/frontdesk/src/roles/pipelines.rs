//! Delivering events within a call: what there is, and not a moment longer than the call has.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::events::{Next, Pipeline, Runner};
use tokio::sync::Mutex;
use tokio::time::sleep;

use super::deadline::Deadline;
use crate::config::events::EventsArgs;
use crate::error::Outcome;
use crate::serve::pipelines::configured;

/// How often the lease is looked at while another process delivers, and how often at the most: it may have looked at the log before
/// the last events were there.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: usize = 10;

/// The pipelines of a function.
pub(super) struct Pipelines {
    runners: Vec<Mutex<Runner>>,
    names: Vec<String>,
}

impl Pipelines {
    /// Those that are configured. They gather no longer than a call lasts: nobody waits for more between calls.
    pub(super) async fn open(app: &App, args: &EventsArgs) -> Outcome<Self> {
        let args = EventsArgs { archive_seconds: 0, ..args.clone() };
        let configured: Vec<Arc<dyn Pipeline>> = configured(&args).await?;
        let names = configured.iter().map(|pipeline| pipeline.name().to_owned()).collect();
        let runners = configured.into_iter().map(|pipeline| Mutex::new(app.runner(pipeline, false)));
        Ok(Self { runners: runners.collect(), names })
    }

    /// Their names.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Delivers what there is. What cannot be delivered stays where it is, for another call.
    pub(super) async fn run(&self, deadline: &Deadline) {
        for runner in &self.runners {
            let mut runner = runner.lock().await;
            // Cut off in the middle of a delivery, it is delivered again.
            if tokio::time::timeout(deadline.left(), to_the_end(&mut runner, deadline)).await.is_err() {
                tracing::warn!(
                    pipeline = runner.name(),
                    "events are left for the next call: the time of this one is over"
                );
            }
            if let Err(error) = runner.release().await {
                tracing::warn!(%error, pipeline = runner.name(), "a pipeline's lease cannot be given back");
            }
        }
    }
}

async fn to_the_end(runner: &mut Runner, deadline: &Deadline) {
    let mut looks = 0;
    while deadline.may_go_on() {
        match runner.step().await {
            Ok(Next::More) => {}
            Ok(Next::Elsewhere) if looks < LOOKS => {
                looks = looks.saturating_add(1);
                sleep(LOOK).await;
            }
            Ok(Next::Idle | Next::Pause(_) | Next::Elsewhere) => return,
            Err(error) => {
                tracing::warn!(%error, pipeline = runner.name(), "a pipeline has to wait for the store");
                return;
            }
        }
    }
}
