//! GET /locations

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::locations::LocationPage;
use crate::schema::parameters::LocationPaging;
use crate::state::Shared;

/// List locations
///
/// In no particular order, 20 a page.
#[utoipa::path(
    get,
    path = "/locations",
    operation_id = "ListLocations",
    tag = "locations",
    params(LocationPaging),
    responses((status = 200, description = "A page of locations.", body = LocationPage))
)]
pub(crate) async fn list_locations(
    State(state): State<Shared>,
    _permit: Permit<action::ListLocations>,
    parameters: Parameters,
) -> Answer {
    Ok(answer::reply(state.app.list_locations(parameters.text("lastLocationID")).await?))
}
