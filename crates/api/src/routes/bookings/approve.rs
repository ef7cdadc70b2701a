//! POST /users/{userid}/bookings/{bookingID}/approve

use axum::extract::State;

use crate::answer;
use crate::payload::Act;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::Booking;
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// Approve a booking
///
/// One that is PENDING; it holds its units until it expires. One that is CONFIRMED stays as it is. For administrators.
#[utoipa::path(
    post,
    path = "/users/{userid}/bookings/{bookingID}/approve",
    operation_id = "ApproveBooking",
    tag = "bookings",
    params(InUser, InBooking),
    responses(
        (status = 200, description = "The booking, CONFIRMED.", body = Booking),
        (status = 404, description = "The user has no such booking."),
        (status = 409, description = "It does not wait any more: `expired`, `booking-declined`, `booking-canceled`, `no-show`.")
    )
)]
pub(crate) async fn approve_booking(
    State(state): State<Shared>,
    permit: Permit<action::ApproveBooking>,
    act: Act,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, act.terms);
    Ok(answer::reply(state.app.approve_booking(command, user, booking).await?))
}
