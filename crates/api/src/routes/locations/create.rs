//! PUT /locations

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::locations::{Location, LocationRequest};
use crate::state::Shared;

/// Create a location
///
/// Under a new identifier. For administrators.
#[utoipa::path(
    put,
    path = "/locations",
    operation_id = "CreateLocation",
    tag = "locations",
    request_body = LocationRequest,
    responses((status = 201, description = "The location as it is stored.", body = Location))
)]
pub(crate) async fn create_location(
    State(state): State<Shared>,
    permit: Permit<action::PutLocation>,
    write: Write,
) -> Answer {
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_location(command, None, write.body).await?))
}
