//! Availability.

use serde::Serialize;
use utoipa::ToSchema;

use super::epoch_minute;

/// When a resource is free.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "resourceID": "room-314", "from": "2027-01-15T09:00:00Z", "to": "2027-01-15T18:00:00Z", "units": 1, "capacity": 1,
    "free": [{
        "start": "2027-01-15T10:00:00Z", "end": "2027-01-15T18:00:00Z", "starttimeepochtime": 1_800_007_200,
        "endtimeepochtime": 1_800_036_000, "minutes": 480, "units": 1
    }]
})))]
pub(crate) struct Availability {
    #[serde(rename = "resourceID")]
    resource_id: String,
    /// The beginning of what was looked at (RFC 3339).
    #[schema(format = "date-time")]
    from: String,
    /// Its end (RFC 3339).
    #[schema(format = "date-time")]
    to: String,
    /// Units that were asked for.
    units: i64,
    /// Units that the resource has.
    capacity: i64,
    free: Vec<FreeInterval>,
}

/// A stretch of time in which units are free all the time.
#[derive(Serialize, ToSchema)]
pub(crate) struct FreeInterval {
    #[schema(format = "date-time")]
    start: String,
    #[schema(format = "date-time")]
    end: String,
    #[serde(rename = "starttimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    start_seconds: (),
    #[serde(rename = "endtimeepochtime")]
    #[schema(schema_with = epoch_minute)]
    end_seconds: (),
    /// Its length.
    minutes: i64,
    /// Units that are free.
    units: i64,
}
