//! DELETE /locations/{locationID}

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::{Cascade, InLocation};
use crate::state::Shared;
use crate::terms::Terms;

/// Delete a location
///
/// With `cascade=true` its resources go too, and their bookings to come are canceled. For administrators.
#[utoipa::path(
    delete,
    path = "/locations/{locationID}",
    operation_id = "DeleteLocation",
    tag = "locations",
    params(InLocation, Cascade),
    responses(
        (status = 200, description = "There is no such location any more."),
        (status = 404, description = "There is no such location."),
        (status = 409, description = "The location has resources.")
    )
)]
pub(crate) async fn delete_location(
    State(state): State<Shared>,
    permit: Permit<action::DeleteLocation>,
    terms: Terms,
    parameters: Parameters,
) -> Answer {
    let [location] = permit.ids()?;
    let cascade = parameters.flag("cascade")?;
    let command = permit.command(&state, terms);
    Ok(answer::reply(state.app.delete_location(command, location, cascade).await?))
}
