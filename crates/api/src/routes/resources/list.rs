//! GET /locations/{locationID}/resources

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::received::Received;
use crate::schema::parameters::{InLocation, Paging};
use crate::schema::resources::Resource;
use crate::state::Shared;

/// List a location's resources
#[utoipa::path(
    get,
    path = "/locations/{locationID}/resources",
    operation_id = "ListResources",
    tag = "resources",
    params(InLocation, Paging),
    responses(
        (status = 200, description = "A page of resources.", body = Vec<Resource>),
        (status = 404, description = "There is no such location.")
    )
)]
pub(crate) async fn list_resources(
    State(state): State<Shared>,
    permit: Permit<action::ListResources>,
    Received(uri): Received,
    parameters: Parameters,
) -> Answer {
    let [location] = permit.ids()?;
    let page = parameters.page()?;
    let listing = state.app.list_resources(location, page.limit, page.cursor).await?;
    Ok(answer::array(&listing, &uri, page.limit))
}
