//! Resources.

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};

use super::rules::Rules;

/// A resource to be stored, with the rules of booking it. Further members are kept as they are.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "Meeting room 3.14", "description": "Whiteboard, ten seats", "type": "room", "features": ["screen"], "capacity": 1, "slotMinutes": 30,
    "openingHours": {"monday": [{"opens": "08:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]},
    "slotGridMinutes": 15, "maxMinutes": 240, "minNoticeMinutes": 30, "maxHorizonDays": 365, "bufferAfterMinutes": 10
})))]
pub(crate) struct ResourceRequest {
    #[schema(min_length = 1, max_length = 256)]
    name: String,
    #[schema(required = false, max_length = 8192)]
    description: String,
    /// room, demo, arena, hall, or a kind that the operator added.
    #[serde(rename = "type")]
    #[schema(required = false)]
    kind: String,
    #[schema(required = false, schema_with = features)]
    features: (),
    /// Units that may be booked for the same time; 1 when absent.
    #[schema(required = false, minimum = 0, maximum = 1_000_000)]
    capacity: i64,
    /// Minutes of a booking that names neither end nor length; 60 when absent.
    #[serde(rename = "slotMinutes")]
    #[schema(required = false, minimum = 1, maximum = 1440)]
    slot_minutes: i64,
    #[serde(flatten)]
    rules: Rules,
}

/// A resource, with the client's further members.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "resourceID": "room-314", "locationID": "berlin", "timestamp": "2027-01-15T09:30:00.000Z",
    "name": "Meeting room 3.14", "description": "Whiteboard, ten seats", "type": "room", "features": ["screen"], "capacity": 1, "slotMinutes": 30,
    "openingHours": {"monday": [{"opens": "08:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]},
    "slotGridMinutes": 15, "maxMinutes": 240, "minNoticeMinutes": 30, "maxHorizonDays": 365, "bufferAfterMinutes": 10
})))]
pub(crate) struct Resource {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(rename = "locationID")]
    location_id: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = "date-time")]
    timestamp: String,
    name: String,
    #[schema(required = false)]
    description: String,
    #[serde(rename = "type")]
    #[schema(required = false)]
    kind: String,
    #[schema(required = false, schema_with = features)]
    features: (),
    #[schema(required = false)]
    capacity: i64,
    #[serde(rename = "slotMinutes")]
    #[schema(required = false)]
    slot_minutes: i64,
    #[serde(flatten)]
    rules: Rules,
}

/// What a resource has.
fn features() -> Array {
    let feature = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(64));
    ArrayBuilder::new()
        .items(feature.pattern(Some("^[^,]+$")).build())
        .max_items(Some(50))
        .unique_items(true)
        .description(Some(
            "What it has, in words of your own, to be searched by; without commas, each of at most 64 bytes.",
        ))
        .build()
}
