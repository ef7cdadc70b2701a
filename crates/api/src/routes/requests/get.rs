//! GET /`query/{message_id}`

use app::{Failure, Progress};
use axum::extract::State;
use domain::Kind;
use http::StatusCode;
use serde_json::{Value, json};

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::{Answer, Problem};
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
    Ok(answer::json(shown(progress, message_id, permit.request_id())?.to_string()))
}

fn unknown(message_id: &str) -> Box<Problem> {
    let detail = "You have made no such request.";
    let mut problem = Problem::new(StatusCode::NOT_FOUND, "not-found", detail);
    problem.message_id = Some(message_id.to_owned());
    problem
}

fn shown(progress: Progress, message_id: &str, request_id: &str) -> std::result::Result<Value, Box<Problem>> {
    Ok(match progress {
        Progress::InProcess => json!({"result": "booking still in the process", "message_id": message_id}),
        Progress::Completed { confirm_code, booking_id } => {
            let mut body =
                json!({"result": "booking completed", "confirm_code": confirm_code, "message_id": message_id});
            if let (Some(booking_id), Some(body)) = (booking_id, body.as_object_mut()) {
                body.insert("bookingID".to_owned(), booking_id.into());
            }
            body
        }
        Progress::Rejected(refusal) => {
            let problem: Box<Problem> = (*refusal).into();
            let reason: Value = serde_json::from_slice(&problem.render(request_id))
                .map_err(|error| Problem::internal(error.to_string()))?;
            json!({"result": "booking rejected", "reason": reason, "message_id": message_id})
        }
    })
}
