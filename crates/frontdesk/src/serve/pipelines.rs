//! The event log and its pipelines: relaying, delivering, trimming.

use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::events::{Pipeline, ReplayStatus};
use jiff::SignedDuration;
use outbound::{Archive, PlaceError};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::compose::Instance;
use crate::config::events::EventsArgs;
use crate::error::{Error, Outcome};

/// How often old events are looked for.
const TRIM: Duration = Duration::from_secs(5 * 60);
/// The same, where each look is paid for.
const TRIM_PAID: Duration = Duration::from_secs(60 * 60);

/// The pipelines that are configured; an error when one of them cannot work at all. One that cannot for the moment will.
pub(crate) async fn configured(args: &EventsArgs) -> Outcome<Vec<Arc<dyn Pipeline>>> {
    let mut pipelines: Vec<Arc<dyn Pipeline>> = Vec::new();
    if let Some(place) = &args.archive {
        let failed = Error::runtime::<PlaceError>;
        let cannot = "there can be no archive; give another place with --archive";
        let archive = Archive::open(place, args.gather()).map_err(failed(cannot))?;
        match archive.look().await.map_err(failed(cannot))? {
            None => tracing::info!(archive = place.name(), "events are archived"),
            Some(reason) => {
                let archive = place.name();
                tracing::warn!(archive, reason, "the archive cannot be reached for the moment; events wait for it");
            }
        }
        pipelines.push(Arc::new(archive));
    }
    #[cfg(feature = "aws")]
    if let Some(arn) = &args.topic {
        tracing::info!(topic = arn, "events are published");
        pipelines.push(Arc::new(aws::sns::Topic::new(arn)));
    }
    Ok(pipelines)
}

/// Starts what the event log needs, and the pipelines.
pub(super) fn start(
    pipelines: Vec<Arc<dyn Pipeline>>,
    args: &EventsArgs,
    instance: &Instance,
    background: &mut JoinSet<()>,
) {
    let app = &instance.app;
    let names = pipelines.iter().map(|pipeline| pipeline.name().to_owned()).collect();
    let days = SignedDuration::from_hours(args.event_retention.saturating_mul(24));
    background.spawn(trim(Arc::clone(app), days, names, instance.is_shared));
    let (indexing, is_paid) = (Arc::clone(app), instance.is_shared);
    background.spawn(async move { indexing.index_events(is_paid).await });
    // The embedded store numbers events itself.
    if instance.is_shared {
        let app = Arc::clone(app);
        background.spawn(async move { app.relay().await });
    }
    for pipeline in pipelines {
        let (app, runner) = (Arc::clone(app), app.runner(pipeline, !instance.is_shared));
        background.spawn(async move { app.run_pipeline(runner).await });
    }
}

/// Says what operators asked for and is not done yet, when the server ends.
pub(super) async fn tell_unfinished(app: &App) {
    // Whoever cannot read it now does so at the next start.
    for status in app.pipelines().await.unwrap_or_default() {
        let pipeline = status.pipeline;
        if let Some(ReplayStatus { position, through }) = status.replay {
            tracing::info!(pipeline, position, through, "a replay is not done; it goes on when a server starts again");
        }
        if status.redriving {
            tracing::info!(pipeline, "a redrive is not done; it goes on when a server starts again");
        }
    }
}

/// Removes old events now and then. Never returns.
async fn trim(app: Arc<App>, kept: SignedDuration, pipelines: Vec<String>, is_paid: bool) {
    let mut ticks = interval(if is_paid { TRIM_PAID } else { TRIM });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match app.trim_log(kept, &pipelines).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "removed old events"),
            Err(error) => {
                let error = &error as &(dyn std::error::Error + 'static);
                tracing::warn!(error, "old events cannot be removed for the moment");
            }
        }
    }
}
