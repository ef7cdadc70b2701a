//! GET /locations/{locationID}/resources/{resourceID}/availability

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::availability::Availability;
use crate::schema::parameters::{Drawing, FreeTime, InLocation, InResource};
use crate::state::Shared;

/// See when a resource is free
///
/// Only stretches in which the resource's rules accept a booking, each from the first minute at which one may start; all free
/// stretches for administrators. With `busy`, all that a calendar draws: what is in use, what is closed, and the local days.
#[utoipa::path(
    get,
    path = "/locations/{locationID}/resources/{resourceID}/availability",
    operation_id = "GetAvailability",
    tag = "resources",
    params(InLocation, InResource, FreeTime, Drawing),
    responses(
        (status = 200, description = "The stretches of time in which so many units are free.", body = Availability),
        (status = 404, description = "There is no such resource in this location.")
    )
)]
pub(crate) async fn get_availability(
    State(state): State<Shared>,
    permit: Permit<action::GetAvailability>,
    parameters: Parameters,
) -> Answer {
    let [location, resource] = permit.ids()?;
    let asked = parameters.availability(permit.soft_rules(&state))?;
    Ok(answer::reply(state.app.availability(location, resource, asked).await?))
}
