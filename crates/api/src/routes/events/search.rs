//! GET /events/search

use app::events::EventSearch;
use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::events::{FoundEvents, SoughtEvents};
use crate::state::Shared;

/// Events of a page, and at the most.
const PAGE: usize = 50;
const MOST: usize = 100;

/// Search in events
///
/// Events that have all the words, the latest first. Words are plain words: nothing in them is an operator, case and accents do not
/// matter, and a word that ends with `*` is the beginning of one. Events that were erased are not found. For administrators.
#[utoipa::path(
    get,
    path = "/events/search",
    operation_id = "SearchEvents",
    tag = "service",
    params(SoughtEvents),
    responses(
        (status = 200, description = "A page of events.", body = FoundEvents),
        (status = 404, description = "Search is turned off (`search-off`).")
    )
)]
pub(crate) async fn search_events(
    State(state): State<Shared>,
    _permit: Permit<action::SearchEvents>,
    parameters: Parameters,
) -> Answer {
    let search = EventSearch {
        words: parameters.text("q").unwrap_or_default().to_owned(),
        kind: parameters.text("type").map(str::to_owned),
        aggregate: parameters.text("aggregate").map(str::to_owned),
        from: parameters.instant("from")?,
        to: parameters.instant("to")?,
        limit: parameters.limit(MOST)?.unwrap_or(PAGE),
        cursor: parameters.integer("cursor", 1..=i64::MAX)?,
    };
    Ok(answer::events(&state.app.search_events(search).await?))
}
