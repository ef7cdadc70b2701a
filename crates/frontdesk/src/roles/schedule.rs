//! What is to be done by the clock, and what others left behind. To be called once a minute.

use std::sync::{Arc, Mutex, PoisonError};

use app::App;
use domain::Clock;
use jiff::{SignedDuration, Timestamp};
use lambda_http::Context;
use lambda_http::lambda_runtime::Diagnostic;
use serde_json::{Value, json};

use super::calls::{Answer, failed};
use super::deadline::Deadline;
use super::pipelines::Pipelines;
use crate::compose::Instance;
use crate::config::events::EventsArgs;
use crate::error::Outcome;

/// Timers of each shard that are run at a time.
const DUE: usize = 100;
/// How often timers are looked for, too, that are due for longer than an hour.
const LATE: SignedDuration = SignedDuration::from_mins(15);
/// How often old events are looked for.
const TRIM: SignedDuration = SignedDuration::from_hours(1);

/// What is to be done by the clock.
pub(super) struct Schedule {
    app: Arc<App>,
    clock: Arc<dyn Clock>,
    pipelines: Pipelines,
    retention: SignedDuration,
    last: Mutex<Last>,
}

/// When something was last done by this process.
#[derive(Clone, Copy, Default)]
struct Last {
    late: Option<Timestamp>,
    trim: Option<Timestamp>,
}

impl Schedule {
    pub(super) async fn new(instance: &Instance, args: &EventsArgs, clock: Arc<dyn Clock>) -> Outcome<Self> {
        let app = Arc::clone(&instance.app);
        let retention = SignedDuration::from_hours(args.event_retention.saturating_mul(24));
        Ok(Self { pipelines: Pipelines::open(&app, args).await?, app, clock, retention, last: Mutex::default() })
    }

    /// Runs timers, fulfils and relays what was left behind, and says how many it were of each.
    async fn work(&self, late: bool, deadline: &Deadline) -> Result<[usize; 3], app::Failure> {
        let timers = if late { self.app.run_due(DUE).await? } else { self.app.run_recently_due(DUE).await? };
        let requests = self.app.fulfil_waiting().await?;
        let mut events: usize = 0;
        while deadline.may_go_on() {
            match self.app.relay_waiting().await? {
                0 => break,
                some => events = events.saturating_add(some),
            }
        }
        Ok([timers, requests, events])
    }

    async fn trim(&self) {
        match self.app.trim_log(self.retention, self.pipelines.names()).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed old events"),
            Err(error) => {
                let error = &error as &(dyn std::error::Error + 'static);
                tracing::warn!(error, "old events cannot be removed for the moment");
            }
        }
    }

    /// What is to be done now and then, and is due at this time.
    fn due(&self, now: Timestamp) -> (bool, bool) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = |then: Option<Timestamp>, every| then.is_none_or(|then| now.duration_since(then) >= every);
        let (late, trim) = (is_due(last.late, LATE), is_due(last.trim, TRIM));
        if late {
            last.late = Some(now);
        }
        if trim {
            last.trim = Some(now);
        }
        (late, trim)
    }
}

impl Answer for Schedule {
    type Event = Value;
    type Reply = Value;

    async fn answer(&self, _: Value, context: Context) -> Result<Value, Diagnostic> {
        let deadline = Deadline::of(&context, &self.clock);
        let (late, trim) = self.due(self.clock.now());
        let worked = tokio::time::timeout(deadline.left(), self.work(late, &deadline)).await;
        let worked =
            worked.map_err(|_| failed("Timeout", "not everything that was left behind could be done in time"))?;
        let [timers, requests, events] =
            worked.map_err(|error| failed("Unavailable", crate::telemetry::chain(&error)))?;
        self.pipelines.run(&deadline).await;
        if trim && deadline.may_go_on() {
            self.trim().await;
        }
        Ok(json!({"timers": timers, "requests": requests, "events": events}))
    }
}
