//! GET /health

/// Ask whether the service is alive
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "GetHealth",
    tag = "service",
    security(()),
    responses((status = 200, description = "It is: `Ok`.", body = String, content_type = "text/plain"))
)]
pub(crate) async fn get_health() -> &'static str {
    "Ok"
}
