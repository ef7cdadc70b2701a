//! DELETE /users/{userid}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::InUser;
use crate::schema::users::Empty;
use crate::state::Shared;
use crate::terms::Terms;

/// Delete a profile
///
/// One that is not there is as good as deleted. The account that signs in stays.
#[utoipa::path(
    delete,
    path = "/users/{userid}",
    operation_id = "DeleteUser",
    tag = "users",
    params(InUser),
    responses((status = 200, description = "There is no such profile any more.", body = Empty))
)]
pub(crate) async fn delete_user(
    State(state): State<Shared>,
    permit: Permit<action::DeleteUser>,
    terms: Terms,
) -> Answer {
    let [userid] = permit.ids()?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.delete_user(command, userid).await?))
}
