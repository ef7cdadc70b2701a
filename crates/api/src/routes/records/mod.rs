//! Tables of the operator's own.

mod operate;

use axum::routing::post;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(operate::operate_table))
        .route("/dynamodbmanager", post(operate::operate_table))
}
