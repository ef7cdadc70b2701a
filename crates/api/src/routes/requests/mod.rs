//! Requests for bookings that are made later.

mod create;
mod get;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(create::request_booking)).routes(routes!(get::get_booking_request))
}
