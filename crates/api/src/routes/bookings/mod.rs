//! Bookings: of a user, and of a resource.

mod approve;
mod cancel;
mod check_in;
mod confirm;
mod create;
mod decline;
mod get;
mod list_of_resource;
mod list_of_user;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list_of_resource::list_resource_bookings))
        .routes(routes!(list_of_user::list_user_bookings, create::create_booking))
        .routes(routes!(get::get_booking, put::put_booking, cancel::cancel_booking))
        .routes(routes!(confirm::confirm_booking))
        .routes(routes!(approve::approve_booking))
        .routes(routes!(decline::decline_booking))
        .routes(routes!(check_in::check_in_booking))
}
