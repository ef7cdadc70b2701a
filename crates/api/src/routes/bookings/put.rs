//! PUT /users/{userid}/bookings/{bookingID}

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::bookings::{Booking, BookingRequest};
use crate::schema::parameters::{InBooking, InUser};
use crate::state::Shared;

/// Book or reschedule
///
/// Rescheduling is one step: either the new time is taken and the old one free, or nothing changes.
#[utoipa::path(
    put,
    path = "/users/{userid}/bookings/{bookingID}",
    operation_id = "PutBooking",
    tag = "bookings",
    params(InUser, InBooking),
    request_body = BookingRequest,
    responses(
        (status = 200, description = "The booking, rescheduled.", body = Booking),
        (status = 201, description = "The booking, new.", body = Booking),
        (status = 404, description = "There is no such resource, or the booking is another user's."),
        (status = 409, description = "Too few units are free, or the booking was canceled.")
    )
)]
pub(crate) async fn put_booking(
    State(state): State<Shared>,
    permit: Permit<action::PutBooking>,
    write: Write,
) -> Answer {
    let [user, booking] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_booking(command, user, Some(booking), write.body).await?))
}
