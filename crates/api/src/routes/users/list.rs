//! GET /users

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::received::Received;
use crate::schema::parameters::Paging;
use crate::schema::users::Profile;
use crate::state::Shared;

/// List all profiles
///
/// In no particular order. For administrators.
#[utoipa::path(
    get,
    path = "/users",
    operation_id = "ListUsers",
    tag = "users",
    params(Paging),
    responses((status = 200, description = "A page of profiles.", body = Vec<Profile>))
)]
pub(crate) async fn list_users(
    State(state): State<Shared>,
    _permit: Permit<action::ListUsers>,
    Received(uri): Received,
    parameters: Parameters,
) -> Answer {
    let page = parameters.page()?;
    let listing = state.app.list_users(page.limit, page.cursor).await?;
    Ok(answer::array(&listing, &uri, page.limit))
}
