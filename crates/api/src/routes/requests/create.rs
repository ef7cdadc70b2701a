//! POST /book

use axum::extract::State;
use http::HeaderValue;
use http::header::LOCATION;
use serde_json::json;

use crate::answer;
use crate::payload::Send;
use crate::permit::{Permit, action};
use crate::problem::{Answer, Problem};
use crate::schema::requests::{LaterRequest, Published};
use crate::state::Shared;

/// Ask for a booking that is made later
///
/// The request is stored before this answers, and fulfilled in turn: those for one resource in the order in which they were accepted.
/// A body with `resourceID` is a booking request, as of `PUT /users/{userid}/bookings`; any other body, or none, asks for general
/// admission, which is always granted. What came of it is at `GET /query/{message_id}`. What is wrong by form is refused at once
/// (400), as there; what the resource's rules or the calendar forbid ends `booking rejected`.
#[utoipa::path(
    post,
    path = "/book",
    operation_id = "RequestBooking",
    tag = "requests",
    request_body = LaterRequest,
    responses(
        (status = 200, description = "It is accepted.", body = Published, headers(
            ("Location" = String, description = "Where to ask what came of it: `/query/{message_id}`.")
        )),
        (status = 409, description = "Too many requests for this resource wait already (`queue-full`).")
    )
)]
pub(crate) async fn request_booking(
    State(state): State<Shared>,
    permit: Permit<action::RequestBooking>,
    send: Send,
) -> Answer {
    let command = permit.command(&state, send.terms);
    let request_id = command.request_id.clone();
    let reply = state.app.request_booking(command, send.body).await?;
    let message_id: String = serde_json::from_str(reply.body.as_deref().unwrap_or_default())
        .map_err(|error| Problem::internal(error.to_string()))?;
    let body = json!({"PublishResponse": {
        "PublishResult": {"MessageId": message_id, "SequenceNumber": null},
        "ResponseMetadata": {"RequestId": request_id},
    }});
    let location = HeaderValue::try_from(format!("{}/query/{message_id}", state.base_path.as_str()));
    let mut response = answer::reply(app::Reply { body: Some(body.to_string()), ..reply });
    let location = location.map_err(|error| Problem::internal(error.to_string()))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}
