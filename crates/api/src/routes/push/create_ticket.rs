//! POST /ws/tickets

use axum::extract::State;
use domain::time::timestamp;
use http::StatusCode;
use serde_json::json;

use crate::answer;
use crate::problem::Answer;
use crate::push::Credentials;
use crate::schema::push::Ticket;
use crate::state::Shared;

/// Get a ticket
///
/// For clients that cannot send headers, such as a browser that opens a WebSocket or an `EventSource`: `GET /ws?ticket=…` and
/// `GET /events?ticket=…` take it instead of a token, once, within 30 seconds.
#[utoipa::path(
    post,
    path = "/ws/tickets",
    operation_id = "CreatePushTicket",
    tag = "push",
    responses((status = 201, description = "The ticket. Nothing else will ever show it.", body = Ticket))
)]
pub(crate) async fn create_push_ticket(State(state): State<Shared>, credentials: Credentials) -> Answer {
    let caller = credentials.admit_by_token(&state).await?;
    let ticket = state.identity.issue_ticket(&caller).await?;
    let mut response = answer::json(json!({"ticket": ticket.text, "expiresAt": timestamp(ticket.expires)}).to_string());
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}
