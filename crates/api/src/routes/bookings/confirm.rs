//! POST /users/{userid}/bookings/{bookingID}/confirm

use axum::extract::State;

use crate::answer;
use crate::payload::Act;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::Booking;
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// Confirm a booking
///
/// One that is HELD, before it expires. Where approval is required it is PENDING then, and goes on holding its units; administrators
/// approve it at the same time. One that is CONFIRMED or PENDING stays as it is.
#[utoipa::path(
    post,
    path = "/users/{userid}/bookings/{bookingID}/confirm",
    operation_id = "ConfirmBooking",
    tag = "bookings",
    params(InUser, InBooking),
    responses(
        (status = 200, description = "The booking, CONFIRMED or PENDING.", body = Booking),
        (status = 404, description = "The user has no such booking."),
        (status = 409, description = "It is not held any more: `expired`, `booking-declined`, `booking-canceled`, `no-show`.")
    )
)]
pub(crate) async fn confirm_booking(
    State(state): State<Shared>,
    permit: Permit<action::ConfirmBooking>,
    act: Act,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, act.terms);
    Ok(answer::reply(state.app.confirm_booking(command, user, booking).await?))
}
