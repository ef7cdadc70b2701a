//! GET /availability

use app::Search;
use axum::extract::State;
use domain::limits::SEARCH_RESOURCES;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::availability::FreeResources;
use crate::schema::parameters::{FreeTime, Sought};
use crate::state::Shared;

/// Resources of a page when the request names no number.
const PAGE: usize = 100;

/// Find resources that are free
///
/// Those that have free time as asked, each with the stretches in which its rules accept a booking; all free stretches for
/// administrators. Quotas of the caller are not looked at. With `first`, the earliest slots of a page come first. One request
/// examines at most 500 resources: a page may be empty and still have a `nextCursor`.
#[utoipa::path(
    get,
    path = "/availability",
    operation_id = "SearchAvailability",
    tag = "resources",
    params(FreeTime, Sought),
    responses((status = 200, description = "A page of resources that are free.", body = FreeResources))
)]
pub(crate) async fn search_availability(
    State(state): State<Shared>,
    permit: Permit<action::SearchAvailability>,
    parameters: Parameters,
) -> Answer {
    let search = Search {
        asked: parameters.availability(permit.soft_rules(&state))?,
        location: parameters.text("location"),
        kind: parameters.text("type"),
        features: parameters.text("features"),
        limit: parameters.limit(SEARCH_RESOURCES)?.unwrap_or(PAGE),
        cursor: parameters.text("cursor"),
    };
    Ok(answer::reply(state.app.search_availability(search).await?))
}
