//! Requests for bookings that are made later.

use serde::Serialize;
use utoipa::ToSchema;

use super::problems::Problem;

/// A booking request, as of `PUT /users/{userid}/bookings`, or any other JSON value.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "resourceID": "room-314", "starttimeepochtime": 1_800_003_600, "endtimeepochtime": 1_800_007_200
})))]
pub(crate) struct LaterRequest {
    /// Makes it a booking request.
    #[serde(rename = "resourceID")]
    #[schema(required = false)]
    resource_id: String,
    #[serde(flatten)]
    more: serde_json::Value,
}

/// That a request is accepted, in the form of SNS.
#[derive(Serialize, ToSchema)]
pub(crate) struct Published {
    #[serde(rename = "PublishResponse")]
    response: PublishResponse,
}

/// The response of SNS.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublishResponse {
    #[serde(rename = "PublishResult")]
    result: PublishResult,
    #[serde(rename = "ResponseMetadata")]
    metadata: PublishMetadata,
}

/// What was published.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublishResult {
    /// The request's identifier.
    #[serde(rename = "MessageId")]
    #[schema(format = "uuid")]
    message_id: String,
    /// Always null.
    #[serde(rename = "SequenceNumber")]
    sequence_number: Option<String>,
}

/// The HTTP request.
#[derive(Serialize, ToSchema)]
pub(crate) struct PublishMetadata {
    /// Names the HTTP request in the server's log.
    #[serde(rename = "RequestId")]
    request_id: String,
}

/// How far a request has come.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "result": "booking completed", "confirm_code": "5f0c3c1e-8a55-4f43-9d0e-5a1f8c1b7d20",
    "message_id": "0d4a3c5e-2c77-4f31-9a55-4b1f0c9d7e21", "bookingID": "0d4a3c5e-2c77-4f31-9a55-4b1f0c9d7e21"
})))]
pub(crate) struct Result {
    /// `booking still in the process`, `booking completed` or `booking rejected`.
    result: String,
    message_id: String,
    /// What the requester shows for it; once it is completed.
    #[schema(required = false)]
    confirm_code: String,
    /// The booking that it became; its identifier is that of the request.
    #[serde(rename = "bookingID")]
    #[schema(required = false)]
    booking_id: String,
    /// Why it was rejected.
    #[schema(required = false)]
    reason: Problem,
}
