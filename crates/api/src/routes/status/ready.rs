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
        return Err(Problem::unavailable("the signing keys are not ready yet".to_owned()));
    }
    Ok("Ready".into_response())
}
