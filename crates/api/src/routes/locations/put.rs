//! PUT /locations/{locationID}

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::locations::{Location, LocationRequest};
use crate::schema::parameters::InLocation;
use crate::state::Shared;

/// Create or replace a location
///
/// For administrators.
#[utoipa::path(
    put,
    path = "/locations/{locationID}",
    operation_id = "PutLocation",
    tag = "locations",
    params(InLocation),
    request_body = LocationRequest,
    responses(
        (status = 201, description = "The location as it is stored, new or replaced.", body = Location),
        (status = 409, description = "The location is being deleted.")
    )
)]
pub(crate) async fn put_location(
    State(state): State<Shared>,
    permit: Permit<action::PutLocation>,
    write: Write,
) -> Answer {
    let [location] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_location(command, Some(location), write.body).await?))
}
