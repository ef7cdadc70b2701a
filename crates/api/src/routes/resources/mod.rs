//! Resources of a location, and when they are free.

mod availability;
mod create;
mod delete;
mod get;
mod list;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list::list_resources, create::create_resource))
        .routes(routes!(get::get_resource, put::put_resource, delete::delete_resource))
        .routes(routes!(availability::get_availability))
}
