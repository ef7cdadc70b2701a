//! GET /locations/{locationID}/resources/{resourceID}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::{InLocation, InResource};
use crate::schema::resources::Resource;
use crate::state::Shared;

/// See a resource
#[utoipa::path(
    get,
    path = "/locations/{locationID}/resources/{resourceID}",
    operation_id = "GetResource",
    tag = "resources",
    params(InLocation, InResource),
    responses(
        (status = 200, description = "The resource.", body = Resource),
        (status = 404, description = "There is no such resource in this location.")
    )
)]
pub(crate) async fn get_resource(State(state): State<Shared>, permit: Permit<action::GetResource>) -> Answer {
    let [location, resource] = permit.ids()?;
    Ok(answer::reply(state.app.get_resource(location, resource).await?))
}
