//! How far a request has come, in the words of the contract.

use app::Progress;
use serde_json::{Value, json};

use crate::problem::Problem;

/// The answer of GET /query. The reason of a rejection names the HTTP request that asked, or where that is not known the one in whose
/// answer it is.
pub(crate) fn words(progress: Progress, message_id: &str, request_id: &str) -> Result<Value, Box<Problem>> {
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
        Progress::Rejected { reason, request_id: asked } => {
            let problem: Box<Problem> = (*reason).into();
            let reason: Value = serde_json::from_slice(&problem.render(asked.as_deref().unwrap_or(request_id)))
                .map_err(|error| Problem::internal(error.to_string()))?;
            json!({"result": "booking rejected", "reason": reason, "message_id": message_id})
        }
    })
}
