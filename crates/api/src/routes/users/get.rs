//! GET /users/{userid}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::InUser;
use crate::schema::users::Profile;
use crate::state::Shared;

/// See a profile
#[utoipa::path(
    get,
    path = "/users/{userid}",
    operation_id = "GetUser",
    tag = "users",
    params(InUser),
    responses(
        (status = 200, description = "The profile.", body = Profile),
        (status = 404, description = "There is no such profile.")
    )
)]
pub(crate) async fn get_user(State(state): State<Shared>, permit: Permit<action::GetUser>) -> Answer {
    let [userid] = permit.ids()?;
    Ok(answer::reply(state.app.get_user(userid).await?))
}
