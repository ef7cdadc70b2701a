//! Availability.

use serde::Serialize;
use utoipa::ToSchema;

use super::epoch_minute;

/// When a resource is free.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(examples(json!({
    "resourceID": "room-314", "timeZone": "Europe/Berlin", "from": "2027-01-15T09:00:00Z", "to": "2027-01-15T18:00:00Z",
    "units": 1, "capacity": 1,
    "free": [{
        "start": "2027-01-15T10:00:00Z", "end": "2027-01-15T18:00:00Z", "starttimeepochtime": 1_800_007_200,
        "endtimeepochtime": 1_800_036_000, "minutes": 480, "units": 1
    }]
})))]
pub(crate) struct Availability {
    #[serde(rename = "resourceID")]
    resource_id: String,
    /// The IANA name of the location's time zone.
    time_zone: String,
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
    free: Vec<UnitsInterval>,
    /// With `busy`: minutes of a booking that names neither end nor length.
    #[schema(required = false)]
    slot_minutes: i64,
    /// With `busy`: the slot grid, if the resource has one.
    #[schema(required = false)]
    slot_grid_minutes: i64,
    /// With `busy`: when units are in use, buffers included.
    #[schema(required = false)]
    busy: Vec<UnitsInterval>,
    /// With `busy`: when the resource or its location is not open.
    #[schema(required = false)]
    closed: Vec<ClosedInterval>,
    /// With `busy`: the local days.
    #[schema(required = false)]
    days: Vec<LocalDay>,
}

/// A stretch of time in which units are free, or in use, all the time.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitsInterval {
    #[serde(flatten)]
    interval: ClosedInterval,
    /// Units that are free, or in use.
    units: i64,
}

/// A stretch of time.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClosedInterval {
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
}

/// A local day: the part of it that was looked at.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocalDay {
    #[schema(format = "date")]
    date: String,
    #[serde(flatten)]
    interval: ClosedInterval,
    /// Minutes in which the resource is open.
    open_minutes: i64,
    /// Minutes in which it is free for who asks.
    free_minutes: i64,
    /// Why its hours are not those of the week.
    #[schema(required = false)]
    reasons: Vec<String>,
}

/// A page of resources that are free.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FreeResources {
    resources: Vec<FreeResource>,
    /// The `cursor` of the next page; absent when nothing follows. A page may be empty and have another behind it.
    #[schema(required = false)]
    next_cursor: String,
}

/// A resource that is free.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FreeResource {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "locationID")]
    location_id: String,
    name: String,
    #[serde(rename = "type")]
    #[schema(required = false)]
    kind: String,
    /// The IANA name of the location's time zone.
    time_zone: String,
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
    free: Vec<UnitsInterval>,
}
