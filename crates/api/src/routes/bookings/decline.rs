//! POST /users/{userid}/bookings/{bookingID}/decline

use axum::extract::State;

use crate::answer;
use crate::payload::MayWrite;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::{Booking, Decline};
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// Decline a booking
///
/// One that is PENDING; its units are free at once. One that is DECLINED stays as it is. For administrators.
#[utoipa::path(
    post,
    path = "/users/{userid}/bookings/{bookingID}/decline",
    operation_id = "DeclineBooking",
    tag = "bookings",
    params(InUser, InBooking),
    request_body = Decline,
    responses(
        (status = 200, description = "The booking, DECLINED.", body = Booking),
        (status = 404, description = "The user has no such booking."),
        (status = 409, description = "It does not wait for approval, or not any more: `not-pending`, `expired`, `booking-canceled`, `no-show`.")
    )
)]
pub(crate) async fn decline_booking(
    State(state): State<Shared>,
    permit: Permit<action::DeclineBooking>,
    write: MayWrite,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.decline_booking(command, user, booking, write.body).await?))
}
