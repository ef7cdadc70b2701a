//! POST /users/{userid}/bookings/{bookingID}/check-in

use axum::extract::State;

use crate::answer;
use crate::payload::Act;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::Booking;
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// Check in to a booking
///
/// While it is CONFIRMED, from a while before its start (`checkInOpensMinutes`) until it ends, or until it is released as a no-show
/// (`noShowMinutes`). Checking in again changes nothing.
#[utoipa::path(
    post,
    path = "/users/{userid}/bookings/{bookingID}/check-in",
    operation_id = "CheckInBooking",
    tag = "bookings",
    params(InUser, InBooking),
    responses(
        (status = 200, description = "The booking, with `checkedInAt`.", body = Booking),
        (status = 404, description = "The user has no such booking."),
        (status = 409, description = "It is too early or too late: `check-in-early`, `check-in-late`, `no-show`. Or it is not CONFIRMED: `not-confirmed`, \
            `booking-canceled`, `booking-declined`, `expired`.")
    )
)]
pub(crate) async fn check_in_booking(
    State(state): State<Shared>,
    permit: Permit<action::CheckInBooking>,
    act: Act,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, act.terms);
    Ok(answer::reply(state.app.check_in_booking(command, user, booking).await?))
}
