//! Settings of the event log and its pipelines.

use app::events::Gather;
use clap::Args;
use outbound::Place;

use super::Switch;
#[cfg(feature = "aws")]
use super::values;

/// The event log and its pipelines.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Events")]
pub struct EventsArgs {
    /// Days for which events are kept. Those that a configured pipeline has not had yet are kept longer
    #[arg(long, env = "FRONTDESK_EVENT_RETENTION", value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=36_500))]
    pub event_retention: i64,

    /// Archive every event, one JSON object a line (NDJSON, gzip): a directory, or s3://BUCKET/PREFIX, reached by AWS_REGION,
    /// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or the role of the task or instance, and where it is not AWS's by
    /// AWS_ENDPOINT_URL_S3 [default: no archive]
    #[arg(long, env = "FRONTDESK_ARCHIVE", value_name = "DIR|URL")]
    pub archive: Option<Place>,

    /// Bytes of events after which the archive begins a new file, before compression; they are held in memory until then
    #[arg(long, env = "FRONTDESK_ARCHIVE_BYTES", value_name = "BYTES", default_value_t = 8 << 20, value_parser = clap::value_parser!(u32).range(1 << 10..=1 << 30))]
    pub archive_bytes: u32,

    /// Seconds after which it does so, whatever the bytes
    #[arg(long, env = "FRONTDESK_ARCHIVE_SECONDS", value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(i64).range(1..=86_400))]
    pub archive_seconds: i64,

    /// Whether GET /events/search finds events: an index of their words follows the log, in the file search.db of the data directory.
    /// Off removes it
    #[arg(long, env = "FRONTDESK_SEARCH", value_name = "SWITCH", value_enum, default_value_t = Switch::On)]
    pub search: Switch,
    /// Publish every event to this SNS topic, with its type and what it is about as attributes to filter by [default: to none]
    #[cfg(feature = "aws")]
    #[arg(long, env = "FRONTDESK_TOPIC", value_name = "ARN", value_parser = values::topic)]
    pub topic: Option<String>,
}

impl EventsArgs {
    /// When the archive begins a new file.
    pub fn gather(&self) -> Gather {
        Gather { bytes: usize::try_from(self.archive_bytes).unwrap_or(usize::MAX), seconds: self.archive_seconds }
    }
}
