//! GET /locations/{locationID}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::locations::Location;
use crate::schema::parameters::InLocation;
use crate::state::Shared;

/// See a location
#[utoipa::path(
    get,
    path = "/locations/{locationID}",
    operation_id = "GetLocation",
    tag = "locations",
    params(InLocation),
    responses(
        (status = 200, description = "The location.", body = Location),
        (status = 404, description = "There is no such location.")
    )
)]
pub(crate) async fn get_location(State(state): State<Shared>, permit: Permit<action::GetLocation>) -> Answer {
    let [location] = permit.ids()?;
    Ok(answer::reply(state.app.get_location(location).await?))
}
