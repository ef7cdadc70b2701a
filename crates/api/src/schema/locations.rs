//! Locations.

use serde::Serialize;
use utoipa::ToSchema;

use super::rules::Exception;

/// A location to be stored. Further members are kept as they are.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "name": "Berlin Office", "description": "Third floor", "imageUrl": "https://example.com/berlin.jpg",
    "timeZone": "Europe/Berlin", "exceptions": [{"startDate": "2027-12-25", "closed": true, "reason": "Christmas"}]
})))]
pub(crate) struct LocationRequest {
    #[schema(min_length = 1, max_length = 256)]
    name: String,
    #[schema(required = false, max_length = 8192)]
    description: String,
    #[serde(rename = "imageUrl")]
    #[schema(required = false, max_length = 8192)]
    image_url: String,
    /// A name of the IANA time zone database; UTC when absent.
    #[serde(rename = "timeZone")]
    #[schema(required = false)]
    time_zone: String,
    /// Dates on which all of its resources are closed or have other hours.
    #[schema(required = false, max_items = 366)]
    exceptions: Vec<Exception>,
}

/// A location, with the client's further members.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "locationID": "berlin", "timestamp": "2027-01-15T09:30:00.000Z", "name": "Berlin Office",
    "description": "Third floor", "imageUrl": "https://example.com/berlin.jpg", "timeZone": "Europe/Berlin"
})))]
pub(crate) struct Location {
    #[serde(rename = "locationID")]
    location_id: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = "date-time")]
    timestamp: String,
    name: String,
    #[schema(required = false)]
    description: String,
    #[serde(rename = "imageUrl")]
    #[schema(required = false)]
    image_url: String,
    #[serde(rename = "timeZone")]
    #[schema(required = false)]
    time_zone: String,
    /// Dates on which all of its resources are closed or have other hours.
    #[schema(required = false, max_items = 366)]
    exceptions: Vec<Exception>,
}

/// A page of locations.
#[derive(Serialize, ToSchema)]
pub(crate) struct LocationPage {
    #[schema(max_items = 20)]
    items: Vec<Location>,
    /// Send it as `lastLocationID` for the next page; absent when nothing follows.
    #[serde(rename = "lastLocationID")]
    #[schema(required = false)]
    last_location_id: String,
}
