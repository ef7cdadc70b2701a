//! DELETE /locations/{locationID}/resources/{resourceID}

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::{Cascade, InLocation, InResource};
use crate::state::Shared;
use crate::terms::Terms;

/// Delete a resource
///
/// With `cascade=true` its bookings to come are canceled. For administrators.
#[utoipa::path(
    delete,
    path = "/locations/{locationID}/resources/{resourceID}",
    operation_id = "DeleteResource",
    tag = "resources",
    params(InLocation, InResource, Cascade),
    responses(
        (status = 200, description = "There is no such resource any more."),
        (status = 404, description = "There is no such resource in this location."),
        (status = 409, description = "The resource has bookings to come.")
    )
)]
pub(crate) async fn delete_resource(
    State(state): State<Shared>,
    permit: Permit<action::DeleteResource>,
    terms: Terms,
    parameters: Parameters,
) -> Answer {
    let [location, resource] = permit.ids()?;
    let cascade = parameters.flag("cascade")?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.delete_resource(command, location, resource, cascade).await?))
}
