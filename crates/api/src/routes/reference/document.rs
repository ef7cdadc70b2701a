//! GET /openapi.json

use axum::extract::State;
use axum::response::Response;

use crate::answer;
use crate::schema::users::Empty;
use crate::state::Shared;

/// Get this document
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "GetOpenApi",
    tag = "service",
    security(()),
    responses((status = 200, description = "The OpenAPI document.", body = Empty))
)]
pub(crate) async fn get_document(State(state): State<Shared>) -> Response {
    answer::json(state.document.clone())
}
