//! Housekeeping: what nobody waits for.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use metrics_exporter_prometheus::PrometheusHandle;
use store::sqlite::SqliteStore;
use store::{Store, Table};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::telemetry::{self, Lines};

/// Tables whose items expire.
const EXPIRING: [Table; 2] = [Table::Idempotency, Table::Sessions];
/// How often expired items are removed.
const SWEEP: Duration = Duration::from_secs(60);
/// Items removed by one commit, so that it holds nobody up for long.
const BATCH: usize = 500;
/// Commits of one table at a time.
const BATCHES: usize = 100;
/// How often timers are looked at; less often where each look is paid for.
const TIMERS: Duration = Duration::from_secs(2);
const TIMERS_PAID: Duration = Duration::from_secs(10);
/// How often those are looked for, too, that are due for longer than an hour.
const LATE_TIMERS: Duration = Duration::from_secs(15 * 60);
/// Timers of each shard that are run at a time.
const DUE: usize = 100;
/// How many lanes of requests are worked on side by side.
const FULFILLERS: usize = 16;
/// How often metrics are drained.
const UPKEEP: Duration = Duration::from_secs(2);

/// Does what the use cases do by themselves.
pub(super) fn work(background: &mut JoinSet<()>, app: &Arc<App>, is_paid: bool) {
    background.spawn(run_timers(Arc::clone(app), is_paid));
    background.spawn(fulfil(Arc::clone(app)));
    let app = Arc::clone(app);
    background.spawn(async move { app.follow_log().await });
}

/// Removes expired items now and then. Never returns.
pub(super) async fn sweep(store: Arc<SqliteStore>) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        for table in EXPIRING {
            sweep_table(store.as_ref(), table).await;
        }
    }
}

async fn sweep_table(store: &dyn Store, table: Table) {
    let mut total = 0_usize;
    for _ in 0..BATCHES {
        match store.sweep(table, BATCH).await {
            Ok(removed) => {
                total = total.saturating_add(removed);
                if removed < BATCH {
                    break;
                }
            }
            Err(error) => {
                tracing::warn!(%error, table = table.definition().name, "expired items cannot be removed for the moment");
                return;
            }
        }
    }
    tracing::debug!(table = table.definition().name, removed = total, "removed expired items");
}

/// Does what is due: bookings expire, no-shows are released, requests that others left behind are fulfilled. Never returns.
async fn run_timers(app: Arc<App>, is_paid: bool) {
    let mut ticks = interval(if is_paid { TIMERS_PAID } else { TIMERS });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut late = interval(LATE_TIMERS);
    loop {
        let outcome = tokio::select! {
            biased;
            _ = late.tick() => app.run_due(DUE).await,
            _ = ticks.tick() => app.run_recently_due(DUE).await,
        };
        if let Err(error) = outcome {
            let error = &error as &(dyn std::error::Error + 'static);
            tracing::warn!(error, "timers cannot be run for the moment");
        }
        if let Err(error) = app.fulfil_waiting().await {
            let error = &error as &(dyn std::error::Error + 'static);
            tracing::warn!(error, "requests that wait cannot be looked for at the moment");
        }
    }
}

/// Fulfils requests as they come in. Never returns.
async fn fulfil(app: Arc<App>) {
    let mut workers = JoinSet::new();
    for _ in 0..FULFILLERS {
        let app = Arc::clone(&app);
        workers.spawn(async move { app.fulfil().await });
    }
    workers.join_all().await;
}

/// Keeps the metrics up to date. Never returns.
pub(super) async fn upkeep(handle: PrometheusHandle, lines: Lines) {
    let mut ticks = interval(UPKEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        telemetry::upkeep(&handle, &lines);
    }
}
