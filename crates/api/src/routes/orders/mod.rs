//! Orders: the caller's own, and for administrators those of any user.

mod acknowledge;
mod cancel;
mod create;
mod get;
mod list;
mod list_of_user;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default()
        .routes(routes!(list::list_orders, create::create_order))
        .routes(routes!(get::get_order, put::put_order, cancel::cancel_order))
        .routes(routes!(list_of_user::list_user_orders))
        .routes(routes!(acknowledge::acknowledge_order))
}
