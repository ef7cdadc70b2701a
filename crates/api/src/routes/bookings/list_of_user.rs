//! GET /users/{userid}/bookings

use axum::extract::State;

use crate::answer;
use crate::parameters::Parameters;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::received::Received;
use crate::schema::bookings::Booking;
use crate::schema::parameters::{BookingStatus, InUser, Paging};
use crate::state::Shared;

/// List a user's bookings
///
/// By start, ascending.
#[utoipa::path(
    get,
    path = "/users/{userid}/bookings",
    operation_id = "ListUserBookings",
    tag = "bookings",
    params(InUser, BookingStatus, Paging),
    responses((status = 200, description = "A page of bookings.", body = Vec<Booking>))
)]
pub(crate) async fn list_user_bookings(
    State(state): State<Shared>,
    permit: Permit<action::ListUserBookings>,
    Received(uri): Received,
    parameters: Parameters,
) -> Answer {
    let [user] = permit.ids()?;
    let list = parameters.bookings()?;
    let listing = state.app.list_user_bookings(user, list).await?;
    Ok(answer::array(&listing, &uri, list.limit))
}
