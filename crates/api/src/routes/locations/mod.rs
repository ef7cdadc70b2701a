//! Locations.

mod create;
mod delete;
mod get;
mod list;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(list::list_locations, create::create_location)).routes(routes!(
        get::get_location,
        put::put_location,
        delete::delete_location
    ))
}
