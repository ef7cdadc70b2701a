//! GET /users/{userid}/bookings/{bookingID}

use axum::extract::State;

use crate::answer;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::Booking;
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// See a booking
///
/// Also a canceled one.
#[utoipa::path(
    get,
    path = "/users/{userid}/bookings/{bookingID}",
    operation_id = "GetBooking",
    tag = "bookings",
    params(InUser, InBooking),
    responses(
        (status = 200, description = "The booking.", body = Booking),
        (status = 404, description = "The user has no such booking.")
    )
)]
pub(crate) async fn get_booking(State(state): State<Shared>, permit: Permit<action::GetBooking>) -> Answer {
    let [user, booking] = permit.ids()?;
    Ok(answer::reply(state.app.get_booking(user, booking).await?))
}
