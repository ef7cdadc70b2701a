//! GET /`query/{message_id}`

use app::Failure;
use axum::extract::State;
use domain::Kind;
use http::StatusCode;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::{Answer, Problem};
use crate::progress;
use crate::schema::parameters::InRequest;
use crate::schema::problems::Problem as Shown;
use crate::schema::requests::Result;
use crate::state::Shared;

/// What came of a request
///
/// For the requester and administrators. A request ends once: `booking completed` or `booking rejected` never changes again. A
/// booking made for a resource whose bookings are approved first is completed, and its status is PENDING.
#[utoipa::path(
    get,
    path = "/query/{message_id}",
    operation_id = "GetBookingRequest",
    tag = "requests",
    params(InRequest),
    responses(
        (status = 200, description = "How far it has come.", body = Result),
        (
            status = 404, description = "There is no such request of the caller's.", body = Shown,
            content_type = "application/problem+json",
            example = json!({
                "type": "urn:frontdesk:problem:not-found", "title": "Not Found", "status": 404, "code": "not-found",
                "detail": "You have made no such request.", "request_id": "r1", "result": "message_id not found",
                "message_id": "0d4a3c5e-2c77-4f31-9a55-4b1f0c9d7e21"
            })
        )
    )
)]
pub(crate) async fn get_booking_request(
    State(state): State<Shared>,
    permit: Permit<action::GetBookingRequest>,
) -> Answer {
    let [message_id] = permit.ids()?;
    let progress = match state.app.request_progress(permit.requests_of(&state), message_id).await {
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => return Err(unknown(message_id)),
        other => other?,
    };
    Ok(answer::json(progress::words(progress, message_id, permit.request_id())?.to_string()))
}

fn unknown(message_id: &str) -> Box<Problem> {
    let detail = "You have made no such request.";
    let mut problem = Problem::new(StatusCode::NOT_FOUND, "not-found", detail);
    problem.message_id = Some(message_id.to_owned());
    problem
}
