//! GET /locations/{locationID}/resources/{resourceID}/bookings

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::received::Received;
use crate::schema::bookings::ListedBooking;
use crate::schema::parameters::{BookingStatus, InLocation, InResource, Paging};
use crate::state::Shared;

/// List a resource's bookings
///
/// By start, ascending. Callers who are neither owner nor administrator see outlines.
#[utoipa::path(
    get,
    path = "/locations/{locationID}/resources/{resourceID}/bookings",
    operation_id = "ListResourceBookings",
    tag = "bookings",
    params(InLocation, InResource, BookingStatus, Paging),
    responses(
        (status = 200, description = "A page of bookings.", body = Vec<ListedBooking>),
        (status = 404, description = "There is no such resource in this location.")
    )
)]
pub(crate) async fn list_resource_bookings(
    State(state): State<Shared>,
    permit: Permit<action::ListResourceBookings>,
    Received(uri): Received,
    parameters: Parameters,
) -> Answer {
    let [location, resource] = permit.ids()?;
    let list = parameters.bookings()?;
    let viewer = permit.viewer(&state);
    let listing = state.app.list_resource_bookings(location, resource, viewer, list).await?;
    Ok(answer::array(&listing, &uri, list.limit))
}
