//! Profiles of users.

mod create;
mod delete;
mod get;
mod list;
mod put;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Shared;

pub(super) fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::default().routes(routes!(list::list_users, create::create_user)).routes(routes!(
        get::get_user,
        put::put_user,
        delete::delete_user
    ))
}
