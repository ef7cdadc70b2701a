//! GraphQL.

mod connect;
mod execute;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(execute::execute_graphql)).routes(routes!(connect::connect_graphql))
}
