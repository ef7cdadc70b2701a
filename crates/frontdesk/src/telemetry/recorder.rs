//! The recorder behind the `metrics` facade, in Prometheus' exposition format.

use domain::Clock;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};

use super::Lines;

/// Upper bounds of histograms' buckets, in seconds: from a cached read to a client's patience.
const BUCKETS_SECONDS: [f64; 12] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 10.0];

/// Makes the recorder the process's own. Every metric carries the namespace and the service as labels.
pub fn install(namespace: &str, service: &str, clock: &dyn Clock) -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets(&BUCKETS_SECONDS)?
        .add_global_label("namespace", namespace)
        .add_global_label("service", service)
        .install_recorder()?;
    describe_gauge!("frontdesk_build_info", "Always 1; the label says which version runs");
    gauge!("frontdesk_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    describe_gauge!("process_start_time_seconds", Unit::Seconds, "When the process started, in epoch seconds");
    gauge!("process_start_time_seconds").set(clock.now().as_duration().as_secs_f64());
    describe_counter!(
        "frontdesk_log_lines_dropped_total",
        "Log lines that were dropped because the output stood still"
    );
    describe_events();
    Ok(handle)
}

fn describe_events() {
    describe_counter!("frontdesk_events_relayed_total", "Events that this process gave a position in the log");
    describe_gauge!("frontdesk_event_log_head", "The last position of the event log");
    describe_gauge!("frontdesk_event_log_events", "Positions of the event log that can still be read");
    describe_counter!("frontdesk_pipeline_events_total", "Events that a pipeline delivered");
    describe_counter!("frontdesk_pipeline_retries_total", "Deliveries of a pipeline that failed and are tried again");
    describe_gauge!("frontdesk_pipeline_lag_events", "Events that a pipeline has not delivered yet");
    describe_gauge!(
        "frontdesk_pipeline_lag_seconds",
        Unit::Seconds,
        "The age of the oldest event that a pipeline has not delivered yet"
    );
    describe_gauge!(
        "frontdesk_pipeline_dead_letters",
        "Events that a pipeline gave up; `frontdesk events dead` lists them"
    );
}

/// Brings the metrics that are kept elsewhere up to date and drains what was recorded; to be called every few seconds.
pub fn upkeep(handle: &PrometheusHandle, lines: &Lines) {
    counter!("frontdesk_log_lines_dropped_total").absolute(lines.dropped());
    handle.run_upkeep();
}
