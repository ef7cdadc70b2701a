//! GET /ready

use axum::extract::State;
use axum::response::IntoResponse;

use crate::problem::{Answer, Problem};
use crate::state::Shared;

/// Ask whether the service is ready
///
/// The store answers and the signing keys are there.
#[utoipa::path(
    get,
    path = "/ready",
    operation_id = "GetReady",
    tag = "service",
    security(()),
    responses((status = 200, description = "It is: `Ready`.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn get_ready(State(state): State<Shared>) -> Answer {
    state.app.ready().await?;
    if !state.identity.ready() {
        // Nothing is wrong: this is how a start, and the time until an issuer answers, look from outside.
        return Err(Problem::not_ready());
    }
    Ok("Ready".into_response())
}
