//! What the metrics say of the log and of its pipelines.

use jiff::{SignedDuration, Timestamp};
use metrics::{counter, gauge};
use store::log::Ends;

/// How often it is looked at how far pipelines are behind.
pub(super) const INTERVAL: SignedDuration = SignedDuration::from_secs(5);

/// How far a pipeline is behind the end of the log, and the log itself.
pub(super) fn lag(pipeline: &str, position: i64, ends: Ends, oldest: Option<Timestamp>, now: Timestamp, dead: i64) {
    let seconds = oldest.map_or(0.0, |oldest| now.duration_since(oldest).as_secs_f64().max(0.0));
    let pipeline = pipeline.to_owned();
    gauge!("frontdesk_pipeline_lag_events", "pipeline" => pipeline.clone())
        .set(count(ends.head.saturating_sub(position)));
    gauge!("frontdesk_pipeline_lag_seconds", "pipeline" => pipeline.clone()).set(seconds);
    gauge!("frontdesk_pipeline_dead_letters", "pipeline" => pipeline).set(count(dead));
    gauge!("frontdesk_event_log_head").set(count(ends.head));
    gauge!("frontdesk_event_log_events").set(count(ends.head.saturating_sub(ends.first).saturating_add(1)));
}

/// Another process runs the pipeline, and says how far it is.
pub(super) fn elsewhere(pipeline: &str) {
    for name in ["frontdesk_pipeline_lag_events", "frontdesk_pipeline_lag_seconds", "frontdesk_pipeline_dead_letters"] {
        gauge!(name, "pipeline" => pipeline.to_owned()).set(0.0);
    }
}

/// So many events were delivered.
pub(super) fn delivered(pipeline: &str, events: usize) {
    counter!("frontdesk_pipeline_events_total", "pipeline" => pipeline.to_owned())
        .increment(u64::try_from(events).unwrap_or(0));
}

/// A delivery failed and is tried again.
pub(super) fn failed(pipeline: &str) {
    counter!("frontdesk_pipeline_retries_total", "pipeline" => pipeline.to_owned()).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "metrics are floats; nobody counts 2^53 events")]
fn count(number: i64) -> f64 {
    number.max(0) as f64
}
