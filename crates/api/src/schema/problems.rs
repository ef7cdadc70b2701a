//! Problems.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{ContentBuilder, Ref};

use super::epoch_minute;

/// Problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "urn:frontdesk:problem:capacity", "title": "Conflict", "status": 409,
    "detail": "Fewer than 1 units are free: from 2027-01-15T09:00:00Z to 2027-01-15T10:00:00Z 1 of 1 are in use.",
    "code": "capacity", "request_id": "0d4a3c5e-2c77-8f31-9a55-4b1f0c9d7e21",
    "conflicts": [{
        "start": "2027-01-15T09:00:00Z", "end": "2027-01-15T10:00:00Z", "starttimeepochtime": 1_800_003_600,
        "endtimeepochtime": 1_800_007_200, "used": 1, "capacity": 1
    }],
    "alternatives": [{
        "start": "2027-01-15T10:00:00Z", "end": "2027-01-15T11:00:00Z", "starttimeepochtime": 1_800_007_200,
        "endtimeepochtime": 1_800_010_800
    }]
})))]
pub(crate) struct Problem {
    /// `urn:frontdesk:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    title: String,
    /// The HTTP status.
    status: u16,
    /// One sentence for people.
    detail: String,
    /// The rule that refused: a stable word for programs. Of bookings: `capacity`, `opening-hours`, `exception`, `slot-grid`,
    /// `min-duration`, `max-duration`, `min-notice`, `max-horizon`, `quota`, `too-many-dates`, `too-many-holds`, `waitlist-full`,
    /// `cancellation-window`, `other-location`, `resource-unreadable`, `location-unreadable`, `booking-unreadable`, `not-pending`,
    /// `not-held`, `not-confirmed`, `expired`, `booking-canceled`, `booking-declined`, `no-show`, `check-in-early`, `check-in-late`.
    code: String,
    /// Names the request in the server's log.
    request_id: String,
    /// What is wrong with the request, each at its place. Of a booking of several resources the first names the one that refuses.
    #[schema(required = false)]
    errors: Vec<Place>,
    /// Where too few units are free.
    #[schema(required = false)]
    conflicts: Vec<Conflict>,
    /// The nearest times that would have been accepted, nearest first.
    #[schema(required = false)]
    alternatives: Vec<Alternative>,
    /// Resources of the same location and type that would have been accepted at that very time instead of the main one.
    #[serde(rename = "alternativeResources")]
    #[schema(required = false)]
    elsewhere: Vec<AlternativeResource>,
    /// Of table operations: the class of the error as the AWS SDK for Python, or Python itself, raises it.
    #[serde(rename = "errorType")]
    #[schema(required = false)]
    error_type: String,
    /// Of table operations: the error's text.
    #[serde(rename = "errorMessage")]
    #[schema(required = false)]
    error_message: String,
    /// Of table operations: the item that did not meet the condition, where `ReturnValuesOnConditionCheckFailure` asked for it.
    #[serde(rename = "Item")]
    #[schema(required = false, additional_properties)]
    item: Map<String, Value>,
}

/// Something wrong at one place.
#[derive(Serialize, ToSchema)]
pub(crate) struct Place {
    /// A JSON pointer (RFC 6901) into the body, or `?name` for a query parameter.
    pointer: String,
    detail: String,
}

/// A stretch of time in which too few units are free.
#[derive(Serialize, ToSchema)]
pub(crate) struct Conflict {
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
    /// Units in use.
    used: i64,
    /// Units that there are.
    capacity: i64,
}

/// A time that would have been accepted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Alternative {
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
}

/// A resource that would have been accepted, and when.
#[derive(Serialize, ToSchema)]
pub(crate) struct AlternativeResource {
    #[serde(rename = "resourceID")]
    resource_id: String,
    #[serde(flatten)]
    time: Alternative,
}

/// The problems that operations answer with: status, name, when.
pub(crate) const ALL: [(&str, &str, &str); 12] = [
    ("400", "Invalid", "The request is wrong; `errors` names what, and where."),
    ("401", "Unauthorized", "Nobody is signed in, or the token is not valid any more."),
    ("403", "Forbidden", "The caller is not permitted to do this."),
    ("404", "NotFound", "There is no such thing here."),
    ("408", "Timeout", "The body did not arrive in time."),
    ("409", "Conflict", "The present state forbids it; `code` names the rule."),
    ("412", "PreconditionFailed", "`If-Match` does not hold."),
    ("413", "TooLarge", "The body, or what is to be stored, is too large."),
    ("422", "Mismatch", "The idempotency key was used for another request."),
    ("500", "Internal", "Something went wrong here."),
    ("503", "Unavailable", "Try again shortly; for a write the outcome is unknown."),
    ("507", "Full", "There is no room left to store this."),
];

/// A problem as a response that operations refer to.
pub(crate) fn response(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
