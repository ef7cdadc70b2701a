//! GET /locations/{locationID}/resources/{resourceID}/availability

use app::AvailabilityQuery;
use axum::extract::State;
use domain::Refusal;
use domain::limits::{AVAILABILITY_DAYS, CAPACITY};
use domain::time::DAY_MINUTES;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::availability::Availability;
use crate::schema::parameters::{FreeTime, InLocation, InResource};
use crate::state::Shared;

/// See when a resource is free
///
/// Only stretches in which the resource's rules accept a booking, each from the first minute at which one may start; all free
/// stretches for administrators.
#[utoipa::path(
    get,
    path = "/locations/{locationID}/resources/{resourceID}/availability",
    operation_id = "GetAvailability",
    tag = "resources",
    params(InLocation, InResource, FreeTime),
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
    let query = query(&parameters, permit.soft_rules(&state))?;
    Ok(answer::reply(state.app.availability(location, resource, query).await?))
}

fn query(parameters: &Parameters, soft_rules: bool) -> Result<AvailabilityQuery, Refusal> {
    Ok(AvailabilityQuery {
        from: parameters.minute("from")?,
        to: parameters.minute("to")?,
        minutes: parameters.integer("minutes", 1..=AVAILABILITY_DAYS.saturating_mul(DAY_MINUTES))?,
        units: parameters.integer("units", 1..=CAPACITY)?.unwrap_or(1),
        soft_rules,
    })
}
