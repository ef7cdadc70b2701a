//! The OpenAPI document and the reference page.

mod document;
mod page;

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(document::get_document))
        .routes(routes!(page::get_reference))
        .route("/docs/", get(page::index))
        .route("/docs/{*file}", get(page::file))
}
