//! Whether the service is alive and ready; also at the root when there is a base path.

mod health;
mod ready;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(crate) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(health::get_health)).routes(routes!(ready::get_ready))
}
