//! POST /users

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::users::{NewProfile, Profile};
use crate::state::Shared;

/// Create a profile
///
/// Under the client's `userid` or a new one. For administrators.
#[utoipa::path(
    post,
    path = "/users",
    operation_id = "CreateUser",
    tag = "users",
    request_body = NewProfile,
    responses(
        (status = 200, description = "The profile as it is stored.", body = Profile),
        (status = 409, description = "There is a profile with this `userid`.")
    )
)]
pub(crate) async fn create_user(
    State(state): State<Shared>,
    permit: Permit<action::CreateUser>,
    write: Write,
) -> Answer {
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.create_user(command, write.body).await?))
}
