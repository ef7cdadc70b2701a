//! PUT /users/{userid}

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::InUser;
use crate::schema::users::{Profile, ProfileRequest};
use crate::state::Shared;

/// Replace a profile
///
/// As a whole; one that is not there is made.
#[utoipa::path(
    put,
    path = "/users/{userid}",
    operation_id = "PutUser",
    tag = "users",
    params(InUser),
    request_body = ProfileRequest,
    responses((status = 200, description = "The profile as it is stored.", body = Profile))
)]
pub(crate) async fn put_user(State(state): State<Shared>, permit: Permit<action::PutUser>, write: Write) -> Answer {
    let [userid] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_user(command, userid, write.body).await?))
}
