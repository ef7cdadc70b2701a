//! Events.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

/// Which events are looked for.
#[derive(Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SoughtEvents {
    /// Words, at most 20; all events when absent.
    #[param(required = false, example = "tomato soup", max_length = 500)]
    q: String,
    /// Only events of this type; where it ends with `*`, of types that begin so.
    #[serde(rename = "type")]
    #[param(required = false, example = "frontdesk.booking.*")]
    kind: String,
    /// Only events of this aggregate: the kind of item and its key; where it ends with `*`, of aggregates that begin so.
    #[param(required = false, example = "resource/room-314")]
    aggregate: String,
    /// Only events from this time on (RFC 3339).
    #[param(required = false, format = "date-time")]
    from: String,
    /// Only events before this time (RFC 3339), later than `from`.
    #[param(required = false, format = "date-time")]
    to: String,
    /// Events of a page; 50 when absent.
    #[param(required = false, minimum = 1, maximum = 100)]
    limit: i64,
    /// The `nextCursor` of the page before.
    #[param(required = false)]
    cursor: String,
}

/// A page of events that were found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FoundEvents {
    events: Vec<FoundEvent>,
    /// The `cursor` of the next page; absent when nothing follows. A page may have fewer events than were asked for and another
    /// behind it.
    #[schema(required = false)]
    next_cursor: String,
}

/// An event that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct FoundEvent {
    /// Its position in the event log.
    position: i64,
    /// The event: CloudEvents 1.0, JSON format.
    event: Map<String, Value>,
}
