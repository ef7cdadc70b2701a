//! PUT /locations/{locationID}/resources/{resourceID}

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::{InLocation, InResource};
use crate::schema::resources::{Resource, ResourceRequest};
use crate::state::Shared;

/// Create or replace a resource
///
/// Bookings stay when the capacity is lowered. For administrators.
#[utoipa::path(
    put,
    path = "/locations/{locationID}/resources/{resourceID}",
    operation_id = "PutResource",
    tag = "resources",
    params(InLocation, InResource),
    request_body = ResourceRequest,
    responses(
        (status = 201, description = "The resource as it is stored, new or replaced.", body = Resource),
        (status = 404, description = "There is no such location."),
        (status = 409, description = "The identifier is in use in another location, or the location is being deleted.")
    )
)]
pub(crate) async fn put_resource(
    State(state): State<Shared>,
    permit: Permit<action::PutResource>,
    write: Write,
) -> Answer {
    let [location, resource] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_resource(command, location, Some(resource), write.body).await?))
}
